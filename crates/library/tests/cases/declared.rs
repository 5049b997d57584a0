//! What was declared must be what came.

use domain::{Role, TwinHasher};
use library::{ChunkChecksum, Error, FileDeclaration};

use crate::common::{World, body, cut_body, declared, file, on_both, picture, sha256, silent_body, upload};

on_both! {
    async fn a_hash_that_does_not_match_throws_the_bytes_away(world) {
        let sam = world.person("sam", Role::Member).await;
        let (bytes, other) = (picture(1, 2000), TwinHasher::of(b"other"));
        let with_sha1 = FileDeclaration { sha1: Some(other.sha1), ..file("A", "a.jpg") };
        let lies = [
            (declared(file("A", "a.jpg"), b"other"), "SHA-256", other.sha256.to_string()),
            (with_sha1, "SHA-1", other.sha1.to_string()),
        ];
        for (lie, algorithm, expected) in lies {
            let id = world.library.begin(&sam, upload(lie.clone(), 2000)).await.unwrap().id;
            let errors = [
                world.library.append(&sam, id, 0, None, body(&[&bytes])).await.unwrap_err(),
                world.library.put(&sam, lie, None, body(&[&bytes])).await.unwrap_err(),
            ];
            for error in errors {
                let Error::HashMismatch { algorithm: which, expected: said, actual } = &error else {
                    panic!("{error:?}")
                };
                assert_eq!((*which, said), (algorithm, &expected));
                assert_ne!(actual, said);
                assert!(!error.is_retryable());
            }
            let gone = world.library.upload_state(&sam, id).await.unwrap_err();
            assert!(matches!(gone, Error::UploadGone), "{gone:?}");
        }
        assert_eq!(world.vault.staged().await.unwrap(), vec![]);
        assert_eq!(world.vault.list(None, 10).await.unwrap(), vec![]);
        assert!(world.tree(&sam).await.is_empty());
        // What is declared truly is stored.
        let truly = FileDeclaration { sha1: Some(TwinHasher::of(&bytes).sha1), ..declared(file("A", "a.jpg"), &bytes) };
        world.put(&sam, truly, &bytes).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_too_few_and_at_the_wrong_place() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 2000);
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 1500)).await.unwrap().id;
    world.library.append(&sam, id, 0, None, body(&[&bytes[..500]])).await.unwrap();
    let many = world.library.append(&sam, id, 500, None, body(&[&bytes[500..]])).await.unwrap_err();
    assert!(matches!(many, Error::LengthMismatch { expected: 1500, actual: 2000 }), "{many:?}");
    for given in [0, 499, 501, 1500, u64::MAX] {
        let wrong = world.library.append(&sam, id, given, None, body(&[&bytes])).await.unwrap_err();
        assert!(matches!(wrong, Error::OffsetMismatch { actual: 500, given: g } if g == given), "{wrong:?}");
    }
    let short = world.library.append(&sam, id, 500, None, body(&[&bytes[500..900]])).await.unwrap();
    assert_eq!((short.offset, short.stored), (900, None), "fewer are fine: the rest comes later");
    let done = world.library.append(&sam, id, 900, None, body(&[&bytes[900..1500]])).await.unwrap();
    assert_eq!(done.stored.as_ref().unwrap().sha256, sha256(&bytes[..1500]));
    // More after the end is refused, not swallowed; nothing more is asking again.
    let more = world.library.append(&sam, id, 1500, None, body(&[b"", b"more"])).await.unwrap_err();
    assert!(matches!(more, Error::LengthMismatch { expected: 1500, actual: 1504 }), "{more:?}");
    assert_eq!(world.library.append(&sam, id, 1500, None, body(&[b""])).await.unwrap(), done);

    for (length, sent) in [(1000, 2000), (2000, 1000), (1, 0), (0, 1)] {
        let place = file("B", "b.jpg");
        let put = world.library.put(&sam, place.clone(), Some(length), body(&[&bytes[..sent]])).await;
        assert!(matches!(put, Err(Error::LengthMismatch { expected, .. }) if expected == length), "{put:?}");
        let length = usize::try_from(length).unwrap();
        let whole =
            world.library.receive_whole(&sam, upload(place, length), None, body(&[&bytes[..sent]])).await;
        assert!(matches!(whole, Err(Error::LengthMismatch { .. })), "{whole:?}");
    }
    let cut = world.library.put(&sam, file("B", "b.jpg"), None, cut_body(&[&bytes])).await;
    assert!(
        matches!(cut, Err(Error::BodyCut(_))),
        "an unknown length does not make a cut body whole: {cut:?}"
    );
    assert_eq!(world.vault.staged().await.unwrap(), vec![]);
    assert_eq!(world.tree(&sam).await.len(), 1);
    world.nothing_is_left_over().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_does_not_match_its_checksum_leaves_the_offset() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 700_000);
    let (first, second) = bytes.split_at(300_000);
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 700_000)).await.unwrap().id;
    let right = TwinHasher::of(first);
    let wrong = TwinHasher::of(second);
    for (checksum, algorithm) in
        [(ChunkChecksum::Sha1(wrong.sha1), "sha1"), (ChunkChecksum::Sha256(wrong.sha256), "sha256")]
    {
        let error = world.library.append(&sam, id, 0, Some(checksum), body(&[first])).await.unwrap_err();
        assert!(
            matches!(error, Error::ChunkMismatch { algorithm: which } if which == algorithm),
            "{error:?}"
        );
        assert!(error.is_retryable());
        assert_eq!(world.library.upload_state(&sam, id).await.unwrap().offset, 0);
    }
    world.library.append(&sam, id, 0, Some(ChunkChecksum::Sha1(right.sha1)), body(&[first])).await.unwrap();
    // A chunk that breaks off cannot be checked, so none of it counts.
    let checksum = Some(ChunkChecksum::Sha256(wrong.sha256));
    let cut =
        world.library.append(&sam, id, 300_000, checksum, cut_body(&[&second[..390_000]])).await.unwrap_err();
    assert!(matches!(cut, Error::BodyCut(_)), "{cut:?}");
    assert_eq!(world.library.upload_state(&sam, id).await.unwrap().offset, 300_000);
    let done = world.library.append(&sam, id, 300_000, checksum, body(&[second])).await.unwrap();
    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
    world.end().await;
}

/// The type comes from the bytes that were kept, not from ones that were refused before them.
#[tokio::test(flavor = "multi_thread")]
async fn refused_bytes_do_not_tell_the_type() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let page = b"<!doctype html><script>alert(1)</script>".repeat(50);
    let id = world.library.begin(&sam, upload(file("A", "a"), page.len())).await.unwrap().id;
    // The disk is full when a picture begins to come; there is room again when something else does.
    world.faults.fail_at(0, vault::faults::Fault::Full);
    let full = world.library.append(&sam, id, 0, None, body(&[&picture(1, 1000)])).await.unwrap_err();
    assert!(matches!(full, Error::StorageFull) && full.is_retryable(), "{full:?}");
    world.faults.make_room();
    let done = world.library.append(&sam, id, 0, None, body(&[&page])).await.unwrap();
    let stored = done.stored.unwrap();
    assert_eq!(stored.asset_id, None, "a page is no picture");
    let content = world.library.entry_content(&sam, stored.entry_id).await.unwrap();
    assert!(!content.safe_inline, "{}", content.content_type);
    world.end().await;
}

/// A file stands where a folder is wanted: said before the bytes travel.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_on_the_way_of_a_folder_is_told_before_the_bytes_come() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    world.put(&sam, file("A", "Trips"), &picture(1, 500)).await;
    for folder in ["A/Trips", "A/Trips/2026"] {
        let begun = world.library.begin(&sam, upload(file(folder, "b.jpg"), 500)).await.unwrap_err();
        // A body that never says a word is not waited for.
        let put = world.library.put(&sam, file(folder, "b.jpg"), None, silent_body(&[])).await.unwrap_err();
        for error in [begun, put] {
            assert!(matches!(&error, Error::NameTaken(name) if name == "Trips"), "{folder}: {error:?}");
        }
    }
    assert_eq!(world.vault.staged().await.unwrap(), vec![]);
    world.put(&sam, file("A/Tours", "b.jpg"), &picture(2, 500)).await;
    world.end().await;
}
