//! Real pictures and videos are looked into: shown upright, at their time and place, or with the reason why
//! not. Hostile ones cost themselves their picture and nobody else anything.

use std::collections::{BTreeMap, BTreeSet};

use albumen_tests::{Account, Corpus, Hub, engines, until, until_some};
use client::Wanted;
use domain::AssetId;
use wire::{AssetFacts, AssetQuery, MapQuery, RenditionKind, SearchQuery, TimelineQuery};

/// Every asset that the owner sees.
fn all_assets(owner: &Account) -> Vec<AssetId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let query = AssetQuery { after, limit: Some(100), ..AssetQuery::default() };
        let page = owner.call(owner.client().assets(&query));
        ids.extend(page.items.iter().map(|asset| asset.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

fn facts_of(owner: &Account, ids: &[AssetId]) -> Vec<AssetFacts> {
    ids.iter().map(|&id| owner.call(owner.client().asset_facts(id))).collect()
}

/// The first bytes of a rendition.
fn fetch(owner: &Account, id: AssetId, kind: RenditionKind) -> client::Result<Vec<u8>> {
    owner.try_call(async {
        let mut download = owner.client().download(Wanted::Rendition(id, kind), 0).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = download.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    })
}

/// Names of the corpus by the id of their asset.
fn names(owner: &Account) -> BTreeMap<AssetId, String> {
    let files = owner.files().into_iter();
    files.filter_map(|(path, file)| Some((file.entry.asset_id?, path))).collect()
}

#[test]
fn every_real_picture_is_looked_into_and_shown_or_says_why() {
    let Some(corpus) = Corpus::find() else { return };
    for engine in engines() {
        let mut hub = Hub::start(engine);
        let device = hub.device("laptop");
        device.add_source(&corpus.folder, false);
        let _ = device.backup().expect_safe();
        let owner = hub.owner().clone();
        let ids = all_assets(&owner);
        assert!(ids.len() > 180, "{}", ids.len());
        until("everything is looked into", || {
            ids.iter().all(|&id| owner.call(owner.client().asset_facts(id)).described)
        });
        let facts = facts_of(&owner, &ids);
        what_is_shown_is_there_and_the_rest_says_why(&owner, &facts);
        an_upright_picture_knows_its_time_and_place(&owner, &facts);
        let items = facts.iter().filter(|one| one.part_of.is_none()).count();
        assert!(items < ids.len(), "the live photo is one item");
        months_hold_every_item_once(&owner, items);
        real_pictures_are_found_by_what_is_known_of_them(&owner, &corpus, &facts);

        // A restart looks into nothing again, and finds everything where it was.
        hub.process.kill();
        hub.process.restart();
        let again = facts_of(&owner, &ids);
        assert_eq!(facts, again);
    }
}

fn what_is_shown_is_there_and_the_rest_says_why(owner: &Account, facts: &[AssetFacts]) {
    let names = names(owner);
    let mut shown = 0;
    for one in facts {
        let name = &names[&one.asset_id];
        let thumbnail = fetch(owner, one.asset_id, RenditionKind::Thumbnail);
        match &one.problem {
            None => {
                shown += 1;
                let thumbnail = thumbnail.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!((&thumbnail[..4], &thumbnail[8..12]), (&b"RIFF"[..], &b"WEBP"[..]), "{name}");
                let preview = fetch(owner, one.asset_id, RenditionKind::Preview).unwrap();
                assert_eq!(preview[..3], [0xff, 0xd8, 0xff], "{name}");
                assert!(one.width.is_some() && one.height.is_some() && one.thumbhash.is_some(), "{name}");
            }
            Some(why) => {
                assert!(thumbnail.is_err(), "{name}");
                assert!(why.contains(' ') && !why.contains("/vault/"), "{name}: {why}");
            }
        }
    }
    assert!(shown > 130, "{shown} are shown");
}

/// A phone's picture whose facts everybody can check with other tools.
fn an_upright_picture_knows_its_time_and_place(owner: &Account, facts: &[AssetFacts]) {
    let names = names(owner);
    let found = facts.iter().find(|one| names[&one.asset_id].ends_with("/IMG_5195.HEIC")).unwrap();
    assert_eq!((found.width, found.height), (Some(2566), Some(3313)));
    let taken = found.taken.as_ref().unwrap();
    assert_eq!((taken.at_ms, taken.local_ms), (1_618_174_073_054, 1_618_156_073_054));
    let place = found.place.as_ref().unwrap();
    assert!((place.latitude - 39.051_344).abs() < 1e-4 && (place.longitude + 94.288_773).abs() < 1e-4);
    assert_eq!(found.camera.as_ref().unwrap().model.as_deref(), Some("iPhone 11 Pro Max"));
    // No browser shows HEIC: the whole picture is made when it is asked for, and then kept.
    let whole = until_some("the whole picture is made", || {
        fetch(owner, found.asset_id, RenditionKind::FullSize).ok()
    });
    assert_eq!(whole[..3], [0xff, 0xd8, 0xff]);
    assert!(fetch(owner, found.asset_id, RenditionKind::Playback).is_err(), "a picture is not played");
    let film = facts.iter().find(|one| names[&one.asset_id].ends_with("/quicktime-hvc1.mov")).unwrap();
    for kind in [RenditionKind::HoverClip, RenditionKind::Playback] {
        let clip = until_some("the film is made playable", || fetch(owner, film.asset_id, kind).ok());
        assert_eq!(&clip[4..8], b"ftyp");
    }
}

fn months_hold_every_item_once(owner: &Account, items: usize) {
    let months = owner.call(owner.client().months(&TimelineQuery::default())).items;
    assert_eq!(months.iter().map(|month| month.assets).sum::<u64>(), items as u64);
    let mut ids = Vec::new();
    for counted in &months {
        let month = counted.month.as_ref().map(|month| month.parse().unwrap());
        let page = owner
            .call(owner.client().month(month, &AssetQuery { limit: Some(1000), ..AssetQuery::default() }));
        assert_eq!(page.id.len() as u64, counted.assets, "{:?}", counted.month);
        assert_eq!((page.ratio.len(), page.thumbhash.len()), (page.id.len(), page.id.len()));
        ids.extend(page.id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), items);
}

/// The names of the files that a search finds.
fn found(owner: &Account, wanted: SearchQuery) -> BTreeSet<String> {
    let names = names(owner);
    let page = owner.call(owner.client().search(&SearchQuery { limit: Some(1000), ..wanted }));
    let file = |id: &AssetId| names[id].rsplit('/').next().unwrap().to_owned();
    page.id.iter().map(file).collect()
}

fn real_pictures_are_found_by_what_is_known_of_them(owner: &Account, corpus: &Corpus, facts: &[AssetFacts]) {
    let words = |q: &str| found(owner, SearchQuery { q: Some(q.to_owned()), ..SearchQuery::default() });
    for (q, file) in [
        ("berlin", "iphone_15_pro.heic"),
        ("Steglitz germany", "quicktime-hvc1.mov"),
        ("mailand", ""),
        ("milano htc", "HTC_Desire.jpg"),
        ("roma iphone", "Apple_iPhone_4.jpg"),
        ("rostov", "xiaomi.heic"),
        ("missouri", "IMG_5195.HEIC"),
        ("canon r6", "canon-r6.cr3"),
        ("img 5195", "IMG_5195.HEIC"),
    ] {
        let files = words(q);
        assert!(
            file.is_empty() == files.is_empty() && (file.is_empty() || files.contains(file)),
            "{q}: {files:?}"
        );
    }
    // Everything that others and we know the place of is found there, and named after it.
    let names = names(owner);
    let mut checked = 0;
    // Parts are found by their lead.
    for one in facts.iter().filter(|one| one.part_of.is_none()) {
        let Some(place) = &one.place else { continue };
        let path = &names[&one.asset_id];
        let Some((north, east)) =
            corpus.files.iter().find(|file| path.ends_with(&file.name)).and_then(|file| file.place)
        else {
            continue;
        };
        let bbox = format!("{},{},{},{}", east - 0.001, north - 0.001, east + 0.001, north + 0.001);
        let there = found(owner, SearchQuery { bbox: Some(bbox), ..SearchQuery::default() });
        let file = path.rsplit('/').next().unwrap();
        assert!(there.contains(file), "{path}: {there:?}");
        if let Some(name) = &place.name {
            checked += 1;
            let named =
                found(owner, SearchQuery { place: Some(name.label.clone()), ..SearchQuery::default() });
            assert!(named.contains(file), "{path}: {}", name.label);
        }
    }
    assert!(checked >= 15, "{checked}");
    let day = |day: &str| Some(day.to_owned());
    let autumn = SearchQuery { from: day("2023-10-31"), to: day("2023-10-31"), ..SearchQuery::default() };
    assert!(found(owner, autumn).contains("iphone_15_pro.heic"));
    let suggestions = owner.call(owner.client().suggestions(&TimelineQuery::default()));
    for offered in ["Apple iPhone 15 Pro", "HTC Desire", "Canon EOS R6"] {
        assert!(suggestions.cameras.iter().any(|one| one.name == offered), "{:?}", suggestions.cameras);
        let by_camera = SearchQuery { camera: Some(offered.to_owned()), ..SearchQuery::default() };
        assert!(!found(owner, by_camera).is_empty(), "{offered}");
    }
    let points = owner.call(owner.client().map(&MapQuery::default()));
    let placed = facts.iter().filter(|one| one.place.is_some() && one.part_of.is_none()).count();
    assert_eq!(points.assets.iter().sum::<u64>(), placed as u64);
    let status = owner.call(owner.client().media_status());
    let failed = facts.iter().filter(|one| one.problem.is_some()).count();
    let counts = (status.assets, status.described, status.failed, status.waiting);
    assert_eq!(counts, (facts.len() as u64, facts.len() as u64, failed as u64, 0));
}

#[test]
fn what_could_not_be_shown_is_looked_into_again_when_the_keeper_asks() {
    let Some(corpus) = Corpus::find() else { return };
    let hub = Hub::start(engines()[0]);
    let device = hub.device("laptop");
    device.add_source(&corpus.folder.join("broken"), false);
    let _ = device.backup().expect_safe();
    let owner = hub.owner();
    let ids = all_assets(owner);
    until("everything is looked into", || {
        ids.iter().all(|&id| owner.call(owner.client().asset_facts(id)).described)
    });
    let before = facts_of(owner, &ids);
    let failed = before.iter().filter(|one| one.problem.is_some()).count();
    let status = hub.run(&["media", "status", "--json"]).expect_code(0).json();
    assert_eq!((&status["described"], &status["failed"]), (&ids.len().into(), &failed.into()), "{status}");
    let asked = hub.run(&["media", "redo", "--failed", "--json"]).expect_code(0).json();
    assert_eq!(asked["asked"].as_u64(), Some(failed as u64), "{asked}");
    until("the failed ones are looked into again, and no others", || {
        let after = facts_of(owner, &ids);
        before.iter().zip(&after).all(|(before, after)| {
            (after.described_at_ms != before.described_at_ms) == before.problem.is_some()
        })
    });
}
