//! What looking into a picture or video found.

use domain::{AssetId, TimestampMs};
use serde::{Deserialize, Serialize};

use crate::{AdjustmentsFile, AssetKind, Part, PartOf};

/// What a picture or video is shown with instead of its original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RenditionKind {
    /// A small picture for lists and timelines, also of a video. WebP.
    Thumbnail,
    /// A picture that fills a screen, also of a video. JPEG.
    Preview,
    /// The whole picture as every browser shows it: the original where that is so, otherwise a JPEG.
    FullSize,
    /// A few silent seconds of a video. MP4.
    HoverClip,
    /// A video as every browser plays it: the original where that is so, otherwise an MP4.
    Playback,
}

/// What is known of a picture or video. What its file does not say is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AssetFacts {
    /// The asset.
    pub asset_id: AssetId,
    /// Picture or video.
    pub kind: AssetKind,
    /// Whether somebody has looked into it. Until then everything below is absent.
    pub described: bool,
    /// When somebody last looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described_at_ms: Option<TimestampMs>,
    /// Why it cannot be shown, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Pixels across, as it is shown: turned upright.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels down, as it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// How long a video runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// When it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<TakenAt>,
    /// Where it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<Camera>,
    /// How it was exposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Exposure>,
    /// Of videos only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoFacts>,
    /// Stars, 1 to 5, or -1 for "rejected".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<i8>,
    /// What somebody wrote below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// What somebody tagged it with.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Whether its camera or an editor marked it as a panorama.
    #[serde(default)]
    pub is_panorama: bool,
    /// Whether a short video is inside the still.
    #[serde(default)]
    pub is_motion_photo: bool,
    /// A blurred miniature of some 25 bytes (<https://evanw.github.io/thumbhash/>), in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbhash: Option<String>,
    /// What it can be shown with.
    #[serde(default)]
    pub renditions: RenditionLinks,
    /// The item whose part it is; absent for what leads one, or stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
    /// The parts of the item that it leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Files beside it that say what was done to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<AdjustmentsFile>,
}

/// Links to what an asset can be shown with, by kind. Each is relative to the hub's address and holds
/// for as long as what is behind it stays the same: it may be kept for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub struct RenditionLinks {
    /// See [`RenditionKind::Thumbnail`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// See [`RenditionKind::Preview`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// See [`RenditionKind::FullSize`]; pictures only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_size: Option<String>,
    /// See [`RenditionKind::HoverClip`]; videos only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hover_clip: Option<String>,
    /// See [`RenditionKind::Playback`]; videos only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playback: Option<String>,
}

/// A moment, as well as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TakenAt {
    /// The moment. Where only the taker's clock is known it is what that clock showed, wrong by the hours
    /// of its zone.
    pub at_ms: TimestampMs,
    /// What the taker's clock showed, as if it showed UTC. Timelines go by it.
    pub local_ms: TimestampMs,
    /// How far that clock was ahead of UTC; absent when its zone is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_minutes: Option<i16>,
    /// Whether only the day is known.
    #[serde(default)]
    pub is_day_only: bool,
    /// How it is known.
    pub known_from: KnownFrom,
}

/// How a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KnownFrom {
    /// The camera's clock and its zone.
    ExifOffset,
    /// The camera's clock; the zone is its difference to the satellites' clock.
    ExifGps,
    /// The camera's clock, without a zone.
    Exif,
    /// A video's own note of when it was made.
    QuickTime,
    /// An XMP file beside it.
    Sidecar,
    /// XMP in the file.
    Xmp,
    /// The satellites' clock alone: UTC.
    Gps,
    /// What the container of a video or raw file says, mostly UTC.
    Container,
    /// The same, with the zone from the local time in the file's name.
    ContainerAndName,
    /// The file's name.
    FileName,
    /// A time in the file that programs change.
    Modified,
    /// When the file was last changed.
    FileTime,
    /// The file says nothing: it is what the device said, or when it came.
    Device,
    /// Anything that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A place on Earth (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above sea level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_m: Option<f64>,
}

/// What took the picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Camera {
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// What they call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The lens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<String>,
}

/// How a picture was exposed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exposure {
    /// Exposure time, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_s: Option<f64>,
    /// 1.8 for f/1.8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub f_number: Option<f64>,
    /// ISO speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iso: Option<u32>,
    /// Focal length, in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal_length_mm: Option<f64>,
    /// The focal length with the same view on 35 mm film, in millimetres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focal_length_35mm: Option<u32>,
}

/// What a video says about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VideoFacts {
    /// Pictures per second, on average.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// What codes its pictures: `h264`, `hevc`, `av1` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_codec: Option<String>,
    /// What codes its sound: `aac`, `opus` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_codec: Option<String>,
    /// Whether there is sound.
    #[serde(default)]
    pub has_audio: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_newer_hub_are_still_understood() {
        let newer = serde_json::json!({
            "asset_id": AssetId::from_bytes([1; 16]), "kind": "picture", "described": true, "mood": "good",
            "taken": {"at_ms": 1, "local_ms": 2, "known_from": "the-stars"},
            "renditions": {"full-size": "/x", "hologram": "/y"},
        });
        let facts: AssetFacts = serde_json::from_value(newer).unwrap();
        assert_eq!(facts.taken.unwrap().known_from, KnownFrom::Unknown);
        let links = RenditionLinks { full_size: Some("/x".into()), ..RenditionLinks::default() };
        assert_eq!(facts.renditions, links);
    }
}
