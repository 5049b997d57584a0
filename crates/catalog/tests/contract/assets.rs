//! Assets and offers by time.

use catalog::{Error, Page, albums, assets, entries, trash};
use domain::{AssetId, TwinHasher};

use crate::common::{flat, hash, name};

contract! {
    async fn one_asset_per_space_and_content(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let sha256 = hub.blob("x").await;
        let (first, second, theirs) =
            (hub.new_asset(space.id, sha256, 5), hub.new_asset(space.id, sha256, 9), hub.new_asset(other.id, sha256, 5));
        let id = first.id;
        assert_eq!(put!(hub, tx => assets::upsert(tx, &first)).unwrap(), (id, true));
        assert_eq!(put!(hub, tx => assets::upsert(tx, &second)).unwrap(), (id, false));
        assert!(put!(hub, tx => assets::upsert(tx, &theirs)).unwrap().1);
        let asset = look!(hub, tx => assets::get(tx, id)).unwrap().unwrap();
        assert_eq!((asset.taken_at_ms, asset.size_bytes, asset.content_type.as_str()), (5, 1, "image/jpeg"));
        assert_eq!(look!(hub, tx => assets::blob_of(tx, id)).unwrap().unwrap().sha256, sha256);
        let nothing: AssetId = hub.ids.fresh();
        assert_eq!(look!(hub, tx => assets::get(tx, nothing)).unwrap(), None);
        assert_eq!(look!(hub, tx => assets::blob_of(tx, nothing)).unwrap(), None);
        let found = look!(hub, tx => assets::by_hashes(tx, space.id, &[sha256, hash("y")])).unwrap();
        assert_eq!(found, [asset]);
    }
}

contract! {
    async fn many_assets_at_once_are_as_one_after_the_other(hub) {
        let (user_id, space) = hub.home().await;
        let trashed = hub.picture(&space, space.root_id, "t", "0").await;
        put!(hub, tx => trash::trash(tx, trashed.id, user_id, 1)).unwrap();
        let before = look!(hub, tx => assets::by_hashes(tx, space.id, &[hash("0")])).unwrap();
        assert_eq!(before[0].trashed_at_ms, Some(1));
        let mut wanted = Vec::new();
        for index in 0..250 {
            let sha256 = hub.blob(&format!("{}", index % 240)).await;
            wanted.push(hub.new_asset(space.id, sha256, index));
        }
        let ids: Vec<_> = wanted.iter().map(|asset| asset.id).collect();
        let answers = put!(hub, tx => assets::upsert_many(tx, &wanted)).unwrap();
        assert_eq!(answers[0], (before[0].id, false));
        assert_eq!(answers[1], (ids[1], true));
        assert_eq!(answers[241], (ids[1], false), "the second of one content is the first's");
        assert_eq!(answers.iter().filter(|(_, created)| *created).count(), 239);
        let after = look!(hub, tx => assets::get(tx, answers[0].0)).unwrap().unwrap();
        assert_eq!(after.trashed_at_ms, None);
    }
}

contract! {
    async fn live_assets_of_several_spaces_come_newest_first(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let hidden = hub.my_space(hub.user("cleo").await).await;
        let mut expected = Vec::new();
        for (index, taken_at_ms) in [7, 3, 3, 3, -2, 9, 1].into_iter().enumerate() {
            let into = if index % 2 == 0 { &space } else { &other };
            expected.push((taken_at_ms, hub.asset(into.id, &format!("{index}"), taken_at_ms).await));
        }
        hub.asset(hidden.id, "hidden", 5).await;
        let deleted = hub.picture(&space, space.root_id, "gone", "gone").await;
        put!(hub, tx => trash::trash(tx, deleted.id, user_id, 1)).unwrap();
        expected.sort_by_key(|&pair| std::cmp::Reverse(pair));
        let spaces = [space.id, other.id, space.id];
        let listed = flat(pages!(hub, 2, page, tx => assets::by_time(tx, &spaces, &page)));
        let found: Vec<_> = listed.iter().map(|asset| (asset.taken_at_ms, asset.id)).collect();
        assert_eq!(found, expected);
        assert!(look!(hub, tx => assets::by_time(tx, &[], &Page::first(3))).unwrap().items.is_empty());
    }
}

contract! {
    async fn a_corrected_time_moves_the_asset_in_its_albums_too(hub) {
        let (_, space) = hub.home().await;
        let (early, late) = (hub.asset(space.id, "a", 1).await, hub.asset(space.id, "b", 2).await);
        let album = put!(hub, tx => albums::create(tx, domain::AlbumId::from_bytes([1; 16]), space.id, &name("x"), 0))
            .unwrap();
        put!(hub, tx => albums::add_assets(tx, album.id, &[early, late], 0)).unwrap();
        assert!(put!(hub, tx => assets::set_taken(tx, early, 5)).unwrap());
        let items = look!(hub, tx => albums::items(tx, album.id, &Page::first(9))).unwrap().items;
        assert_eq!(items.iter().map(|asset| (asset.id, asset.taken_at_ms)).collect::<Vec<_>>(), [(early, 5), (late, 2)]);
        let nothing: AssetId = hub.ids.fresh();
        assert!(!put!(hub, tx => assets::set_taken(tx, nothing, 5)).unwrap());
    }
}

contract! {
    async fn an_asset_names_its_entries_live_ones_first(hub) {
        let (user_id, space) = hub.home().await;
        let first = hub.picture(&space, space.root_id, "a", "x").await;
        hub.clock.advance(1);
        let second = hub.picture(&space, space.root_id, "b", "x").await;
        let asset_id = look!(hub, tx => entries::get(tx, first.id)).unwrap().unwrap().file.unwrap().asset_id.unwrap();
        let ids = |entries: Vec<entries::Entry>| entries.iter().map(|entry| entry.id).collect::<Vec<_>>();
        assert_eq!(ids(look!(hub, tx => entries::by_asset(tx, asset_id)).unwrap()), [first.id, second.id]);
        put!(hub, tx => trash::trash(tx, first.id, user_id, 1)).unwrap();
        assert_eq!(ids(look!(hub, tx => entries::by_asset(tx, asset_id)).unwrap()), [second.id, first.id]);
        let live = look!(hub, tx => entries::by_hashes(tx, space.id, &[hash("x"), hash("y")])).unwrap();
        assert_eq!(ids(live), [second.id]);
    }
}

contract! {
    async fn an_asset_without_its_blob_is_refused(hub) {
        let (_, space) = hub.home().await;
        let asset = hub.new_asset(space.id, TwinHasher::of(b"never came").sha256, 1);
        let error = put!(hub, tx => assets::upsert(tx, &asset)).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
}
