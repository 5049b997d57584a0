//! What holds, when the parts of a file say different things.

use super::clock::{self, Reading};
use super::exif::Exif;
use super::found::{Found, fill_camera};
use super::jpeg;
use super::names::{self, Named};
use super::source::Source;
use super::turning::Turning;
use super::types::{
    Camera, Exposure, Facts, Hints, MotionPhoto, Place, Preview, Taken, TakenFrom, VideoFacts,
};
use super::xmp::Xmp;
use crate::MediaKind;

/// Turns what was found into facts.
pub(super) fn settle(source: &mut Source<'_>, mut found: Found, facts: &mut Facts, hints: &Hints<'_>) {
    found.sidecar = hints.sidecar.and_then(super::xmp::read);
    if hints.sidecar.is_some() && found.sidecar.is_none() {
        found.problem("the .xmp file beside it is no XMP");
    }
    facts.taken = taken(&found, hints);
    facts.previews = previews(source, &found);
    facts.place = place(&found).map(|place| Place {
        latitude: tidy(place.latitude),
        longitude: tidy(place.longitude),
        altitude_m: place.altitude_m.map(tidy),
    });
    let turning = turning(&found, facts.kind);
    if let Some((width, height)) = found.coded {
        let (width, height) = if turning.swaps() { (height, width) } else { (width, height) };
        facts.width = Some(width);
        facts.height = Some(height);
    }
    if facts.kind == Some(MediaKind::Video) {
        facts.orientation = 1;
        facts.video = found.film.take().map(|film| VideoFacts {
            duration_ms: film.duration_ms,
            frame_rate: film.frame_rate.map(tidy),
            video_codec: film.video_codec,
            audio_codec: film.audio_codec,
            rotation_degrees: turning.degrees(),
            has_audio: film.has_audio,
        });
    } else {
        facts.orientation = turning.exif();
    }
    facts.frames = found.frames.filter(|frames| *frames > 1);
    facts.motion = found.motion.map(|span| MotionPhoto { offset: span.start, length: span.length() });
    let is_panorama = |xmp: &Option<Xmp>| xmp.as_ref().is_some_and(|xmp| xmp.is_panorama);
    facts.is_panorama =
        found.is_panorama || found.exif.is_panorama || is_panorama(&found.xmp) || is_panorama(&found.sidecar);
    facts.problem = found.problems();
    words(found, facts);
    facts.burst_id = facts.burst_id.take().or_else(|| names::burst(hints.file_name));
}

/// Texts, and what else is taken from the first place that has it. What somebody wrote beside the file is
/// newer than what is in it.
fn words(mut found: Found, facts: &mut Facts) {
    let sidecar = found.sidecar.take().unwrap_or_default();
    let xmp = found.xmp.take().unwrap_or_default();
    let exif = found.exif;
    let mut camera = exif.camera;
    for more in [found.camera, xmp.camera, sidecar.camera] {
        fill_camera(&mut camera, more);
    }
    facts.camera = (camera != Camera::default()).then_some(camera);
    let exposure = Exposure {
        time_s: exif.exposure.time_s.map(tidy),
        f_number: exif.exposure.f_number.map(tidy),
        focal_length_mm: exif.exposure.focal_length_mm.map(tidy),
        ..exif.exposure
    };
    facts.exposure = (exposure != Exposure::default()).then_some(exposure);
    facts.rating = sidecar.rating.or(xmp.rating).or(exif.rating);
    facts.caption = sidecar.caption.or(xmp.caption).or(exif.caption);
    facts.keywords = if sidecar.keywords.is_empty() { xmp.keywords } else { sidecar.keywords };
    facts.live_photo_id = found.live_photo_id.or(exif.live_photo_id).map(|id| id.to_ascii_uppercase());
    facts.burst_id = exif.burst_id.or(xmp.burst_id).or(sidecar.burst_id);
    facts.color_profile = found.profile.or_else(|| exif.is_srgb.then(|| "sRGB".to_owned()));
}

/// Nine digits behind the point: a tenth of a millimetre of latitude, and a nanosecond. More would be made up by
/// dividing, and would not survive being written as JSON.
fn tidy(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

fn turning(found: &Found, kind: Option<MediaKind>) -> Turning {
    let is_bound = found.is_turned_by_format || kind == Some(MediaKind::Video);
    let by_tags = || found.exif.turning.or(found.xmp.as_ref().and_then(|xmp| xmp.turning));
    found.turning.or_else(|| if is_bound { None } else { by_tags() }).unwrap_or(Turning::NONE)
}

fn place(found: &Found) -> Option<Place> {
    let of = |xmp: &Option<Xmp>| xmp.as_ref().and_then(|xmp| xmp.place);
    of(&found.sidecar).or(found.exif.place).or(found.place).or_else(|| of(&found.xmp))
}

/// Those that can be shown, the largest first.
fn previews(source: &mut Source<'_>, found: &Found) -> Vec<Preview> {
    let end = source.all().end;
    let mut previews: Vec<Preview> = found
        .previews
        .iter()
        .filter(|span| span.end <= end)
        .filter_map(|span| {
            let (width, height) = jpeg::showable_size(source, *span)?;
            let (offset, length) = (span.start, span.length());
            Some(Preview { offset, length, width: Some(width), height: Some(height) })
        })
        .collect();
    previews.sort_by_key(|preview| {
        std::cmp::Reverse(u64::from(preview.width.unwrap_or(0)) * u64::from(preview.height.unwrap_or(0)))
    });
    previews
}

/// The best time that anything tells, in the order of [`TakenFrom`].
fn taken(found: &Found, hints: &Hints<'_>) -> Option<Taken> {
    let xmp = found.xmp.as_ref().and_then(|xmp| xmp.taken);
    let sidecar = found.sidecar.as_ref().and_then(|xmp| xmp.taken);
    let named = names::time(hints.file_name);
    let duration_ms = found.film.as_ref().and_then(|film| film.duration_ms);
    from_exif(&found.exif, [xmp, sidecar])
        .or_else(|| found.quicktime.map(|reading| as_read(reading, TakenFrom::QuickTime)))
        .or_else(|| sidecar.map(|reading| as_read(reading, TakenFrom::Sidecar)))
        .or_else(|| xmp.map(|reading| as_read(reading, TakenFrom::Xmp)))
        .or_else(|| found.exif.gps_utc_ms.map(|utc_ms| only_utc(utc_ms, TakenFrom::Gps)))
        .or_else(|| found.container.map(|reading| from_container(reading, named, duration_ms)))
        .or_else(|| named.map(from_name))
        .or_else(|| last_change(found))
        .or_else(|| hints.modified_at_ms.map(|utc_ms| only_utc(utc_ms, TakenFrom::FileTime)))
}

/// EXIF's own time. Its zone is its own, or what the satellites' clock tells, or what XMP says of the
/// same reading.
fn from_exif(exif: &Exif, others: [Option<Reading>; 2]) -> Option<Taken> {
    let mut reading = exif.taken?;
    if reading.offset_minutes.is_some() {
        return Some(as_read(reading, TakenFrom::ExifOffset));
    }
    if let Some(minutes) = exif.gps_utc_ms.and_then(|utc_ms| clock::zone_between(reading.local_ms, utc_ms)) {
        reading.offset_minutes = Some(minutes);
        return Some(as_read(reading, TakenFrom::ExifGps));
    }
    let mut same = others.into_iter().flatten().filter(|other| other.is_same_second(reading));
    reading.offset_minutes = same.find_map(|other| other.offset_minutes);
    Some(as_read(reading, TakenFrom::Exif))
}

/// A container knows UTC, and the file's name may know what the clock on the wall showed then; the difference is
/// the zone. Phones name a film when it begins, and many write the container's time when it ends: then it was
/// taken as long before as it runs.
fn from_container(reading: Reading, named: Option<Named>, duration_ms: Option<u64>) -> Taken {
    let Some(utc_ms) = reading.utc_ms() else { return as_read(reading, TakenFrom::Container) };
    let local =
        named.filter(|named| !named.is_utc && !named.reading.is_day_only).map(|named| named.reading.local_ms);
    let duration_ms = duration_ms.and_then(|ms| i64::try_from(ms).ok()).unwrap_or_default();
    let moments = [utc_ms, utc_ms.saturating_sub(duration_ms)];
    let zone = |utc_ms: i64| clock::zone_between(local?, utc_ms).map(|minutes| (utc_ms, minutes));
    match moments.into_iter().find_map(zone) {
        Some((utc_ms, minutes)) => {
            let local_ms = utc_ms + i64::from(minutes) * 60_000;
            let reading = Reading { local_ms, offset_minutes: Some(minutes), is_day_only: false };
            as_read(reading, TakenFrom::ContainerAndName)
        }
        None => only_utc(utc_ms, TakenFrom::Container),
    }
}

fn from_name(named: Named) -> Taken {
    if named.is_utc {
        only_utc(named.reading.local_ms, TakenFrom::FileName)
    } else {
        as_read(named.reading, TakenFrom::FileName)
    }
}

fn last_change(found: &Found) -> Option<Taken> {
    if let Some(reading) = found.exif.modified {
        return Some(as_read(reading, TakenFrom::Modified));
    }
    found.modified.map(|reading| match reading.utc_ms() {
        Some(utc_ms) => only_utc(utc_ms, TakenFrom::Modified),
        None => as_read(reading, TakenFrom::Modified),
    })
}

fn as_read(reading: Reading, source: TakenFrom) -> Taken {
    Taken {
        local_ms: reading.local_ms,
        utc_ms: reading.utc_ms(),
        offset_minutes: reading.offset_minutes,
        is_day_only: reading.is_day_only,
        source,
    }
}

/// A moment whose place, and so whose zone, is not known.
fn only_utc(utc_ms: i64, source: TakenFrom) -> Taken {
    Taken { local_ms: utc_ms, utc_ms: Some(utc_ms), offset_minutes: None, is_day_only: false, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-31T22:59:59Z.
    const UTC: i64 = 1_706_741_999_000;

    fn from(utc_ms: i64, name: &str, duration_ms: u64) -> (i64, Option<i16>, TakenFrom) {
        let reading = Reading { local_ms: utc_ms, offset_minutes: Some(0), is_day_only: false };
        let taken = from_container(reading, names::time(name), Some(duration_ms));
        (taken.utc_ms.unwrap(), taken.offset_minutes, taken.source)
    }

    #[test]
    fn a_film_that_is_dated_at_its_end_was_taken_when_it_began() {
        let (name, ten_minutes) = ("VID_20240131_235959.mp4", 600_000);
        let known = (UTC, Some(60), TakenFrom::ContainerAndName);
        assert_eq!(from(UTC, name, 600_000), known);
        assert_eq!(from(UTC + ten_minutes, name, 600_000), known);
        assert_eq!(from(UTC + ten_minutes, name, 0), (UTC + ten_minutes, None, TakenFrom::Container));
        assert_eq!(from(UTC, "film.mp4", u64::MAX), (UTC, None, TakenFrom::Container));
    }
}
