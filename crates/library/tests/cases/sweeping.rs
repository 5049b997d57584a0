//! Bytes that nothing names go after their grace, and never a byte that something names.

use std::sync::Arc;

use domain::{Role, UploadId};
use library::{Settings, Swept};

use crate::common::{HOUR_MS, World, body, declared, file, on_both, picture, sha256, upload};

on_both! {
    async fn bytes_go_after_their_grace_and_not_before(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 500);
        let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        world.library.purge(&sam, stored.entry_id).await.unwrap();
        world.advance_ms(24 * HOUR_MS);
        assert_eq!(world.library.sweep().await.unwrap(), Swept::default());
        world.advance_ms(1);
        assert_eq!(world.library.sweep().await.unwrap(), Swept { removed: 1, orphans_found: 0 });
        assert_eq!(world.vault.size_of(stored.sha256).await.unwrap(), None);
        // Sent again in the middle of its grace, it stays.
        let again = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.library.trash(&sam, again.entry_id).await.unwrap();
        world.library.purge(&sam, again.entry_id).await.unwrap();
        world.advance_ms(20 * HOUR_MS);
        let third = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.advance_ms(20 * HOUR_MS);
        assert_eq!(world.library.sweep().await.unwrap(), Swept::default());
        assert_eq!(world.download(&sam, third.entry_id).await, bytes);
    }
}

on_both! {
    async fn orphans_of_a_crash_go_after_their_grace(world) {
        let sam = world.person("sam", Role::Member).await;
        let (orphan, staged) = (picture(1, 500), picture(2, 500));
        let mut sealing = world.vault.stage(UploadId::from_bytes([1; 16])).await.unwrap();
        sealing.append(vec![bytes::Bytes::from(orphan.clone())]).await.unwrap();
        world.vault.seal(sealing).await.unwrap();
        let mut left = world.vault.stage(UploadId::from_bytes([2; 16])).await.unwrap();
        left.append(vec![bytes::Bytes::from(staged)]).await.unwrap();
        drop(left);
        let kept = world.put(&sam, file("A", "a.jpg"), &picture(3, 500)).await;

        assert_eq!(world.library.sweep().await.unwrap(), Swept { removed: 0, orphans_found: 1 });
        assert_eq!(world.library.sweep().await.unwrap(), Swept::default(), "found once");
        world.advance_ms(24 * HOUR_MS + 1);
        let report = world.library.care().await.unwrap();
        assert_eq!((report.staging_swept, report.swept), (1, Swept { removed: 1, orphans_found: 0 }));
        let left = world.vault.list(None, 9).await.unwrap();
        assert_eq!(left.iter().map(|blob| blob.hash).collect::<Vec<_>>(), [kept.sha256]);
    }
}

/// An orphan that was adopted by an upload in its grace stays; a rotten one is not taken for good.
#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_is_adopted_whole_or_mended() {
    for rotten in [false, true] {
        let world = World::in_memory().await;
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 500);
        let mut sealing = world.vault.stage(UploadId::from_bytes([1; 16])).await.unwrap();
        sealing.append(vec![bytes::Bytes::from(bytes.clone())]).await.unwrap();
        world.vault.seal(sealing).await.unwrap();
        if rotten {
            world.rot(sha256(&bytes));
        }
        assert_eq!(world.library.sweep().await.unwrap().orphans_found, 1);
        let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.advance_ms(48 * HOUR_MS);
        world.library.sweep().await.unwrap();
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes);
        assert_eq!(world.proven_blobs().await, [sha256(&bytes)]);
        world.end().await;
    }
}

/// A blob that the disk does not give must not keep the others from being swept.
#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_that_cannot_be_read_does_not_stop_the_sweep() {
    let world = World::in_memory().await;
    for number in 0..3u8 {
        let mut sealing = world.vault.stage(UploadId::from_bytes([number; 16])).await.unwrap();
        sealing.append(vec![bytes::Bytes::from(picture(number.into(), 500))]).await.unwrap();
        world.vault.seal(sealing).await.unwrap();
    }
    // The list is one step, then each orphan is asked for its length and read.
    world.faults.fail_at(2, vault::faults::Fault::Error);
    assert_eq!(world.library.sweep().await.unwrap().orphans_found, 2);
    assert!(world.faults.has_failed());
    assert_eq!(world.library.sweep().await.unwrap().orphans_found, 1);
    world.nothing_is_left_over().await;
    world.end().await;
}

/// Sweep, purge and uploads of the same few contents side by side, with no grace at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sweep_that_races_with_uploads_loses_nothing() {
    for mut world in [World::in_memory().await, World::on_disk(crate::common::Engine::Sqlite).await.unwrap()]
    {
        let rounds = if world.memory.is_some() { 60 } else { 20 };
        world.restart_with(Settings { sweep_grace_hours: 0, ..world.settings.clone() }).await;
        let sam = world.person("sam", Role::Member).await;
        for round in 0..rounds {
            let bytes = Arc::new(picture(round % 3, 2000));
            let first = world.put(&sam, file("A", "a.jpg"), &bytes).await;
            world.library.trash(&sam, first.entry_id).await.unwrap();
            world.library.purge(&sam, first.entry_id).await.unwrap();
            world.advance_ms(10);
            let sweeping = {
                let library = world.library.clone();
                tokio::spawn(async move {
                    for _ in 0..4 {
                        library.sweep().await.unwrap();
                    }
                })
            };
            let sending: Vec<_> = (0..3)
                .map(|device| {
                    let (library, sam, bytes) = (world.library.clone(), sam.clone(), bytes.clone());
                    tokio::spawn(async move {
                        let place = declared(file(&format!("{round}"), &format!("{device}.jpg")), &bytes);
                        let begun = library.begin(&sam, upload(place, bytes.len())).await.unwrap();
                        library
                            .append(&sam, begun.id, 0, None, body(&[&bytes]))
                            .await
                            .unwrap()
                            .stored
                            .unwrap()
                    })
                })
                .collect();
            for sent in sending {
                let stored = sent.await.unwrap();
                assert_eq!(world.download(&sam, stored.entry_id).await, *bytes, "round {round}");
            }
            sweeping.await.unwrap();
            world.proven_blobs().await;
            let folder = world.my_space(&sam).await;
            let at = format!("{round}").parse().unwrap();
            let folder = world.library.entry_at(&sam, folder.id, at).await.unwrap().entry.id;
            world.library.trash(&sam, folder).await.unwrap();
            world.library.purge(&sam, folder).await.unwrap();
        }
        world.nothing_is_left_over().await;
        world.end().await;
    }
}
