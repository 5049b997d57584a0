//! What was found by looking into assets, and the timeline that it makes.

use catalog::descriptions::{
    self, Again, Description, DescriptionTotals, Findable, WORD_MAX_BYTES, WORDS_MAX,
};
use catalog::search::{self, Wanted};
use catalog::timeline::{self, MonthCount};
use catalog::{Error, Page, albums, assets, entries, trash};
use domain::{AssetId, Month};

use crate::common::{Hub, flat, name};

const JULY_2024: i64 = 1_720_000_000_000;

fn found(local_ms: i64) -> Description {
    Description {
        width: Some(4000),
        height: Some(3000),
        duration_ms: None,
        thumbhash: Some(vec![1, 2, 3]),
        taken_at_ms: local_ms - 7_200_000,
        local_ms,
        facts: "{\"camera\":\"x\"}".to_owned(),
        problem: None,
        described_by: 3,
        described_at_ms: 9,
    }
}

async fn describe(hub: &Hub, id: AssetId, found: &Description) -> bool {
    describe_by(hub, id, found, Findable::default()).await
}

async fn describe_by(hub: &Hub, id: AssetId, found: &Description, by: Findable) -> bool {
    let found = found.clone();
    put!(hub, tx => descriptions::record(tx, id, &found, &by)).unwrap()
}

contract! {
    async fn what_was_found_replaces_what_was_found_before(hub) {
        let (_, space) = hub.home().await;
        let id = hub.asset(space.id, "a", 1).await;
        assert_eq!(look!(hub, tx => descriptions::get(tx, id)).unwrap(), None);
        let first = Description { problem: Some("broken".to_owned()), width: None, ..found(5) };
        let words = Findable { place_e7: Some((-1, 900_000_000)), words: vec!["beach".to_owned(); 2], ..Findable::default() };
        assert!(describe_by(&hub, id, &first, words).await);
        assert_eq!(look!(hub, tx => descriptions::get(tx, id)).unwrap(), Some(first));
        let second = Description { duration_ms: Some(1500), ..found(JULY_2024) };
        assert!(describe(&hub, id, &second).await);
        assert_eq!(look!(hub, tx => descriptions::get(tx, id)).unwrap(), Some(second));
        let asset = look!(hub, tx => assets::get(tx, id)).unwrap().unwrap();
        assert_eq!(asset.taken_at_ms, JULY_2024 - 7_200_000);
        assert!(!describe(&hub, hub.ids.fresh(), &found(5)).await, "nothing is written about what is not there");
    }
}

contract! {
    async fn a_corrected_time_is_also_the_albums(hub) {
        let (_, space) = hub.home().await;
        let (early, late) = (hub.asset(space.id, "a", 1).await, hub.asset(space.id, "b", 2).await);
        let album_id = domain::AlbumId::from_bytes([1; 16]);
        put!(hub, tx => albums::create(tx, album_id, space.id, &name("x"), 0)).unwrap();
        put!(hub, tx => albums::add_assets(tx, album_id, &[early, late], 0)).unwrap();
        describe(&hub, early, &found(JULY_2024)).await;
        let items = look!(hub, tx => albums::items(tx, album_id, &Page::first(9))).unwrap().items;
        assert_eq!(items.iter().map(|asset| asset.id).collect::<Vec<_>>(), [early, late]);
    }
}

contract! {
    async fn long_words_and_many_words_are_cut_not_refused(hub) {
        let (_, space) = hub.home().await;
        let id = hub.asset(space.id, "a", 1).await;
        let mut words: Vec<String> = (0..WORDS_MAX + 50).map(|number| format!("w{number}")).collect();
        words.extend(["ä".repeat(WORD_MAX_BYTES), String::new()]);
        assert!(describe_by(&hub, id, &found(5), Findable { words, ..Findable::default() }).await);
    }
}

contract! {
    async fn progress_counts_what_was_looked_at_and_what_failed(hub) {
        let (_, space) = hub.home().await;
        let ids = [
            hub.asset(space.id, "a", 1).await,
            hub.asset(space.id, "b", 2).await,
            hub.asset(space.id, "c", 3).await,
        ];
        describe(&hub, ids[0], &found(5)).await;
        describe(&hub, ids[1], &Description { problem: Some("cut off".to_owned()), described_by: 2, ..found(5) }).await;
        let totals = look!(hub, tx => descriptions::totals(tx)).unwrap();
        assert_eq!(totals, DescriptionTotals { assets: 3, described: 2, failed: 1 });
        for (which, expected) in [
            (Again::All, &ids[..]),
            (Again::Failed, &ids[1..2]),
            (Again::Type("image/jpeg".to_owned()), &ids[..]),
            (Again::Type("image/heic".to_owned()), &[]),
            (Again::OlderThan(3), &ids[1..]),
        ] {
            let mut listed = Vec::new();
            loop {
                let (after, wanted) = (listed.last().copied(), which.clone());
                let page = look!(hub, tx => descriptions::to_redo(tx, &wanted, after, 1)).unwrap();
                let Some(&(id, came_at_ms)) = page.first() else { break };
                assert!(came_at_ms > 0);
                listed.push(id);
            }
            let mut expected = expected.to_vec();
            expected.sort();
            assert_eq!(listed, expected, "{which:?}");
        }
    }
}

contract! {
    async fn totals_are_counted_along_through_everything_that_happens(hub) {
        let (user_id, space) = hub.home().await;
        let broken = Description { problem: Some("cut off".to_owned()), ..found(5) };
        let mut files = Vec::new();
        for number in 0..4 {
            files.push(hub.picture(&space, space.root_id, &format!("{number}.jpg"), &format!("{number}")).await.id);
        }
        // The same content once more is no other asset.
        files.push(hub.picture(&space, space.root_id, "again.jpg", "0").await.id);
        let mut ids = Vec::new();
        for &file in &files[..4] {
            let entry = look!(hub, tx => entries::get(tx, file)).unwrap().unwrap();
            ids.push(entry.file.unwrap().asset_id.unwrap());
        }
        let totals = |hub: std::sync::Arc<Hub>| async move {
            let totals = look!(hub, tx => descriptions::totals(tx)).unwrap();
            (totals.assets, totals.described, totals.failed)
        };
        assert_eq!(totals(hub.clone()).await, (4, 0, 0));
        for (id, look, expected) in [
            (ids[0], &found(1), (4, 1, 0)),
            (ids[1], &broken, (4, 2, 1)),
            (ids[1], &broken, (4, 2, 1)),
            (ids[0], &broken, (4, 2, 2)),
            (ids[0], &found(2), (4, 2, 1)),
            (ids[2], &found(2), (4, 3, 1)),
        ] {
            describe(&hub, id, look).await;
            assert_eq!(totals(hub.clone()).await, expected);
        }
        for &file in &files[..3] {
            put!(hub, tx => trash::trash(tx, file, user_id, 3)).unwrap();
            assert_eq!(totals(hub.clone()).await, (4, 3, 1), "the trash is counted");
        }
        let ids_of_hub = hub.ids.clone();
        let third = files[2];
        put!(hub, tx => trash::restore(tx, &ids_of_hub, third, 4)).unwrap();
        for &file in &files[..2] {
            put!(hub, tx => trash::purge(tx, file, 5)).unwrap();
        }
        // The first one's content is still filed under another name.
        assert_eq!(totals(hub.clone()).await, (3, 2, 0));
    }
}

contract! {
    async fn what_an_older_program_indexed_is_indexed_again_without_another_look(hub) {
        let (_, space) = hub.home().await;
        let mut ids = Vec::new();
        for number in 0..3 {
            let id = hub.asset(space.id, &format!("{number}"), 1).await;
            describe_by(&hub, id, &found(5), Findable { words: vec!["old".to_owned()], indexed_by: number / 2, ..Findable::default() }).await;
            ids.push(id);
        }
        let older = look!(hub, tx => descriptions::to_index(tx, 1, 9)).unwrap();
        let mut expected = ids[..2].to_vec();
        expected.sort();
        assert_eq!(older.iter().map(|one| one.asset_id).collect::<Vec<_>>(), expected);
        assert_eq!(older[0].facts, found(5).facts);
        assert_eq!(look!(hub, tx => descriptions::to_index(tx, 1, 1)).unwrap().len(), 1);
        let by = Findable { words: vec!["new".to_owned()], indexed_by: 1, ..Findable::default() };
        let first = ids[0];
        let again = by.clone();
        assert!(put!(hub, tx => descriptions::index(tx, first, &again)).unwrap());
        assert_eq!(look!(hub, tx => descriptions::to_index(tx, 1, 9)).unwrap().len(), 1);
        assert_eq!(look!(hub, tx => descriptions::get(tx, first)).unwrap(), Some(found(5)), "facts stay");
        for (word, count) in [("new", 1), ("old", 2)] {
            let (spaces, wanted) = ([space.id], Wanted { words: vec![word.to_owned()], ..Wanted::default() });
            let listed = look!(hub, tx => search::find(tx, &spaces, &wanted, &Page::first(9))).unwrap();
            assert_eq!(listed.items.len(), count, "{word}");
        }
        let nobody = hub.ids.fresh();
        assert!(!put!(hub, tx => descriptions::index(tx, nobody, &by)).unwrap());
    }
}

contract! {
    async fn the_pace_counts_what_was_looked_at_lately(hub) {
        let (_, space) = hub.home().await;
        for number in 0..4 {
            let id = hub.asset(space.id, &format!("{number}"), 1).await;
            describe(&hub, id, &Description { described_at_ms: 100 + number, ..found(5) }).await;
        }
        let pace = |described, first_ms| descriptions::Pace { described, first_ms };
        assert_eq!(look!(hub, tx => descriptions::pace(tx, 101, 9)).unwrap(), pace(3, Some(101)));
        assert_eq!(look!(hub, tx => descriptions::pace(tx, 101, 2)).unwrap(), pace(2, Some(102)), "the last ones");
        assert_eq!(look!(hub, tx => descriptions::pace(tx, 200, 9)).unwrap(), pace(0, None));
    }
}

contract! {
    async fn a_timeline_counts_live_assets_by_the_takers_months(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let july = [hub.asset(space.id, "a", 1).await, hub.asset(other.id, "b", 2).await];
        for id in july {
            describe(&hub, id, &found(JULY_2024)).await;
        }
        // Known by its file's time only.
        hub.asset(space.id, "c", 86_400_000 * 40).await;
        let gone = hub.picture(&space, space.root_id, "gone", "gone").await;
        put!(hub, tx => trash::trash(tx, gone.id, user_id, 1)).unwrap();
        let count = |month: &str, assets| MonthCount { month: Some(month.parse().unwrap()), assets };
        let both = [space.id, other.id];
        let counts = look!(hub, tx => timeline::months(tx, &both)).unwrap();
        assert_eq!(counts, [count("2024-07", 2), count("1970-02", 1)]);
        let counts = look!(hub, tx => timeline::months(tx, &both[1..])).unwrap();
        assert_eq!(counts, [count("2024-07", 1)]);
    }
}

contract! {
    async fn a_month_comes_in_pages_newest_first(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let mut expected = Vec::new();
        for index in 0..7 {
            let into = if index % 2 == 0 { &space } else { &other };
            let id = hub.asset(into.id, &format!("{index}"), index).await;
            let local_ms = JULY_2024 + (index / 3) * 1000;
            describe(&hub, id, &Description { duration_ms: Some(7), ..found(local_ms) }).await;
            expected.push((local_ms, id));
        }
        expected.sort_by_key(|&pair| std::cmp::Reverse(pair));
        let (both, july) = ([space.id, other.id], Month::of(JULY_2024));
        let listed = flat(pages!(hub, 2, page, tx => timeline::month(tx, &both, Some(july), &page)));
        assert_eq!(listed.iter().map(|one| (one.local_ms, one.id)).collect::<Vec<_>>(), expected);
        let one = &listed[0];
        assert_eq!((one.size, one.duration_ms, one.thumbhash.as_deref()), (Some((4000, 3000)), Some(7), Some(&[1, 2, 3][..])));
        assert_eq!(one.taken_at_ms, one.local_ms - 7_200_000);
        let none = look!(hub, tx => timeline::month(tx, &both, None, &Page::first(9))).unwrap();
        assert!(none.items.is_empty());
        let wrong = look!(hub, tx => assets::by_time(tx, &both, &Page::first(2))).unwrap().next.unwrap();
        let page = Page::after(wrong, 2);
        assert!(matches!(look!(hub, tx => timeline::month(tx, &both, Some(july), &page)), Err(Error::BadCursor)));
    }
}
