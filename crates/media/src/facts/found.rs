//! What the parsers found, before it is decided what holds.

use super::clock::Reading;
use super::exif::Exif;
use super::source::Span;
use super::turning::Turning;
use super::types::{Camera, Exposure, Place};
use super::xmp::Xmp;

/// The longest text that is kept of any field.
const MOST_TEXT: usize = 8192;
/// More previews than any camera puts into a file.
const MOST_PREVIEWS: usize = 16;
/// After so many reasons nobody reads on.
const MOST_PROBLEMS: usize = 4;

/// Everything that the parts of one file say, by where it was said.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Width and height of the pixels as they are coded.
    pub(super) coded: Option<(u32, u32)>,
    /// How they must be turned, where the format itself says so and EXIF does not count.
    pub(super) turning: Option<Turning>,
    /// The format says how to turn, or that nothing is to be turned: what EXIF says does not count.
    pub(super) is_turned_by_format: bool,
    pub(super) exif: Exif,
    pub(super) xmp: Option<Xmp>,
    pub(super) sidecar: Option<Xmp>,
    pub(super) film: Option<Film>,
    pub(super) frames: Option<u32>,
    /// JPEGs in the file.
    pub(super) previews: Vec<Span>,
    /// Where a film in a still may begin, and how long it is.
    pub(super) motion: Option<Span>,
    pub(super) profile: Option<String>,
    /// A date that `QuickTime` or a film's user data gives, with its zone.
    pub(super) quicktime: Option<Reading>,
    /// What the container says of itself.
    pub(super) container: Option<Reading>,
    /// A last change that the container knows.
    pub(super) modified: Option<Reading>,
    pub(super) place: Option<Place>,
    pub(super) camera: Camera,
    pub(super) live_photo_id: Option<String>,
    pub(super) is_panorama: bool,
    pub(super) problems: Vec<String>,
}

/// What the tracks of a film say.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Film {
    pub(super) duration_ms: Option<u64>,
    pub(super) frame_rate: Option<f64>,
    pub(super) video_codec: Option<String>,
    pub(super) audio_codec: Option<String>,
    pub(super) has_audio: bool,
}

impl Found {
    /// Remembers why something is missing, in words that follow "the file says little, because".
    pub(super) fn problem(&mut self, why: impl Into<String>) {
        let why = why.into();
        if self.problems.len() < MOST_PROBLEMS && !self.problems.contains(&why) {
            self.problems.push(why);
        }
    }

    /// Says that so many bytes are missing, unless there are none.
    pub(super) fn cut_off(&mut self, missing_bytes: u64) {
        match missing_bytes {
            0 => {}
            1 => self.problem("it is cut off: 1 byte is missing"),
            _ => self.problem(format!("it is cut off: {missing_bytes} bytes are missing")),
        }
    }

    /// All reasons as one sentence.
    pub(super) fn problems(&self) -> Option<String> {
        (!self.problems.is_empty()).then(|| self.problems.join("; "))
    }

    /// The first size that is found is that of the picture itself; nothing has no pixels.
    pub(super) fn size(&mut self, width: u32, height: u32) {
        if width > 0 && height > 0 {
            self.coded.get_or_insert((width, height));
        }
    }

    pub(super) fn preview(&mut self, span: Span) {
        let is_new = !self.previews.contains(&span) && span.length() > 0;
        if is_new && self.previews.len() < MOST_PREVIEWS {
            self.previews.push(span);
        }
    }

    /// What was found first counts; a second block fills the gaps.
    pub(super) fn add_exif(&mut self, more: Exif) {
        let exif = &mut self.exif;
        exif.taken = exif.taken.or(more.taken);
        exif.modified = exif.modified.or(more.modified);
        exif.gps_utc_ms = exif.gps_utc_ms.or(more.gps_utc_ms);
        exif.place = exif.place.or(more.place);
        exif.turning = exif.turning.or(more.turning);
        exif.caption = exif.caption.take().or(more.caption);
        exif.live_photo_id = exif.live_photo_id.take().or(more.live_photo_id);
        exif.burst_id = exif.burst_id.take().or(more.burst_id);
        exif.rating = exif.rating.or(more.rating);
        exif.note = exif.note.or(more.note);
        exif.is_panorama |= more.is_panorama;
        exif.is_srgb |= more.is_srgb;
        fill_camera(&mut exif.camera, more.camera);
        fill_exposure(&mut exif.exposure, more.exposure);
    }

    pub(super) fn add_xmp(&mut self, more: Option<Xmp>) {
        let Some(more) = more else { return };
        match &mut self.xmp {
            Some(xmp) => xmp.fill(more),
            None => self.xmp = Some(more),
        }
    }
}

/// Fills the gaps of one description of a camera with another.
pub(super) fn fill_camera(camera: &mut Camera, more: Camera) {
    camera.make = camera.make.take().or(more.make);
    camera.model = camera.model.take().or(more.model);
    camera.lens = camera.lens.take().or(more.lens);
}

fn fill_exposure(exposure: &mut Exposure, more: Exposure) {
    exposure.time_s = exposure.time_s.or(more.time_s);
    exposure.f_number = exposure.f_number.or(more.f_number);
    exposure.iso = exposure.iso.or(more.iso);
    exposure.focal_length_mm = exposure.focal_length_mm.or(more.focal_length_mm);
    exposure.focal_length_35mm = exposure.focal_length_35mm.or(more.focal_length_35mm);
}

/// Texts of others, which may be of any length.
pub(super) trait Text {
    /// Cut off where nobody reads on, between two characters.
    fn shortened(self) -> String;
}

impl Text for String {
    fn shortened(mut self) -> String {
        if self.len() > MOST_TEXT {
            let end = (0..=MOST_TEXT).rev().find(|at| self.is_char_boundary(*at)).unwrap_or_default();
            self.truncate(end);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_first_counts_and_gaps_are_filled() {
        let mut found = Found::default();
        found.size(0, 7);
        found.size(3, 4);
        found.size(5, 6);
        assert_eq!(found.coded, Some((3, 4)));
        let with = |make: Option<&str>, model: Option<&str>| Exif {
            camera: Camera { make: make.map(str::to_owned), model: model.map(str::to_owned), lens: None },
            ..Exif::default()
        };
        found.add_exif(with(Some("A"), None));
        found.add_exif(with(Some("B"), Some("2")));
        assert_eq!(found.exif.camera, with(Some("A"), Some("2")).camera);
    }

    #[test]
    fn reasons_are_told_once_and_not_for_ever() {
        let mut found = Found::default();
        found.cut_off(0);
        assert_eq!(found.problems(), None);
        found.cut_off(1);
        assert_eq!(found.problems().unwrap(), "it is cut off: 1 byte is missing");
        found.problems.clear();
        for number in [1, 1, 2, 3, 4, 5] {
            found.problem(format!("reason {number}"));
        }
        assert_eq!(found.problems().unwrap(), "reason 1; reason 2; reason 3; reason 4");
    }

    #[test]
    fn long_texts_end_between_two_characters() {
        let long = "ü".repeat(MOST_TEXT);
        assert_eq!(long.shortened().len(), MOST_TEXT);
        assert_eq!(format!("a{}", "ü".repeat(MOST_TEXT)).shortened().len(), MOST_TEXT - 1);
    }
}
