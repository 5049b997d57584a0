//! Albums.

use catalog::{Error, Page, albums, entries, trash};
use domain::{AlbumId, AssetId};

use crate::common::{Hub, flat, name};

async fn album(hub: &Hub, space: domain::SpaceId, text: &str) -> AlbumId {
    let (id, name) = (hub.ids.fresh(), name(text));
    put!(hub, tx => albums::create(tx, id, space, &name, 1)).unwrap().id
}

contract! {
    async fn albums_have_unique_names_in_their_space(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let id = album(&hub, space.id, "Cafe\u{301}").await;
        let fresh: AlbumId = hub.ids.fresh();
        let twin = put!(hub, tx => albums::create(tx, fresh, space.id, &name("Caf\u{e9}"), 1)).unwrap_err();
        assert!(matches!(twin, Error::NameTaken(_)), "{twin:?}");
        assert_eq!(put!(hub, tx => albums::ensure(tx, fresh, space.id, &name("Caf\u{e9}"), 1)).unwrap(), (id, false));
        assert_eq!(put!(hub, tx => albums::ensure(tx, fresh, other.id, &name("Café"), 1)).unwrap(), (fresh, true));
        let found = look!(hub, tx => albums::by_name(tx, space.id, &name("Caf\u{e9}"))).unwrap().unwrap();
        assert_eq!((found.id, found.asset_count, found.created_at_ms), (id, 0, 1));
        let second = album(&hub, space.id, "Second").await;
        let taken = put!(hub, tx => albums::rename(tx, second, &name("Caf\u{e9}"), 2)).unwrap_err();
        assert!(matches!(taken, Error::NameTaken(_)), "{taken:?}");
        assert!(put!(hub, tx => albums::rename(tx, second, &name("Third"), 2)).unwrap());
        let renamed = look!(hub, tx => albums::get(tx, second)).unwrap().unwrap();
        assert_eq!((renamed.name.as_str(), renamed.changed_at_ms), ("Third", 2));
        assert!(put!(hub, tx => albums::delete(tx, second)).unwrap());
        assert!(!put!(hub, tx => albums::delete(tx, second)).unwrap());
        assert!(!put!(hub, tx => albums::rename(tx, second, &name("x"), 2)).unwrap());
        assert_eq!(look!(hub, tx => albums::get(tx, second)).unwrap(), None);
        assert_eq!(look!(hub, tx => albums::by_name(tx, space.id, &name("Third"))).unwrap(), None);
    }
}

contract! {
    async fn assets_come_and_go(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let id = album(&hub, space.id, "a").await;
        let shown = hub.picture(&space, space.root_id, "p", "p").await;
        let first = hub.asset(space.id, "p", 0).await;
        let (second, theirs) = (hub.asset(space.id, "q", 0).await, hub.asset(other.id, "q", 0).await);
        let nothing: AssetId = hub.ids.fresh();
        let added =
            put!(hub, tx => albums::add_assets(tx, id, &[first, second, second, theirs, nothing], 5)).unwrap();
        assert_eq!(added, 2);
        assert_eq!(put!(hub, tx => albums::add_assets(tx, id, &[first], 6)).unwrap(), 0);
        let count = async || look!(hub, tx => albums::get(tx, id)).unwrap().unwrap().asset_count;
        assert_eq!(count().await, 2);
        put!(hub, tx => trash::trash(tx, shown.id, user_id, 7)).unwrap();
        assert_eq!(count().await, 1);
        assert_eq!(put!(hub, tx => albums::remove_assets(tx, id, &[first, nothing], 8)).unwrap(), 1);
        assert_eq!(look!(hub, tx => albums::get(tx, id)).unwrap().unwrap().changed_at_ms, 8);
        assert_eq!(put!(hub, tx => albums::remove_assets(tx, id, &[first], 9)).unwrap(), 0);
        let missing: AlbumId = hub.ids.fresh();
        let error = put!(hub, tx => albums::add_assets(tx, missing, &[first], 5)).unwrap_err();
        assert!(matches!(error, Error::NotFound("album")), "{error:?}");
        put!(hub, tx => albums::delete(tx, id)).unwrap();
        assert!(look!(hub, tx => catalog::assets::get(tx, second)).unwrap().is_some());
    }
}

contract! {
    async fn albums_of_several_spaces_are_listed_by_name(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let hidden = hub.my_space(hub.user("cleo").await).await;
        for (index, text) in ["d", "b", "f", "a", "e", "b"].into_iter().enumerate() {
            album(&hub, if index < 3 { space.id } else { other.id }, text).await;
        }
        album(&hub, hidden.id, "c").await;
        let spaces = [space.id, other.id];
        let listed = flat(pages!(hub, 2, page, tx => albums::list(tx, &spaces, &page)));
        assert_eq!(listed.iter().map(|album| album.name.as_str()).collect::<String>(), "abbdef");
        assert!(look!(hub, tx => albums::list(tx, &[], &Page::first(5))).unwrap().items.is_empty());
    }
}

contract! {
    async fn the_items_of_an_album_come_newest_first(hub) {
        let (_, space) = hub.home().await;
        let id = album(&hub, space.id, "a").await;
        let mut expected = Vec::new();
        for (index, taken_at_ms) in [5, 1, 9, 5, -3].into_iter().enumerate() {
            let asset = hub.asset(space.id, &format!("{index}"), taken_at_ms).await;
            put!(hub, tx => albums::add_assets(tx, id, &[asset], 1)).unwrap();
            expected.push((taken_at_ms, asset));
        }
        expected.sort_by_key(|&pair| std::cmp::Reverse(pair));
        let listed = flat(pages!(hub, 2, page, tx => albums::items(tx, id, &page)));
        assert_eq!(listed.iter().map(|asset| (asset.taken_at_ms, asset.id)).collect::<Vec<_>>(), expected);
    }
}

contract! {
    async fn an_album_is_shown_as_a_timeline_and_with_its_newest_live_picture(hub) {
        let (user_id, space) = hub.home().await;
        let id = album(&hub, space.id, "a").await;
        let cover = async || look!(hub, tx => albums::get(tx, id)).unwrap().unwrap().cover;
        assert_eq!(cover().await, None);
        let newest = hub.picture(&space, space.root_id, "newest", "newest").await;
        let entry = look!(hub, tx => entries::get(tx, newest.id)).unwrap().unwrap();
        let newest_asset = entry.file.unwrap().asset_id.unwrap();
        let mut expected = vec![newest_asset];
        for index in (0..6).rev() {
            expected.push(hub.asset(space.id, &format!("{index}"), index).await);
        }
        let all = expected.clone();
        assert_eq!(put!(hub, tx => albums::add_assets(tx, id, &all, 5)).unwrap(), 7);
        let listed = flat(pages!(hub, 2, page, tx => albums::moments(tx, id, &page)));
        let by_time = flat(pages!(hub, 3, page, tx => albums::items(tx, id, &page)));
        let ids: Vec<_> = listed.iter().map(|moment| moment.id).collect();
        assert_eq!(ids, by_time.iter().map(|asset| asset.id).collect::<Vec<_>>());
        assert_eq!(cover().await.map(|cover| cover.asset_id), Some(ids[0]));
        put!(hub, tx => trash::trash(tx, newest.id, user_id, 7)).unwrap();
        let shown = cover().await.unwrap().asset_id;
        assert!(shown != newest_asset && expected.contains(&shown));
        let in_list = look!(hub, tx => albums::list(tx, &[space.id], &Page::first(5))).unwrap();
        assert_eq!(in_list.items[0].cover.as_ref().map(|cover| cover.asset_id), Some(shown));
    }
}
