//! What has to stay free stays free, however many large files come at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use domain::Role;
use futures_util::{StreamExt as _, stream};
use library::{Cause, Error, Library, Settings};
use tokio::sync::Barrier;

use crate::common::{HOUR_MS, World, body, cut_body, file, picture, upload};

const KEEP_FREE: u64 = 10_000;

/// A disk with this much room, of which [`KEEP_FREE`] has to stay.
async fn small_disk(room: u64) -> World {
    let mut world = World::in_memory().await;
    world.restart_with(Settings { keep_free_bytes: KEEP_FREE, ..world.settings.clone() }).await;
    world.memory.as_ref().unwrap().set_total_bytes(Some(room + KEEP_FREE));
    world
}

async fn free(world: &World) -> u64 {
    world.vault.room().await.unwrap().unwrap().free_bytes
}

fn is_full<T: std::fmt::Debug>(answer: Result<T, Error>) -> bool {
    match answer {
        Ok(_) => false,
        Err(Error::StorageFull) => true,
        Err(error) => panic!("{error:?}"),
    }
}

/// Eight files of 4 000 bytes by `PUT`, all under way before the first byte of any is written, on a disk
/// with room for three.
#[tokio::test(flavor = "multi_thread")]
async fn many_large_files_at_once_leave_what_has_to_stay_free() {
    for declared in [true, false] {
        let world = small_disk(12_500).await;
        let sam = world.person("sam", Role::Member).await;
        let under_way = Arc::new(Barrier::new(8));
        let sending = (0..8u64).map(|number| {
            let (library, sam, under_way) = (world.library.clone(), sam.clone(), under_way.clone());
            tokio::spawn(async move { put(&library, &sam, number, declared, &under_way).await })
        });
        let mut stored = 0;
        for sent in sending.collect::<Vec<_>>() {
            stored += u64::from(!is_full(sent.await.unwrap()));
        }
        assert!(free(&world).await >= KEEP_FREE, "{} are free, {stored} stored", free(&world).await);
        assert_eq!(world.vault.staged().await.unwrap(), vec![]);
        if declared {
            assert_eq!(stored, 3);
        }
        world.end().await;
    }
}

/// Sends one file; its bytes come only when every other is under way as well, or refused.
async fn put(
    library: &Library,
    sam: &library::Caller,
    number: u64,
    declared: bool,
    under_way: &Arc<Barrier>,
) -> Result<library::Stored, Error> {
    let asked_for = Arc::new(AtomicBool::new(false));
    let bytes = {
        let (asked_for, under_way) = (asked_for.clone(), under_way.clone());
        async move {
            asked_for.store(true, Ordering::SeqCst);
            under_way.wait().await;
            Ok::<Bytes, Cause>(picture(number, 4000).into())
        }
    };
    let place = file("A", &format!("{number}.jpg"));
    let answer = library.put(sam, place, declared.then_some(4000), Box::pin(stream::once(bytes))).await;
    if !asked_for.load(Ordering::SeqCst) {
        under_way.wait().await;
    }
    answer
}

/// What others were promised counts, though none of it has come.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_was_begun_keeps_its_place() {
    let world = small_disk(10_000).await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 6000);
    let begun = world.library.begin(&sam, upload(file("A", "a.jpg"), 6000)).await.unwrap();
    assert!(is_full(world.library.begin(&sam, upload(file("A", "b.jpg"), 6000)).await));
    let other = picture(2, 6000);
    let put = world.library.put(&sam, file("A", "c.jpg"), Some(6000), body(&[&other])).await;
    assert!(is_full(put));
    // A smaller one fits beside it, also when half of the first has come and is counted by the disk.
    let broken = world.library.append(&sam, begun.id, 0, None, cut_body(&[&bytes[..3000]])).await;
    assert!(matches!(broken, Err(Error::BodyCut(_))), "{broken:?}");
    world.put(&sam, file("A", "d.jpg"), &picture(3, 4000)).await;
    assert!(is_full(world.library.begin(&sam, upload(file("A", "e.jpg"), 500)).await));
    let done = world.library.append(&sam, begun.id, 3000, None, body(&[&bytes[3000..]])).await.unwrap();
    assert!(done.stored.is_some());
    assert_eq!(free(&world).await, KEEP_FREE);
    world.end().await;
}

/// Who has gone away does not keep the others out; coming back, it has to ask for room again.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_brings_nothing_loses_its_place() {
    let world = small_disk(10_000).await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 6000);
    let begun = world.library.begin(&sam, upload(file("A", "a.jpg"), 6000)).await.unwrap();
    world.advance_ms(HOUR_MS + 1);
    world.put(&sam, file("A", "b.jpg"), &picture(2, 6000)).await;
    let refused = world.library.append(&sam, begun.id, 0, None, body(&[&bytes])).await;
    assert!(is_full(refused), "4 000 are left for 6 000");
    assert!(free(&world).await >= KEEP_FREE);
    // With room again it goes on.
    world.memory.as_ref().unwrap().set_total_bytes(Some(KEEP_FREE + 12_000));
    let done = world.library.append(&sam, begun.id, 0, None, body(&[&bytes])).await.unwrap();
    assert!(done.stored.is_some());
    world.end().await;
}

/// Ended uploads and refused requests give their room back at once.
#[tokio::test(flavor = "multi_thread")]
async fn what_ends_gives_its_room_back() {
    let world = small_disk(10_000).await;
    let sam = world.person("sam", Role::Member).await;
    for round in 0..5u64 {
        let begun = world.library.begin(&sam, upload(file("A", "a.jpg"), 10_000)).await.unwrap();
        world.library.terminate(&sam, begun.id).await.unwrap();
        let lie = crate::common::declared(file("A", "b.jpg"), b"other bytes");
        let refused = world.send(&sam, lie, &picture(round, 10_000)).await;
        assert!(matches!(refused, Err(Error::HashMismatch { .. })), "{refused:?}");
        let broken = cut_body(&[&[0x55; 5000]]);
        let broken = world.library.put(&sam, file("A", "c.jpg"), Some(10_000), broken).await;
        assert!(matches!(broken, Err(Error::BodyCut(_))), "{broken:?}");
        // One whose connection dies without a word.
        let silent = body(&[&[0x55; 5000]]).chain(stream::pending());
        let dropped = world.library.put(&sam, file("A", "d.jpg"), Some(10_000), silent);
        tokio::select! {
            _ = dropped => panic!("it has no end"),
            () = staged_once(&world) => {}
        }
        for staged in world.vault.staged().await.unwrap() {
            world.vault.discard(staged.id).await.unwrap();
        }
    }
    let stored =
        world.library.put(&sam, file("A", "e.jpg"), Some(10_000), body(&[&picture(9, 10_000)])).await;
    assert!(stored.is_ok(), "{stored:?}");
    world.end().await;
}

async fn staged_once(world: &World) {
    while world.vault.staged().await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}
