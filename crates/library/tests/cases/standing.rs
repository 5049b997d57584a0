//! What stands under a name is not believed for ever: an old proof is renewed before bytes that have just
//! arrived are thrown away for it.

use domain::{ContentHash, Role};
use library::{Caller, ChangeKind, Error};
use tokio::sync::oneshot;
use vault::faults::{Fault, Unsynced};

use crate::common::{DAY_MS, World, body, file, on_both, picture, sha256, upload};
use crate::gates::failure;

/// What this person hears about damage to this content.
async fn told(world: &World, caller: &Caller, about: ContentHash) -> Vec<ChangeKind> {
    let feed = world.library.changes(caller, 0, true, 1000).await.unwrap().changes;
    let about = feed.into_iter().filter(|change| change.change.sha256 == Some(about));
    about.map(|change| change.change.kind).collect()
}

on_both! {
    async fn rot_that_nobody_had_noticed_gives_way_to_whole_bytes(world) {
        let sam = world.person("sam", Role::Member).await;
        let kim = world.person("kim", Role::Member).await;
        for (number, in_one_request) in [(1, false), (2, true)] {
            let bytes = picture(number, 3000);
            let hers = world.put(&kim, file("K", &format!("{number}.jpg")), &bytes).await;
            world.advance_ms(8 * DAY_MS);
            world.rot(hers.sha256);
            let place = file("S", &format!("{number}.jpg"));
            let his = if in_one_request {
                world.put(&sam, place, &bytes).await
            } else {
                world.send(&sam, place, &bytes).await.unwrap().1
            };
            for (who, stored) in [(&sam, &his), (&kim, &hers)] {
                assert_eq!(world.download(who, stored.entry_id).await, bytes);
            }
            let expected = [ChangeKind::ContentDamaged, ChangeKind::ContentRepaired];
            assert_eq!(told(world, &kim, hers.sha256).await, expected, "she is told, and that it is over");
        }
        assert_eq!(world.proven_blobs().await.len(), 2);
        // What has just come in place of the old bytes is not doubted by the next sender.
        let reads = world.gates.reads();
        world.put(&sam, file("again", "2.jpg"), &picture(2, 3000)).await;
        assert_eq!(world.gates.reads(), reads);
        assert!(world.library.verify(&|_| ()).await.unwrap().is_whole());
    }
}

on_both! {
    async fn an_old_proof_is_renewed_once_and_a_young_one_believed(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let first = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.advance_ms(6 * DAY_MS);
        world.put(&sam, file("B", "a.jpg"), &bytes).await;
        assert_eq!(world.gates.reads(), 0, "it came less than a week ago");
        world.advance_ms(2 * DAY_MS);
        let sending = (0..40).map(|number| {
            let (library, sam, bytes) = (world.library.clone(), sam.clone(), bytes.clone());
            tokio::spawn(async move {
                let body = crate::common::body(&[&bytes]);
                library.put(&sam, file(&format!("{number}"), "a.jpg"), None, body).await.unwrap()
            })
        });
        for sent in sending.collect::<Vec<_>>() {
            sent.await.unwrap();
        }
        assert_eq!(world.gates.reads(), 1, "forty at once read it once");
        world.send(&sam, file("C", "a.jpg"), &bytes).await.unwrap();
        assert_eq!(world.gates.reads(), 1);
        assert!(world.assets(&sam).await[0].proven_at_ms.is_some());
        assert_eq!(told(world, &sam, first.sha256).await, []);
        // A proof from a time that is not now proves nothing: the clock was wrong then, or is.
        world.advance_ms(-30 * DAY_MS);
        world.put(&sam, file("D", "a.jpg"), &bytes).await;
        assert_eq!(world.gates.reads(), 2);
        world.put(&sam, file("E", "a.jpg"), &bytes).await;
        assert_eq!(world.gates.reads(), 2);
    }
}

/// Other bytes than declared are refused before anything is read for their sake.
#[tokio::test(flavor = "multi_thread")]
async fn refused_bytes_renew_no_proof() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    world.put(&sam, file("A", "a.jpg"), &bytes).await;
    world.advance_ms(8 * DAY_MS);
    let lie = crate::common::declared(file("B", "b.jpg"), b"something else");
    let error = world.send(&sam, lie, &bytes).await.unwrap_err();
    assert!(matches!(error, Error::HashMismatch { .. }), "{error:?}");
    assert_eq!(world.gates.reads(), 0);
    world.end().await;
}

/// A blob that a crash left without a row may be as old as it likes; it is read as well.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotten_leftover_of_a_crash_gives_way() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let mut sealing = world.vault.stage(domain::UploadId::from_bytes([1; 16])).await.unwrap();
    sealing.append(vec![bytes::Bytes::from(bytes.clone())]).await.unwrap();
    world.vault.seal(sealing).await.unwrap();
    world.rot(sha256(&bytes));
    let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
    assert_eq!(world.download(&sam, stored.entry_id).await, bytes);
    world.end().await;
}

/// The disk fails, or the power goes, at every step of a mend. "Stored" is said of whole bytes only, and
/// until then the content is known to be damaged or still stands.
#[tokio::test(flavor = "multi_thread")]
async fn a_mend_that_breaks_off_anywhere_claims_nothing() {
    for (fault, unsynced) in [(Fault::Error, Unsynced::Kept), (Fault::Crash, Unsynced::Lost)] {
        let mut world = World::in_memory().await;
        world.person("sam", Role::Member).await;
        let sam = world.device("sam", "phone").await;
        for step in 0.. {
            let bytes = picture(step, 3000);
            let old = world.put(&sam, file("old", &format!("{step}.jpg")), &bytes).await;
            world.advance_ms(8 * DAY_MS);
            world.rot(old.sha256);
            let place = file("new", &format!("{step}.jpg"));
            world.faults.fail_at(step, fault);
            let first = world.send(&sam, place.clone(), &bytes).await;
            let failed = world.faults.has_failed();
            world.faults.fail_at(u64::MAX, fault);
            if failed && fault == Fault::Crash {
                world.faults.restart(unsynced).await.unwrap();
                world.restart().await;
            }
            if let Err(error) = first {
                assert!(error.is_retryable() || matches!(error, Error::UploadGone), "{step}: {error:?}");
                world.send(&sam, place, &bytes).await.unwrap();
            }
            assert_eq!(world.download(&sam, old.entry_id).await, bytes, "{fault:?} at {step}");
            assert!(world.library.verify(&|_| ()).await.unwrap().is_whole(), "{fault:?} at {step}");
            if !failed {
                assert!(step > 8, "a mend has more steps than {step}");
                break;
            }
        }
        world.end().await;
    }
}

/// The disk does not give a blob that is good. Whatever fails after that, and whether or not its sender
/// ever tries again, good bytes have its name all the time, and nobody is told of damage.
#[tokio::test(flavor = "multi_thread")]
async fn a_good_blob_that_cannot_be_read_is_never_without_bytes() {
    for fault in [Fault::Error, Fault::Full, Fault::Crash] {
        for tries_again in [false, true] {
            let mut world = World::in_memory().await;
            world.person("sam", Role::Member).await;
            let sam = world.device("sam", "phone").await;
            for step in 0.. {
                let bytes = picture(step, 3000);
                let old = world.put(&sam, file("old", &format!("{step}.jpg")), &bytes).await;
                world.advance_ms(8 * DAY_MS);
                let place = file("new", &format!("{step}.jpg"));
                world.gates.be_unreadable(true);
                world.faults.fail_at(step, fault);
                let first = world.send(&sam, place.clone(), &bytes).await;
                let failed = world.faults.has_failed();
                world.faults.fail_at(u64::MAX, fault);
                world.faults.make_room();
                vault::verify_blob(&*world.vault, old.sha256).await.unwrap();
                if failed && fault == Fault::Crash {
                    world.faults.restart(Unsynced::Lost).await.unwrap();
                    world.restart().await;
                }
                if tries_again && first.is_err() {
                    world.send(&sam, place, &bytes).await.unwrap();
                }
                world.gates.be_unreadable(false);
                assert_eq!(world.download(&sam, old.entry_id).await, bytes, "{fault:?} at {step}");
                assert_eq!(told(&world, &sam, old.sha256).await, [], "{fault:?} at {step}");
                if !failed {
                    first.unwrap();
                    assert!(step > 5, "there are more steps than {step}");
                    break;
                }
            }
            assert!(world.library.verify(&|_| ()).await.unwrap().is_whole());
            world.end().await;
        }
    }
}

/// While one sender looks at a blob that has just gone, another brings it anew and is told "stored": the
/// first one, whose own seal fails, takes nothing away.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_sender_was_told_is_stored_stays() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let kim = world.person("kim", Role::Member).await;
    let bytes = picture(1, 3000);
    let old = world.put(&sam, file("old", "a.jpg"), &bytes).await;
    world.advance_ms(8 * DAY_MS);
    let (library, vault, gates) = (world.library.clone(), world.vault.clone(), world.gates.clone());
    let (hash, hers) = (old.sha256, bytes.clone());
    world.gates.instead_of_read(async move {
        vault.remove(hash).await.unwrap();
        library.put(&kim, file("K", "a.jpg"), None, body(&[&hers])).await.unwrap();
        gates.refuse_seals(true);
        Err(vault::Error::NotFound { hash })
    });
    let error = world.send(&sam, file("new", "a.jpg"), &bytes).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    world.gates.refuse_seals(false);
    assert_eq!(world.download(&sam, old.entry_id).await, bytes);
    assert_eq!(told(&world, &sam, hash).await, [], "nothing was damaged");
    assert_eq!(world.proven_blobs().await, [hash]);
    world.end().await;
}

/// A film whose reading takes longer than its sender is made to wait: the reading goes on, and its result
/// is there for the next try, whatever it is.
#[tokio::test]
async fn a_sender_is_sent_away_while_a_long_reading_goes_on_and_it_is_done_once() {
    for (number, is_good) in [(1, true), (2, false)] {
        let world = World::in_memory().await;
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(number, 3000);
        let old = world.put(&sam, file("old", "a.jpg"), &bytes).await;
        world.advance_ms(8 * DAY_MS);
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let (vault, hash) = (world.vault.clone(), old.sha256);
        world.gates.instead_of_read(async move {
            may_go_on.await.unwrap();
            if is_good { vault.read(hash, 0..3000).await } else { Err(failure()) }
        });
        let id = world.library.begin(&sam, upload(file("new", "a.jpg"), 3000)).await.unwrap().id;
        let (library, caller, sent) = (world.library.clone(), sam.clone(), bytes.clone());
        let sending = tokio::spawn(async move { library.append(&caller, id, 0, None, body(&[&sent])).await });
        while world.gates.reads() == 0 {
            tokio::task::yield_now().await;
        }
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(61)).await;
        let error = sending.await.unwrap().unwrap_err();
        tokio::time::resume();
        assert!(matches!(error, Error::UploadBusy) && error.is_retryable(), "{error:?}");
        go_on.send(()).unwrap();
        let stored = world.library.upload_state(&sam, id).await.unwrap().stored.unwrap();
        assert_eq!(stored.sha256, hash);
        assert_eq!(world.gates.reads(), 1, "its head was seen when it came, and the blob read once");
        assert_eq!(world.download(&sam, old.entry_id).await, bytes);
        world.end().await;
    }
}
