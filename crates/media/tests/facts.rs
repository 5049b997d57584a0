//! What `describe` says, against what exiftool, ffprobe, `LibRaw` and Pillow found in a folder of real,
//! broken and lying files.
//!
//! The folder is not part of this repository. The environment variable `ALBUMEN_CORPUS` names it, or a
//! folder `shared/corpus/public` beside the checkout or above it is taken.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use media::facts::{Facts, Hints, TakenFrom, describe};
use serde_json::Value;

/// Where we differ from the manifest on purpose: name, field, why.
const DIFFERENT: &[(&str, &str, &str)] = &[];

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
        writeln!(std::io::stderr(), "SKIPPED: no corpus found; set ALBUMEN_CORPUS to describe real files").unwrap();
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
        ("model", Some((text("model").unwrap_or("none".to_owned()), camera.model.unwrap_or("none".to_owned())))),
        ("duration", number("duration").map(|seconds| near(seconds, video.duration_ms.map(ms), 0.002))),
        ("frame rate", rate(entry).map(|rate| near(rate, video.frame_rate, rate / 1000.0))),
        ("video codec", same(text("video_codec"), video.video_codec)),
        ("audio codec", text("video_codec").map(|_| {
            let theirs = text("audio_codec").unwrap_or("none".to_owned());
            (theirs, video.audio_codec.clone().unwrap_or("none".to_owned()))
        })),
        ("rotation", number("rotation").map(|degrees| {
            ((-degrees).rem_euclid(360.0).to_string(), video.rotation_degrees.to_string())
        })),
        ("live photo", Some((text("live_photo_id").unwrap_or("none".to_owned()), facts.live_photo_id.clone().unwrap_or("none".to_owned())))),
        ("motion photo", Some(motion(entry, facts))),
        ("preview", number("embedded_preview_bytes").map(|bytes| {
            let ours: Vec<String> = facts.previews.iter().map(|preview| preview.length.to_string()).collect();
            let theirs = bytes.to_string();
            if ours.contains(&theirs) { (theirs.clone(), theirs) } else { (theirs, ours.join(" ")) }
        })),
        ("frames", number("frames").filter(|_| facts.video.is_none()).map(|frames| {
            (frames.to_string(), facts.frames.unwrap_or(1).to_string())
        })),
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
        let is_turned_by_format = ["heic", "heif", "avif", "jxl"].iter().any(|kind| facts.media_type.contains(kind));
        entry["exif_orientation"].as_u64().filter(|_| !is_turned_by_format)
    })?;
    Some((theirs.to_string(), facts.orientation.to_string()))
}

/// Ours in the words of exiftool, as precisely as theirs.
fn taken(entry: &Value, facts: &Facts) -> (String, String) {
    let said = facts.taken.filter(|taken| {
        !matches!(taken.source, TakenFrom::Gps | TakenFrom::FileName | TakenFrom::Modified | TakenFrom::FileTime)
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
        ours += &if digits > 3 && fraction[..3] == millis[..3] { fraction[..digits].to_owned() } else { millis[..digits].to_owned() };
    }
    if theirs.ends_with('Z') {
        ours += if taken.offset_minutes == Some(0) || taken.utc_ms == Some(taken.local_ms) { "Z" } else { "?" };
    } else if theirs[19..].contains(['+', '-']) {
        let minutes = taken.offset_minutes.unwrap_or(9999);
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(ours, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60).unwrap();
    } else if entry["taken_at_is_utc"] == true {
        assert_eq!(taken.utc_ms.is_some(), true, "{}", entry["name"]);
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
    let theirs = entry["motion_photo"]["video_offset"].as_u64().map_or("none".to_owned(), |at| at.to_string());
    (theirs, facts.motion.map_or("none".to_owned(), |motion| motion.offset.to_string()))
}

#[test]
fn every_fact_is_what_other_tools_say_it_is() {
    let Some((corpus, entries)) = entries() else { return };
    let mut table: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let (mut wrong, mut seen) = (Vec::new(), Vec::new());
    for entry in &entries {
        let name = entry["name"].as_str().unwrap();
        let facts = describe(File::open(corpus.join(name)).unwrap(), &Hints { file_name: name, ..Hints::default() });
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
    writeln!(std::io::stderr(), "{words}").unwrap();
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    let stale: Vec<_> =
        DIFFERENT.iter().filter(|(name, field, _)| !seen.iter().any(|(seen, of)| seen == name && of == field)).collect();
    assert!(stale.is_empty(), "a difference is listed that no longer exists: {stale:?}");
}
