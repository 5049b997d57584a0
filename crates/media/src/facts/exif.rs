//! What the tags of EXIF mean (CIPA DC-008-2023), and those of Apple's note in it.

use super::clock::{self, Reading};
use super::found::{Found, Text};
use super::ifd::{Folder, Order, Tiff};
use super::source::{Source, Span};
use super::turning::Turning;
use super::types::{Camera, Exposure, Place};

const EXIF_FOLDER: u16 = 0x8769;
const GPS_FOLDER: u16 = 0x8825;
/// Apple's note begins with this, two bytes of version and two of byte order.
const APPLE: &[u8] = b"Apple iOS\0";

/// What EXIF says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Exif {
    /// `DateTimeOriginal`, or `DateTimeDigitized` where that is missing.
    pub(super) taken: Option<Reading>,
    /// `DateTime`: the last change.
    pub(super) modified: Option<Reading>,
    /// The clock of the satellites.
    pub(super) gps_utc_ms: Option<i64>,
    pub(super) place: Option<Place>,
    pub(super) camera: Camera,
    pub(super) exposure: Exposure,
    pub(super) turning: Option<Turning>,
    pub(super) caption: Option<String>,
    pub(super) live_photo_id: Option<String>,
    pub(super) burst_id: Option<String>,
    pub(super) is_panorama: bool,
    pub(super) is_srgb: bool,
    /// Stars, as Windows writes them into the first folder.
    pub(super) rating: Option<i8>,
    /// The maker's own note.
    pub(super) note: Option<Span>,
    /// JPEG in the second folder: where, and how long.
    pub(super) thumbnail: Option<Span>,
}

/// Reads a block of EXIF that lies at `span`, and puts what it says among the other findings. `at`
/// is where the block begins in the file, when it lies there in one piece.
pub(super) fn read(source: &mut Source<'_>, span: Span, at: Option<u64>, found: &mut Found) {
    let whole = span;
    // Some writers keep the name that JPEG puts before the block.
    let span = match source.array::<6>(span.start) {
        Some([b'E', b'x', b'i', b'f', 0, _]) => Span { start: span.start + 6, ..span },
        _ => span,
    };
    let Some((mut tiff, first)) = Tiff::open(source, span) else {
        found.problem("its EXIF block is broken");
        return;
    };
    let Some(folder) = tiff.folder(first) else {
        found.problem("its EXIF block is broken");
        return;
    };
    let mut exif = Exif::default();
    main_folder(&mut tiff, &folder, &mut exif);
    if let Some(second) = folder.next().and_then(|next| tiff.folder(next)) {
        exif.thumbnail = thumbnail(&mut tiff, &second);
    }
    if let (Some(at), Some(thumbnail)) = (at, exif.thumbnail) {
        let moved = |place: u64| place.checked_sub(whole.start)?.checked_add(at);
        if let (Some(start), Some(end)) = (moved(thumbnail.start), moved(thumbnail.end)) {
            found.preview(Span { start, end });
        }
    }
    found.add_exif(exif);
}

/// A block of EXIF that was taken out of its file.
pub(super) fn read_bytes(bytes: &[u8], at: Option<u64>, found: &mut Found) {
    let mut source = Source::memory(bytes);
    let all = source.all();
    read(&mut source, all, at, found);
}

/// Everything in the first folder and below it.
pub(super) fn main_folder(tiff: &mut Tiff<'_, '_>, folder: &Folder, exif: &mut Exif) {
    exif.camera.make = text(tiff, folder, 0x010f);
    exif.camera.model = text(tiff, folder, 0x0110);
    exif.caption = text(tiff, folder, 0x010e).filter(|caption| !is_boilerplate(caption));
    exif.turning = number(tiff, folder, 0x0112).and_then(Turning::from_exif);
    exif.rating = number(tiff, folder, 0x4746)
        .and_then(|stars| i8::try_from(stars).ok())
        .filter(|stars| (1..=5).contains(stars));
    let at = number(tiff, folder, EXIF_FOLDER);
    let details = at.and_then(|at| tiff.folder(at)).unwrap_or_default();
    times(tiff, folder, &details, exif);
    exposure(tiff, &details, exif);
    if details.is_empty() {
        // Old scanners and converters write everything into one folder.
        exposure(tiff, folder, exif);
    }
    exif.camera.lens = text(tiff, &details, 0xa434);
    exif.is_srgb = number(tiff, &details, 0xa001) == Some(1);
    // Apple's value of CustomRendered for a sweep.
    exif.is_panorama =
        number(tiff, &details, 0xa401) == Some(6) && exif.camera.make.as_deref() == Some("Apple");
    if let Some(note) = details.tag(0x927c) {
        exif.note = Some(note.value());
        apple_note(tiff, note.value(), exif);
    }
    if let Some(gps) = number(tiff, folder, GPS_FOLDER).and_then(|at| tiff.folder(at)) {
        exif.place = place(tiff, &gps);
        exif.gps_utc_ms = gps_time(tiff, &gps);
    }
}

/// The detailed folder alone, as CR3 keeps it in a block of its own.
pub(super) fn details_only(tiff: &mut Tiff<'_, '_>, details: &Folder, exif: &mut Exif) {
    times(tiff, &Folder::default(), details, exif);
    exposure(tiff, details, exif);
    exif.camera.lens = text(tiff, details, 0xa434);
    exif.is_srgb = number(tiff, details, 0xa001) == Some(1);
}

/// The GPS folder alone, as CR3 keeps it in a block of its own.
pub(super) fn gps_only(tiff: &mut Tiff<'_, '_>, gps: &Folder, exif: &mut Exif) {
    exif.place = place(tiff, gps);
    exif.gps_utc_ms = gps_time(tiff, gps);
}

/// Times, each with its fraction and its zone from tags of their own.
fn times(tiff: &mut Tiff<'_, '_>, folder: &Folder, details: &Folder, exif: &mut Exif) {
    let mut reading = |folder: &Folder, tag: u16, subsec: u16, offset: u16| {
        let when = text(tiff, folder, tag)?;
        let (subsec, offset) = (text(tiff, details, subsec), text(tiff, details, offset));
        clock::exif(&when, subsec.as_deref(), offset.as_deref())
    };
    // In the first folder the time is TIFF/EP's (ISO 12234-2).
    let original =
        reading(details, 0x9003, 0x9291, 0x9011).or_else(|| reading(folder, 0x9003, 0x9291, 0x9011));
    let digitized = reading(details, 0x9004, 0x9292, 0x9012);
    exif.modified = reading(folder, 0x0132, 0x9290, 0x9010);
    exif.taken = original.or(digitized).map(|taken| {
        // Some cameras write the zone only once: it holds for what shows the same moment.
        let same =
            [digitized, exif.modified].into_iter().flatten().filter(|other| other.is_same_second(taken));
        let offset_minutes = same.map(|other| other.offset_minutes).fold(taken.offset_minutes, Option::or);
        Reading { offset_minutes, ..taken }
    });
}

fn exposure(tiff: &mut Tiff<'_, '_>, folder: &Folder, exif: &mut Exif) {
    let mut positive = |tag| fraction(tiff, folder, tag).filter(|value| value.is_finite() && *value > 0.0);
    exif.exposure = Exposure {
        time_s: positive(0x829a),
        f_number: positive(0x829d),
        iso: None,
        focal_length_mm: positive(0x920a),
        focal_length_35mm: None,
    };
    let mut whole =
        |tag| number(tiff, folder, tag).and_then(|value| u32::try_from(value).ok()).filter(|v| *v > 0);
    // 65535 means "more than fits"; the speed is then in one of the newer tags.
    exif.exposure.iso =
        whole(0x8827).filter(|iso| *iso != 65_535).or_else(|| whole(0x8832)).or_else(|| whole(0x8831));
    exif.exposure.focal_length_35mm = whole(0xa405);
}

fn place(tiff: &mut Tiff<'_, '_>, gps: &Folder) -> Option<Place> {
    let latitude = degrees(tiff, gps, 2)?;
    let longitude = degrees(tiff, gps, 4)?;
    let reference =
        |tiff: &mut Tiff<'_, '_>, tag| text(tiff, gps, tag).unwrap_or_default().to_ascii_uppercase();
    let south = if reference(tiff, 1).starts_with('S') { -1.0 } else { 1.0 };
    let west = if reference(tiff, 3).starts_with('W') { -1.0 } else { 1.0 };
    let altitude = fraction(tiff, gps, 6);
    // 1 is below the sea; 2 and 3 say the same two things of the ellipsoid (EXIF 3.0).
    let below = matches!(number(tiff, gps, 5), Some(1 | 3));
    let altitude_m = altitude.map(|metres| if below { -metres } else { metres });
    sound_place(latitude * south, longitude * west, altitude_m)
}

/// A place that is on Earth. Exactly 0, 0 is what is written when there was no fix.
pub(super) fn sound_place(latitude: f64, longitude: f64, altitude_m: Option<f64>) -> Option<Place> {
    let is_sound =
        latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (latitude != 0.0 || longitude != 0.0);
    // Adding nothing makes "0 below the sea" just 0.
    let altitude_m = altitude_m.filter(|metres| metres.abs() < 100_000.0).map(|metres| metres + 0.0);
    is_sound.then_some(Place { latitude, longitude, altitude_m })
}

/// Degrees, minutes and seconds; the last two may be missing.
fn degrees(tiff: &mut Tiff<'_, '_>, gps: &Folder, tag: u16) -> Option<f64> {
    let parts = tiff.fractions(gps.tag(tag)?, 3);
    let part = |index: usize| parts.get(index).copied().flatten();
    Some(part(0)? + part(1).unwrap_or_default() / 60.0 + part(2).unwrap_or_default() / 3600.0)
}

/// `GPSDateStamp` with `GPSTimeStamp`: UTC.
fn gps_time(tiff: &mut Tiff<'_, '_>, gps: &Folder) -> Option<i64> {
    let day = clock::iso(&text(tiff, gps, 0x1d)?)?;
    let parts = tiff.fractions(gps.tag(7)?, 3);
    let part = |index: usize| parts.get(index).copied().flatten();
    let seconds = part(0)? * 3600.0 + part(1)? * 60.0 + part(2).unwrap_or_default();
    let ms = std::time::Duration::try_from_secs_f64(seconds).ok()?.as_millis();
    let noon = 12 * 3_600_000;
    let in_day = i64::try_from(ms).ok().filter(|ms| *ms < 2 * noon)?;
    clock::plausible(day.local_ms - noon + in_day)
}

/// Apple's note: folders of tags whose offsets count from the note's beginning. Known from `ExifTool`'s
/// table of Apple tags: 0x0b is the burst's UUID, 0x11 the identifier that a live photo's halves share.
fn apple_note(tiff: &mut Tiff<'_, '_>, note: Span, exif: &mut Exif) {
    let Some(head) = tiff.source.exactly(note.start, 14).filter(|head| head.starts_with(APPLE)) else {
        return;
    };
    let order = if &head[12..14] == b"II" { Order::Little } else { Order::Big };
    let mut note = tiff.elsewhere(note, order);
    let Some(folder) = note.folder(14) else { return };
    exif.burst_id = text(&mut note, &folder, 0x0b);
    exif.live_photo_id = text(&mut note, &folder, 0x11);
}

/// The JPEG that the second folder points at.
pub(super) fn thumbnail(tiff: &mut Tiff<'_, '_>, folder: &Folder) -> Option<Span> {
    let (at, length) = (number(tiff, folder, 0x0201)?, number(tiff, folder, 0x0202)?);
    tiff.span.part(at, length).filter(|span| span.length() > 0)
}

/// What cameras write into every caption by themselves.
fn is_boilerplate(caption: &str) -> bool {
    const STARTS: &[&str] = &[
        "OLYMPUS DIGITAL CAMERA",
        "SONY DSC",
        "KODAK Digital",
        "Exif_JPEG",
        "DIGITAL CAMERA",
        "MINOLTA DIGITAL",
        "SAMSUNG",
        "DCIM",
        "Jpeg",
        "charset=",
        "default",
        "Default",
        "<KENOX",
        "Konica Minolta",
    ];
    STARTS.iter().any(|start| caption.starts_with(start))
}

pub(super) fn text(tiff: &mut Tiff<'_, '_>, folder: &Folder, tag: u16) -> Option<String> {
    tiff.text(folder.tag(tag)?).map(Text::shortened)
}

pub(super) fn number(tiff: &mut Tiff<'_, '_>, folder: &Folder, tag: u16) -> Option<u64> {
    tiff.number(folder.tag(tag)?)
}

fn fraction(tiff: &mut Tiff<'_, '_>, folder: &Folder, tag: u16) -> Option<f64> {
    tiff.fraction(folder.tag(tag)?)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::ifd::tests::{Written, folder, long, rationals, short, text};
    use super::*;

    /// A block of EXIF with these three folders.
    pub(in crate::facts) fn block(main: &[Written], details: &[Written], gps: &[Written]) -> Vec<u8> {
        let written = |pointers: [u32; 2]| {
            let pointers = [long(EXIF_FOLDER, pointers[0]), long(GPS_FOLDER, pointers[1])];
            folder(8, &[main, &pointers].concat(), 0)
        };
        let details_at = 8 + written([0, 0]).len();
        let details = folder(details_at, details, 0);
        let gps_at = details_at + details.len();
        let pointers = [details_at, gps_at].map(|at| u32::try_from(at).unwrap());
        [b"MM\0*\0\0\0\x08".to_vec(), written(pointers), details, folder(gps_at, gps, 0)].concat()
    }

    /// A place, and 22:59:57 UTC on 2024-01-31.
    pub(in crate::facts) fn satellites() -> Vec<Written> {
        vec![
            text(1, "S"),
            rationals(2, &[(52, 1), (30, 1), (0, 1)]),
            text(3, "W"),
            rationals(4, &[(13, 1), (15, 1), (36, 1)]),
            (5, 1, 1, vec![1]),
            rationals(6, &[(1234, 10)]),
            rationals(7, &[(22, 1), (59, 1), (57, 1)]),
            text(0x1d, "2024:01:31"),
        ]
    }

    /// Apple's note, with what joins the halves of a live photo and the pictures of a burst.
    pub(in crate::facts) fn apple() -> Written {
        let tags = [text(0x0b, "burst-1"), text(0x11, "570F1469")];
        let note = [b"Apple iOS\0\0\x01MM".to_vec(), folder(14, &tags, 0)].concat();
        (0x927c, 7, u32::try_from(note.len()).unwrap(), note)
    }

    fn exif(bytes: &[u8]) -> Exif {
        let mut found = Found::default();
        read_bytes(bytes, None, &mut found);
        found.exif
    }

    #[test]
    fn camera_and_exposure_are_read() {
        let main = [text(0x10f, "Apple "), text(0x110, "iPhone"), short(0x112, 6), text(0x10e, "By the sea")];
        let details = [
            rationals(0x829a, &[(1, 250)]),
            rationals(0x829d, &[(18, 10)]),
            short(0x8827, 65_535),
            long(0x8832, 102_400),
            rationals(0x920a, &[(425, 100)]),
            short(0xa405, 26),
            text(0xa434, "back camera"),
            short(0xa401, 6),
            apple(),
        ];
        let main = [&main[..], &[short(0x4746, 4)]].concat();
        let found = exif(&block(&main, &details, &[]));
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            found.camera,
            Camera { make: text("Apple"), model: text("iPhone"), lens: text("back camera") }
        );
        let expected = Exposure {
            time_s: Some(0.004),
            f_number: Some(1.8),
            iso: Some(102_400),
            focal_length_mm: Some(4.25),
            focal_length_35mm: Some(26),
        };
        assert_eq!(found.exposure, expected);
        assert_eq!(found.turning.unwrap().exif(), 6);
        assert_eq!((found.live_photo_id, found.burst_id), (text("570F1469"), text("burst-1")));
        assert!(found.is_panorama);
        assert_eq!(found.rating, Some(4));
        assert_eq!(found.caption, text("By the sea"));
    }

    #[test]
    fn a_zone_that_is_written_once_holds_for_the_same_moment() {
        let taken = |changed: &str| {
            let main = [text(0x132, changed)];
            let details = [text(0x9003, "2024:01:31 23:59:59"), text(0x9291, "25"), text(0x9010, "+01:00")];
            exif(&block(&main, &details, &[])).taken.unwrap()
        };
        let local_ms = 1_706_745_599_250;
        let expected = |offset_minutes| Reading { local_ms, offset_minutes, is_day_only: false };
        assert_eq!(taken("2024:01:31 23:59:59"), expected(Some(60)));
        assert_eq!(taken("2024:02:01 00:00:00"), expected(None));
    }

    #[test]
    fn a_digitized_time_stands_in_for_the_original() {
        let main = [text(0x132, "2025:01:01 00:00:00")];
        let details =
            [text(0x9003, "0000:00:00 00:00:00"), text(0x9004, "2024:01:31 23:59:59"), text(0x9012, "Z")];
        let found = exif(&block(&main, &details, &[]));
        assert_eq!(found.taken.unwrap().utc_ms(), Some(1_706_745_599_000));
        assert_eq!(found.modified.unwrap().offset_minutes, None);
    }

    #[test]
    fn a_place_has_signs_and_a_moment() {
        let found = exif(&block(&[], &[], &satellites()));
        let expected = Place { latitude: -52.5, longitude: -13.26, altitude_m: Some(-123.4) };
        assert_eq!(found.place, Some(expected));
        assert_eq!(found.gps_utc_ms, Some(1_706_741_997_000));
    }

    #[test]
    fn places_that_are_none_are_left_out() {
        assert_eq!(sound_place(0.0, 0.0, None), None);
        assert_eq!(sound_place(91.0, 0.0, None), None);
        assert_eq!(sound_place(f64::NAN, 1.0, None), None);
        assert_eq!(sound_place(1.0, 181.0, None), None);
        assert_eq!(sound_place(1.0, 1.0, Some(1e9)).unwrap().altitude_m, None);
        assert!(sound_place(1.0, 1.0, Some(-0.0)).unwrap().altitude_m.unwrap().is_sign_positive());
    }

    #[test]
    fn what_cameras_write_by_themselves_is_no_caption() {
        for caption in ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "   "] {
            assert_eq!(exif(&block(&[text(0x10e, caption)], &[], &[])).caption, None);
        }
    }

    #[test]
    fn a_block_that_is_none_is_named() {
        let mut found = Found::default();
        read_bytes(b"nothing", None, &mut found);
        assert_eq!(found.problems().unwrap(), "its EXIF block is broken");
    }

    proptest! {
        #[test]
        fn any_change_is_read_to_the_end(at in any::<prop::sample::Index>(), byte in any::<u8>(), end in any::<prop::sample::Index>()) {
            let mut bytes = block(&[text(0x10f, "Apple")], &[text(0x9003, "2024:01:31 23:59:59"), apple()], &satellites());
            let length = bytes.len();
            bytes[at.index(length)] = byte;
            let _ = (exif(&bytes), exif(&bytes[..end.index(length)]));
        }
    }
}
