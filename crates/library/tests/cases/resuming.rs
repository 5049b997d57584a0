//! Uploads that break off, go on, and are asked about twice.

use std::sync::Arc;

use bytes::Bytes;
use domain::Role;
use futures_util::stream;
use library::{Cause, Error, Settings};
use tokio::sync::mpsc;

use crate::common::{
    DAY_MS, Engine, HOUR_MS, World, body, cut_body, declared, file, on_both, picture, sha256, silent_body,
    upload,
};

/// A body that a test feeds by hand.
fn fed_body() -> (mpsc::Sender<Bytes>, impl futures_util::Stream<Item = Result<Bytes, Cause>> + Send + Unpin)
{
    let (feed, mut fed) = mpsc::channel::<Bytes>(1);
    (feed, stream::poll_fn(move |context| fed.poll_recv(context).map(|frame| frame.map(Ok))))
}

on_both! {
    async fn a_cut_body_goes_on_where_it_stopped(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
        let error = world.library.append(&sam, id, 0, None, cut_body(&[&bytes[..1200]])).await.unwrap_err();
        assert!(matches!(error, Error::BodyCut(_)) && error.is_retryable(), "{error:?}");
        let state = world.library.upload_state(&sam, id).await.unwrap();
        assert_eq!((state.offset, state.length, state.stored), (1200, 3000, None));
        assert!(world.tree(&sam).await.is_empty());
        let done = world.library.append(&sam, id, 1200, None, body(&[&bytes[1200..]])).await.unwrap();
        assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
        assert_eq!(world.tree(&sam).await.len(), 1);
    }
}

on_both! {
    async fn a_restart_in_mid_upload_costs_nothing_that_was_acknowledged(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let new = library::NewUpload {
            metadata: Some("filename YS5qcGc=".to_owned()),
            ..upload(file("A", "a.jpg"), 3000)
        };
        let id = world.library.begin(&sam, new).await.unwrap().id;
        world.library.append(&sam, id, 0, None, body(&[&bytes[..1700]])).await.unwrap();
        world.restart().await;
        let state = world.library.upload_state(&sam, id).await.unwrap();
        assert_eq!((state.offset, state.metadata.as_deref()), (1700, Some("filename YS5qcGc=")));
        world.restart().await;
        let done = world.library.append(&sam, id, 1700, None, body(&[&bytes[1700..]])).await.unwrap();
        let stored = done.stored.unwrap();
        assert!(stored.asset_id.is_some(), "its type is read from the vault after a restart");
        // The same question and the same last request again, also after one more restart.
        for _ in 0..2 {
            let asked = world.library.upload_state(&sam, id).await.unwrap();
            assert_eq!((asked.offset, asked.stored.as_ref()), (3000, Some(&stored)));
            let sent = world.library.append(&sam, id, 3000, None, body(&[])).await.unwrap();
            assert_eq!(sent.stored.as_ref(), Some(&stored));
            let wrong = world.library.append(&sam, id, 7, None, body(&[b"x"])).await.unwrap_err();
            assert!(matches!(wrong, Error::OffsetMismatch { actual: 3000, given: 7 }), "{wrong:?}");
            world.restart().await;
        }
        assert_eq!(world.tree(&sam).await.len(), 1);
    }
}

/// A crash between seal and commit: the declared hash leads back to the sealed bytes, unless they
/// are somebody else's.
#[tokio::test(flavor = "multi_thread")]
async fn sealed_bytes_are_adopted_by_their_declared_hash_but_never_somebody_elses() {
    let mut world = World::in_memory().await;
    let (sam, eve) = (world.person("sam", Role::Member).await, world.person("eve", Role::Member).await);
    let bytes = picture(1, 3000);
    let begun = world.library.begin(&sam, upload(declared(file("A", "a.jpg"), &bytes), 3000)).await.unwrap();
    let catalog = world.catalog.clone();
    world.gates.after_seal(async move { catalog.close().await });
    world.library.append(&sam, begun.id, 0, None, body(&[&bytes])).await.unwrap_err();
    world.restart().await;
    assert_eq!(world.vault.staged().await.unwrap(), vec![], "sealed, not staged any more");
    let adopted = world.library.upload_state(&sam, begun.id).await.unwrap();
    assert_eq!(adopted.stored.unwrap().sha256, sha256(&bytes));
    assert_eq!(world.gates.synced_names(), 1, "a seal that was killed may have left the name to chance");
    assert_eq!(world.tree(&sam).await.len(), 1);

    // Eve knows the hash and loses her own staged bytes; Sam's picture must not become hers.
    let hers = world.library.begin(&eve, upload(declared(file("A", "a.jpg"), &bytes), 3000)).await.unwrap();
    world.vault.discard(hers.id).await.unwrap();
    world.restart().await;
    let error = world.library.upload_state(&eve, hers.id).await.unwrap_err();
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    assert!(world.tree(&eve).await.is_empty());
    // Sam, who may read it anyway, needs not send it again.
    let again = world.library.begin(&sam, upload(declared(file("B", "b.jpg"), &bytes), 3000)).await.unwrap();
    world.vault.discard(again.id).await.unwrap();
    world.restart().await;
    let stored = world.library.upload_state(&sam, again.id).await.unwrap().stored.unwrap();
    assert!(stored.already_held);
    world.end().await;
}

/// The catalog is away for so long that the sweep takes the sealed bytes for nobody's.
#[tokio::test(flavor = "multi_thread")]
async fn sealed_bytes_that_were_swept_are_not_promised() {
    for length in [0usize, 3000] {
        let world = World::in_memory().await;
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000)[..length].to_vec();
        let content = sha256(&bytes);
        let token = world.device("sam", "phone").await;
        // Finishing fails once because the token does not work for a moment; the seal stands.
        let new = upload(declared(file("A", "a.jpg"), &bytes), length);
        let id = if length == 0 {
            world.library.retire_device(&sam, token.device.as_ref().unwrap().id).await.unwrap();
            world.library.begin(&token, new).await.unwrap_err();
            let staged_for = world.catalog.read({
                let user = sam.user_id;
                move |tx| {
                    Box::pin(async move {
                        catalog::uploads::list_of_user(tx, user, &library::Page::first(1)).await
                    })
                }
            });
            staged_for.await.unwrap().items[0].declared.id
        } else {
            let id = world.library.begin(&token, new).await.unwrap().id;
            world.library.retire_device(&sam, token.device.as_ref().unwrap().id).await.unwrap();
            let error = world.library.append(&token, id, 0, None, body(&[&bytes])).await.unwrap_err();
            assert!(matches!(error, Error::SignInAgain), "{error:?}");
            id
        };
        assert_eq!(world.vault.size_of(content).await.unwrap(), Some(length as u64));
        for _ in 0..3 {
            world.advance_ms(25 * HOUR_MS);
            world.library.sweep().await.unwrap();
        }
        assert_eq!(world.vault.size_of(content).await.unwrap(), None, "nobody named them");
        let error = world.library.upload_state(&sam, id).await.unwrap_err();
        assert!(matches!(error, Error::UploadGone), "{error:?}");
        assert!(world.tree(&sam).await.is_empty());
        world.proven_blobs().await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_writer_wins_and_the_bytes_are_right() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 900_000);
    let id =
        world.library.begin(&sam, upload(declared(file("A", "a.jpg"), &bytes), 900_000)).await.unwrap().id;
    let (feed, fed) = fed_body();
    let first = {
        let (library, sam) = (world.library.clone(), sam.clone());
        tokio::spawn(async move { library.append(&sam, id, 0, None, fed).await })
    };
    feed.send(Bytes::copy_from_slice(&bytes[..300_000])).await.unwrap();
    feed.send(Bytes::copy_from_slice(&bytes[300_000..400_000])).await.unwrap();
    // The device has changed networks; its old connection hangs on and never ends by itself.
    let state = world.library.upload_state(&sam, id).await.unwrap();
    assert!(state.offset >= 300_000 && state.offset <= 400_000, "{}", state.offset);
    let lost = first.await.unwrap().unwrap_err();
    assert!(matches!(lost, Error::UploadBusy) && lost.is_retryable(), "{lost:?}");
    let from = usize::try_from(state.offset).unwrap();
    let done = world.library.append(&sam, id, state.offset, None, body(&[&bytes[from..]])).await.unwrap();
    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
    world.proven_blobs().await;
    world.end().await;
}

/// Somebody asks while the last bytes are being sealed: the same answer, not "gone".
#[tokio::test(flavor = "multi_thread")]
async fn asking_while_it_is_being_finished_gives_the_answer() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    for round in 0..20 {
        let bytes = picture(round, 3000);
        let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
        let (reached, at_the_seal) = tokio::sync::oneshot::channel();
        let go_on = Arc::new(tokio::sync::Notify::new());
        let wait = go_on.clone();
        world.gates.after_seal(async move {
            reached.send(()).unwrap();
            wait.notified().await;
        });
        let sending = {
            let (library, sam, bytes) = (world.library.clone(), sam.clone(), bytes.clone());
            tokio::spawn(async move { library.append(&sam, id, 0, None, body(&[&bytes])).await })
        };
        at_the_seal.await.unwrap();
        let asking = {
            let (library, sam) = (world.library.clone(), sam.clone());
            tokio::spawn(async move { library.upload_state(&sam, id).await })
        };
        let again = {
            let (library, sam) = (world.library.clone(), sam.clone());
            tokio::spawn(async move { library.append(&sam, id, 3000, None, body(&[])).await })
        };
        tokio::task::yield_now().await;
        go_on.notify_one();
        let stored = sending.await.unwrap().unwrap().stored.unwrap();
        for asked in [asking.await.unwrap(), again.await.unwrap()] {
            match asked {
                Ok(state) => assert_eq!(state.stored.as_ref(), Some(&stored)),
                // Of two who wait, the newer one wins.
                Err(error) => assert!(matches!(error, Error::UploadBusy), "{error:?}"),
            }
        }
    }
    assert_eq!(world.tree(&sam).await.len(), 20);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_body_is_taken_for_dead_and_its_bytes_are_kept() {
    let mut world = World::in_memory().await;
    world.restart_with(Settings { body_stall_seconds: 0, ..world.settings.clone() }).await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
    let error = world.library.append(&sam, id, 0, None, silent_body(&[&bytes[..800]])).await.unwrap_err();
    assert!(matches!(error, Error::BodyCut(_)), "{error:?}");
    assert_eq!(world.library.upload_state(&sam, id).await.unwrap().offset, 800);
    let put = world.library.put(&sam, file("A", "b.jpg"), Some(3000), silent_body(&[&bytes[..800]])).await;
    assert!(matches!(put, Err(Error::BodyCut(_))), "{put:?}");
    assert_eq!(world.vault.staged().await.unwrap().len(), 1, "of a PUT nothing remains");
    world.end().await;
}

on_both! {
    async fn zero_bytes_are_a_file(world) {
        let sam = world.person("sam", Role::Member).await;
        let begun = world.library.begin(&sam, upload(declared(file("A", "empty.jpg"), b""), 0)).await.unwrap();
        let stored = begun.stored.unwrap();
        assert_eq!((stored.sha256, stored.asset_id), (sha256(b""), None));
        let put = world.put(&sam, file("B", "empty.txt"), b"").await;
        assert!(put.already_held);
        assert_eq!(world.library.upload_state(&sam, begun.id).await.unwrap().stored, Some(stored));
        assert_eq!(world.tree(&sam).await.len(), 2);
        world.proven_blobs().await;
    }
}

on_both! {
    async fn terminated_and_expired_uploads_leave_nothing(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let ended = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
        world.library.append(&sam, ended, 0, None, body(&[&bytes[..10]])).await.unwrap();
        world.library.terminate(&sam, ended).await.unwrap();
        for error in [
            world.library.upload_state(&sam, ended).await.unwrap_err(),
            world.library.append(&sam, ended, 10, None, body(&[&bytes[10..]])).await.unwrap_err(),
            world.library.terminate(&sam, ended).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::UploadGone), "{error:?}");
        }
        assert_eq!(world.vault.staged().await.unwrap(), vec![]);

        let waiting = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap();
        world.library.append(&sam, waiting.id, 0, None, body(&[&bytes[..10]])).await.unwrap();
        let (done, stored) = world.send(&sam, file("A", "b.jpg"), &bytes).await.unwrap();
        world.advance_ms(6 * DAY_MS);
        assert_eq!(world.library.care().await.unwrap().uploads_expired, 0);
        world.advance_ms(DAY_MS + 1);
        assert_eq!(world.library.care().await.unwrap().uploads_expired, 3);
        for id in [ended, waiting.id, done] {
            let error = world.library.upload_state(&sam, id).await.unwrap_err();
            assert!(matches!(error, Error::NotFound("upload")), "{error:?}");
        }
        assert_eq!(world.vault.staged().await.unwrap(), vec![]);
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes, "only the upload is forgotten");
    }
}

on_both! {
    /// "Stored" is said as long as it is true: a device that asks late must offer again.
    async fn a_finished_upload_answers_only_while_its_content_is_there(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let (id, stored) = world.send(&sam, file("A", "a.jpg"), &bytes).await.unwrap();
        let asked = |gone: bool, why: &'static str| {
            let (library, sam, stored) = (world.library.clone(), sam.clone(), stored.clone());
            async move {
                let answers = [
                    library.upload_state(&sam, id).await,
                    library.append(&sam, id, 3000, None, body(&[])).await,
                ];
                for answer in answers {
                    match answer {
                        Ok(state) => assert!(!gone && state.stored.as_ref() == Some(&stored), "{why}"),
                        Err(error) => assert!(gone && matches!(error, Error::UploadGone), "{why}: {error:?}"),
                    }
                }
            }
        };
        asked(false, "stored").await;
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        asked(true, "deleted").await;
        world.library.restore(&sam, stored.entry_id).await.unwrap();
        asked(false, "restored").await;
        world.rewrite(stored.sha256, |bytes| bytes[1500] ^= 0x10);
        world.library.verify(&|_| ()).await.unwrap();
        asked(true, "damaged").await;
        world.put(&sam, file("B", "b.jpg"), &bytes).await;
        asked(false, "mended").await;
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        asked(false, "still live in another folder").await;
        // Forgetting it is no question of what became of it.
        world.library.terminate(&sam, id).await.unwrap();
    }
}

/// A film over a slow line takes longer than an upload waits.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_to_which_bytes_come_does_not_expire() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let begun = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap();
    let mut state = begun.clone();
    for day in 0..10 {
        let from = usize::try_from(state.offset).unwrap();
        state = world
            .library
            .append(&sam, begun.id, state.offset, None, body(&[&bytes[from..from + 290]]))
            .await
            .unwrap();
        world.advance_ms(2 * DAY_MS);
        assert_eq!(world.library.care().await.unwrap().uploads_expired, 0, "day {day}");
    }
    assert!(state.expires_at_ms > begun.expires_at_ms);
    let done = world.library.append(&sam, begun.id, 2900, None, body(&[&bytes[2900..]])).await.unwrap();
    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
    world.end().await;
}

on_both! {
    async fn a_token_that_was_revoked_in_mid_upload_stores_nothing(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let phone = world.device("sam", "phone").await;
        let id = world.library.begin(&phone, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
        world.library.append(&phone, id, 0, None, body(&[&bytes[..100]])).await.unwrap();
        world.library.revoke_token(&sam, phone.token_id).await.unwrap();
        let error = world.library.append(&phone, id, 100, None, body(&[&bytes[100..]])).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain), "{error:?}");

        let tablet = world.device("sam", "tablet").await;
        let device = tablet.device.as_ref().unwrap().id;
        world.library.retire_device(&sam, device).await.unwrap();
        for error in [
            world.library.put(&tablet, file("A", "b.jpg"), None, body(&[&bytes])).await.unwrap_err(),
            world.send(&tablet, file("A", "b.jpg"), &bytes).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::SignInAgain), "{error:?}");
        }
        assert!(world.tree(&sam).await.is_empty());
        assert!(world.proven_blobs().await.is_empty());
        // With a new token the same upload goes on.
        let stored = world.library.upload_state(&sam, id).await.unwrap().stored.unwrap();
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_uploads_at_a_chunks_edge_with_their_bytes_durable() {
    let mut world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 900_000);
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 900_000)).await.unwrap().id;
    let (feed, fed) = fed_body();
    let sending = {
        let (library, sam) = (world.library.clone(), sam.clone());
        tokio::spawn(async move { library.append(&sam, id, 0, None, fed).await })
    };
    feed.send(Bytes::copy_from_slice(&bytes[..600_000])).await.unwrap();
    // Taken once the channel has room again.
    feed.send(Bytes::new()).await.unwrap();
    feed.send(Bytes::new()).await.unwrap();
    world.library.stop_uploads();
    let error = sending.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)) && error.is_retryable(), "{error:?}");
    // A power cut on top: what was received is durable.
    world.faults.restart(vault::faults::Unsynced::Lost).await.unwrap();
    world.restart().await;
    let state = world.library.upload_state(&sam, id).await.unwrap();
    assert_eq!(state.offset, 600_000);
    let done = world.library.append(&sam, id, 600_000, None, body(&[&bytes[600_000..]])).await.unwrap();
    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
    world.end().await;
}

/// Work that can wait makes room for what arrives: each door must be seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_counts_as_arriving_through_whichever_door_it_comes() {
    let world = World::on_disk(Engine::Sqlite).await.unwrap();
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let begun = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
    for door in ["put", "whole", "append"] {
        while world.library.is_receiving() {
            tokio::task::yield_now().await;
        }
        let (feed, arriving) = fed_body();
        let (library, sam) = (world.library.clone(), sam.clone());
        let receiving = tokio::spawn(async move {
            match door {
                "put" => library.put(&sam, file("A", "b.jpg"), Some(3000), arriving).await.map(drop),
                "whole" => {
                    let new = upload(file("A", "c.jpg"), 3000);
                    library.receive_whole(&sam, new, None, arriving).await.map(drop)
                }
                _ => library.append(&sam, begun, 0, None, arriving).await.map(drop),
            }
        });
        feed.send(Bytes::copy_from_slice(&bytes[..1000])).await.unwrap();
        while !world.library.is_receiving() {
            tokio::task::yield_now().await;
        }
        feed.send(Bytes::copy_from_slice(&bytes[1000..])).await.unwrap();
        drop(feed);
        receiving.await.unwrap().unwrap();
    }
    world.end().await;
}
