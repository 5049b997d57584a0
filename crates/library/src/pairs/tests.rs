//! The rules, in tables of names and facts as real cameras and phones write them.

use std::collections::HashMap;

use catalog::assets::AssetKind;
use catalog::items::{Decision, PartOf, PartRole, PartRule, Verdict};
use domain::stem::file_stem;
use domain::{AssetId, DecisionId, EntryId, SpaceId};
use media::facts::{Taken, TakenFrom};

use super::arrange::arrange;
use super::files::{File, Place};

/// 2024-07-03 11:46:40 on the taker's clock.
const NOON: i64 = 1_720_007_200_000;
const HOUR: i64 = 3_600_000;

fn folder(number: u8) -> EntryId {
    EntryId::from_bytes([number; 16])
}

fn id(number: u8) -> AssetId {
    AssetId::from_bytes([number; 16])
}

fn local(at_ms: i64) -> Taken {
    Taken { local_ms: at_ms, utc_ms: None, offset_minutes: None, is_day_only: false, source: TakenFrom::Exif }
}

/// A clock two hours east of Greenwich.
fn zoned(local_ms: i64) -> Taken {
    let utc_ms = Some(local_ms - 2 * HOUR);
    Taken { utc_ms, offset_minutes: Some(120), source: TakenFrom::ExifOffset, ..local(local_ms) }
}

fn utc(local_ms: i64) -> Taken {
    let utc_ms = local_ms - 2 * HOUR;
    Taken { utc_ms: Some(utc_ms), source: TakenFrom::Container, ..local(utc_ms) }
}

/// A file as its ending promises, taken at noon with an iPhone, in folder 1.
fn file(number: u8, name: &str) -> File {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let content_type = match ending.as_str() {
        "heic" => "image/heic",
        "mov" => "video/quicktime",
        "mp4" => "video/mp4",
        "dng" => "image/x-adobe-dng",
        "cr2" => "image/x-canon-cr2",
        "arw" => "image/x-sony-arw",
        "nef" => "image/x-nikon-nef",
        "png" => "image/png",
        _ => "image/jpeg",
    };
    let is_film = content_type.starts_with("video/");
    File {
        id: id(number),
        space_id: SpaceId::from_bytes([1; 16]),
        kind: if is_film { AssetKind::Video } else { AssetKind::Picture },
        content_type: content_type.to_owned(),
        is_described: true,
        live_key: None,
        burst_key: None,
        chosen_at_ms: None,
        places: vec![place(1, name)],
        taken: Some(local(NOON)),
        day_ms: None,
        camera: Some(("apple".to_owned(), "iphone12".to_owned())),
        duration_ms: is_film.then_some(2_900),
        came_ms: 0,
    }
}

fn place(folder_number: u8, name: &str) -> Place {
    Place {
        folder_id: folder(folder_number),
        name: name.to_owned(),
        stem: file_stem(name),
        modified_at_ms: None,
    }
}

fn with(mut file: File, change: impl FnOnce(&mut File)) -> File {
    change(&mut file);
    file
}

fn at(file: File, taken: Option<Taken>) -> File {
    with(file, |file| file.taken = taken)
}

fn by(file: File, make: &str, model: &str) -> File {
    with(file, |file| file.camera = Some((make.to_owned(), model.to_owned())))
}

fn live(file: File, key: &str) -> File {
    with(file, |file| file.live_key = Some(key.to_owned()))
}

fn burst(file: File) -> File {
    let key =
        file.places.first().and_then(|place| domain::stem::burst_name(&place.name)).map(|name| name.key);
    with(file, |file| file.burst_key = key)
}

fn moved_to(file: File, folder_number: u8) -> File {
    with(file, |file| file.places[0].folder_id = folder(folder_number))
}

fn unknown(file: File) -> File {
    with(file, |file| (file.taken, file.camera) = (None, None))
}

fn written(file: File, at_ms: i64) -> File {
    with(file, |file| file.places[0].modified_at_ms = Some(at_ms))
}

/// `arrange`, which must not care in which order files are given.
fn arranged(files: &[File], decisions: &[Decision]) -> HashMap<AssetId, PartOf> {
    let parts = arrange(files, decisions);
    let mut turned = files.to_vec();
    for _ in 0..files.len() {
        turned.rotate_left(1);
        assert_eq!(arrange(&turned, decisions), parts, "the order of files counts");
    }
    turned.reverse();
    assert_eq!(arrange(&turned, decisions), parts, "the order of files counts");
    for part in parts.values() {
        assert!(!parts.contains_key(&part.lead_id), "a part has parts");
    }
    parts
}

/// What the second file is to the first; that it leads instead is an error.
fn relation(lead: File, part: File) -> Option<(PartRole, PartRule)> {
    let (lead_id, part_id) = (lead.id, part.id);
    let parts = arranged(&[lead, part], &[]);
    assert!(!parts.contains_key(&lead_id), "the other one leads");
    parts.get(&part_id).map(|part| (part.role, part.rule))
}

#[track_caller]
fn joined(lead: File, part: File, role: PartRole, rule: PartRule) {
    assert_eq!(relation(lead, part), Some((role, rule)));
}

#[track_caller]
fn apart(a: File, b: File) {
    assert_eq!(arranged(&[a, b], &[]), HashMap::new());
}

use PartRole::{Burst, Edited, Film, Original, Raw, Version};
use PartRule::{EditedName, LiveId, LiveName, Person, RawName};

#[test]
fn a_live_photo_is_known_by_its_identifier_whatever_else_it_says() {
    let (still, film) = (live(file(1, "IMG_5195.HEIC"), "57"), live(file(2, "IMG_5195.MOV"), "57"));
    joined(still.clone(), film.clone(), Film, LiveId);
    // Another program wrote the film anew.
    joined(still.clone(), at(by(film.clone(), "apple", "ipadmini"), None), Film, LiveId);
    joined(still.clone(), live(file(2, "renamed.mov"), "57"), Film, LiveId);
    // Months apart in folders, and still the same photo.
    joined(still.clone(), moved_to(film.clone(), 2), Film, LiveId);
    apart(still.clone(), live(file(2, "IMG_5195.MOV"), "58"));
    // Two stills are two photos, however they came to say the same.
    apart(still.clone(), live(file(2, "IMG_5196.HEIC"), "57"));
    apart(still, with(film, |film| film.is_described = false));
}

#[test]
fn copies_of_a_live_photo_in_other_folders_stay_what_they_are() {
    let film = live(file(3, "IMG_1.MOV"), "57");
    let still = live(file(1, "IMG_1.HEIC"), "57");
    let copy = moved_to(live(file(2, "IMG_1.JPG"), "57"), 2);
    let parts = arranged(&[still, copy.clone(), film.clone()], &[]);
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[&id(3)].lead_id, id(1));
    // In doubt whose the film is, it stays alone.
    let other = moved_to(live(file(1, "IMG_1.JPG"), "57"), 3);
    assert_eq!(arranged(&[copy, other, film], &[]), HashMap::new());
}

#[test]
fn a_live_photo_without_identifier_is_known_by_name_time_and_length() {
    let (still, film) = (file(1, "IMG_5195.JPG"), file(2, "img_5195.mov"));
    joined(still.clone(), film.clone(), Film, LiveName);
    joined(still.clone(), at(film.clone(), Some(local(NOON - 1_400))), Film, LiveName);
    // The film tells UTC, the still its clock, or its clock and its zone.
    joined(still.clone(), at(film.clone(), Some(utc(NOON))), Film, LiveName);
    joined(at(still.clone(), Some(zoned(NOON))), at(film.clone(), Some(utc(NOON))), Film, LiveName);
    // One half lost its identifier on the way.
    joined(live(still.clone(), "57"), film.clone(), Film, LiveName);
    for other in [
        at(film.clone(), Some(local(NOON + 11_000))),
        at(film.clone(), Some(local(NOON + 24 * HOUR))),
        at(film.clone(), Some(utc(NOON + 7 * 60_000))),
        at(film.clone(), None),
        by(film.clone(), "samsung", "smg991b"),
        moved_to(film.clone(), 2),
        with(film.clone(), |film| film.duration_ms = Some(6_600)),
        with(film.clone(), |film| film.duration_ms = None),
        file(2, "IMG_E5195.MOV"),
        file(2, "IMG_5196.MOV"),
    ] {
        apart(still.clone(), other);
    }
    apart(file(1, "IMG_5195.PNG"), film.clone());
    apart(live(still, "57"), live(film, "58"));
}

#[test]
fn a_raw_file_follows_the_finished_picture_of_the_same_moment() {
    let canon = |file| by(file, "canon", "canoneos6d");
    let (jpeg, raw) = (canon(file(1, "IMG_0001.JPG")), canon(file(2, "IMG_0001.CR2")));
    joined(jpeg.clone(), raw.clone(), Raw, RawName);
    joined(file(1, "IMG_0001.HEIC"), file(2, "IMG_0001.DNG"), Raw, RawName);
    joined(
        by(file(1, "DSC00001.jpg"), "sony", "ilce7m3"),
        by(file(2, "DSC00001.ARW"), "sony", "ilce7m3"),
        Raw,
        RawName,
    );
    let pixel = |number, name| by(file(number, name), "google", "pixel6");
    joined(
        pixel(1, "PXL_20210101_120000000.RAW-01.COVER.jpg"),
        pixel(2, "PXL_20210101_120000000.RAW-02.ORIGINAL.dng"),
        Raw,
        RawName,
    );
    // One program writes the maker in front of the model, another does not.
    joined(jpeg.clone(), by(raw.clone(), "canon", "eos6d"), Raw, RawName);
    // Something must speak for it when there is no time: the camera, or when they were written.
    joined(jpeg.clone(), at(raw.clone(), None), Raw, RawName);
    joined(written(unknown(jpeg.clone()), 5_000), written(unknown(raw.clone()), 7_000), Raw, RawName);
    for other in [
        at(raw.clone(), Some(local(NOON + 2_001))),
        at(raw.clone(), Some(local(NOON - 24 * HOUR))),
        by(raw.clone(), "nikoncorporation", "nikond5000"),
        moved_to(raw.clone(), 2),
        unknown(raw.clone()),
        canon(file(2, "IMG_0002.CR2")),
        with(raw.clone(), |raw| raw.space_id = SpaceId::from_bytes([2; 16])),
    ] {
        apart(jpeg.clone(), other);
    }
    apart(written(unknown(jpeg.clone()), 5_000), written(unknown(raw.clone()), 9_000));
    // Two finished pictures of one name are two pictures, and so are two raw ones.
    apart(jpeg.clone(), file(2, "IMG_0001.HEIC"));
    apart(canon(file(1, "IMG_0001.CR2")), canon(file(2, "IMG_0001.DNG")));
    // Only the day is known, and it is another one.
    let day = with(unknown(raw), |raw| raw.day_ms = Some(NOON - 72 * HOUR));
    apart(jpeg, written(day, 1));
}

#[test]
fn an_edited_version_leads_its_original() {
    joined(file(1, "IMG_E1234.HEIC"), file(2, "IMG_1234.HEIC"), Original, EditedName);
    joined(file(1, "IMG_E1234.JPG"), file(2, "IMG_1234.HEIC"), Original, EditedName);
    joined(file(1, "IMG_E1234.MOV"), file(2, "IMG_1234.MOV"), Original, EditedName);
    joined(file(1, "lake-edited.jpg"), file(2, "lake.jpg"), Original, EditedName);
    joined(file(1, "lake-edited(1).jpg"), file(2, "lake(1).jpg"), Original, EditedName);
    joined(file(1, "See-bearbeitet.jpg"), file(2, "See.jpg"), Original, EditedName);
    joined(file(1, "IMG_20200101_120000~2.jpg"), file(2, "IMG_20200101_120000.jpg"), Original, EditedName);
    // A word is enough where nothing is known; a letter before a number is not.
    joined(unknown(file(1, "shot-edited.png")), unknown(file(2, "shot.png")), Original, EditedName);
    apart(unknown(file(1, "IMG_E1234.PNG")), unknown(file(2, "IMG_1234.PNG")));
    joined(at(file(1, "IMG_E1234.HEIC"), None), file(2, "IMG_1234.HEIC"), Original, EditedName);
    for (edited, original) in [
        (file(1, "lake-edited(1).jpg"), file(2, "lake.jpg")),
        (file(1, "lake-edited.jpg"), moved_to(file(2, "lake.jpg"), 2)),
        (at(file(1, "lake-edited.jpg"), Some(local(NOON + 24 * HOUR))), file(2, "lake.jpg")),
        (by(file(1, "IMG_E1234.HEIC"), "apple", "iphone8"), file(2, "IMG_1234.HEIC")),
        (at(file(1, "IMG_E1234.HEIC"), Some(local(NOON + 3_000))), file(2, "IMG_1234.HEIC")),
        (file(1, "lake (2).jpg"), file(2, "lake.jpg")),
        (file(1, "lake(1).jpg"), file(2, "lake.jpg")),
        (file(1, "lake-edited.jpg"), file(2, "lake-edited(1).jpg")),
    ] {
        apart(edited, original);
    }
}

#[test]
fn a_burst_is_led_by_its_cover_or_its_first_picture() {
    let google = [
        "00000IMG_00000_BURST20180101120000123.jpg",
        "00001IMG_00001_BURST20180101120000123_COVER.jpg",
        "00002IMG_00002_BURST20180101120000123.jpg",
    ];
    let sony = ["IMG_20200101_120000_BURST001.jpg", "IMG_20200101_120000_BURST002.jpg"];
    let frames = |names: &[&str]| -> Vec<File> {
        let numbered = names.iter().zip(1..);
        numbered.map(|(name, n)| at(burst(file(n, name)), Some(local(NOON + i64::from(n) * 100)))).collect()
    };
    for (names, lead) in [(&google[..], id(2)), (&sony[..], id(1))] {
        let parts = arranged(&frames(names), &[]);
        assert_eq!(parts.len(), names.len() - 1);
        for part in parts.values() {
            assert_eq!(*part, PartOf { lead_id: lead, role: Burst, rule: PartRule::Burst });
        }
    }
    let apple = |number, at_ms| {
        let frame =
            with(file(number, &format!("IMG_{number}.HEIC")), |frame| frame.burst_key = Some("B1".into()));
        at(frame, Some(local(at_ms)))
    };
    joined(apple(1, NOON), apple(2, NOON + 100), Burst, PartRule::Burst);
    apart(apple(1, NOON), apple(2, NOON + 130_000));
    apart(apple(1, NOON), moved_to(apple(2, NOON), 2));
    apart(apple(1, NOON), by(apple(2, NOON), "canon", "canoneosr6"));
}

#[test]
fn a_burst_holds_together_whoever_is_taken_out_of_it() {
    let all: Vec<File> = (1..=6)
        .map(|n| {
            at(
                burst(file(n, &format!("IMG_20200101_120000_BURST00{n}.jpg"))),
                Some(local(NOON + i64::from(n))),
            )
        })
        .collect();
    for out in 1..=5 {
        // The sixth came later, and is on no side.
        let sides: Vec<(u8, i64)> = (1..=5).map(|n| (n, i64::from(n == out))).collect();
        let parts = arranged(&all, &decision(1, Verdict::Apart, &sides));
        let lead = if out == 1 { id(2) } else { id(1) };
        assert_eq!(parts.len(), 4, "{out}");
        assert!(parts.values().all(|part| part.lead_id == lead) && !parts.contains_key(&id(out)), "{out}");
    }
}

#[test]
fn an_identifier_that_everything_has_joins_nothing() {
    let films = (1..=40).map(|n| live(file(n, &format!("a{n}.mov")), "57"));
    let stills = (41..=80).map(|n| live(file(n, &format!("b{n}.heic")), "57"));
    assert_eq!(arrange(&films.chain(stills).collect::<Vec<_>>(), &[]), HashMap::new());
}

#[test]
fn an_edited_live_photo_with_all_its_files_is_one_item() {
    let all = [
        live(file(1, "IMG_1234.HEIC"), "57"),
        live(file(2, "IMG_1234.MOV"), "57"),
        live(file(3, "IMG_E1234.HEIC"), "57"),
        live(file(4, "IMG_E1234.MOV"), "57"),
        file(5, "IMG_1234.DNG"),
    ];
    let parts = arranged(&all, &[]);
    let told = |number: u8| (parts[&id(number)].lead_id, parts[&id(number)].role, parts[&id(number)].rule);
    assert_eq!(parts.len(), 4);
    assert_eq!(told(1), (id(3), Original, EditedName));
    assert_eq!((told(2), told(4)), ((id(3), Film, LiveId), (id(3), Film, LiveId)));
    assert_eq!((told(5).0, told(5).1), (id(3), Raw));
}

#[test]
fn what_a_stranger_to_both_would_join_stays_apart() {
    // Two cameras reached the same number; a film without a camera's name fits both in time.
    let one = by(file(1, "IMG_0001.JPG"), "canon", "canoneos6d");
    let other = by(file(2, "IMG_0001.HEIC"), "apple", "iphone12");
    let film = with(file(3, "IMG_0001.MOV"), |film| film.camera = None);
    assert_eq!(arranged(&[one.clone(), other.clone(), film.clone()], &[]), HashMap::new());
    // Its identifier says whose it is.
    let (one, film) = (live(one, "57"), live(film, "57"));
    let parts = arranged(&[one, other, film], &[]);
    assert_eq!(parts, HashMap::from([(id(3), PartOf { lead_id: id(1), role: Film, rule: LiveId })]));
}

#[test]
fn many_files_of_one_name_are_no_item() {
    let mut files: Vec<File> = (1..=40).map(|number| file(number, "x~2.jpg")).collect();
    files.push(file(41, "x.jpg"));
    assert_eq!(arranged(&files, &[]), HashMap::new());
}

fn decision(number: u8, verdict: Verdict, sides: &[(u8, i64)]) -> Vec<Decision> {
    let id = DecisionId::from_bytes([number; 16]);
    let row = |&(asset, side): &(u8, i64)| Decision { id, asset_id: self::id(asset), verdict, side };
    sides.iter().map(row).collect()
}

#[test]
fn what_a_person_keeps_apart_no_rule_joins_not_even_through_a_third() {
    let all = [live(file(1, "IMG_1.HEIC"), "57"), live(file(2, "IMG_1.MOV"), "57"), file(3, "IMG_1.DNG")];
    let split = decision(1, Verdict::Apart, &[(1, 0), (2, 1), (3, 0)]);
    let parts = arranged(&all, &split);
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[&id(3)], PartOf { lead_id: id(1), role: Raw, rule: RawName });
    let all_apart = decision(1, Verdict::Apart, &[(1, 1), (2, 2), (3, 3)]);
    assert_eq!(arranged(&all, &all_apart), HashMap::new());
    // Who is on no side is as free as before.
    assert_eq!(arranged(&all, &decision(1, Verdict::Apart, &[(1, 1), (9, 2)])).len(), 2);
}

#[test]
fn what_a_person_joins_is_one_item_and_who_was_chosen_leads() {
    let (a, b) = (file(1, "a.jpg"), moved_to(by(file(2, "b.jpg"), "canon", "canoneos6d"), 2));
    let together = decision(1, Verdict::Together, &[(1, 0), (2, 0)]);
    let parts = arranged(&[a.clone(), b.clone()], &together);
    assert_eq!(parts[&id(2)], PartOf { lead_id: id(1), role: Version, rule: Person });
    // What belongs to either by its own name comes along.
    let raw = moved_to(by(at(file(3, "b.cr2"), Some(local(NOON + HOUR))), "canon", "canoneos6d"), 2);
    let later = at(b.clone(), Some(local(NOON + HOUR)));
    assert_eq!(arranged(&[a.clone(), later, raw], &together).len(), 2);
    let chosen = with(b, |b| b.chosen_at_ms = Some(5));
    let parts = arranged(&[a, chosen], &together);
    assert_eq!(parts[&id(1)].lead_id, id(2));
    // An original that was chosen has its edited version as a part.
    let original = with(file(1, "lake.jpg"), |file| file.chosen_at_ms = Some(5));
    joined(original, file(2, "lake-edited.jpg"), Edited, EditedName);
}

#[test]
fn the_newest_choice_leads() {
    let all = [
        with(file(1, "lake.jpg"), |file| file.chosen_at_ms = Some(5)),
        with(file(2, "lake-edited.jpg"), |file| file.chosen_at_ms = Some(6)),
    ];
    assert_eq!(arranged(&all, &[])[&id(1)].lead_id, id(2));
}
