//! "I have these; which do you want?"

use domain::{ContentHash, Role, SpaceRole};
use library::{Error, FilingOutcome, HeldFile, OfferAnswer};

use crate::common::{World, body, declared, file, file_in, name, on_both, picture, sha256, upload};

use OfferAnswer::{DeletedEarlier, Held, Send};

on_both! {
    async fn held_send_and_deleted_earlier_in_the_order_asked(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let (held, gone, new) = (picture(1, 500), picture(2, 500), picture(3, 500));
        world.put(&sam, file("A", "held.jpg"), &held).await;
        let stored = world.put(&sam, file("A", "gone.jpg"), &gone).await;
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        let asked = [&new, &held, &gone, &held].map(|bytes| sha256(bytes)).to_vec();
        let answers = world.library.offer(&phone, None, asked.clone()).await.unwrap();
        assert_eq!(answers, [Send, Held, DeletedEarlier, Held]);
        let answers = world.library.offer(&sam, None, asked).await.unwrap();
        assert_eq!(answers, [Send, Held, Send, Held], "a person who sends it wants it");
        assert_eq!(world.library.offer(&sam, None, vec![]).await.unwrap(), []);
    }
}

on_both! {
    async fn a_thousand_fit_and_no_more(world) {
        let sam = world.person("sam", Role::Member).await;
        let held = picture(1, 500);
        world.put(&sam, file("A", "a.jpg"), &held).await;
        let hash = |number: usize| {
            let mut bytes = [7u8; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            ContentHash::from_bytes(bytes)
        };
        let mut asked: Vec<ContentHash> = (0..1000).map(hash).collect();
        asked[777] = sha256(&held);
        let answers = world.library.offer(&sam, None, asked.clone()).await.unwrap();
        let found: Vec<usize> = (0..1000).filter(|&at| answers[at] == Held).collect();
        assert_eq!((answers.len(), found), (1000, vec![777]));
        asked.push(hash(1000));
        let error = world.library.offer(&sam, None, asked).await.unwrap_err();
        assert!(matches!(error, Error::Invalid { field: "hashes", .. }), "{error:?}");
    }
}

on_both! {
    async fn what_others_keep_does_not_exist(world) {
        let sam = world.person("sam", Role::Owner).await;
        let eve = world.person("eve", Role::Member).await;
        let (secret, nobodys) = (picture(1, 500), picture(2, 500));
        let stored = world.put(&sam, file("A", "a.jpg"), &secret).await;
        let asked = vec![sha256(&secret), sha256(&nobodys)];
        assert_eq!(world.library.offer(&eve, None, asked.clone()).await.unwrap(), [Send, Send]);
        let filing = asked.iter().map(|&sha256| HeldFile { sha256, file: file("B", "b.jpg") }).collect();
        let filed = world.library.file(&eve, None, filing).await.unwrap();
        assert_eq!(filed, [FilingOutcome::NotHeld, FilingOutcome::NotHeld]);
        assert!(world.tree(&eve).await.is_empty());
        // Beginning with a declared hash looks the same for both, and wants the bytes.
        let mut answers = Vec::new();
        for bytes in [&secret, &nobodys] {
            let begun = world.library.begin(&eve, upload(declared(file("B", "b.jpg"), bytes), 500)).await.unwrap();
            answers.push((begun.offset, begun.length, begun.stored));
        }
        assert_eq!(answers, [(0, 500, None), (0, 500, None)]);
        // Having sent all its bytes, Eve has a copy of her own, and hears nothing of Sam's.
        let hers = world.put(&eve, file("B", "b.jpg"), &secret).await;
        assert!(!hers.already_held);
        assert_ne!(hers.asset_id, stored.asset_id);
        assert_eq!(world.proven_blobs().await, [sha256(&secret)]);
    }
}

on_both! {
    async fn another_space_that_one_may_read_counts_as_held(world) {
        let sam = world.person("sam", Role::Owner).await;
        let kim = world.person("kim", Role::Member).await;
        let group = world.library.add_space(&sam, name("Trips")).await.unwrap().space;
        let shared = picture(1, 500);
        world.put(&sam, file_in(group.id, "A", "a.jpg"), &shared).await;
        let asked = vec![sha256(&shared)];
        assert_eq!(world.library.offer(&kim, None, asked.clone()).await.unwrap(), [Send]);
        let refused = world.library.offer(&kim, Some(group.id), asked.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::NotFound("Space")), "{refused:?}");
        world.library.set_member(&sam, group.id, kim.user_id, SpaceRole::Viewer).await.unwrap();
        assert_eq!(world.library.offer(&kim, None, asked.clone()).await.unwrap(), [Held]);
        let refused = world.library.offer(&kim, Some(group.id), asked.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "a viewer brings nothing: {refused:?}");
        let filing = vec![HeldFile { sha256: asked[0], file: file("Mine", "a.jpg") }];
        let filed = world.library.file(&kim, None, filing).await.unwrap();
        let FilingOutcome::Stored(stored) = &filed[0] else { panic!("{filed:?}") };
        assert!(!stored.already_held && stored.asset_id.is_some());
        // It stays when the group is left.
        world.library.remove_member(&kim, group.id, kim.user_id).await.unwrap();
        assert_eq!(world.download(&kim, stored.entry_id).await, shared);
    }
}

/// Damaged content is wanted again, and mended byte for byte, also when the rotten blob has the
/// right length.
#[tokio::test(flavor = "multi_thread")]
async fn damaged_content_is_mended_by_sending_it_again() {
    for world in [World::in_memory().await, World::on_disk(crate::common::Engine::Sqlite).await.unwrap()] {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let bytes = picture(1, 5000);
        let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.rot(stored.sha256);
        assert!(!world.library.verify(&|_| ()).await.unwrap().is_whole());
        let asked = vec![stored.sha256];
        assert_eq!(world.library.offer(&phone, None, asked.clone()).await.unwrap(), [Send]);
        let filing = vec![HeldFile { sha256: stored.sha256, file: file("B", "b.jpg") }];
        assert_eq!(world.library.file(&phone, None, filing).await.unwrap(), [FilingOutcome::NotHeld]);
        // Two devices mend at once.
        let (one, two) = tokio::join!(
            world.send(&phone, declared(file("A", "a.jpg"), &bytes), &bytes),
            world.library.put(&sam, file("A", "a.jpg"), Some(5000), body(&[&bytes]))
        );
        assert_eq!(one.unwrap().1.entry_id, stored.entry_id);
        assert_eq!(two.unwrap().entry_id, stored.entry_id);
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes);
        assert_eq!(world.library.offer(&phone, None, asked).await.unwrap(), [Held]);
        assert!(world.library.verify(&|_| ()).await.unwrap().is_whole());
        let feed = world.library.changes(&phone, 0, true, 100).await.unwrap().changes;
        let kinds: Vec<_> = feed.iter().map(|change| change.change.kind).collect();
        assert_eq!(kinds, [library::ChangeKind::ContentDamaged, library::ChangeKind::ContentRepaired]);
        world.end().await;
    }
}

/// The damage is found while an upload of the same content is just being sealed onto it.
#[tokio::test(flavor = "multi_thread")]
async fn damage_found_in_the_middle_of_an_upload_is_not_papered_over() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 5000);
    let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
    world.rot(stored.sha256);
    let library = world.library.clone();
    world.gates.after_seal(async move {
        library.verify(&|_| ()).await.unwrap();
    });
    let error = world.send(&sam, file("B", "b.jpg"), &bytes).await.unwrap_err();
    assert!(matches!(error, Error::UploadGone), "it must come once more: {error:?}");
    assert_eq!(world.library.offer(&sam, None, vec![stored.sha256]).await.unwrap(), [Send]);
    let (_, again) = world.send(&sam, file("B", "b.jpg"), &bytes).await.unwrap();
    assert_eq!(world.download(&sam, again.entry_id).await, bytes);
    assert!(world.library.verify(&|_| ()).await.unwrap().is_whole());
    world.end().await;
}
