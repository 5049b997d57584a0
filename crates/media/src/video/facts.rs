//! What is known of a film.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Container, VideoError};

/// The longest word that is taken over from a file's reader, in bytes.
const WORD_MAX_BYTES: usize = 32;

/// No film is longer than this, 30 days; what says so is broken.
const DURATION_MAX_MS: f64 = 30.0 * 24.0 * 3600.0 * 1000.0;

/// What is known of a film.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// What it is packed in.
    pub container: Container,
    /// How long it plays, in milliseconds; `None` where the file does not say.
    pub duration_ms: Option<u64>,
    /// Frames in a second, on average.
    pub frames_per_second: Option<f64>,
    /// The code of its pictures, such as `h264` or `hevc` (ffmpeg's names).
    pub video_codec: String,
    /// The code of its sound.
    pub audio_codec: Option<String>,
    /// How its pixels are stored, such as `yuv420p` (ffmpeg's names).
    pub pixel_format: String,
    /// By how much a frame is turned for display, clockwise: 0, 90, 180 or 270 degrees.
    pub rotation_degrees: u16,
    /// Width as displayed, after turning, in pixels.
    pub width: u32,
    /// Height as displayed, after turning, in pixels.
    pub height: u32,
    /// Whether there is sound.
    pub has_audio: bool,
    /// Brighter than an ordinary screen shows (PQ or HLG).
    pub is_hdr: bool,
    /// Which of the file's streams is the film; others may be covers.
    pub stream_index: u32,
    /// What the film says of when, where and by what it was made.
    pub tags: VideoTags,
}

/// What a film says of itself, word for word and unchecked, each at most 128 bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoTags {
    /// When it was made, by the container's clock, which should be UTC and often is not: RFC 3339.
    pub creation_time: Option<String>,
    /// When it was made, with the place's distance from UTC (Apple): ISO 8601.
    pub local_creation_time: Option<String>,
    /// Where it was made: ISO 6709, such as `+27.1281+100.2508+000.000/`.
    pub location: Option<String>,
    /// Who made the camera.
    pub make: Option<String>,
    /// The camera.
    pub model: Option<String>,
    /// What a live photo's picture and film have in common (Apple).
    pub content_identifier: Option<String>,
}

/// The longest tag, in bytes.
const TAG_MAX_BYTES: usize = 128;

impl VideoTags {
    fn of(said: &BTreeMap<String, serde_json::Value>) -> Self {
        let find = |names: &[&str]| {
            let said = names.iter().find_map(|name| said.get(*name)?.as_str());
            let fits = said.filter(|said| !said.is_empty() && said.len() <= TAG_MAX_BYTES);
            fits.filter(|said| !said.chars().any(char::is_control)).map(str::to_owned)
        };
        Self {
            creation_time: find(&["creation_time"]),
            local_creation_time: find(&["com.apple.quicktime.creationdate"]),
            location: find(&["com.apple.quicktime.location.ISO6709", "location", "location-eng"]),
            make: find(&["com.apple.quicktime.make", "make"]),
            model: find(&["com.apple.quicktime.model", "model"]),
            content_identifier: find(&["com.apple.quicktime.content.identifier"]),
        }
    }
}

/// Whether browsers play the original as it is: when in doubt, no.
pub fn plays_in_browsers(facts: &VideoFacts) -> bool {
    let audio = facts.audio_codec.as_deref();
    let video = facts.video_codec.as_str();
    let ordinary_pixels = matches!(facts.pixel_format.as_str(), "yuv420p" | "yuvj420p");
    if !ordinary_pixels || facts.is_hdr {
        return false;
    }
    match facts.container {
        Container::Mp4 | Container::QuickTime => video == "h264" && matches!(audio, None | Some("aac")),
        Container::WebM => {
            matches!(video, "vp8" | "vp9" | "av1") && matches!(audio, None | Some("opus" | "vorbis"))
        }
        _ => false,
    }
}

impl VideoFacts {
    /// From what `ffprobe -print_format json -show_format -show_streams` says.
    pub(super) fn parse(container: Container, said: &[u8]) -> Result<Self, VideoError> {
        let said: Said = serde_json::from_slice(said)
            .map_err(|error| VideoError::Broken(format!("ffprobe said what makes no sense: {error}")))?;
        let is_film = |stream: &&Stream| {
            stream.codec_type.as_deref() == Some("video") && stream.disposition.attached_pic == 0
        };
        let film = said.streams.iter().find(is_film).ok_or(VideoError::NoPicture)?;
        let sound = said.streams.iter().find(|stream| stream.codec_type.as_deref() == Some("audio"));
        let (Some(coded_width), Some(coded_height)) = (film.width, film.height) else {
            return Err(VideoError::NoPicture);
        };
        if coded_width == 0 || coded_height == 0 {
            return Err(VideoError::NoPicture);
        }
        let rotation_degrees = film.rotation_degrees();
        let turned = rotation_degrees % 180 != 0;
        let displayed_width = film.widened(coded_width);
        let (width, height) =
            if turned { (coded_height, displayed_width) } else { (displayed_width, coded_height) };
        let Format { duration, tags } = said.format.unwrap_or_default();
        let durations = [duration, film.duration.clone()];
        Ok(Self {
            container,
            duration_ms: durations.into_iter().flatten().find_map(|seconds| milliseconds(&seconds)),
            frames_per_second: [&film.avg_frame_rate, &film.r_frame_rate]
                .into_iter()
                .flatten()
                .find_map(|said| ratio(said)),
            video_codec: word(film.codec_name.as_deref()),
            audio_codec: sound.map(|sound| word(sound.codec_name.as_deref())),
            pixel_format: word(film.pix_fmt.as_deref()),
            rotation_degrees,
            width,
            height,
            has_audio: sound.is_some(),
            is_hdr: matches!(film.color_transfer.as_deref(), Some("smpte2084" | "arib-std-b67")),
            stream_index: film.index,
            tags: VideoTags::of(&tags),
        })
    }
}

#[derive(Debug, Deserialize)]
struct Said {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Option<Format>,
}

#[derive(Debug, Default, Deserialize)]
struct Format {
    duration: Option<String>,
    #[serde(default)]
    tags: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Stream {
    index: u32,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    pix_fmt: Option<String>,
    color_transfer: Option<String>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Debug, Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Debug, Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

impl Stream {
    /// The display matrix says by how much to turn against the clock.
    fn rotation_degrees(&self) -> u16 {
        let against = self.side_data_list.iter().find_map(|side| side.rotation).unwrap_or(0.0);
        let clockwise = (-against).rem_euclid(360.0);
        match clockwise {
            45.0..135.0 => 90,
            135.0..225.0 => 180,
            225.0..315.0 => 270,
            _ => 0,
        }
    }

    /// The width in pixels that are as wide as they are high.
    fn widened(&self, width: u32) -> u32 {
        let ratio = self.sample_aspect_ratio.as_deref().and_then(|ratio| {
            let (wide, high) = ratio.split_once(':')?;
            Some((wide.parse::<u64>().ok()?, high.parse::<u64>().ok()?))
        });
        match ratio {
            Some((wide, high)) if wide > 0 && high > 0 && wide / high < 8 && high / wide < 8 => {
                let widened = (u64::from(width).saturating_mul(wide) + high / 2) / high;
                u32::try_from(widened).unwrap_or(width).max(1)
            }
            _ => width,
        }
    }
}

fn word(said: Option<&str>) -> String {
    said.unwrap_or("unknown").chars().filter(|letter| !letter.is_control()).take(WORD_MAX_BYTES).collect()
}

fn milliseconds(seconds: &str) -> Option<u64> {
    let milliseconds = seconds.parse::<f64>().ok()? * 1000.0;
    let sensible = milliseconds.is_finite() && (0.0..DURATION_MAX_MS).contains(&milliseconds);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the line above leaves only what fits"
    )]
    sensible.then_some(milliseconds.round() as u64)
}

fn ratio(said: &str) -> Option<f64> {
    let (over, under) = said.split_once('/')?;
    let ratio = over.parse::<f64>().ok()? / under.parse::<f64>().ok()?;
    (ratio.is_finite() && ratio > 0.0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(film: Value, duration: &str) -> Result<VideoFacts, VideoError> {
        let mut stream = json!({
            "index": 1, "codec_type": "video", "codec_name": "h264", "width": 640, "height": 480,
            "pix_fmt": "yuv420p", "avg_frame_rate": "30000/1001",
        });
        stream.as_object_mut().unwrap().extend(film.as_object().unwrap().clone());
        let cover = json!({
            "index": 0, "codec_type": "video", "codec_name": "png", "width": 9, "height": 9,
            "disposition": { "attached_pic": 1 },
        });
        let said = json!({ "streams": [cover, stream], "format": { "duration": duration } });
        VideoFacts::parse(Container::Mp4, said.to_string().as_bytes())
    }

    #[test]
    fn a_cover_is_not_taken_for_the_film() {
        let facts = parse(json!({}), "1.5").unwrap();
        assert_eq!((facts.stream_index, facts.width, facts.duration_ms), (1, 640, Some(1500)));
        assert!((facts.frames_per_second.unwrap() - 29.97).abs() < 0.001);
    }

    #[test]
    fn turned_frames_are_measured_as_they_are_displayed() {
        for (against, degrees, size) in
            [(-90, 90, (480, 640)), (90, 270, (480, 640)), (180, 180, (640, 480)), (-180, 180, (640, 480))]
        {
            let facts = parse(json!({ "side_data_list": [{}, { "rotation": against }] }), "1").unwrap();
            assert_eq!((facts.rotation_degrees, (facts.width, facts.height)), (degrees, size));
        }
    }

    #[test]
    fn pixels_that_are_not_square_widen_the_film() {
        let facts = parse(json!({ "sample_aspect_ratio": "4:3" }), "1").unwrap();
        assert_eq!((facts.width, facts.height), (853, 480));
        for nonsense in ["0:1", "1:0", "1000000:1", "x", "-1:1"] {
            assert_eq!(parse(json!({ "sample_aspect_ratio": nonsense }), "1").unwrap().width, 640);
        }
    }

    #[test]
    fn nonsense_is_no_fact() {
        for duration in ["N/A", "-1", "inf", "NaN", "1e300"] {
            assert_eq!(parse(json!({}), duration).unwrap().duration_ms, None, "{duration}");
        }
        assert_eq!(parse(json!({ "avg_frame_rate": "0/0" }), "1").unwrap().frames_per_second, None);
        assert!(matches!(parse(json!({ "width": 0 }), "1"), Err(VideoError::NoPicture)));
        assert!(matches!(VideoFacts::parse(Container::Avi, b"{}"), Err(VideoError::NoPicture)));
        assert!(matches!(VideoFacts::parse(Container::Avi, b"?"), Err(VideoError::Broken(_))));
    }

    #[test]
    fn tags_are_taken_over_as_they_are_unless_they_are_monstrous() {
        let tags = |value: Value| VideoTags::of(&serde_json::from_value(value).unwrap());
        let found =
            tags(json!({ "location": "+51.4169-000.0806/", "model": "X", "unknown": "y", "make": 7 }));
        assert_eq!(found.location.as_deref(), Some("+51.4169-000.0806/"));
        assert_eq!((found.model.as_deref(), found.make), (Some("X"), None));
        assert_eq!(tags(json!({ "make": "x".repeat(129), "model": "\u{1b}[31m" })), VideoTags::default());
    }

    #[test]
    fn only_what_every_browser_knows_plays_as_it_is() {
        let base = parse(json!({}), "1").unwrap();
        let facts = |container, video: &str, audio: Option<&str>, pixels: &str| VideoFacts {
            container,
            video_codec: video.to_owned(),
            audio_codec: audio.map(str::to_owned),
            pixel_format: pixels.to_owned(),
            ..base.clone()
        };
        let table = [
            (facts(Container::Mp4, "h264", Some("aac"), "yuv420p"), true),
            (facts(Container::QuickTime, "h264", None, "yuvj420p"), true),
            (facts(Container::WebM, "vp9", Some("opus"), "yuv420p"), true),
            (facts(Container::WebM, "av1", None, "yuv420p"), true),
            (facts(Container::Mp4, "h264", Some("aac"), "yuv420p10le"), false),
            (facts(Container::Mp4, "h264", Some("aac"), "yuv444p"), false),
            (facts(Container::Mp4, "h264", Some("pcm_s16le"), "yuv420p"), false),
            (facts(Container::Mp4, "hevc", Some("aac"), "yuv420p"), false),
            (facts(Container::Matroska, "h264", Some("aac"), "yuv420p"), false),
            (facts(Container::WebM, "h264", None, "yuv420p"), false),
            (facts(Container::Avi, "h264", Some("aac"), "yuv420p"), false),
            (VideoFacts { is_hdr: true, ..facts(Container::WebM, "vp9", None, "yuv420p") }, false),
        ];
        for (facts, plays) in table {
            assert_eq!(plays_in_browsers(&facts), plays, "{facts:?}");
        }
    }
}
