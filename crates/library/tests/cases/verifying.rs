//! Every kept blob is read again and compared with its name.

use std::sync::Mutex;

use domain::Role;
use library::{ChangeKind, Error, FaultKind, VerifyProgress};

use crate::common::{Engine, World, file, on_both, picture, sha256};

on_both! {
    async fn missing_flipped_and_cut_bytes_are_found_and_told(world) {
        let sam = world.person("sam", Role::Member).await;
        let kim = world.person("kim", Role::Member).await;
        let mut sent = Vec::new();
        for (number, name) in ["missing.jpg", "flipped.jpg", "cut.jpg", "grown.jpg", "fine.jpg"].iter().enumerate() {
            let bytes = picture(number as u64, 3000);
            sent.push(world.put(&sam, file("A", name), &bytes).await);
        }
        world.put(&kim, file("K", "hers.jpg"), &picture(1, 3000)).await;
        std::fs::remove_file(world.blob_file(sent[0].sha256)).unwrap();
        world.rewrite(sent[1].sha256, |bytes| bytes[1500] ^= 0x10);
        world.rewrite(sent[2].sha256, |bytes| bytes.truncate(2999));
        world.rewrite(sent[3].sha256, |bytes| bytes.push(0));

        let seen = Mutex::new(Vec::new());
        let report = world.library.verify(&|at| seen.lock().unwrap().push(at)).await.unwrap();
        assert!(!report.is_whole());
        assert_eq!((report.proven, report.proven_bytes, report.fault_count), (1, 3000, 4));
        let found = |at: usize| report.faults.iter().find(|fault| fault.sha256 == sent[at].sha256).unwrap();
        assert_eq!((found(0).kind, &found(0).names[..]), (FaultKind::Missing, &["missing.jpg".to_owned()][..]));
        assert_eq!(found(1).kind, FaultKind::Damaged);
        let mut names = found(1).names.clone();
        names.sort();
        assert_eq!(names, ["flipped.jpg", "hers.jpg"]);
        assert_eq!((found(2).kind, found(3).kind), (FaultKind::Damaged, FaultKind::Damaged));
        let last = *seen.lock().unwrap().last().unwrap();
        assert_eq!(last, VerifyProgress { blobs: 5, blobs_total: 5, bytes: 15_000, bytes_total: 15_000 });

        // A download of what is known to be cut never passes for the real thing.
        for at in [0, 2, 3] {
            let error = world.try_download(&sam, sent[at].entry_id).await.unwrap_err();
            assert!(matches!(error, Error::Damaged(_)), "{error:?}");
        }
        // Each person hears of what is hers, once.
        world.library.verify(&|_| ()).await.unwrap();
        for (who, expected) in [(&sam, 4), (&kim, 1)] {
            let feed = world.library.changes(who, 0, true, 100).await.unwrap().changes;
            assert!(feed.iter().all(|change| change.change.kind == ChangeKind::ContentDamaged));
            assert_eq!(feed.len(), expected);
        }
        let proven = world.assets(&sam).await.into_iter().filter(|asset| asset.proven_at_ms.is_some());
        assert_eq!(proven.map(|asset| asset.sha256).collect::<Vec<_>>(), [sent[4].sha256]);
    }
}

on_both! {
    /// The keeper brings the bytes back from a copy: the next verification tells so, once.
    async fn damage_that_is_over_is_told(world) {
        let sam = world.person("sam", Role::Member).await;
        let stored = world.put(&sam, file("A", "a.jpg"), &picture(1, 3000)).await;
        world.put(&sam, file("A", "fine.jpg"), &picture(2, 3000)).await;
        let flip = |bytes: &mut Vec<u8>| bytes[1500] ^= 0x10;
        world.rewrite(stored.sha256, flip);
        assert_eq!(world.library.verify(&|_| ()).await.unwrap().fault_count, 1);
        world.rewrite(stored.sha256, flip);
        for _ in 0..2 {
            assert!(world.library.verify(&|_| ()).await.unwrap().is_whole());
        }
        let feed = world.library.changes(&sam, 0, true, 100).await.unwrap().changes;
        let told: Vec<_> = feed.iter().map(|change| (change.change.kind, change.change.sha256)).collect();
        let about = Some(stored.sha256);
        assert_eq!(told, [(ChangeKind::ContentDamaged, about), (ChangeKind::ContentRepaired, about)]);
        let answers = world.library.offer(&sam, None, vec![stored.sha256]).await.unwrap();
        assert_eq!(answers, [library::OfferAnswer::Held]);
    }
}

/// A disk that does not answer is not damage: nobody is told to send anything again.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_blob_is_counted_but_not_called_damaged() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let stored = world.put(&sam, file("A", "a.jpg"), &picture(1, 500)).await;
    world.faults.fail_at(1, vault::faults::Fault::Error);
    let report = world.library.verify(&|_| ()).await.unwrap();
    assert_eq!((report.fault_count, report.faults[0].kind), (1, FaultKind::Unreadable));
    assert!(world.library.changes(&sam, 0, true, 10).await.unwrap().changes.is_empty());
    let answers = world.library.offer(&sam, None, vec![stored.sha256]).await.unwrap();
    assert_eq!(answers, [library::OfferAnswer::Held]);
    assert!(world.library.verify(&|_| ()).await.unwrap().is_whole());
    world.end().await;
}

/// What a purge takes while it is being read is no fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_purge_during_a_verification_is_no_damage() {
    let mut world = World::on_disk(Engine::Sqlite).await.unwrap();
    world.restart_with(library::Settings { sweep_grace_hours: 0, ..world.settings.clone() }).await;
    let sam = world.person("sam", Role::Member).await;
    let mut entries = Vec::new();
    for number in 0..8 {
        let stored = world.put(&sam, file("A", &format!("{number}.jpg")), &picture(number, 800)).await;
        entries.push((stored.sha256, stored.entry_id));
    }
    entries.sort_unstable();
    // The page of rows is read; then the last of them goes, row and bytes, before it is reached.
    let (asked, purge) = std::sync::mpsc::channel();
    let (gone, go_on) = std::sync::mpsc::channel();
    let purging = {
        let (library, sam, clock) = (world.library.clone(), sam.clone(), world.clock.clone());
        let (last, runtime) = (entries[7].1, tokio::runtime::Handle::current());
        std::thread::spawn(move || {
            purge.recv().unwrap();
            runtime.block_on(async {
                library.trash(&sam, last).await.unwrap();
                library.purge(&sam, last).await.unwrap();
                clock.advance(std::time::Duration::from_millis(5));
                assert_eq!(library.sweep().await.unwrap().removed, 1);
            });
            gone.send(()).unwrap();
        })
    };
    let once = Mutex::new(Some((asked, go_on)));
    let pausing = |_: VerifyProgress| {
        if let Some((asked, go_on)) = once.lock().unwrap().take() {
            asked.send(()).unwrap();
            tokio::task::block_in_place(|| go_on.recv().unwrap());
        }
    };
    let report = world.library.verify(&pausing).await.unwrap();
    assert_eq!((report.proven, report.fault_count), (7, 0), "{report:?}");
    purging.join().unwrap();
    assert_eq!(world.vault.size_of(entries[7].0).await.unwrap(), None);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_hub_and_an_empty_file_are_whole() {
    let world = World::in_memory().await;
    let report = world.library.verify(&|_| ()).await.unwrap();
    assert!(report.is_whole() && report.proven == 0);
    let sam = world.person("sam", Role::Member).await;
    let stored = world.put(&sam, file("A", "empty"), b"").await;
    assert_eq!(stored.sha256, sha256(b""));
    assert_eq!(world.library.verify(&|_| ()).await.unwrap().proven, 1);
    world.end().await;
}
