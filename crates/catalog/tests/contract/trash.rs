//! Trash, restore, purge.

use catalog::blobs::BlobState;
use catalog::entries::{Entry, Filed};
use catalog::trash::{Purged, Restored, Trashed};
use catalog::{Error, Page, albums, assets, blobs, entries, tombstones, trash};
use domain::{ContentHash, EntryId, SpaceId, UserId};

use crate::common::{Hub, flat, hash, name};

async fn delete(hub: &Hub, id: EntryId, by: UserId) -> Trashed {
    let now_ms = hub.now();
    put!(hub, tx => trash::trash(tx, id, by, now_ms)).unwrap()
}

async fn bring_back(hub: &Hub, id: EntryId) -> Restored {
    let (ids, now_ms) = (hub.ids.clone(), hub.now());
    put!(hub, tx => trash::restore(tx, &ids, id, now_ms)).unwrap()
}

async fn purge(hub: &Hub, id: EntryId) -> Purged {
    let now_ms = hub.now();
    put!(hub, tx => trash::purge(tx, id, now_ms)).unwrap()
}

async fn entry(hub: &Hub, id: EntryId) -> Entry {
    look!(hub, tx => entries::get(tx, id)).unwrap().unwrap()
}

async fn buried(hub: &Hub, space: SpaceId, sha256: ContentHash) -> bool {
    !look!(hub, tx => tombstones::for_hashes(tx, space, &[sha256])).unwrap().is_empty()
}

async fn asset_is_live(hub: &Hub, space: SpaceId, sha256: ContentHash) -> Option<bool> {
    let found = look!(hub, tx => assets::by_hashes(tx, space, &[sha256])).unwrap();
    found.first().map(|asset| asset.trashed_at_ms.is_none())
}

contract! {
    async fn deleting_a_folder_takes_all_that_is_below_and_live(hub) {
        let (user_id, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "f").await;
        let inner = hub.folder(folder, "g").await;
        let only = hub.picture(&space, inner, "only.jpg", "only").await;
        let twice = hub.picture(&space, inner, "twice.jpg", "twice").await;
        let kept = hub.picture(&space, space.root_id, "kept.jpg", "twice").await;
        let earlier = hub.picture(&space, folder, "earlier.jpg", "earlier").await;
        delete(&hub, earlier.id, user_id).await;
        hub.clock.advance(5);
        let trashed = delete(&hub, folder, user_id).await;
        assert_eq!(trashed, Trashed { files: 2, folders: 2, along: vec![], contents: vec![hash("only")] });
        for id in [folder, inner, only.id, twice.id] {
            let entry = entry(&hub, id).await;
            assert_eq!((entry.trashed_at_ms, entry.trash_root_id), (Some(hub.now()), Some(folder)));
        }
        assert_eq!(entry(&hub, earlier.id).await.trash_root_id, Some(earlier.id));
        assert_eq!(entry(&hub, kept.id).await.trashed_at_ms, None);
        assert!(buried(&hub, space.id, hash("only")).await && !buried(&hub, space.id, hash("twice")).await);
        assert_eq!(asset_is_live(&hub, space.id, hash("only")).await, Some(false));
        assert_eq!(asset_is_live(&hub, space.id, hash("twice")).await, Some(true));
        let error = put!(hub, tx => trash::trash(tx, folder, user_id, 1)).unwrap_err();
        assert!(matches!(error, Error::NotFound("entry")), "{error:?}");
        let error = put!(hub, tx => trash::trash(tx, space.root_id, user_id, 1)).unwrap_err();
        assert!(matches!(error, Error::RootStays), "{error:?}");
    }
}

contract! {
    async fn what_was_deleted_comes_back_where_it_was(hub) {
        let (user_id, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "f").await;
        let file = hub.picture(&space, folder, "a.jpg", "a").await;
        delete(&hub, folder, user_id).await;
        let back = bring_back(&hub, folder).await;
        assert_eq!((back.folder_id, back.name.as_str(), back.files), (space.root_id, "f", 1));
        assert_eq!((back.made_folders, back.contents), (vec![], vec![hash("a")]));
        let restored = entry(&hub, file.id).await;
        assert_eq!((restored.trashed_at_ms, restored.trash_root_id), (None, None));
        assert!(!buried(&hub, space.id, hash("a")).await);
        assert_eq!(asset_is_live(&hub, space.id, hash("a")).await, Some(true));
        let ids = hub.ids.clone();
        let error = put!(hub, tx => trash::restore(tx, &ids, file.id, 1)).unwrap_err();
        assert!(matches!(error, Error::NotFound("entry")), "{error:?}");
    }
}

contract! {
    async fn a_taken_name_gets_a_number_and_a_part_of_a_deleted_folder_does_not_come_alone(hub) {
        let (user_id, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "f").await;
        let file = hub.picture(&space, folder, "a.jpg", "a").await;
        delete(&hub, file.id, user_id).await;
        hub.picture(&space, folder, "a.jpg", "b").await;
        assert_eq!(bring_back(&hub, file.id).await.name, "a (2).jpg");
        delete(&hub, folder, user_id).await;
        let ids = hub.ids.clone();
        let error = put!(hub, tx => trash::restore(tx, &ids, file.id, 1)).unwrap_err();
        assert!(matches!(error, Error::NotFound("entry")), "{error:?}");
        let error = put!(hub, tx => trash::purge(tx, file.id, 1)).unwrap_err();
        assert!(matches!(error, Error::NotFound("entry")), "{error:?}");
    }
}

contract! {
    async fn a_gone_folder_is_made_again(hub) {
        let (user_id, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "f").await;
        let inner = hub.folder(folder, "g").await;
        let file = hub.picture(&space, inner, "a.jpg", "a").await;
        delete(&hub, file.id, user_id).await;
        delete(&hub, folder, user_id).await;
        let purged = purge(&hub, folder).await;
        assert_eq!((purged.entries, purged.assets.len(), purged.blobs.len()), (2, 0, 0));
        let listed = look!(hub, tx => trash::list(tx, space.id, &Page::first(9))).unwrap().items;
        assert_eq!((listed.len(), listed[0].folder.to_string().as_str()), (1, "f/g"));
        let back = bring_back(&hub, file.id).await;
        assert_eq!(back.made_folders.len(), 2);
        let located = look!(hub, tx => entries::get_with_path(tx, file.id)).unwrap().unwrap();
        assert_eq!((located.folder.to_string().as_str(), located.entry.name.as_str()), ("f/g", "a.jpg"));
        // A deleted but not purged folder is not brought back by its file: a new one is made.
        delete(&hub, file.id, user_id).await;
        delete(&hub, located.entry.parent_id.unwrap(), user_id).await;
        assert_eq!(bring_back(&hub, file.id).await.made_folders.len(), 1);
        // A file that stands in the way of the path: the item comes back to the root.
        delete(&hub, file.id, user_id).await;
        let top = look!(hub, tx => entries::child_by_key(tx, space.root_id, &name("f"))).unwrap().unwrap().id;
        delete(&hub, top, user_id).await;
        hub.picture(&space, space.root_id, "f", "in the way").await;
        assert_eq!(bring_back(&hub, file.id).await.folder_id, space.root_id);
    }
}

contract! {
    async fn purging_takes_rows_but_not_the_memory(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let folder = hub.folder(space.root_id, "f").await;
        let (only, shared): (Filed, Filed) =
            (hub.picture(&space, folder, "o", "only").await, hub.picture(&space, folder, "s", "shared").await);
        hub.picture(&other, other.root_id, "s", "shared").await;
        let twice = hub.picture(&space, folder, "t", "twice").await;
        hub.picture(&space, space.root_id, "t", "twice").await;
        let only_asset = entry(&hub, only.id).await.file.unwrap().asset_id.unwrap();
        let album = put!(hub, tx => albums::create(tx, domain::AlbumId::from_bytes([9; 16]), space.id, &name("x"), 0))
            .unwrap();
        put!(hub, tx => albums::add_assets(tx, album.id, &[only_asset], 0)).unwrap();
        delete(&hub, folder, user_id).await;
        let purged = purge(&hub, folder).await;
        assert_eq!((purged.entries, purged.assets.len(), purged.blobs.as_slice()), (4, 2, &[hash("only")][..]));
        assert!(purged.assets.contains(&only_asset));
        for id in [folder, only.id, shared.id, twice.id] {
            assert_eq!(look!(hub, tx => entries::get(tx, id)).unwrap(), None);
        }
        let blob = look!(hub, tx => blobs::get(tx, hash("only"))).unwrap().unwrap();
        assert_eq!(blob.state, BlobState::Deleting { since_ms: hub.now() });
        let blob = look!(hub, tx => blobs::get(tx, hash("shared"))).unwrap().unwrap();
        assert_eq!(blob.state, BlobState::Kept);
        assert!(buried(&hub, space.id, hash("only")).await && buried(&hub, space.id, hash("shared")).await);
        assert_eq!(asset_is_live(&hub, space.id, hash("only")).await, None);
        assert_eq!(asset_is_live(&hub, space.id, hash("twice")).await, Some(true));
        assert_eq!(asset_is_live(&hub, other.id, hash("shared")).await, Some(true));
        assert!(look!(hub, tx => albums::items(tx, album.id, &Page::first(9))).unwrap().items.is_empty());
        let error = put!(hub, tx => trash::purge(tx, space.root_id, 1)).unwrap_err();
        assert!(matches!(error, Error::NotFound("entry")), "{error:?}");
    }
}

contract! {
    async fn the_trash_is_listed_last_deleted_first_and_expires(hub) {
        let (user_id, space) = hub.home().await;
        let mut expected = Vec::new();
        for index in 0..6 {
            hub.clock.advance(1);
            let folder = hub.folder(space.root_id, &format!("f{index}")).await;
            for file in 0..index {
                hub.picture(&space, folder, &format!("{file}"), &format!("{index}{file}")).await;
            }
            delete(&hub, folder, user_id).await;
            expected.insert(0, (folder, u64::try_from(index).unwrap()));
        }
        let listed = flat(pages!(hub, 2, page, tx => trash::list(tx, space.id, &page)));
        assert_eq!(listed.iter().map(|item| (item.entry.id, item.files)).collect::<Vec<_>>(), expected);
        let now_ms = hub.now();
        assert!(look!(hub, tx => trash::expired(tx, now_ms, 100, 100)).unwrap().is_empty(), "none was seen");
        assert_eq!(put!(hub, tx => trash::note_seen(tx, 50)).unwrap(), 6);
        assert_eq!(put!(hub, tx => trash::note_seen(tx, 60)).unwrap(), 0, "what was first seen stands");
        assert!(look!(hub, tx => trash::expired(tx, now_ms, 50, 100)).unwrap().is_empty());
        let due = look!(hub, tx => trash::expired(tx, now_ms, 51, 100)).unwrap();
        let oldest_first: Vec<_> = expected.iter().skip(1).rev().map(|&(id, _)| (space.id, id)).collect();
        assert_eq!(due, oldest_first);
        assert_eq!(look!(hub, tx => trash::expired(tx, now_ms, 51, 2)).unwrap(), oldest_first[..2]);
        // What comes back and is deleted again is seen anew.
        bring_back(&hub, oldest_first[0].1).await;
        delete(&hub, oldest_first[0].1, user_id).await;
        assert_eq!(put!(hub, tx => trash::note_seen(tx, 70)).unwrap(), 1);
    }
}
