//! The films of the corpus, against what other people's tools found in them.

use std::env;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use media::video::{VideoError, VideoTools, plays_in_browsers};
use serde_json::Value;

use crate::studio::{Set, begins_fast, brightness, contains, png_size, tools};

struct Film {
    name: String,
    path: PathBuf,
    expected: Value,
}

impl Film {
    fn number(&self, key: &str) -> u64 {
        self.expected[key].as_u64().unwrap_or_else(|| panic!("{}: no {key}", self.name))
    }

    fn duration_ms(&self) -> f64 {
        self.expected["duration"].as_f64().unwrap() * 1000.0
    }
}

fn corpus() -> Option<PathBuf> {
    if let Some(named) = env::var_os("ALBUMEN_CORPUS") {
        return Some(PathBuf::from(named));
    }
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|folder| folder.join("shared/corpus/public"))
        .find(|folder| folder.join("MANIFEST.json").is_file())
}

/// The films that can be read, and those that cannot.
fn films() -> Option<(Vec<Film>, Vec<Film>)> {
    let Some(corpus) = corpus() else {
        assert!(env::var_os("CI").is_none(), "the corpus is missing; set ALBUMEN_CORPUS");
        writeln!(std::io::stderr(), "SKIPPED: no corpus found; set ALBUMEN_CORPUS to test on real films")
            .unwrap();
        return None;
    };
    let manifest: Value = serde_json::from_reader(File::open(corpus.join("MANIFEST.json")).unwrap()).unwrap();
    let films = manifest["files"].as_array().unwrap().iter();
    let films = films.filter(|entry| entry["mime"].as_str().is_some_and(|mime| mime.starts_with("video/")));
    let films = films.map(|entry| {
        let name = entry["name"].as_str().unwrap().to_owned();
        Film { path: corpus.join(&name), name, expected: entry.clone() }
    });
    let (good, bad): (Vec<Film>, Vec<Film>) = films.partition(|film| film.expected["decodes"] == true);
    assert!(good.len() >= 12 && bad.len() >= 5, "the corpus has shrunk: {} and {}", good.len(), bad.len());
    Some((good, bad))
}

fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance
}

#[expect(clippy::cast_precision_loss, reason = "no film is so long")]
fn duration_ms(facts: &media::video::VideoFacts) -> f64 {
    facts.duration_ms.unwrap() as f64
}

#[tokio::test]
async fn facts_agree_with_those_of_other_tools() {
    let (Some(tools), Some((films, _))) = (tools().await, films()) else { return };
    let mut wrong = Vec::new();
    for film in films {
        let facts = tools.probe(&film.path).await.unwrap();
        let turned = film.expected["rotation"].as_i64().unwrap();
        let (over, under) = film.expected["frame_rate"].as_str().unwrap().split_once('/').unwrap();
        let frames = over.parse::<f64>().unwrap() / under.parse::<f64>().unwrap();
        let agree = u64::from(facts.width) == film.number("width")
            && u64::from(facts.height) == film.number("height")
            && i64::from(facts.rotation_degrees) == (-turned).rem_euclid(360)
            && facts.video_codec == film.expected["video_codec"].as_str().unwrap()
            && facts.audio_codec.as_deref() == film.expected["audio_codec"].as_str()
            && facts.has_audio == film.expected["audio_codec"].is_string()
            && close(duration_ms(&facts), film.duration_ms(), 1.0)
            && facts.tags.make.as_deref() == film.expected["make"].as_str()
            && facts.tags.model.as_deref() == film.expected["model"].as_str()
            && facts.tags.content_identifier.as_deref() == film.expected["live_photo_id"].as_str()
            && facts.tags.location.is_some() == film.expected["gps"].is_array()
            && close(facts.frames_per_second.unwrap(), frames, 0.01);
        if !agree {
            wrong.push(format!("{}: {facts:?}\n  expected {}", film.name, film.expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_film_has_an_upright_poster_that_shows_something() {
    let (Some(tools), Some((films, _))) = (tools().await, films()) else { return };
    for film in films {
        let set = Set::new("unused");
        let facts = tools.probe(&film.path).await.unwrap();
        let poster = tools.poster(&film.path, &facts, &set.scratch).await.unwrap();
        let size = png_size(&std::fs::read(&poster.path).unwrap());
        assert_eq!(size, (poster.width, poster.height), "{}", film.name);
        // None of them is larger than a poster may be.
        assert_eq!(
            (u64::from(size.0), u64::from(size.1)),
            (film.number("width"), film.number("height")),
            "{}",
            film.name
        );
        assert!(brightness(&poster.path) > 15, "{}: {poster:?}", film.name);
    }
}

#[tokio::test]
async fn every_film_has_a_short_silent_preview() {
    let (Some(tools), Some((films, _))) = (tools().await, films()) else { return };
    for film in films {
        let set = Set::new("unused");
        let facts = tools.probe(&film.path).await.unwrap();
        let clip = tools.hover_clip(&film.path, &facts, &set.scratch).await;
        let clip = clip.unwrap_or_else(|error| panic!("{}: {error:?}", film.name));
        assert!(clip.size_bytes < 500_000, "{}: {}", film.name, clip.size_bytes);
        assert!(!clip.facts.has_audio && plays_in_browsers(&clip.facts), "{}: {clip:?}", film.name);
        assert!(clip.facts.width.min(clip.facts.height) <= 360, "{}: {clip:?}", film.name);
        let expected = if film.duration_ms() > 4000.0 { 3600.0 } else { film.duration_ms() };
        assert!(close(duration_ms(&clip.facts), expected, 300.0), "{}: {clip:?}", film.name);
        assert!(begins_fast(&std::fs::read(&clip.path).unwrap()), "{}", film.name);
    }
}

#[tokio::test]
async fn every_film_has_a_version_that_browsers_play_and_that_tells_nothing_of_where_it_was_taken() {
    let (Some(tools), Some((films, _))) = (tools().await, films()) else { return };
    for film in films {
        let set = Set::new("unused");
        let facts = tools.probe(&film.path).await.unwrap();
        let clip = tools.playback(&film.path, &facts, &set.scratch, |_| ()).await.unwrap();
        assert!(plays_in_browsers(&clip.facts), "{}: {clip:?}", film.name);
        assert_eq!(clip.facts.has_audio, facts.has_audio, "{}", film.name);
        // The last frame may stay a little longer.
        let tolerance = 200.0 + 2000.0 / facts.frames_per_second.unwrap();
        assert!(close(duration_ms(&clip.facts), film.duration_ms(), tolerance), "{}: {clip:?}", film.name);
        assert!(
            clip.facts.width.abs_diff(facts.width) <= 1 || facts.width.max(facts.height) > 1920,
            "{clip:?}"
        );
        let bytes = std::fs::read(&clip.path).unwrap();
        assert!(begins_fast(&bytes), "{}", film.name);
        for told in ["com.apple.quicktime", "iPhone", "+27.1281", "iPad"] {
            assert!(!contains(&bytes, told), "{}: {told}", film.name);
        }
    }
}

/// Everything that is made of a film; the first reason why not.
async fn make_all(tools: &VideoTools, path: &Path) -> Result<(), VideoError> {
    let set = Set::new("unused");
    let facts = tools.probe(path).await?;
    tools.poster(path, &facts, &set.scratch).await?;
    tools.hover_clip(path, &facts, &set.scratch).await?;
    tools.playback(path, &facts, &set.scratch, |_| ()).await?;
    Ok(())
}

#[tokio::test]
async fn a_broken_film_ends_with_a_reason() {
    let (Some(tools), Some((_, films))) = (tools().await, films()) else { return };
    for film in films {
        let made = make_all(&tools, &film.path).await;
        let error = made.unwrap_err();
        assert!(!error.may_retry() && error.to_string().len() > 10, "{}: {error:?}", film.name);
    }
}
