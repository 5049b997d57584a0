//! What `describe` says, against what exiftool, ffprobe, `LibRaw` and Pillow found in a folder of real,
//! broken and lying files.
//!
//! The folder is not part of this repository. The environment variable `ALBUMEN_CORPUS` names it, or a
//! folder `shared/corpus/public` beside the checkout or above it is taken.

#![expect(
    clippy::unwrap_used,
    reason = "what is missing or wrong is to end the test, wherever it is noticed"
)]

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use media::facts::{Facts, Hints, TakenFrom, describe};
use serde_json::Value;

/// Where we differ from the manifest on purpose: name, field, why.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("broken/corrupted.hif", "type", "brand heix is registered under image/heic"),
    (
        "broken/libheif-corpus-008.heic",
        "type",
        "the major brand was wiped out, the brand it is compatible with still says HEIC",
    ),
    ("broken/zero_byte.heic", "type", "an empty file has no type"),
    ("broken/zero_byte.jpg", "type", "an empty file has no type"),
    ("broken/zero_byte.mp4", "type", "an empty file has no type"),
    ("stills/animation_icos4d.apng", "type", "an animated PNG is served as a PNG"),
    (
        "broken/IllegalArgumentException.HeifReader.processBoxes.heif",
        "width",
        "it is not told which size is the picture's; exiftool took the thumbnail's",
    ),
    (
        "broken/IllegalArgumentException.HeifReader.processBoxes.heif",
        "height",
        "it is not told which size is the picture's; exiftool took the thumbnail's",
    ),
    (
        "cameras/Nikon_D5000.jpg",
        "place",
        "degrees and minutes are sound and only the seconds divide by zero; its XMP says the same",
    ),
    ("lies/svg_script.svg", "width", "a drawing is no picture to us: nothing of it is read"),
    ("lies/svg_script.svg", "height", "a drawing is no picture to us: nothing of it is read"),
    (
        "metadata/exif-no-tz.jpg",
        "taken",
        "its EXIF is whole; exiftool gave up because the picture is cut off",
    ),
    (
        "metadata/exif-no-tz.jpg",
        "place",
        "its EXIF is whole; exiftool gave up because the picture is cut off",
    ),
    ("metadata/exif-no-tz.jpg", "make", "its EXIF is whole; exiftool gave up because the picture is cut off"),
    (
        "metadata/exif-no-tz.jpg",
        "model",
        "its EXIF is whole; exiftool gave up because the picture is cut off",
    ),
    ("metadata/huawei-gps-error.jpg", "orientation", "0 is no orientation, so nothing is turned"),
    (
        "motion/PXL_20240101_120000000.MP.jpg",
        "width",
        "it has no frame header; the size is what EXIF claims of a picture that is not there",
    ),
    (
        "motion/PXL_20240101_120000000.MP.jpg",
        "height",
        "it has no frame header; the size is what EXIF claims of a picture that is not there",
    ),
    ("raw/Panasonic.rw2", "width", "LibRaw counts the sensor's borders, which the camera's tags cut off"),
    ("raw/Panasonic.rw2", "height", "LibRaw counts the sensor's borders, which the camera's tags cut off"),
    ("raw/RAW_KODAK_C330_FORMAT_NONE_YRGB.raw", "width", "LibRaw knows it by its length: it has no header"),
    ("raw/RAW_KODAK_C330_FORMAT_NONE_YRGB.raw", "height", "LibRaw knows it by its length: it has no header"),
    ("raw/SigmaDP2.x3f", "width", "the header says 2640 by 1760; 8 by 8 is a preview that was cut down"),
    ("raw/SigmaDP2.x3f", "height", "the header says 2640 by 1760; 8 by 8 is a preview that was cut down"),
    (
        "raw/canon_eos_6d.dng",
        "preview",
        "LibRaw puts an EXIF block of its own before the 57,901 bytes in the file",
    ),
    (
        "stills/exif-both.png",
        "place",
        "the place is in the second of two blocks, which exiftool takes for a copy",
    ),
    (
        "video/100_0306.AVI",
        "taken",
        "its list of facts names the day (ICRD), which the manifest does not ask for",
    ),
    ("video/isom-avc1.mp4", "place", "exactly 0, 0 is what is written when there was no fix"),
];

fn corpus() -> Option<PathBuf> {
    if let Some(named) = env::var_os("ALBUMEN_CORPUS") {
        return Some(PathBuf::from(named));
    }
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|folder| folder.join("shared/corpus/public"))
        .find(|folder| folder.join("MANIFEST.json").is_file())
}

fn entries() -> Option<(PathBuf, Vec<Value>)> {
    let Some(corpus) = corpus() else {
        assert!(env::var_os("CI").is_none(), "the corpus is missing; set ALBUMEN_CORPUS");
        // Past the test runner, which would swallow it.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no corpus found; set ALBUMEN_CORPUS to describe real files"
        );
        return None;
    };
    let manifest: Value = serde_json::from_reader(File::open(corpus.join("MANIFEST.json")).unwrap()).unwrap();
    let entries = manifest["files"].as_array().unwrap().clone();
    assert!(entries.len() > 100, "the corpus has shrunk to {} files", entries.len());
    Some((corpus, entries))
}

/// One field of one file: what others say, and what we say, both in words. `None` where others are silent
/// and nothing can be compared.
type Compared = (&'static str, Option<(String, String)>);

fn compare(entry: &Value, facts: &Facts) -> Vec<Compared> {
    let video = facts.video.clone().unwrap_or_default();
    let number = |field: &str| entry[field].as_f64();
    let shown = |value: Option<u32>| value.map_or("none".to_owned(), |value| value.to_string());
    let same = |theirs: Option<String>, ours: Option<String>| {
        theirs.map(|theirs| (theirs, ours.unwrap_or("none".to_owned())))
    };
    let text = |field: &str| entry[field].as_str().map(|text| text.trim().to_owned());
    let camera = facts.camera.clone().unwrap_or_default();
    vec![
        ("type", same(text("mime").or(text("file_magic_mime")), Some(facts.media_type.clone()))),
        ("width", number("width").map(|width| (width.to_string(), shown(facts.width)))),
        ("height", number("height").map(|height| (height.to_string(), shown(facts.height)))),
        ("orientation", orientation(entry, facts)),
        ("taken", Some(taken(entry, facts))),
        ("place", Some(place(entry, facts))),
        ("make", Some((text("make").unwrap_or("none".to_owned()), camera.make.unwrap_or("none".to_owned())))),
        (
            "model",
            Some((text("model").unwrap_or("none".to_owned()), camera.model.unwrap_or("none".to_owned()))),
        ),
        ("duration", number("duration").map(|seconds| near(seconds, video.duration_ms.map(ms), 0.002))),
        ("frame rate", rate(entry).map(|rate| near(rate, video.frame_rate, rate / 1000.0))),
        ("video codec", same(text("video_codec"), video.video_codec)),
        (
            "audio codec",
            text("video_codec").map(|_| {
                let theirs = text("audio_codec").unwrap_or("none".to_owned());
                (theirs, video.audio_codec.clone().unwrap_or("none".to_owned()))
            }),
        ),
        (
            "rotation",
            number("rotation").map(|degrees| {
                ((360.0 - degrees).rem_euclid(360.0).to_string(), video.rotation_degrees.to_string())
            }),
        ),
        (
            "live photo",
            Some((
                text("live_photo_id").unwrap_or("none".to_owned()),
                facts.live_photo_id.clone().unwrap_or("none".to_owned()),
            )),
        ),
        ("motion photo", Some(motion(entry, facts))),
        (
            "preview",
            number("embedded_preview_bytes").map(|bytes| {
                let ours: Vec<String> =
                    facts.previews.iter().map(|preview| preview.length.to_string()).collect();
                let theirs = bytes.to_string();
                if ours.contains(&theirs) { (theirs.clone(), theirs) } else { (theirs, ours.join(" ")) }
            }),
        ),
        (
            "frames",
            number("frames")
                .filter(|_| facts.video.is_none())
                .map(|frames| (frames.to_string(), facts.frames.unwrap_or(1).to_string())),
        ),
    ]
}

fn ms(ms: u64) -> f64 {
    f64::from(u32::try_from(ms).unwrap()) / 1000.0
}

/// Two numbers, in the same words when they are near each other.
fn near(theirs: f64, ours: Option<f64>, within: f64) -> (String, String) {
    match ours {
        Some(ours) if (theirs - ours).abs() <= within => (theirs.to_string(), theirs.to_string()),
        Some(ours) => (theirs.to_string(), ours.to_string()),
        None => (theirs.to_string(), "none".to_owned()),
    }
}

fn rate(entry: &Value) -> Option<f64> {
    let (over, under) = entry["frame_rate"].as_str()?.split_once('/')?;
    Some(over.parse::<f64>().unwrap() / under.parse::<f64>().unwrap())
}

/// Only where the decoder's own turning is known, or where EXIF's is what holds.
fn orientation(entry: &Value, facts: &Facts) -> Option<(String, String)> {
    let theirs = entry["pillow_orientation"].as_u64().or_else(|| {
        let is_turned_by_format =
            ["heic", "heif", "avif", "jxl"].iter().any(|kind| facts.media_type.contains(kind));
        entry["exif_orientation"].as_u64().filter(|_| !is_turned_by_format)
    })?;
    Some((theirs.to_string(), facts.orientation.to_string()))
}

/// Ours in the words of exiftool, as precisely as theirs.
fn taken(entry: &Value, facts: &Facts) -> (String, String) {
    let said = facts.taken.filter(|taken| {
        !matches!(
            taken.source,
            TakenFrom::Gps | TakenFrom::FileName | TakenFrom::Modified | TakenFrom::FileTime
        )
    });
    let Some(theirs) = entry["taken_at"].as_str() else {
        return ("none".to_owned(), said.map_or("none".to_owned(), |taken| format!("{taken:?}")));
    };
    let Some(taken) = facts.taken else { return (theirs.to_owned(), "none".to_owned()) };
    let mut ours = String::new();
    let at = jiff::Timestamp::from_millisecond(taken.local_ms).unwrap();
    ours += &at.strftime("%Y:%m:%d %H:%M:%S").to_string();
    if let Some(fraction) = theirs.get(19..).and_then(|rest| rest.strip_prefix('.')) {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let millis = format!("{:03}000", taken.local_ms.rem_euclid(1000));
        // Beyond milliseconds we know nothing: theirs are taken over when the three before agree.
        ours += ".";
        ours += &if digits > 3 && fraction[..3] == millis[..3] {
            fraction[..digits].to_owned()
        } else {
            millis[..digits].to_owned()
        };
    }
    if theirs.ends_with('Z') {
        ours +=
            if taken.offset_minutes == Some(0) || taken.utc_ms == Some(taken.local_ms) { "Z" } else { "?" };
    } else if theirs[19..].contains(['+', '-']) {
        let minutes = taken.offset_minutes.unwrap_or(9999);
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(ours, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60).unwrap();
    } else if entry["taken_at_is_utc"] == true {
        assert!(taken.utc_ms.is_some(), "{}", entry["name"]);
    }
    (theirs.to_owned(), ours)
}

fn place(entry: &Value, facts: &Facts) -> (String, String) {
    let theirs = entry["gps"].as_array().map(|gps| [gps[0].as_f64(), gps[1].as_f64(), gps[2].as_f64()]);
    let ours = facts.place.map(|place| [Some(place.latitude), Some(place.longitude), place.altitude_m]);
    let words = |place: Option<[Option<f64>; 3]>| {
        place.map_or("none".to_owned(), |place| {
            place.map(|number| number.map_or("none".to_owned(), |number| format!("{number:.5}"))).join(" ")
        })
    };
    (words(theirs), words(ours))
}

fn motion(entry: &Value, facts: &Facts) -> (String, String) {
    let theirs =
        entry["motion_photo"]["video_offset"].as_u64().map_or("none".to_owned(), |at| at.to_string());
    (theirs, facts.motion.map_or("none".to_owned(), |motion| motion.offset.to_string()))
}

#[test]
fn every_fact_is_what_other_tools_say_it_is() {
    let Some((corpus, entries)) = entries() else { return };
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let (mut wrong, mut seen) = (Vec::new(), Vec::new());
    for entry in &entries {
        let name = entry["name"].as_str().unwrap();
        let facts =
            describe(File::open(corpus.join(name)).unwrap(), &Hints { file_name: name, ..Hints::default() });
        for (field, compared) in compare(entry, &facts) {
            let Some((theirs, ours)) = compared else { continue };
            let counts = table.entry(field).or_default();
            counts[0] += 1;
            if theirs == ours {
                counts[1] += 1;
                continue;
            }
            if DIFFERENT.iter().any(|(different, of, _)| *different == name && *of == field) {
                counts[2] += 1;
                seen.push((name.to_owned(), field));
            } else {
                wrong.push(format!("{name}: {field}: theirs {theirs}, ours {ours} ({:?})", facts.problem));
            }
        }
    }
    let mut words = String::from("field            compared   same   different on purpose\n");
    for (field, [compared, same, different]) in &table {
        writeln!(words, "{field:<16} {compared:>8} {same:>6} {different:>6}").unwrap();
    }
    let _ = writeln!(std::io::stderr(), "{words}");
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    let stale: Vec<_> = DIFFERENT
        .iter()
        .filter(|(name, field, _)| !seen.iter().any(|(seen, of)| seen == name && of == field))
        .collect();
    assert!(stale.is_empty(), "a difference is listed that no longer exists: {stale:?}");
}

#[test]
fn every_picture_has_a_size_or_a_reason() {
    let Some((corpus, entries)) = entries() else { return };
    let mut broken = 0;
    for entry in &entries {
        let name = entry["name"].as_str().unwrap();
        let facts = describe(File::open(corpus.join(name)).unwrap(), &Hints::default());
        assert!(
            facts.kind.is_none() || facts.width.is_some() || facts.problem.is_some(),
            "{name}: {facts:?}"
        );
        let json = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts, "{name}");
        broken += usize::from(entry["category"] == "broken" && facts.problem.is_some());
    }
    assert!(broken > 20, "only {broken} of the broken files are told to be broken");
}

#[test]
fn a_motion_photo_holds_the_film_that_was_put_into_it() {
    let Some((corpus, entries)) = entries() else { return };
    let mut compared = 0;
    for entry in entries.iter().filter(|entry| entry["motion_photo"]["video_offset"].is_u64()) {
        let path = corpus.join(entry["name"].as_str().unwrap());
        let motion = describe(File::open(&path).unwrap(), &Hints::default()).motion.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let from = usize::try_from(motion.offset).unwrap();
        let film = &bytes[from..from + usize::try_from(motion.length).unwrap()];
        let facts = describe(std::io::Cursor::new(film), &Hints::default());
        assert_eq!(facts.problem, None, "{}", path.display());
        assert!(facts.video.unwrap().duration_ms.is_some());
        compared += 1;
    }
    assert!(compared >= 2, "the corpus has lost its motion photos");
}
