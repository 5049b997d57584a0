//! What looking into pictures and videos found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{AssetId, TwinHasher};
use library::describe::DESCRIBED_BY;
use library::facts::{self as found, AssetFacts, Found, TakenFrom};
use library::{AssetKind, RenditionKind};

use super::{assets, items};

pub(crate) fn facts(facts: AssetFacts) -> wire::AssetFacts {
    let (id, kind) = (facts.asset.id, facts.asset.kind);
    let whole = wire::AssetFacts {
        part_of: facts.asset.part_of.map(items::part_of),
        parts: facts.parts.into_iter().map(items::part).collect(),
        adjustments: facts.adjustments.into_iter().map(items::adjustments).collect(),
        ..undescribed(id, kind)
    };
    let Some(found) = facts.found else { return whole };
    let taken = taken(&found);
    let Found { facts, thumbhash, .. } = found;
    wire::AssetFacts {
        described: true,
        described_at_ms: Some(found.described_at_ms),
        renditions: match &found.problem {
            Some(_) => wire::RenditionLinks::default(),
            None => links(id, kind, version(thumbhash.as_deref())),
        },
        problem: found.problem,
        width: found.width,
        height: found.height,
        duration_ms: found.duration_ms,
        taken: Some(taken),
        place: facts.place.map(place),
        camera: facts.camera.map(camera),
        exposure: facts.exposure.map(exposure),
        video: facts.video.map(video),
        rating: facts.rating,
        caption: facts.caption,
        keywords: facts.keywords,
        is_panorama: facts.is_panorama,
        is_motion_photo: facts.motion.is_some(),
        thumbhash: thumbhash.map(miniature),
        ..whole
    }
}

fn undescribed(asset_id: AssetId, kind: AssetKind) -> wire::AssetFacts {
    wire::AssetFacts {
        asset_id,
        kind: assets::kind(kind),
        described: false,
        described_at_ms: None,
        problem: None,
        width: None,
        height: None,
        duration_ms: None,
        taken: None,
        place: None,
        camera: None,
        exposure: None,
        video: None,
        rating: None,
        caption: None,
        keywords: Vec::new(),
        is_panorama: false,
        is_motion_photo: false,
        thumbhash: None,
        renditions: wire::RenditionLinks::default(),
        part_of: None,
        parts: Vec::new(),
        adjustments: Vec::new(),
    }
}

/// A blurred miniature as text.
pub(crate) fn miniature(thumbhash: impl AsRef<[u8]>) -> String {
    STANDARD.encode(thumbhash)
}

/// What stands behind `?v=`: another one when the picture looks different, the same wherever it is told,
/// so that a browser keeps one copy. `None` while there is nothing to show.
pub(crate) fn version(thumbhash: Option<&[u8]>) -> Option<String> {
    let mut version = TwinHasher::of(thumbhash?).sha256.to_string();
    version.truncate(8);
    // A later program may make a better picture that looks the same from afar.
    Some(format!("{version}.{DESCRIBED_BY}"))
}

fn links(id: AssetId, kind: AssetKind, version: Option<String>) -> wire::RenditionLinks {
    let link = |wanted: RenditionKind| {
        let version = version.as_ref()?;
        Some(format!("/api/v1/assets/{id}/renditions/{}?v={version}", wanted.word()))
    };
    let of = |kind_of_link: AssetKind, wanted| if kind == kind_of_link { link(wanted) } else { None };
    wire::RenditionLinks {
        thumbnail: link(RenditionKind::Thumbnail),
        preview: link(RenditionKind::Preview),
        full_size: of(AssetKind::Picture, RenditionKind::FullSize),
        hover_clip: of(AssetKind::Video, RenditionKind::HoverClip),
        playback: of(AssetKind::Video, RenditionKind::Playback),
    }
}

/// Which rendition is wanted.
pub(crate) const fn rendition_kind(kind: wire::RenditionKind) -> RenditionKind {
    match kind {
        wire::RenditionKind::Thumbnail => RenditionKind::Thumbnail,
        wire::RenditionKind::Preview => RenditionKind::Preview,
        wire::RenditionKind::FullSize => RenditionKind::FullSize,
        wire::RenditionKind::HoverClip => RenditionKind::HoverClip,
        wire::RenditionKind::Playback => RenditionKind::Playback,
    }
}

fn taken(found: &Found) -> wire::TakenAt {
    let taken = found.facts.taken.as_ref();
    wire::TakenAt {
        at_ms: found.taken_at_ms,
        local_ms: found.local_ms,
        offset_minutes: taken.and_then(|taken| taken.offset_minutes),
        is_day_only: taken.is_some_and(|taken| taken.is_day_only),
        known_from: taken.map_or(wire::KnownFrom::Device, |taken| known_from(taken.source)),
    }
}

const fn known_from(source: TakenFrom) -> wire::KnownFrom {
    match source {
        TakenFrom::ExifOffset => wire::KnownFrom::ExifOffset,
        TakenFrom::ExifGps => wire::KnownFrom::ExifGps,
        TakenFrom::Exif => wire::KnownFrom::Exif,
        TakenFrom::QuickTime => wire::KnownFrom::QuickTime,
        TakenFrom::Sidecar => wire::KnownFrom::Sidecar,
        TakenFrom::Xmp => wire::KnownFrom::Xmp,
        TakenFrom::Gps => wire::KnownFrom::Gps,
        TakenFrom::Container => wire::KnownFrom::Container,
        TakenFrom::ContainerAndName => wire::KnownFrom::ContainerAndName,
        TakenFrom::FileName => wire::KnownFrom::FileName,
        TakenFrom::Modified => wire::KnownFrom::Modified,
        TakenFrom::FileTime => wire::KnownFrom::FileTime,
    }
}

const fn place(place: found::Place) -> wire::Place {
    wire::Place { latitude: place.latitude, longitude: place.longitude, altitude_m: place.altitude_m }
}

fn camera(camera: found::Camera) -> wire::Camera {
    wire::Camera { make: camera.make, model: camera.model, lens: camera.lens }
}

const fn exposure(exposure: found::Exposure) -> wire::Exposure {
    wire::Exposure {
        time_s: exposure.time_s,
        f_number: exposure.f_number,
        iso: exposure.iso,
        focal_length_mm: exposure.focal_length_mm,
        focal_length_35mm: exposure.focal_length_35mm,
    }
}

fn video(video: found::VideoFacts) -> wire::VideoFacts {
    wire::VideoFacts {
        frame_rate: video.frame_rate,
        video_codec: video.video_codec,
        audio_codec: video.audio_codec,
        has_audio: video.has_audio,
    }
}
