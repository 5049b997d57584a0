//! Pictures and videos that are one item. What looking into them would find is written by hand; then the device
//! sends them once more, which has the library look for what belongs together.

use catalog::descriptions::{self, Description, Findable};
use catalog::{Catalog, items as rows};
use domain::{AssetId, EntryId, Role, SpaceId, SpaceRole};
use library::facts::{Camera, Facts, Taken, TakenFrom, VideoFacts};
use library::{
    Caller, ChangeKind, Error, Item, ItemMarks, Library, Moment, NewChange, OfferAnswer, Page, PartOf,
    PartRole, PartRule,
};

use crate::common::{World, declared, file, file_in, name, on_both, path, sha256};

/// 2024-07-03 11:46:40 on the taker's clock.
const NOON: i64 = 1_720_007_200_000;

/// A file, its asset, and where it is.
#[derive(Debug, Clone)]
struct Shot {
    entry: EntryId,
    asset: AssetId,
    folder: String,
    name: String,
    bytes: Vec<u8>,
    space: Option<SpaceId>,
}

fn taken_at(local_ms: i64) -> Facts {
    Facts {
        taken: Some(Taken {
            local_ms,
            utc_ms: None,
            offset_minutes: None,
            is_day_only: false,
            source: TakenFrom::Exif,
        }),
        camera: Some(Camera { make: Some("Apple".into()), model: Some("iPhone 12".into()), lens: None }),
        ..Facts::default()
    }
}

fn live(key: &str) -> Facts {
    Facts { live_photo_id: Some(key.to_owned()), ..taken_at(NOON) }
}

fn film(facts: Facts) -> Facts {
    Facts { video: Some(VideoFacts { duration_ms: Some(2_900), ..VideoFacts::default() }), ..facts }
}

fn burst(at_ms: i64) -> Facts {
    Facts { burst_id: Some("B1".to_owned()), ..taken_at(at_ms) }
}

/// A Canon raw file's first bytes, and a number.
fn raw(number: u8) -> Vec<u8> {
    [b"II\x1a\0\0\0HEAPCCDR".as_slice(), &[number; 40]].concat()
}

/// A picture or film as its ending promises.
fn bytes_of(file: &str, number: u8) -> Vec<u8> {
    match file.rsplit('.').next().unwrap() {
        "MOV" => testkit::samples::mp4(number.into(), 900),
        "CRW" => raw(number),
        _ => testkit::samples::jpeg(number.into()),
    }
}

/// A person with a phone.
struct Phone<'a> {
    world: &'a World,
    who: Caller,
}

impl<'a> Phone<'a> {
    async fn new(world: &'a World) -> Self {
        world.person("anna", Role::Owner).await;
        Self { world, who: world.device("anna", "phone").await }
    }

    fn library(&self) -> &Library {
        &self.world.library
    }

    /// Sends a file and has it looked into.
    async fn take(&self, folder: &str, name: &str, number: u8, facts: Facts) -> Shot {
        self.take_in(None, folder, name, number, facts).await
    }

    async fn take_in(
        &self,
        space: Option<SpaceId>,
        folder: &str,
        name: &str,
        number: u8,
        facts: Facts,
    ) -> Shot {
        let shot = self.send(space, folder, name, number).await;
        self.look(&shot, facts).await;
        shot
    }

    async fn send(&self, space: Option<SpaceId>, folder: &str, name: &str, number: u8) -> Shot {
        let bytes = bytes_of(name, number);
        let place = space.map_or_else(|| file(folder, name), |space| file_in(space, folder, name));
        let stored = self.world.put(&self.who, place, &bytes).await;
        let (entry, asset) = (stored.entry_id, stored.asset_id.unwrap());
        Shot { entry, asset, folder: folder.to_owned(), name: name.to_owned(), bytes, space }
    }

    async fn look(&self, shot: &Shot, facts: Facts) {
        look(&self.world.catalog, shot.asset, facts).await;
        self.send_again(shot).await;
    }

    /// The same bytes to the same place: nothing is added, and what belongs together is looked for.
    async fn send_again(&self, shot: &Shot) {
        let place = match shot.space {
            Some(space) => file_in(space, &shot.folder, &shot.name),
            None => file(&shot.folder, &shot.name),
        };
        let again = self.world.put(&self.who, place, &shot.bytes).await;
        assert_eq!((again.entry_id, again.asset_id), (shot.entry, Some(shot.asset)));
    }

    async fn item(&self, shot: &Shot) -> Item {
        self.library().asset(&self.who, shot.asset).await.unwrap()
    }

    async fn part_of(&self, shot: &Shot) -> Option<PartOf> {
        self.item(shot).await.asset.part_of
    }

    /// What the timeline shows, and what its months count.
    async fn timeline(&self) -> Vec<Moment> {
        let months = self.library().months(&self.who, None).await.unwrap();
        let mut shown = Vec::new();
        for counted in months {
            let month =
                self.library().month(&self.who, None, counted.month, Page::first(1000)).await.unwrap();
            assert_eq!(month.items.len() as u64, counted.assets, "{:?}", counted.month);
            shown.extend(month.items);
        }
        shown
    }

    async fn shows(&self, expected: &[&Shot]) {
        let mut shown: Vec<AssetId> = self.timeline().await.iter().map(|moment| moment.id).collect();
        let mut expected: Vec<AssetId> = expected.iter().map(|shot| shot.asset).collect();
        shown.sort_unstable();
        expected.sort_unstable();
        assert_eq!(shown, expected);
        self.nothing_is_hidden().await;
    }

    /// Every live asset is shown, or is a part of what is: nothing is lost from sight.
    async fn nothing_is_hidden(&self) {
        let all = self.world.assets(&self.who).await;
        for asset in &all {
            if let Some(part) = asset.part_of {
                let lead = all.iter().find(|lead| lead.id == part.lead_id);
                assert!(lead.is_some_and(|lead| lead.part_of.is_none()), "{asset:?} is hidden");
            }
        }
    }

    async fn changes_after(&self, after: i64) -> Vec<NewChange> {
        let page = self.library().changes(&self.who, after, false, 1000).await.unwrap();
        page.changes.into_iter().map(|change| change.change).collect()
    }

    async fn newest(&self) -> i64 {
        self.library().changes(&self.who, 0, false, 1).await.unwrap().newest
    }

    /// Which assets the feed says have changed since.
    async fn told_since(&self, after: i64) -> Vec<AssetId> {
        let changes = self.changes_after(after).await.into_iter();
        let mut told: Vec<AssetId> = changes
            .filter(|change| change.kind == ChangeKind::AssetChanged)
            .filter_map(|change| change.asset_id)
            .collect();
        told.sort_unstable();
        told
    }
}

/// What looking writes down, but for the looking.
async fn look(catalog: &Catalog, id: AssetId, facts: Facts) {
    let local_ms = facts.taken.as_ref().map_or(0, |taken| taken.local_ms);
    let found = Description {
        width: Some(40),
        height: Some(30),
        duration_ms: None,
        thumbhash: None,
        taken_at_ms: local_ms,
        local_ms,
        facts: serde_json::to_string(&facts).unwrap(),
        problem: None,
        described_by: 1,
        described_at_ms: 1,
    };
    catalog
        .write(move |tx| {
            Box::pin(async move {
                assert!(descriptions::record(tx, id, &found, &Findable::default()).await?);
                rows::set_keys(tx, id, facts.live_photo_id.as_deref(), facts.burst_id.as_deref()).await
            })
        })
        .await
        .unwrap();
}

const FILM: PartRole = PartRole::Film;

on_both! {
    async fn the_second_half_of_a_live_photo_joins_whichever_came_first(world) {
        let phone = Phone::new(world).await;
        let still = phone.take("Camera", "IMG_1.HEIC", 1, live("A")).await;
        phone.shows(&[&still]).await;
        let before = phone.newest().await;
        let moving = phone.take("Camera", "IMG_1.MOV", 2, film(live("A"))).await;
        phone.shows(&[&still]).await;
        assert_eq!(phone.told_since(before).await.len(), 2, "both have changed");
        let part = PartOf { lead_id: still.asset, role: FILM, rule: PartRule::LiveId };
        assert_eq!(phone.part_of(&moving).await, Some(part));
        let item = phone.item(&still).await;
        assert_eq!((item.asset.part_of, item.parts.len()), (None, 1));
        assert_eq!((item.parts[0].id, item.parts[0].name.as_str()), (moving.asset, "IMG_1.MOV"));
        assert_eq!(item.parts[0].size_bytes, moving.bytes.len() as u64);
        let marks = ItemMarks { film_id: Some(moving.asset), ..ItemMarks::default() };
        assert_eq!(phone.timeline().await[0].marks, Some(marks));
        // The other way round.
        let moving = phone.take("Camera", "IMG_2.MOV", 3, film(live("B"))).await;
        phone.shows(&[&still, &moving]).await;
        let second = phone.take("Camera", "IMG_2.HEIC", 4, live("B")).await;
        phone.shows(&[&still, &second]).await;
        // Looked for again, nothing changes, and nothing is told.
        let before = phone.newest().await;
        for shot in [&still, &moving, &second] {
            phone.send_again(shot).await;
        }
        assert_eq!(phone.told_since(before).await, []);
        // Each half is still the whole file that came.
        assert_eq!(world.download(&phone.who, moving.entry).await, moving.bytes);
    }
}

on_both! {
    async fn halves_that_are_looked_at_at_once_find_each_other(world) {
        let phone = Phone::new(world).await;
        let mut shown = Vec::new();
        for number in 0..5_u8 {
            let still = phone.send(None, "Camera", &format!("IMG_{number}.JPG"), 10 + number).await;
            let moving = phone.send(None, "Camera", &format!("IMG_{number}.MOV"), 20 + number).await;
            let key = format!("K{number}");
            tokio::join!(phone.look(&still, live(&key)), phone.look(&moving, film(live(&key))));
            assert_eq!(phone.part_of(&moving).await.map(|part| part.lead_id), Some(still.asset));
            shown.push(still);
        }
        phone.shows(&shown.iter().collect::<Vec<_>>()).await;
    }
}

on_both! {
    async fn raw_edited_and_burst_join_by_name_and_only_what_fits(world) {
        let phone = Phone::new(world).await;
        let raw = phone.take("Camera", "IMG_1.CRW", 1, taken_at(NOON)).await;
        let jpeg = phone.take("Camera", "IMG_1.JPG", 2, taken_at(NOON)).await;
        let edited = phone.take("Camera", "IMG_E0001.JPG", 3, taken_at(NOON)).await;
        let other_day = phone.take("Camera", "IMG_2.CRW", 4, taken_at(NOON)).await;
        let same_number = phone.take("Camera", "IMG_2.JPG", 5, taken_at(NOON + 86_400_000)).await;
        let elsewhere = phone.take("Other", "IMG_1.JPG", 6, taken_at(NOON)).await;
        let words = phone.take("Camera", "IMG_1-edited.JPG", 7, taken_at(NOON)).await;
        let frames = [
            phone.take("Camera", "IMG_7.JPG", 8, burst(NOON)).await,
            phone.take("Camera", "IMG_8.JPG", 9, burst(NOON + 100)).await,
            phone.take("Camera", "IMG_9.JPG", 10, burst(NOON + 200)).await,
        ];
        phone.shows(&[&words, &edited, &other_day, &same_number, &elsewhere, &frames[0]]).await;
        let role = async |shot: &Shot| phone.part_of(shot).await.map(|part| (part.lead_id, part.role));
        assert_eq!(role(&raw).await, Some((words.asset, PartRole::Raw)));
        assert_eq!(role(&jpeg).await, Some((words.asset, PartRole::Original)));
        assert_eq!(role(&frames[2]).await, Some((frames[0].asset, PartRole::Burst)));
        let marks = phone.timeline().await.into_iter().find(|moment| moment.id == frames[0].asset);
        assert_eq!(marks.and_then(|moment| moment.marks).map(|marks| marks.burst_pictures), Some(3));
        let marks = phone.timeline().await.into_iter().find(|moment| moment.id == words.asset);
        assert!(marks.and_then(|moment| moment.marks).is_some_and(|marks| marks.has_raw && marks.has_versions));
    }
}

on_both! {
    async fn a_wrong_guess_that_was_undone_never_comes_again(world) {
        let phone = Phone::new(world).await;
        let still = phone.take("Camera", "IMG_1.HEIC", 1, live("A")).await;
        let moving = phone.take("Camera", "IMG_1.MOV", 2, film(live("A"))).await;
        let before = phone.newest().await;
        let alone = phone.library().split_item(&phone.who, moving.asset).await.unwrap();
        assert_eq!((alone.asset.id, alone.asset.part_of, alone.parts.len()), (moving.asset, None, 0));
        assert_eq!(phone.told_since(before).await.len(), 2);
        phone.shows(&[&still, &moving]).await;
        // Looked into again, sent again, after the trash: it stays so.
        phone.look(&still, live("A")).await;
        phone.look(&moving, film(live("A"))).await;
        phone.library().trash(&phone.who, moving.entry).await.unwrap();
        phone.shows(&[&still]).await;
        phone.library().restore(&phone.who, moving.entry).await.unwrap();
        phone.shows(&[&still, &moving]).await;
        assert!(matches!(phone.library().split_item(&phone.who, still.asset).await, Err(Error::Conflict(_))));
        // The last word counts.
        let joined = phone.library().join_item(&phone.who, still.asset, vec![moving.asset]).await.unwrap();
        assert_eq!((joined.parts.len(), joined.parts[0].rule), (1, PartRule::Person));
        phone.look(&moving, film(live("A"))).await;
        phone.shows(&[&still]).await;
        // Taken apart whole, by its lead.
        phone.library().split_item(&phone.who, still.asset).await.unwrap();
        phone.look(&still, live("A")).await;
        phone.shows(&[&still, &moving]).await;
    }
}

on_both! {
    async fn what_a_person_joins_stays_joined_and_who_was_chosen_leads(world) {
        let phone = Phone::new(world).await;
        let lake = phone.take("A", "lake.JPG", 1, taken_at(NOON)).await;
        let sea = phone.take("B", "sea.JPG", 2, taken_at(NOON - 900_000_000)).await;
        let sea_raw = phone.take("B", "sea.CRW", 3, taken_at(NOON - 900_000_000)).await;
        phone.shows(&[&lake, &sea]).await;
        let item = phone.library().join_item(&phone.who, lake.asset, vec![sea.asset]).await.unwrap();
        assert_eq!(item.parts.len(), 2, "what belongs to it comes along");
        phone.shows(&[&lake]).await;
        let led = phone.library().lead_item(&phone.who, sea_raw.asset).await.unwrap();
        assert_eq!((led.asset.id, led.parts.len()), (sea_raw.asset, 2));
        phone.shows(&[&sea_raw]).await;
        for shot in [&lake, &sea, &sea_raw] {
            phone.send_again(shot).await;
        }
        phone.shows(&[&sea_raw]).await;
        // Out again: what its own names say remains.
        phone.library().split_item(&phone.who, lake.asset).await.unwrap();
        phone.shows(&[&lake, &sea_raw]).await;
        assert_eq!(phone.library().lead_item(&phone.who, lake.asset).await.unwrap().parts, []);
    }
}

on_both! {
    async fn joining_asks_for_live_pictures_of_one_space(world) {
        let phone = Phone::new(world).await;
        let family = phone.library().add_space(&phone.who, name("Family")).await.unwrap().space.id;
        let mine = phone.take("A", "a.JPG", 1, live("A")).await;
        let ours = phone.take_in(Some(family), "A", "a.MOV", 2, film(live("A"))).await;
        let gone = phone.take("A", "gone.JPG", 3, taken_at(NOON)).await;
        phone.library().trash(&phone.who, gone.entry).await.unwrap();
        phone.shows(&[&mine, &ours]).await;
        let nobody: AssetId = AssetId::from_bytes([9; 16]);
        for (lead, others) in [(mine.asset, vec![ours.asset]), (mine.asset, vec![nobody]), (mine.asset, vec![])] {
            let refused = phone.library().join_item(&phone.who, lead, others).await;
            assert!(matches!(refused, Err(Error::Invalid { field: "asset_ids", .. })), "{refused:?}");
        }
        for (lead, other) in [(mine.asset, gone.asset), (gone.asset, mine.asset)] {
            let refused = phone.library().join_item(&phone.who, lead, vec![other]).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        }
        phone.shows(&[&mine, &ours]).await;
        // Who only looks into a Space decides nothing there.
        world.person("vera", Role::Member).await;
        let vera = world.device("vera", "tablet").await;
        phone.library().set_member(&phone.who, family, vera.user_id, SpaceRole::Viewer).await.unwrap();
        let refused = phone.library().lead_item(&vera, ours.asset).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let refused = phone.library().split_item(&vera, mine.asset).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
    }
}

on_both! {
    async fn an_item_goes_into_the_trash_and_comes_back_whole(world) {
        let phone = Phone::new(world).await;
        let still = phone.take("Camera", "IMG_1.HEIC", 1, live("A")).await;
        let moving = phone.take("Other", "renamed.MOV", 2, film(live("A"))).await;
        let raw = phone.take("Camera", "IMG_1.CRW", 3, taken_at(NOON)).await;
        let recipe = world.put(&phone.who, file("Camera", "IMG_1.AAE"), b"<plist/>").await;
        assert_eq!(recipe.asset_id, None);
        let facts = phone.library().asset_facts(&phone.who, still.asset).await.unwrap();
        assert_eq!((facts.parts.len(), facts.adjustments.len()), (2, 1));
        assert_eq!((facts.adjustments[0].entry_id, facts.adjustments[0].name.as_str()), (recipe.entry_id, "IMG_1.AAE"));

        let before = phone.newest().await;
        phone.library().trash(&phone.who, still.entry).await.unwrap();
        phone.shows(&[]).await;
        assert!(world.tree(&phone.who).await.is_empty());
        let trashed = phone.changes_after(before).await;
        let count = |kind: ChangeKind| trashed.iter().filter(|change| change.kind == kind).count();
        assert_eq!((count(ChangeKind::EntryTrashed), count(ChangeKind::ContentTrashed)), (4, 4));
        let space = world.my_space(&phone.who).await.id;
        let listed = phone.library().list_trash(&phone.who, space, Page::first(9)).await.unwrap().items;
        assert_eq!((listed.len(), listed[0].files), (1, 4), "one item in the trash");
        // None of it is asked for again.
        let hashes = vec![sha256(&still.bytes), sha256(&moving.bytes), sha256(&raw.bytes)];
        let answers = phone.library().offer(&phone.who, None, hashes.clone()).await.unwrap();
        assert!(answers.iter().all(|answer| *answer == OfferAnswer::DeletedEarlier), "{answers:?}");

        phone.library().restore(&phone.who, still.entry).await.unwrap();
        phone.shows(&[&still]).await;
        assert_eq!(phone.item(&still).await.parts.len(), 2);
        let tree = world.tree(&phone.who).await;
        let paths: Vec<&str> = tree.keys().map(String::as_str).collect();
        assert_eq!(paths, ["Camera/IMG_1.AAE", "Camera/IMG_1.CRW", "Camera/IMG_1.HEIC", "Other/renamed.MOV"]);
        // For good.
        phone.library().trash(&phone.who, still.entry).await.unwrap();
        phone.library().purge(&phone.who, still.entry).await.unwrap();
        assert!(world.tree(&phone.who).await.is_empty());
        world.nothing_is_left_over().await;
    }
}

on_both! {
    async fn a_part_goes_alone_and_a_lead_that_goes_alone_hides_nobody(world) {
        let phone = Phone::new(world).await;
        let still = phone.take("Stills", "IMG_1.HEIC", 1, live("A")).await;
        let moving = phone.take("Films", "IMG_1.MOV", 2, film(live("A"))).await;
        let raw = phone.take("Stills", "IMG_1.CRW", 3, taken_at(NOON)).await;
        phone.library().trash(&phone.who, raw.entry).await.unwrap();
        phone.shows(&[&still]).await;
        assert_eq!(phone.item(&still).await.parts.len(), 1);
        phone.library().restore(&phone.who, raw.entry).await.unwrap();
        assert_eq!(phone.item(&still).await.parts.len(), 2);
        // A folder goes with what is below it, and takes nothing from elsewhere.
        let space = world.my_space(&phone.who).await.id;
        let stills = phone.library().entry_at(&phone.who, space, path("Stills")).await.unwrap().entry.id;
        let before = phone.newest().await;
        phone.library().trash(&phone.who, stills).await.unwrap();
        phone.shows(&[&moving]).await;
        assert!(phone.told_since(before).await.contains(&moving.asset));
        phone.library().restore(&phone.who, stills).await.unwrap();
        phone.shows(&[&still]).await;
        phone.library().trash(&phone.who, stills).await.unwrap();
        phone.library().purge(&phone.who, stills).await.unwrap();
        phone.shows(&[&moving]).await;
        // Sent again on purpose, it is found again.
        let bytes = still.bytes.clone();
        let place = library::FileDeclaration { send_again: true, ..declared(file("Stills", "IMG_1.HEIC"), &bytes) };
        let stored = world.put(&phone.who, place, &bytes).await;
        look(&world.catalog, stored.asset_id.unwrap(), live("A")).await;
        phone.send_again(&moving).await;
        assert_eq!(phone.part_of(&moving).await.map(|part| part.lead_id), stored.asset_id);
        phone.nothing_is_hidden().await;
    }
}

on_both! {
    async fn a_lead_that_is_sent_again_out_of_the_trash_leads_again(world) {
        let phone = Phone::new(world).await;
        let still = phone.take("Stills", "IMG_1.HEIC", 1, live("A")).await;
        let moving = phone.take("Films", "IMG_1.MOV", 2, film(live("A"))).await;
        let space = world.my_space(&phone.who).await.id;
        let stills = phone.library().entry_at(&phone.who, space, path("Stills")).await.unwrap().entry.id;
        phone.library().trash(&phone.who, stills).await.unwrap();
        phone.shows(&[&moving]).await;
        let again = library::FileDeclaration { send_again: true, ..file("Stills", "IMG_1.HEIC") };
        let stored = world.put(&phone.who, again, &still.bytes).await;
        assert_eq!(stored.asset_id, Some(still.asset));
        phone.shows(&[&still]).await;
    }
}

on_both! {
    async fn what_is_filed_twice_loses_one_place_with_its_item_there(world) {
        let phone = Phone::new(world).await;
        let still = phone.take("A", "IMG_1.HEIC", 1, live("A")).await;
        phone.take("A", "IMG_1.MOV", 2, film(live("A"))).await;
        let copy = phone.send(None, "B", "IMG_1.HEIC", 1).await;
        let film_copy = phone.send(None, "B", "IMG_1.MOV", 2).await;
        assert_eq!(copy.asset, still.asset);
        phone.library().trash(&phone.who, still.entry).await.unwrap();
        let tree = world.tree(&phone.who).await;
        assert_eq!(tree.keys().map(String::as_str).collect::<Vec<_>>(), ["B/IMG_1.HEIC", "B/IMG_1.MOV"]);
        phone.shows(&[&still]).await;
        // A second copy beside it keeps the film there.
        let twin = phone.send(None, "B", "twin.HEIC", 1).await;
        phone.library().trash(&phone.who, twin.entry).await.unwrap();
        let kept = phone.library().entry(&phone.who, film_copy.entry).await.unwrap();
        assert_eq!(kept.entry.trashed_at_ms, None);
    }
}

on_both! {
    async fn an_item_is_in_an_album_once_and_its_parts_follow(world) {
        let phone = Phone::new(world).await;
        let album = phone.library().add_album(&phone.who, None, name("Best of")).await.unwrap().id;
        let shown = async || -> Vec<AssetId> {
            let listed = phone.library().album_assets(&phone.who, album, Page::first(9)).await.unwrap().items;
            let count = phone.library().album(&phone.who, album).await.unwrap().asset_count;
            assert_eq!(count, listed.len() as u64);
            listed.into_iter().map(|item| item.asset.id).collect()
        };
        let moving = phone.take("Camera", "IMG_1.MOV", 2, film(live("A"))).await;
        phone.library().add_to_album(&phone.who, album, vec![moving.asset]).await.unwrap();
        let before = phone.newest().await;
        let still = phone.take("Camera", "IMG_1.HEIC", 1, live("A")).await;
        assert_eq!(shown().await, [still.asset], "the item is where its first half was");
        let changed = phone.changes_after(before).await;
        assert!(changed.iter().any(|change| change.album_id == Some(album)));
        assert_eq!(phone.library().add_to_album(&phone.who, album, vec![moving.asset]).await.unwrap(), 0);
        // Taken apart, both stay where they were seen.
        phone.library().split_item(&phone.who, still.asset).await.unwrap();
        assert_eq!(shown().await.len(), 2);
        phone.library().join_item(&phone.who, still.asset, vec![moving.asset]).await.unwrap();
        assert_eq!(shown().await, [still.asset]);
        assert_eq!(phone.library().remove_from_album(&phone.who, album, vec![moving.asset]).await.unwrap(), 1);
        assert_eq!(shown().await, []);
        phone.library().split_item(&phone.who, still.asset).await.unwrap();
        assert_eq!(shown().await, []);
    }
}

on_both! {
    async fn who_moves_half_of_a_pair_parts_it_and_who_moves_the_rest_joins_it(world) {
        let phone = Phone::new(world).await;
        let jpeg = phone.take("A", "IMG_1.JPG", 1, taken_at(NOON)).await;
        let raw = phone.take("A", "IMG_1.CRW", 2, taken_at(NOON)).await;
        let place = phone.send(None, "B", "x.JPG", 3).await;
        phone.shows(&[&jpeg, &place]).await;
        let folder = phone.library().entry(&phone.who, place.entry).await.unwrap().entry.parent_id;
        phone.library().change_entry(&phone.who, jpeg.entry, None, folder).await.unwrap();
        phone.shows(&[&jpeg, &raw, &place]).await;
        phone.library().change_entry(&phone.who, raw.entry, None, folder).await.unwrap();
        phone.shows(&[&jpeg, &place]).await;
        phone.library().change_entry(&phone.who, raw.entry, Some(name("other.CRW")), None).await.unwrap();
        phone.shows(&[&jpeg, &raw, &place]).await;
    }
}
