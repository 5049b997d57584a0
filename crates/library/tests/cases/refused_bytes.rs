//! Bytes that were refused never count, also when the disk does not let them be cut off.

use domain::{Role, Sha1Hash, UploadId};
use futures_util::{StreamExt as _, stream};
use library::{Caller, ChunkChecksum, Error};
use vault::faults::{Fault, Unsynced};

use crate::common::{World, body, file, picture, sha256, silent_body, upload};

const WRONG: Option<ChunkChecksum> = Some(ChunkChecksum::Sha1(Sha1Hash::from_bytes([7; 20])));

/// An upload of 3 000 bytes, the first 1 000 of which have come.
async fn begun(world: &World, sam: &Caller, bytes: &[u8]) -> UploadId {
    let id = world.library.begin(sam, upload(file("A", "a.jpg"), bytes.len())).await.unwrap().id;
    world.library.append(sam, id, 0, None, body(&[&bytes[..1000]])).await.unwrap();
    id
}

/// A chunk that does not match its checksum, or is too long, with the disk failing at every step in
/// turn: where cutting it off fails, the upload ends; everywhere else it stands where it stood.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_when_refused_bytes_cannot_be_cut_off() {
    for too_long in [false, true] {
        let world = World::in_memory().await;
        let sam = world.person("sam", Role::Member).await;
        let (mut ended, mut went_on) = (0, 0);
        for step in 0.. {
            let bytes = picture(step, 3000);
            let id = begun(&world, &sam, &bytes).await;
            let mut junk = vec![0x55; if too_long { 300 * 1024 } else { 500 }];
            junk.extend(vec![0xaa; if too_long { 3000 } else { 0 }]);
            let checksum = if too_long { None } else { WRONG };
            world.faults.fail_at(step, Fault::Error);
            let refused = world.library.append(&sam, id, 1000, checksum, body(&[&junk])).await.unwrap_err();
            let failed = world.faults.has_failed();
            world.faults.fail_at(u64::MAX, Fault::Error);
            match world.library.upload_state(&sam, id).await {
                Ok(state) => {
                    assert_eq!(state.offset, 1000, "step {step}: {refused:?}");
                    let rest = body(&[&bytes[1000..]]);
                    let done = world.library.append(&sam, id, 1000, None, rest).await.unwrap();
                    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
                    went_on += 1;
                }
                Err(error) => {
                    assert!(matches!(error, Error::UploadGone), "step {step}: {error:?}");
                    assert!(failed && world.vault.staged().await.unwrap().is_empty(), "step {step}");
                    ended += 1;
                }
            }
            if !failed {
                break;
            }
        }
        assert!(went_on > 0 && (too_long || ended > 0), "{ended} ended, {went_on} went on");
        world.nothing_is_left_over().await;
        world.end().await;
    }
}

/// Takes the first piece, then something that makes the body too long.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_ends_when_a_body_that_is_too_long_cannot_be_cut_off() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let length = 400 * 1024;
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), length)).await.unwrap().id;
    // Asked for room, one append of two steps, then the cut.
    world.faults.fail_at(3, Fault::Error);
    let junk = vec![0x55; 300 * 1024];
    let error = world.library.append(&sam, id, 0, None, body(&[&junk, &junk])).await.unwrap_err();
    assert!(world.faults.has_failed());
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    let error = world.library.upload_state(&sam, id).await.unwrap_err();
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    world.end().await;
}

/// Neither can the file be thrown away: its row ends all the same, and the sweep takes the file.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_gives_nothing_back_ends_the_upload_too() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let id = begun(&world, &sam, &bytes).await;
    world.faults.fail_at(3, Fault::Crash);
    let junk = vec![0x55; 500];
    let error = world.library.append(&sam, id, 1000, WRONG, body(&[&junk])).await.unwrap_err();
    assert!(world.faults.has_failed());
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    world.faults.restart(Unsynced::Kept).await.unwrap();
    assert_eq!(world.vault.staged().await.unwrap()[0].size_bytes, 1500, "the refused bytes are still there");
    let error = world.library.upload_state(&sam, id).await.unwrap_err();
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    world.nothing_is_left_over().await;
    world.end().await;
}

/// The catalog is away just then: the bytes go, and whoever asks later is told to begin anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_catalog_that_is_away_does_not_let_refused_bytes_count() {
    let mut world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let id = begun(&world, &sam, &bytes).await;
    let catalog = world.catalog.clone();
    let closing = async move {
        catalog.close().await;
        Ok(bytes::Bytes::from_static(&[0x55; 500]))
    };
    world.faults.fail_at(3, Fault::Error);
    let sent = Box::pin(stream::once(closing)).chain(body(&[]));
    let error = world.library.append(&sam, id, 1000, WRONG, sent).await.unwrap_err();
    assert!(world.faults.has_failed());
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert!(world.vault.staged().await.unwrap().is_empty());
    world.restart().await;
    let error = world.library.upload_state(&sam, id).await.unwrap_err();
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    world.end().await;
}

/// Neither the catalog nor the disk answers: nothing counts until one of them does.
#[tokio::test(flavor = "multi_thread")]
async fn refused_bytes_do_not_count_while_nothing_answers() {
    let Some(world) = World::in_memory_on(crate::common::Engine::Postgres).await else { return };
    let control = testkit::FreshDatabase::make().await.unwrap();
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let id = begun(&world, &sam, &bytes).await;
    let database = world.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let control = std::sync::Arc::new(control);
    let (switch, statement) = (
        control.clone(),
        format!(
            "alter database {database} allow_connections false;
             select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"
        ),
    );
    let going_away = async move {
        switch.run(&statement).await;
        Ok(bytes::Bytes::from_static(&[0x55; 500]))
    };
    world.faults.fail_at(3, Fault::Crash);
    let sent = Box::pin(stream::once(going_away)).chain(body(&[]));
    let error = world.library.append(&sam, id, 1000, WRONG, sent).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    world.library.upload_state(&sam, id).await.unwrap_err();
    world.faults.restart(Unsynced::Kept).await.unwrap();
    control.run(&format!("alter database {database} allow_connections true")).await;
    let error = loop {
        match world.library.upload_state(&sam, id).await.unwrap_err() {
            error if error.is_retryable() => {}
            error => break error,
        }
    };
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    world.end().await;
}

/// A request that is dropped in the middle of a chunk with a checksum: what nobody could check does not
/// count, and where it cannot be cut off, the upload ends.
#[tokio::test(flavor = "multi_thread")]
async fn an_unchecked_chunk_whose_sender_hangs_up_does_not_count() {
    for disk_fails in [false, true] {
        let world = World::in_memory().await;
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 600 * 1024);
        let id = begun(&world, &sam, &bytes).await;
        hang_up_in_a_chunk(&world, &sam, id).await;
        if disk_fails {
            world.faults.fail_at(0, Fault::Error);
            let error = world.library.upload_state(&sam, id).await.unwrap_err();
            assert!(matches!(error, Error::UploadGone), "{error:?}");
            assert!(world.vault.staged().await.unwrap().is_empty());
        } else {
            assert_eq!(world.library.upload_state(&sam, id).await.unwrap().offset, 1000);
            let rest = body(&[&bytes[1000..]]);
            let done = world.library.append(&sam, id, 1000, None, rest).await.unwrap();
            assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
        }
        world.end().await;
    }
}

/// Sends a part of a chunk that nobody can check, and hangs up.
async fn hang_up_in_a_chunk(world: &World, sam: &Caller, id: UploadId) {
    let junk = vec![0x55; 300 * 1024];
    let mut sending = Box::pin(world.library.append(sam, id, 1000, WRONG, silent_body(&[&junk])));
    while world.vault.staged().await.unwrap()[0].size_bytes == 1000 {
        tokio::select! {
            biased;
            ended = &mut sending => panic!("{ended:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
}

/// Its sender gives it up while the disk gives nothing back: the unchecked bytes stay where they are, and
/// never count.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_given_up_does_not_go_on_with_unchecked_bytes() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let id = begun(&world, &sam, &picture(1, 600 * 1024)).await;
    hang_up_in_a_chunk(&world, &sam, id).await;
    world.faults.fail_at(0, Fault::Crash);
    world.library.terminate(&sam, id).await.unwrap();
    assert!(world.faults.has_failed());
    world.faults.restart(Unsynced::Kept).await.unwrap();
    assert!(world.vault.staged().await.unwrap()[0].size_bytes > 1000, "the unchecked bytes are still there");
    let error = world.library.upload_state(&sam, id).await.unwrap_err();
    assert!(matches!(error, Error::UploadGone), "{error:?}");
    world.nothing_is_left_over().await;
    world.end().await;
}
