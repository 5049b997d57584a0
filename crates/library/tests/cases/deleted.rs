//! Delete, restore, purge, and the memory that outlives them.

use domain::{EntryId, Role};
use library::{Caller, ChangeKind, Error, FileDeclaration, OfferAnswer, Page};

use crate::common::{DAY_MS, World, body, declared, file, on_both, path, picture, sha256, upload};

async fn folder(world: &World, caller: &Caller, at: &str) -> EntryId {
    let space = world.my_space(caller).await;
    world.library.entry_at(caller, space.id, path(at)).await.unwrap().entry.id
}

on_both! {
    async fn trash_restore_purge_and_the_tombstone_outlives_them(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let space = world.my_space(&sam).await;
        let bytes = picture(1, 500);
        let stored = world.put(&sam, file("A/B", "a.jpg"), &bytes).await;
        let asked = vec![stored.sha256];
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        assert!(world.tree(&sam).await.is_empty() && world.assets(&sam).await.is_empty());
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes, "it can be looked at in the trash");
        let listed = world.library.list_trash(&sam, space.id, Page::first(10)).await.unwrap().items;
        assert_eq!((listed.len(), listed[0].files, listed[0].folder.to_string()), (1, 1, "A/B".to_owned()));

        let back = world.library.restore(&sam, stored.entry_id).await.unwrap();
        assert_eq!(back.folder.to_string(), "A/B");
        assert_eq!(world.library.offer(&phone, None, asked.clone()).await.unwrap(), [OfferAnswer::Held]);
        assert_eq!(world.assets(&sam).await.len(), 1);

        world.library.trash(&sam, stored.entry_id).await.unwrap();
        world.library.purge(&sam, stored.entry_id).await.unwrap();
        let error = world.library.entry(&sam, stored.entry_id).await.unwrap_err();
        assert!(matches!(error, Error::NotFound(_)), "{error:?}");
        world.nothing_is_left_over().await;
        assert_eq!(world.vault.size_of(stored.sha256).await.unwrap(), None, "the bytes are gone");
        let answers = world.library.offer(&phone, None, asked).await.unwrap();
        assert_eq!(answers, [OfferAnswer::DeletedEarlier], "but not the memory");
        let kinds: Vec<_> = world.library.changes(&sam, 0, true, 100).await.unwrap().changes.into_iter()
            .map(|change| change.change.kind).collect();
        assert_eq!(kinds, [ChangeKind::ContentTrashed, ChangeKind::ContentRestored, ChangeKind::ContentTrashed]);
    }
}

on_both! {
    async fn a_device_does_not_bring_back_what_a_person_deleted(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let bytes = picture(1, 500);
        for round in 0..3 {
            let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
            assert!(!stored.already_held, "round {round}");
            world.library.trash(&sam, stored.entry_id).await.unwrap();
            if round == 1 {
                world.library.purge(&sam, stored.entry_id).await.unwrap();
            }
            let new = upload(declared(file("A", "a.jpg"), &bytes), 500);
            let begun = world.library.begin(&phone, new).await.unwrap_err();
            assert!(matches!(begun, Error::DeletedEarlier) && !begun.is_retryable(), "{begun:?}");
            // Undeclared, it is only known at the end.
            let id = world.library.begin(&phone, upload(file("A", "a.jpg"), 500)).await.unwrap().id;
            let ended = world.library.append(&phone, id, 0, None, body(&[&bytes])).await.unwrap_err();
            assert!(matches!(ended, Error::DeletedEarlier), "{ended:?}");
            let gone = world.library.upload_state(&phone, id).await.unwrap_err();
            assert!(matches!(gone, Error::UploadGone), "{gone:?}");
            let put = world.library.put(&phone, file("A", "a.jpg"), None, body(&[&bytes])).await.unwrap_err();
            assert!(matches!(put, Error::DeletedEarlier), "{put:?}");
            assert!(world.tree(&sam).await.is_empty());
        }
        // On purpose, it does; and then it is held as if nothing had been.
        let on_purpose = FileDeclaration { send_again: true, ..declared(file("A", "a.jpg"), &bytes) };
        let (_, stored) = world.send(&phone, on_purpose, &bytes).await.unwrap();
        assert_eq!(world.download(&phone, stored.entry_id).await, bytes);
        let answers = world.library.offer(&phone, None, vec![sha256(&bytes)]).await.unwrap();
        assert_eq!(answers, [OfferAnswer::Held]);
        assert_eq!(world.assets(&sam).await.len(), 1);
        world.nothing_is_left_over().await;
        assert_eq!(world.tree(&sam).await.len(), 1);
    }
}

on_both! {
    async fn content_that_is_elsewhere_stays_live_when_a_folder_goes(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let (both, only) = (picture(1, 500), picture(2, 500));
        world.put(&sam, file("Keep", "both.jpg"), &both).await;
        world.put(&sam, file("Drop/Deep", "both.jpg"), &both).await;
        world.put(&sam, file("Drop/Deep", "only.jpg"), &only).await;
        let drop = folder(world, &sam, "Drop").await;
        world.library.trash(&sam, drop).await.unwrap();
        let asked = vec![sha256(&both), sha256(&only)];
        let answers = world.library.offer(&phone, None, asked.clone()).await.unwrap();
        assert_eq!(answers, [OfferAnswer::Held, OfferAnswer::DeletedEarlier]);
        assert_eq!(world.assets(&sam).await.len(), 1);
        assert_eq!(world.tree(&sam).await.len(), 1);
        // Meanwhile something else took its place; it comes back under a number.
        world.put(&sam, file("Drop", "new.jpg"), &picture(3, 500)).await;
        let back = world.library.restore(&sam, drop).await.unwrap();
        assert_eq!(back.entry.name, "Drop (2)");
        let tree = world.tree(&sam).await;
        assert!(tree.contains_key("Drop (2)/Deep/only.jpg") && tree.contains_key("Drop (2)/Deep/both.jpg"));
        assert_eq!(world.library.offer(&phone, None, asked).await.unwrap(), [OfferAnswer::Held; 2]);
        world.library.trash(&sam, drop).await.unwrap();
        world.library.purge(&sam, drop).await.unwrap();
        world.nothing_is_left_over().await;
        assert_eq!(world.tree(&sam).await.len(), 2);
        assert_eq!(world.proven_blobs().await.len(), 2);
    }
}

on_both! {
    async fn the_trash_is_emptied_by_the_clock(world) {
        let sam = world.person("sam", Role::Member).await;
        let mut entries = Vec::new();
        for number in 0..45 {
            entries.push(world.put(&sam, file("A", &format!("{number}.jpg")), &picture(number, 400)).await.entry_id);
        }
        for &id in &entries[..44] {
            world.library.trash(&sam, id).await.unwrap();
        }
        assert_eq!(world.library.care().await.unwrap().items_purged, 0);
        world.advance_ms(15 * DAY_MS);
        world.library.trash(&sam, entries[44]).await.unwrap();
        assert_eq!(world.library.care().await.unwrap().items_purged, 0);
        world.advance_ms(15 * DAY_MS + 1);
        assert_eq!(world.library.care().await.unwrap().items_purged, 44);
        world.library.restore(&sam, entries[44]).await.unwrap();
        world.nothing_is_left_over().await;
        assert_eq!(world.tree(&sam).await.len(), 1);
    }
}

on_both! {
    async fn what_cannot_be_deleted_restored_or_purged_says_so(world) {
        let sam = world.person("sam", Role::Member).await;
        let space = world.my_space(&sam).await;
        let stored = world.put(&sam, file("A", "a.jpg"), &picture(1, 500)).await;
        let root = world.library.trash(&sam, space.root_id).await.unwrap_err();
        assert!(matches!(root, Error::Conflict(_)), "{root:?}");
        for error in [
            world.library.restore(&sam, stored.entry_id).await.map(|_| ()).unwrap_err(),
            world.library.purge(&sam, stored.entry_id).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::NotFound(_)), "{error:?}");
        }
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        let twice = world.library.trash(&sam, stored.entry_id).await.unwrap_err();
        assert!(matches!(twice, Error::Conflict(_)), "{twice:?}");
        let moved = world.library.change_entry(&sam, stored.entry_id, None, Some(space.root_id)).await.unwrap_err();
        assert!(matches!(moved, Error::Conflict(_)), "{moved:?}");
    }
}
