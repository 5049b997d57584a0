//! The same picture from several sides, and other pictures under the same name.

use std::collections::{BTreeMap, HashSet};

use domain::Role;
use library::ChangeKind;

use crate::common::{body, declared, file, name, on_both, picture, sha256, upload};

on_both! {
    async fn two_devices_send_the_same_picture_at_once(world) {
        let sam = world.person("sam", Role::Member).await;
        let (phone, tablet) = (world.device("sam", "phone").await, world.device("sam", "tablet").await);
        let bytes = picture(1, 3000);
        let plain = || library::FileDeclaration::named(name("a.jpg"));
        let (one, two) = tokio::join!(
            world.send(&phone, declared(plain(), &bytes), &bytes),
            world.send(&tablet, plain(), &bytes)
        );
        let ((_, one), (_, two)) = (one.unwrap(), two.unwrap());
        assert_eq!(one.asset_id, two.asset_id);
        assert_ne!(one.already_held, two.already_held, "one of them was first");
        assert_eq!(world.assets(&sam).await.len(), 1);
        assert_eq!(world.proven_blobs().await, [sha256(&bytes)]);
        let expected = ["Album Backup/phone/a.jpg", "Album Backup/tablet/a.jpg"];
        assert!(world.tree(&sam).await.into_keys().eq(expected));
        let feed = world.library.changes(&sam, 0, false, 100).await.unwrap().changes;
        let added = feed.iter().filter(|change| change.change.kind == ChangeKind::AssetAdded);
        assert_eq!(added.count(), 1);
        world.nothing_is_left_over().await;
    }
}

on_both! {
    async fn the_same_name_and_other_bytes_gets_a_number_and_the_same_again_the_same_answer(world) {
        let sam = world.person("sam", Role::Member).await;
        let pictures = [picture(1, 900), picture(2, 900), picture(3, 900)];
        let mut answers = Vec::new();
        for bytes in &pictures {
            answers.push(world.put(&sam, file("A", "a.jpg"), bytes).await);
        }
        let names: Vec<&str> = answers.iter().map(|stored| stored.name.as_str()).collect();
        assert_eq!(names, ["a.jpg", "a (2).jpg", "a (3).jpg"]);
        for (bytes, before) in pictures.iter().zip(&answers) {
            let (_, again) = world.send(&sam, file("A", "a.jpg"), bytes).await.unwrap();
            assert_eq!((again.entry_id, &again.name), (before.entry_id, &before.name));
            assert!(again.already_held);
        }
        assert_eq!(world.tree(&sam).await.len(), 3);
        assert_eq!(world.assets(&sam).await.len(), 3);
    }
}

on_both! {
    async fn sixty_four_uploads_side_by_side_of_which_half_are_duplicates(world) {
        let sam = world.person("sam", Role::Member).await;
        let uploads = (0..64u64).map(|number| {
            let (library, sam) = (world.library.clone(), sam.clone());
            tokio::spawn(async move {
                let bytes = picture(number / 2, 2000);
                let place = file(&format!("{}", number % 2), &format!("{}.jpg", number / 4));
                if number % 3 == 0 {
                    return library.put(&sam, place, None, body(&[&bytes])).await.unwrap();
                }
                let begun = library.begin(&sam, upload(place, bytes.len())).await.unwrap();
                let halves = bytes.split_at(1000);
                library.append(&sam, begun.id, 0, None, body(&[halves.0])).await.unwrap();
                let done = library.append(&sam, begun.id, 1000, None, body(&[halves.1])).await.unwrap();
                done.stored.unwrap()
            })
        });
        let mut entries = HashSet::new();
        for upload in uploads.collect::<Vec<_>>() {
            entries.insert(upload.await.unwrap().entry_id);
        }
        assert_eq!(entries.len(), 64);
        let tree = world.tree(&sam).await;
        assert_eq!(tree.len(), 64);
        let mut copies: BTreeMap<_, u32> = BTreeMap::new();
        for hash in tree.values() {
            *copies.entry(*hash).or_default() += 1;
        }
        assert!(copies.len() == 32 && copies.values().all(|&count| count == 2), "{copies:?}");
        assert_eq!(world.assets(&sam).await.len(), 32);
        assert_eq!(world.proven_blobs().await.len(), 32);
        world.nothing_is_left_over().await;
    }
}

on_both! {
    async fn twins_in_unicode_are_one_name(world) {
        let sam = world.person("sam", Role::Member).await;
        world.put(&sam, file("A", "caf\u{e9}.jpg"), &picture(1, 500)).await;
        let second = world.put(&sam, file("A", "cafe\u{301}.jpg"), &picture(2, 500)).await;
        assert_eq!(second.name, "cafe\u{301} (2).jpg");
    }
}
