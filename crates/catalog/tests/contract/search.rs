//! Searching: every criterion alone and together, pages, names that change, and answers compared with a plain
//! filter over made-up pictures.

use catalog::assets::AssetKind;
use catalog::descriptions::{self, Description, Findable};
use catalog::labels::{self, Counted};
use catalog::search::{self, Wanted};
use catalog::{Error, GeoBox, Page, albums, assets, entries, trash};
use domain::{AlbumId, AssetId, SpaceId, words_of};

use crate::common::{Hub, flat, name, walk};

const DAY_MS: i64 = 86_400_000;

fn found(local_ms: i64) -> Description {
    Description {
        width: Some(4),
        height: Some(3),
        duration_ms: None,
        thumbhash: None,
        taken_at_ms: local_ms,
        local_ms,
        facts: "{}".to_owned(),
        problem: None,
        described_by: 1,
        described_at_ms: 9,
    }
}

async fn describe(hub: &Hub, id: AssetId, local_ms: i64, by: Findable) {
    assert!(put!(hub, tx => descriptions::record(tx, id, &found(local_ms), &by)).unwrap());
}

fn words(text: &str) -> Wanted {
    Wanted { words: words_of(text), ..Wanted::default() }
}

async fn ids(hub: &Hub, spaces: &[SpaceId], wanted: &Wanted) -> Vec<AssetId> {
    let (spaces, wanted) = (spaces.to_vec(), wanted.clone());
    let listed = look!(hub, tx => search::find(tx, &spaces, &wanted, &Page::first(1000))).unwrap();
    assert_eq!(listed.next, None);
    listed.items.iter().map(|moment| moment.id).collect()
}

contract! {
    async fn every_word_must_begin_one_of_the_assets(hub) {
        let (_, space) = hub.home().await;
        let sea = hub.asset(space.id, "a", 1).await;
        describe(&hub, sea, 1, Findable { words: words_of("Am Strand von Rügen, beach 100"), ..Findable::default() }).await;
        let hill = hub.asset(space.id, "b", 2).await;
        describe(&hub, hill, 2, Findable { words: words_of("Am Berg"), ..Findable::default() }).await;
        let here = [space.id];
        assert_eq!(ids(&hub, &here, &words("am")).await, [hill, sea], "newest first");
        assert_eq!(ids(&hub, &here, &words("RÜG str")).await, [sea]);
        assert_eq!(ids(&hub, &here, &words("berg strand")).await, []);
        for nothing in ["rand", "berge", "10 0 beaches", &"x".repeat(5000)] {
            assert_eq!(ids(&hub, &here, &words(nothing)).await, [], "{nothing}");
        }
        let last = Wanted { words: vec!["\u{10ffff}".to_owned()], ..Wanted::default() };
        assert_eq!(ids(&hub, &here, &last).await, []);
        let many = Wanted { words: (0..300).map(|_| "am".to_owned()).collect(), ..Wanted::default() };
        assert_eq!(ids(&hub, &here, &many).await, [hill, sea]);
        assert_eq!(ids(&hub, &[], &words("am")).await, []);
    }
}

contract! {
    async fn a_file_is_found_by_the_name_it_has_now(hub) {
        let (user_id, space) = hub.home().await;
        let filed = hub.picture(&space, space.root_id, "IMG_1234.jpg", "a").await;
        let id = look!(hub, tx => entries::get(tx, filed.id)).unwrap().unwrap().file.unwrap().asset_id.unwrap();
        let here = [space.id];
        assert_eq!(ids(&hub, &here, &words("img 1234")).await, [id], "before anybody has looked");
        put!(hub, tx => entries::rename(tx, filed.id, &name("Omas Geburtstag.jpg"), 5)).unwrap();
        assert_eq!(ids(&hub, &here, &words("geburtstag jpg")).await, [id]);
        assert_eq!(ids(&hub, &here, &words("img")).await, []);
        // Facts that say the same word keep it when the name loses it, and another look keeps the name.
        describe(&hub, id, 1, Findable { words: words_of("omas"), ..Findable::default() }).await;
        let folder = hub.folder(space.root_id, "Feste").await;
        put!(hub, tx => entries::move_to(tx, filed.id, folder, Some(&name("Torte.jpg")), 6)).unwrap();
        assert_eq!(ids(&hub, &here, &words("omas torte")).await, [id]);
        assert_eq!(ids(&hub, &here, &words("geburtstag")).await, []);
        // A second file of the same picture: by both names, and after it went, by the first one only.
        let second = hub.picture(&space, space.root_id, "Kuchen.jpg", "a").await;
        assert_eq!(ids(&hub, &here, &words("torte kuchen")).await, [id]);
        put!(hub, tx => trash::trash(tx, second.id, user_id, 7)).unwrap();
        assert_eq!(ids(&hub, &here, &words("kuchen")).await, []);
        assert_eq!(ids(&hub, &here, &words("torte")).await, [id]);
    }
}

contract! {
    async fn what_is_in_the_trash_is_not_found_until_it_comes_back(hub) {
        let (user_id, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "Trip").await;
        let filed = hub.picture(&space, folder, "beach.jpg", "a").await;
        let here = [space.id];
        assert_eq!(ids(&hub, &here, &words("beach")).await.len(), 1);
        for gone in [filed.id, folder] {
            put!(hub, tx => trash::trash(tx, gone, user_id, 5)).unwrap();
            assert_eq!(ids(&hub, &here, &words("beach")).await, []);
            assert_eq!(ids(&hub, &here, &Wanted::default()).await, []);
            let ids_of_hub = hub.ids.clone();
            put!(hub, tx => trash::restore(tx, &ids_of_hub, gone, 6)).unwrap();
            assert_eq!(ids(&hub, &here, &words("beach")).await.len(), 1);
        }
    }
}

contract! {
    async fn words_of_an_album_find_its_pictures_under_the_name_it_has_now(hub) {
        let (_, space) = hub.home().await;
        let (one, other) = (hub.asset(space.id, "a", 1).await, hub.asset(space.id, "b", 2).await);
        describe(&hub, one, 1, Findable { words: words_of("leica"), ..Findable::default() }).await;
        let id = AlbumId::from_bytes([1; 16]);
        put!(hub, tx => albums::create(tx, id, space.id, &name("Sommer in Italien"), 0)).unwrap();
        put!(hub, tx => albums::add_assets(tx, id, &[one, other], 0)).unwrap();
        let here = [space.id];
        assert_eq!(ids(&hub, &here, &words("italien")).await, [other, one]);
        assert_eq!(ids(&hub, &here, &words("som leica")).await, [one]);
        put!(hub, tx => albums::rename(tx, id, &name("Toskana"), 1)).unwrap();
        assert_eq!(ids(&hub, &here, &words("italien")).await, []);
        assert_eq!(ids(&hub, &here, &words("toskana")).await.len(), 2);
        put!(hub, tx => albums::remove_assets(tx, id, &[other], 1)).unwrap();
        assert_eq!(ids(&hub, &here, &words("toskana")).await, [one]);
        put!(hub, tx => albums::delete(tx, id)).unwrap();
        assert_eq!(ids(&hub, &here, &words("toskana")).await, []);
    }
}

/// What a made-up picture is like.
#[derive(Debug)]
struct Made {
    id: AssetId,
    space_id: SpaceId,
    local_ms: i64,
    number: i64,
    place_e7: Option<(i64, i64)>,
}

const CAMERAS: [&str; 3] = ["Leica Q3", "Canon R6", "Apple iPhone 15"];
const PLACES: [(&str, (i64, i64)); 3] = [
    ("Berlin, Germany", (525_200_000, 134_050_000)),
    ("Suva, Fiji", (-181_416_000, 1_784_419_000)),
    ("Apia, Samoa", (-138_333_000, -1_717_667_000)),
];
const ALBUM: AlbumId = AlbumId::from_bytes([7; 16]);

fn pick(number: i64, count: usize) -> usize {
    usize::try_from(number).unwrap() % count
}

/// Some dozens of pictures in two Spaces that differ in everything.
async fn made(hub: &Hub) -> (Vec<Made>, [SpaceId; 2]) {
    let (_, space) = hub.home().await;
    let other = hub.my_space(hub.user("bob").await).await;
    let spaces = [space.id, other.id];
    put!(hub, tx => albums::create(tx, ALBUM, spaces[0], &name("Best"), 0)).unwrap();
    let mut all = Vec::new();
    for number in 0..60 {
        let space_id = spaces[pick(number, 2)];
        let sha256 = hub.blob(&format!("{number}")).await;
        let mut new = hub.new_asset(space_id, sha256, 0);
        new.kind = if number % 5 == 0 { AssetKind::Video } else { AssetKind::Picture };
        let id = new.id;
        put!(hub, tx => assets::upsert(tx, &new)).unwrap();
        let place = (number % 4 != 3).then(|| PLACES[pick(number / 4, 3)]);
        let local_ms = (number / 3) * DAY_MS;
        let by = Findable {
            place_e7: place.map(|(_, at)| at),
            place: place.map(|(label, _)| label.to_owned()),
            camera: (number % 7 != 0).then(|| CAMERAS[pick(number, 3)].to_owned()),
            words: words_of(&format!("n{number} common group{}", number % 6)),
            indexed_by: 1,
        };
        let place_e7 = by.place_e7;
        describe(hub, id, local_ms, by).await;
        if number % 6 == 0 {
            put!(hub, tx => albums::add_assets(tx, ALBUM, &[id], 0)).unwrap();
        }
        all.push(Made { id, space_id, local_ms, number, place_e7 });
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.local_ms, one.id)));
    (all, spaces)
}

/// A plain filter.
type Holds = fn(&Made) -> bool;

contract! {
    async fn each_criterion_and_all_together_find_what_a_plain_filter_finds(hub) {
        let (all, spaces) = made(&hub).await;
        let pacific = GeoBox { south_e7: -200_000_000, north_e7: -100_000_000, west_e7: 1_770_000_000, east_e7: -1_700_000_000 };
        let berlin = GeoBox { south_e7: 520_000_000, north_e7: 530_000_000, west_e7: 130_000_000, east_e7: 140_000_000 };
        let cases: [(Wanted, Holds); 12] = [
            (Wanted::default(), |_| true),
            (words("common group3"), |one| one.number % 6 == 3),
            (Wanted { from_ms: Some(5 * DAY_MS), before_ms: Some(9 * DAY_MS), ..Wanted::default() }, |one| (5..9).contains(&(one.number / 3))),
            (Wanted { kind: Some(AssetKind::Video), ..Wanted::default() }, |one| one.number % 5 == 0),
            (Wanted { content_type: Some("image/heic".into()), ..Wanted::default() }, |_| false),
            (Wanted { camera: Some("Leica Q3".into()), ..Wanted::default() }, |one| one.number % 7 != 0 && one.number % 3 == 0),
            (Wanted { place: Some("Suva, Fiji".into()), ..Wanted::default() }, |one| one.place_e7 == Some(PLACES[1].1)),
            (Wanted { album_id: Some(ALBUM), ..Wanted::default() }, |one| one.number % 6 == 0),
            (Wanted { has_place: Some(false), ..Wanted::default() }, |one| one.number % 4 == 3),
            (Wanted { within: Some(pacific), ..Wanted::default() }, |one| one.place_e7.is_some_and(|(latitude, _)| latitude < 0)),
            (Wanted { within: Some(berlin), kind: Some(AssetKind::Picture), camera: Some("Canon R6".into()), ..words("common") },
                |one| one.place_e7 == Some(PLACES[0].1) && one.number % 5 != 0 && one.number % 3 == 1 && one.number % 7 != 0),
            (Wanted { camera: Some("Nobody's".into()), has_place: Some(true), ..Wanted::default() }, |_| false),
        ];
        for (wanted, holds) in &cases {
            let expected: Vec<AssetId> = all.iter().filter(|one| holds(one)).map(|one| one.id).collect();
            assert_eq!(ids(&hub, &spaces, wanted).await, expected, "{wanted:?}");
            let expected: Vec<AssetId> =
                all.iter().filter(|one| holds(one) && one.space_id == spaces[0]).map(|one| one.id).collect();
            assert_eq!(ids(&hub, &spaces[..1], wanted).await, expected, "{wanted:?} in one Space");
        }
    }
}

contract! {
    async fn found_pictures_come_in_pages(hub) {
        let (all, spaces) = made(&hub).await;
        for (wanted, count) in [
            (Wanted::default(), 60),
            (words("common"), 60),
            (Wanted { camera: Some("Leica Q3".into()), ..Wanted::default() }, 17),
            (Wanted { album_id: Some(ALBUM), ..Wanted::default() }, 10),
        ] {
            let walked = walk(3, |page| {
                let (hub, wanted) = (hub.clone(), wanted.clone());
                async move { look!(hub, tx => search::find(tx, &spaces, &wanted, &page)) }
            });
            let listed = flat(walked.await);
            let listed: Vec<AssetId> = listed.into_iter().map(|moment| moment.id).collect();
            assert_eq!(listed.len(), count, "{wanted:?}");
            assert_eq!(listed, ids(&hub, &spaces, &wanted).await);
        }
        let moment = look!(hub, tx => search::find(tx, &spaces, &Wanted::default(), &Page::first(1))).unwrap();
        assert_eq!((moment.items[0].id, moment.items[0].size), (all[0].id, Some((4, 3))));
        let wrong = look!(hub, tx => assets::by_time(tx, &spaces, &Page::first(2))).unwrap().next.unwrap();
        let page = Page::after(wrong, 2);
        let refused = look!(hub, tx => search::find(tx, &spaces, &Wanted::default(), &page));
        assert!(matches!(refused, Err(Error::BadCursor)));
    }
}

contract! {
    async fn what_is_rare_and_old_is_found_behind_many_steps(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let spaces = [space.id, other.id];
        let mut new = Vec::new();
        for number in 0..700 {
            let blob = hub.new_blob(&format!("{number}"));
            let mut asset = hub.new_asset(spaces[usize::from(number % 10 == 0)], blob.sha256, number);
            asset.kind = if number % 30 == 0 && number < 100 { AssetKind::Video } else { AssetKind::Picture };
            new.push((blob, asset));
        }
        let expected: Vec<AssetId> = new[..100].iter().rev().filter(|(_, asset)| asset.kind == AssetKind::Video).map(|(_, asset)| asset.id).collect();
        put!(hub, tx => async {
            for (blob, asset) in &new {
                catalog::blobs::upsert_kept(tx, blob).await?;
                assets::upsert(tx, asset).await?;
            }
            Ok::<_, Error>(())
        }).unwrap();
        let videos = Wanted { kind: Some(AssetKind::Video), ..Wanted::default() };
        assert_eq!(ids(&hub, &spaces, &videos).await, expected);
        assert_eq!(expected.len(), 4);
        let all = ids(&hub, &spaces, &Wanted::default()).await;
        assert_eq!(all.len(), 700, "each once, over several steps");
    }
}

contract! {
    async fn cameras_and_places_are_counted_for_those_who_see_them(hub) {
        let (all, spaces) = made(&hub).await;
        let cameras = look!(hub, tx => labels::cameras(tx, &spaces, 10)).unwrap();
        assert_eq!(cameras.iter().map(|one| one.assets).sum::<u64>(), all.iter().filter(|one| one.number % 7 != 0).count() as u64);
        assert_eq!(cameras.len(), 3);
        let places = look!(hub, tx => labels::places(tx, &spaces, 2)).unwrap();
        assert_eq!(places.len(), 2, "bounded");
        assert!(places.iter().all(|one| one.assets == 15 && one.name.contains(", ")), "{places:?}");
        let leica = Counted { name: "Leica Q3".into(), assets: 17 };
        assert!(cameras.contains(&leica), "{cameras:?}");
        let own = look!(hub, tx => labels::places(tx, &spaces[1..], 9)).unwrap();
        assert!(own.iter().map(|one| one.assets).sum::<u64>() < 30, "{own:?}");
        assert_eq!(look!(hub, tx => labels::cameras(tx, &[], 9)).unwrap(), []);
    }
}
