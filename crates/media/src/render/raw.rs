//! Raw files (DNG, CR2, CR3, NEF, ARW, RAF, ORF, RW2, X3F, CRW) by the JPEG that the camera put inside for
//! its own display. Nothing is developed here.
//!
//! The formats keep that JPEG in eleven different places, several of them undocumented, so it is looked
//! for by what it is: a start of image followed by markers that make sense up to a scan.

use super::jpeg::{self, Markers};
use super::limits::RenderLimits;
use super::orientation::Orientation;
use super::raster::{Decoded, Wanted};
use super::tags::Tags;
use super::unrenderable::Unrenderable;

/// What is smaller on its longer side is a stamp for a list on a camera's display. Shown in place of the
/// picture it would look like damage.
const SMALLEST_PREVIEW: u32 = 640;
/// How many starts of a JPEG are looked at. A raw file has a handful.
const MAX_STARTS: usize = 4096;
/// How many of the JPEGs found are tried, the largest first.
const MAX_TRIES: usize = 4;

/// Where a raw file of Canon's third generation keeps its first folder of tags: a box of its own in the
/// film-like container.
const CANON_TAGS_BOX: &[u8] = b"CMT1";
/// How far into the file that box is looked for.
const CANON_TAGS_WITHIN: usize = 64 * 1024;

/// Decodes the largest JPEG inside, turned as it says itself or, when it is silent, as the raw file says.
pub(super) fn decode(bytes: &[u8], wanted: Wanted, limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let previews = previews(bytes);
    let largest = previews.first().map(Preview::longer_side);
    let mut last_error = None;
    for preview in previews.iter().filter(|preview| preview.longer_side() >= SMALLEST_PREVIEW).take(MAX_TRIES)
    {
        match jpeg::decode(preview.bytes, wanted, limits) {
            Ok(mut decoded) => {
                if preview.markers.orientation.is_none() {
                    decoded.orientation = orientation(bytes);
                }
                return Ok(decoded);
            }
            Err(error) => last_error = Some(error),
        }
    }
    Err(last_error.unwrap_or_else(|| without_preview(largest)))
}

fn without_preview(largest: Option<u32>) -> Unrenderable {
    let found = match largest {
        Some(side) => format!("the one inside this file is only {side} pixels on its longer side"),
        None => "this file has none inside".to_owned(),
    };
    Unrenderable::Unsupported(format!(
        "raw files are shown by the JPEG that the camera puts inside, and {found}; the original is kept as it is"
    ))
}

/// How the raw file itself says it must be turned.
fn orientation(bytes: &[u8]) -> Orientation {
    let tags = Tags::read(bytes).or_else(|| {
        let start = &bytes[..bytes.len().min(CANON_TAGS_WITHIN)];
        let at = start.windows(CANON_TAGS_BOX.len()).position(|window| window == CANON_TAGS_BOX)?;
        Tags::read(bytes.get(at + CANON_TAGS_BOX.len()..)?)
    });
    tags.map_or(Orientation::Upright, Tags::orientation)
}

/// A JPEG inside another file.
#[derive(Debug)]
struct Preview<'a> {
    /// From its start to the end of the file: decoders stop by themselves.
    bytes: &'a [u8],
    markers: Markers,
}

impl Preview<'_> {
    fn longer_side(&self) -> u32 {
        self.markers.size.0.max(self.markers.size.1)
    }
}

/// All JPEGs inside that a JPEG decoder can show, the largest first.
fn previews(bytes: &[u8]) -> Vec<Preview<'_>> {
    let starts = memchr::memmem::find_iter(bytes, &[0xff, 0xd8, 0xff]);
    let mut found: Vec<Preview<'_>> = starts
        .take(MAX_STARTS)
        .filter_map(|start| bytes.get(start..))
        .filter_map(|bytes| Markers::read(bytes).map(|markers| Preview { bytes, markers }))
        // Lossless ones hold the sensor's values, not a picture.
        .filter(|preview| preview.markers.coding != 3 && preview.markers.precision == 8)
        .collect();
    found.sort_by_key(|preview| {
        let (width, height) = preview.markers.size;
        std::cmp::Reverse(u64::from(width) * u64::from(height))
    });
    found
}
