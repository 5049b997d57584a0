use std::io::{Cursor, SeekFrom};

use proptest::prelude::*;

use super::exif::tests::{apple, block, satellites};
use super::film::tests::film_with;
use super::ifd::tests::{rationals, short, text, tiff};
use super::jpeg::tests::{jpeg, with_exif, with_xmp};
use super::quicktime::tests::meta_with;
use super::*;

/// 2024-01-31T23:59:59, and the same an hour earlier: what UTC showed then in Berlin.
const LATE: i64 = 1_706_745_599_000;
const UTC: i64 = LATE - 3_600_000;

/// One small file of every format that is walked through here.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let exif = block(
        &[text(0x110, "Model"), short(0x112, 6)],
        &[text(0x9003, "2024:01:31 23:59:59"), apple()],
        &satellites(),
    );
    let packet = xmp(r#"xmp:Rating="4" GCamera:MotionPhoto="1" GCamera:MicroVideoOffset="20""#);
    let motion =
        [jpeg(40, 30, &[with_exif(&exif), with_xmp(&packet)]), b"\0\0\0\x14ftypmp42\0\0\0\0mp42".to_vec()]
            .concat();
    let live = meta_with(&[("com.apple.quicktime.content.identifier", "570F1469")]);
    vec![
        ("image/jpeg", motion),
        ("image/png", png::tests::png(&[(*b"eXIf", exif)])),
        ("image/gif", b"GIF89a\x07\0\x05\0\0\0\0\x2c\0\0\0\0\x07\0\x05\0\0\x02\x02\x4c\x01\0\x3b".to_vec()),
        ("image/webp", riff::tests::animated_webp()),
        ("image/tiff", tiff(&[short(0x100, 10), short(0x101, 20), rationals(0x829a, &[(1, 2)])])),
        ("image/heic", heif::tests::still_with(&[])),
        ("image/jxl", b"\xff\x0a\x08\x04\x8e\x81\0\0\0\0".to_vec()),
        ("image/jp2", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x18jp2h\0\0\0\x10ihdr\0\0\0\x1e\0\0\0\x28".to_vec()),
        ("image/bmp", [b"BM".as_slice(), &[0; 12], &[40, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0]].concat()),
        ("image/x-canon-cr3", cr3::tests::raw()),
        ("image/x-canon-crw", ciff::tests::raw()),
        ("image/x-fujifilm-raf", maker::tests::raf()),
        ("image/x-sigma-x3f", maker::tests::x3f()),
        ("video/quicktime", film_with(*b"qt  ", &[live])),
        ("video/x-msvideo", riff::tests::film()),
        ("video/webm", matroska::tests::film()),
    ]
}

fn xmp(attributes: &str) -> String {
    format!(
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
        xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
        {attributes}/></rdf:RDF>"#
    )
}

fn facts(bytes: &[u8], hints: &Hints<'_>) -> Facts {
    describe(Cursor::new(bytes), hints)
}

fn without_hints(bytes: &[u8]) -> Facts {
    facts(bytes, &Hints::default())
}

/// When a JPEG with this EXIF and this XMP was taken, seen from a file of this name.
fn taken(details: &[ifd::tests::Written], gps: bool, attributes: &str, hints: &Hints<'_>) -> Option<Taken> {
    let gps = if gps { satellites() } else { Vec::new() };
    let exif = with_exif(&block(&[], details, &gps));
    facts(&jpeg(4, 3, &[exif, with_xmp(&xmp(attributes))]), hints).taken
}

fn at(local_ms: i64, offset_minutes: Option<i16>, source: TakenFrom) -> Taken {
    let utc_ms = offset_minutes.map(|minutes| local_ms - i64::from(minutes) * 60_000);
    Taken { local_ms, utc_ms, offset_minutes, is_day_only: false, source }
}

#[test]
fn every_format_has_a_size_and_no_problem() {
    for (media_type, bytes) in samples() {
        let facts = without_hints(&bytes);
        assert_eq!(facts.media_type, media_type);
        assert!(facts.width.is_some() && facts.height.is_some(), "{media_type}: {facts:?}");
        assert_eq!(facts.problem, None, "{media_type}");
    }
}

#[test]
fn a_picture_is_described_as_it_is_looked_at() {
    let facts = without_hints(&samples()[0].1);
    assert_eq!((facts.width, facts.height, facts.orientation), (Some(30), Some(40), 6));
    assert_eq!(facts.kind, Some(MediaKind::Picture));
    assert_eq!(facts.live_photo_id.as_deref(), Some("570F1469"));
    assert_eq!(facts.burst_id.as_deref(), Some("burst-1"));
    assert_eq!(facts.rating, Some(4));
    let motion = facts.motion.unwrap();
    assert_eq!((motion.offset + motion.length, motion.length), (samples()[0].1.len() as u64, 20));
}

#[test]
fn a_film_is_described_as_it_is_looked_at() {
    let (_, bytes) = samples().into_iter().find(|(media_type, _)| *media_type == "video/quicktime").unwrap();
    let facts = without_hints(&bytes);
    assert_eq!((facts.width, facts.height, facts.orientation), (Some(720), Some(1280), 1));
    assert_eq!(facts.video.unwrap().rotation_degrees, 90);
    assert_eq!(facts.live_photo_id.as_deref(), Some("570F1469"));
    assert_eq!(facts.motion, None);
}

#[test]
fn times_are_trusted_in_their_order() {
    let local = text(0x9003, "2024:01:31 23:59:59");
    let offset = text(0x9011, "+01:00");
    let dates = r#"photoshop:DateCreated="2022-02-02T02:02:02+02:00""#;
    let two = 1_643_767_322_000;
    let sidecar = xmp(r#"exif:DateTimeOriginal="2021-02-02T02:02:02""#);
    let one = two - 365 * 86_400_000;
    let name = Hints { file_name: "IMG_20240131_235959.jpg", ..Hints::default() };
    let all = Hints { sidecar: Some(sidecar.as_bytes()), modified_at_ms: Some(5), ..name };
    let expected = [
        (vec![local.clone(), offset], true, dates, all, at(LATE, Some(60), TakenFrom::ExifOffset)),
        (vec![local.clone()], true, dates, all, at(LATE, Some(60), TakenFrom::ExifGps)),
        (vec![local], false, dates, all, at(LATE, None, TakenFrom::Exif)),
        (vec![], true, dates, all, at(one, None, TakenFrom::Sidecar)),
        (vec![], true, dates, name, at(two, Some(120), TakenFrom::Xmp)),
        (
            vec![],
            true,
            "",
            name,
            Taken { local_ms: UTC - 2000, offset_minutes: None, ..at(UTC - 2000, Some(0), TakenFrom::Gps) },
        ),
        (vec![], false, "", name, at(LATE, None, TakenFrom::FileName)),
    ];
    for (details, gps, attributes, hints, expected) in expected {
        assert_eq!(taken(&details, gps, attributes, &hints), Some(expected));
    }
}

#[test]
fn the_file_time_is_the_last_resort() {
    let hints = Hints { modified_at_ms: Some(UTC), file_name: "holiday.jpg", sidecar: None };
    let expected = Taken { offset_minutes: None, ..at(UTC, Some(0), TakenFrom::FileTime) };
    assert_eq!(taken(&[], false, "", &hints), Some(expected));
    assert_eq!(taken(&[], false, "", &Hints::default()), None);
    let changed = jpeg(4, 3, &[with_exif(&block(&[text(0x132, "2024:01:31 23:59:59")], &[], &[]))]);
    assert_eq!(facts(&changed, &hints).taken, Some(at(LATE, None, TakenFrom::Modified)));
    let named = Hints { file_name: "IMG-20240131-WA0001.jpg", ..hints };
    assert!(facts(&changed, &named).taken.unwrap().is_day_only);
}

#[test]
fn xmp_may_know_the_zone_of_the_time_in_exif() {
    let local = [text(0x9003, "2024:01:31 23:59:59")];
    let same = r#"photoshop:DateCreated="2024-01-31T23:59:59.250+01:00""#;
    assert_eq!(taken(&local, false, same, &Hints::default()), Some(at(LATE, Some(60), TakenFrom::Exif)));
    let other = r#"photoshop:DateCreated="2024-01-31T23:59:58+01:00""#;
    assert_eq!(taken(&local, false, other, &Hints::default()), Some(at(LATE, None, TakenFrom::Exif)));
}

#[test]
fn a_films_name_may_know_the_zone() {
    let film = film_with(*b"isom", &[]);
    let named = |file_name| facts(&film, &Hints { file_name, ..Hints::default() }).taken.unwrap();
    assert_eq!(named("VID_20240131_235959.mp4"), at(LATE, Some(60), TakenFrom::ContainerAndName));
    let utc = Taken { offset_minutes: None, ..at(UTC, Some(0), TakenFrom::Container) };
    for name in
        ["film.mp4", "PXL_20240131_225959000.mp4", "VID-20240131-WA0001.mp4", "VID_20200101_000000.mp4"]
    {
        assert_eq!(named(name), utc, "{name}");
    }
    let dated = film_with(
        *b"qt  ",
        &[meta_with(&[("com.apple.quicktime.creationdate", "2024-01-31T23:59:59+0100")])],
    );
    assert_eq!(without_hints(&dated).taken, Some(at(LATE, Some(60), TakenFrom::QuickTime)));
}

#[test]
fn what_is_written_beside_a_file_is_newer() {
    let inside = with_xmp(&xmp(r#"xmp:Rating="2""#));
    let bytes = jpeg(4, 3, &[inside, with_exif(&block(&[text(0x10e, "old words")], &[], &[]))]);
    assert_eq!(
        (without_hints(&bytes).rating, without_hints(&bytes).caption.as_deref()),
        (Some(2), Some("old words"))
    );
    let beside = xmp(r#"xmp:Rating="5" exif:GPSLatitude="1,0N" exif:GPSLongitude="2,0E""#);
    let found = facts(&bytes, &Hints { sidecar: Some(beside.as_bytes()), ..Hints::default() });
    assert_eq!((found.rating, found.caption.as_deref()), (Some(5), Some("old words")));
    assert_eq!(found.place, Some(Place { latitude: 1.0, longitude: 2.0, altitude_m: None }));
    let broken = facts(&bytes, &Hints { sidecar: Some(b"not xmp"), ..Hints::default() });
    assert!(broken.problem.unwrap().contains(".xmp"));
}

#[test]
fn what_is_no_picture_says_little_and_why() {
    assert_eq!(without_hints(b"").problem.as_deref(), Some("it is empty"));
    assert_eq!(
        without_hints(b"RIFF\x04\0\0\0WEBP").problem.as_deref(),
        Some("the size of its picture is not told")
    );
    let text = without_hints(b"just words");
    assert_eq!((text.kind, text.media_type.as_str(), text.problem), (None, "text/plain", None));
    let stream = [[0x47; 1].as_slice(), &[0; 187]].concat().repeat(5);
    assert!(without_hints(&stream).problem.unwrap().contains("video/mp2t"));
}

#[test]
fn facts_travel_as_json() {
    for (media_type, bytes) in samples() {
        let facts = without_hints(&bytes);
        let json = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts, "{media_type}");
    }
    // A later version may know less of a fact, or more.
    assert_eq!(serde_json::from_str::<Facts>(r#"{"media_type":"image/jpeg","new":1}"#).unwrap().width, None);
}

/// A file of any length that begins with some bytes and goes on with one of them for ever, and that counts
/// what is read of it.
struct Endless<'a> {
    start: &'a [u8],
    rest: u8,
    at: u64,
    read: u64,
}

const LENGTH: u64 = 1 << 50;

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(LENGTH - self.at.min(LENGTH)).unwrap().min(buffer.len());
        buffer[..left].fill(self.rest);
        let start = usize::try_from(self.at).ok().and_then(|at| self.start.get(at..)).unwrap_or_default();
        let known = start.len().min(left);
        buffer[..known].copy_from_slice(&start[..known]);
        self.at += left as u64;
        self.read += left as u64;
        Ok(left)
    }
}

impl Seek for Endless<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(_) => LENGTH,
            SeekFrom::Current(_) => self.at,
        };
        Ok(self.at)
    }
}

#[test]
fn of_a_file_without_end_only_a_little_is_read() {
    for (media_type, bytes) in samples() {
        for rest in [0, 0x2c, 0xff] {
            let mut endless = Endless { start: &bytes[..bytes.len() - 2], rest, at: 0, read: 0 };
            let facts = describe(&mut endless, &Hints::default());
            assert_eq!(facts.media_type, media_type);
            assert!(endless.read <= 97 * 1024 * 1024, "{media_type}: {} bytes", endless.read);
        }
    }
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let facts = without_hints(bytes);
    let length = bytes.len() as u64;
    for preview in &facts.previews {
        prop_assert!(preview.length > 0 && preview.offset + preview.length <= length);
    }
    if let Some(motion) = facts.motion {
        prop_assert!(motion.length > 0 && motion.offset + motion.length <= length);
    }
    prop_assert!((1..=8).contains(&facts.orientation));
    prop_assert!(facts.width != Some(0) && facts.height != Some(0));
    prop_assert!(facts.kind.is_none() || facts.width.is_some() || facts.problem.is_some(), "{facts:?}");
    // Numbers that are none would not survive this.
    let json = serde_json::to_string(&facts).unwrap();
    prop_assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Bytes changed, cut out, put in, and cut off: facts that hold together, or a reason.
    #[test]
    fn whatever_is_done_to_a_file_it_is_described(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..8),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let samples = samples();
        let mut bytes = which.get(&samples).1.clone();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len().max(1)).min(bytes.len().saturating_sub(1));
            match kind {
                0 => bytes.insert(at, byte),
                1 if bytes.len() > 1 => { bytes.remove(at); }
                2 => bytes[at] = [0, 0xff, 0x7f, 0x80][usize::from(byte % 4)],
                _ => bytes[at] ^= 1 << (byte % 8),
            }
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        check(&bytes)?;
    }
}
