//! JPEG: decoded at an eighth to eight eighths of its size, so that a picture of 48 megapixels never lies in
//! memory whole; and written.

mod markers;

use std::borrow::Cow;

use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

pub(super) use markers::Markers;
#[cfg(test)]
pub(super) use markers::tests::segment;

use super::limits::RenderLimits;
use super::raster::{Canvas, Colours, Decoded, Layout, Raster, Samples, Wanted};
use super::unrenderable::Unrenderable;

/// A progressive picture is sent in some ten scans. A few bytes can claim thousands, each of which costs
/// a pass over all pixels.
const MAX_SCANS: u32 = 200;
/// Neither side of a JPEG may be longer: the format ends just above, the library's buffers here.
const MAX_SIDE: u32 = 65_500;
/// What the buffer holds before decoding: rows that still do when decoding failed were never reached.
const UNTOUCHED: u8 = 0xa5;

/// Decodes what is there. A file that ends too early gives its upper part, the rest in grey.
pub(super) fn decode(bytes: &[u8], wanted: Wanted, limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let markers =
        Markers::read(bytes).ok_or_else(|| Unrenderable::broken("it ends before the picture begins"))?;
    limits.check_size(markers.size)?;
    if markers.precision != 8 || markers.coding == 3 {
        return Err(Unrenderable::Unsupported("JPEG with more than 8 bits, or without loss".to_owned()));
    }
    let mut decompressor = Decompressor::new().map_err(Unrenderable::broken)?;
    decompressor.set_scan_limit(MAX_SCANS).map_err(Unrenderable::broken)?;
    let (header, bytes) = match decompressor.read_header(bytes) {
        Ok(header) => (header, Cow::Borrowed(bytes)),
        Err(error) => {
            let tidy = Markers::tidied(bytes).ok_or_else(|| Unrenderable::broken(error))?;
            (decompressor.read_header(&tidy).map_err(Unrenderable::broken)?, Cow::Owned(tidy))
        }
    };
    let scale = scale(markers.size, wanted);
    let reduced = header.scaled(scale);
    limits.check_memory(markers.size, kept_for_later_scans(header.is_progressive, header.subsamp))?;
    let (format, layout) = match markers.components {
        1 => (PixelFormat::GRAY, Layout::Grey),
        4 => (PixelFormat::CMYK, Layout::Cmyk),
        // As it is shrunk.
        _ if wanted != Wanted::Everything => (PixelFormat::RGBX, Layout::Rgbx),
        _ => (PixelFormat::RGB, Layout::Rgb),
    };
    let size = (side(reduced.width)?, side(reduced.height)?);
    limits.check_memory(size, layout.channels() as u64)?;
    decompressor.set_scaling_factor(scale).map_err(Unrenderable::broken)?;

    let pitch = reduced.width * layout.channels();
    let mut pixels = vec![UNTOUCHED; pitch * reduced.height];
    let image =
        Image { pixels: pixels.as_mut_slice(), width: reduced.width, pitch, height: reduced.height, format };
    let is_partial = match decompressor.decompress(&bytes, image) {
        Ok(()) => false,
        Err(error) => what_is_there(&pixels, &error)?,
    };
    if layout == Layout::Cmyk && markers.adobe_transform.is_some() {
        for ink in &mut pixels {
            *ink = !*ink;
        }
    }
    let colours = markers.profile.map_or(Colours::Srgb, Colours::Profile);
    let raster = Raster { width: size.0, height: size.1, layout, samples: Samples::Eight(pixels), colours };
    Ok(Decoded {
        raster,
        full: markers.size,
        orientation: markers.orientation.unwrap_or_default(),
        is_partial,
    })
}

fn side(length: usize) -> Result<u32, Unrenderable> {
    u32::try_from(length).map_err(Unrenderable::broken)
}

/// The smallest number of eighths that leaves enough.
fn scale((width, height): (u32, u32), wanted: Wanted) -> ScalingFactor {
    let Wanted::AtLeast { longer_side } = wanted else { return ScalingFactor::ONE };
    let full = u64::from(width.max(height));
    let enough = |eighths: &usize| (full * *eighths as u64).div_ceil(8) >= u64::from(longer_side);
    ScalingFactor::new((1..8).find(enough).unwrap_or(8), 8)
}

/// Bytes per pixel of the full picture that a progressive one keeps until its last scan: two for each
/// coefficient.
fn kept_for_later_scans(is_progressive: bool, subsampling: Subsamp) -> u64 {
    match subsampling {
        _ if !is_progressive => 0,
        Subsamp::Gray => 2,
        Subsamp::Sub2x2 | Subsamp::Sub4x1 | Subsamp::Sub1x4 => 3,
        Subsamp::Sub2x1 | Subsamp::Sub1x2 => 4,
        _ => 8,
    }
}

/// The library says in one word that it failed and that it had doubts. What it wrote tells them apart:
/// answers whether the picture is cut off, or an error when no row was reached.
fn what_is_there(pixels: &[u8], error: &turbojpeg::Error) -> Result<bool, Unrenderable> {
    if pixels.iter().all(|&sample| sample == UNTOUCHED) {
        return Err(Unrenderable::broken(error));
    }
    let end_is_missing = pixels.last().is_some_and(|&last| last == UNTOUCHED);
    Ok(end_is_missing || error.to_string().contains("remature end"))
}

/// How a picture is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    /// From 1 to 100, as libjpeg counts.
    pub(super) quality: i32,
    /// Coarse first: shown while it loads, and a few per cent smaller.
    pub(super) is_progressive: bool,
    /// Colours at half the resolution, which is less than anybody sees on a small picture.
    pub(super) halves_colours: bool,
}

/// Writes a canvas without alpha.
pub(super) fn encode(canvas: &Canvas, writing: Writing) -> Result<Vec<u8>, Unrenderable> {
    let (width, height) = (canvas.width, canvas.height);
    if width.max(height) > MAX_SIDE {
        return Err(Unrenderable::TooLarge { width, height });
    }
    let mut compressor = Compressor::new().map_err(Unrenderable::broken)?;
    compressor.set_quality(writing.quality).map_err(Unrenderable::broken)?;
    let subsampling = if writing.halves_colours { Subsamp::Sub2x2 } else { Subsamp::None };
    compressor.set_subsamp(subsampling).map_err(Unrenderable::broken)?;
    compressor.set_optimize(true).map_err(Unrenderable::broken)?;
    compressor.set_progressive(writing.is_progressive).map_err(Unrenderable::broken)?;
    let image = Image {
        pixels: canvas.pixels.as_slice(),
        width: width as usize,
        pitch: 3 * width as usize,
        height: height as usize,
        format: PixelFormat::RGB,
    };
    compressor.compress_to_vec(image).map_err(Unrenderable::broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::colour::to_srgb;

    const SMALL: Wanted = Wanted::AtLeast { longer_side: 100 };
    const WRITING: Writing = Writing { quality: 95, is_progressive: false, halves_colours: false };

    fn decoded(bytes: &[u8], wanted: Wanted) -> Result<Decoded, Unrenderable> {
        decode(bytes, wanted, &RenderLimits::default())
    }

    /// From black to white, from left to right, with detail that does not compress to nothing.
    fn picture(width: u32, height: u32, writing: Writing) -> Vec<u8> {
        let shade = |x: u32, y: u32| u8::try_from((x * 200 / width) + (x * 7 + y * 13) % 55).unwrap();
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| [shade(x, y); 3])).collect();
        encode(&Canvas { width, height, has_alpha: false, pixels }, writing).unwrap()
    }

    #[test]
    fn only_as_many_eighths_are_decoded_as_are_needed() {
        let bytes = picture(800, 400, WRITING);
        for (longer_side, expected) in [(100, 100), (101, 200), (300, 300), (301, 400), (5000, 800)] {
            let found = decoded(&bytes, Wanted::AtLeast { longer_side }).unwrap();
            assert_eq!((found.raster.width, found.raster.height), (expected, expected / 2));
            assert_eq!(found.full, (800, 400));
            assert!(!found.is_partial);
        }
        assert_eq!(decoded(&bytes, Wanted::Everything).unwrap().raster.width, 800);
    }

    #[test]
    fn a_picture_that_is_cut_off_shows_what_is_there() {
        for is_progressive in [false, true] {
            let bytes = picture(400, 400, Writing { is_progressive, ..WRITING });
            let found = decoded(&bytes[..bytes.len() / 2], SMALL).unwrap();
            assert!(found.is_partial);
            let shown = to_srgb(found.raster);
            assert!(shown.pixels[0] < 60 && shown.pixels[3 * 99] > 190, "the first row is there");
        }
    }

    #[test]
    fn a_picture_without_a_single_row_is_broken() {
        let bytes = picture(64, 64, WRITING);
        let scan = bytes.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        assert!(matches!(decoded(&bytes[..=scan], SMALL), Err(Unrenderable::Broken(_))));
        assert!(matches!(decoded(b"\xff\xd8", SMALL), Err(Unrenderable::Broken(_))));
    }

    #[test]
    fn what_claims_too_much_is_refused_by_its_header() {
        let mut bytes = picture(64, 64, WRITING);
        let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
        assert_eq!(
            decoded(&bytes, SMALL).err(),
            Some(Unrenderable::TooLarge { width: 65_500, height: 65_500 })
        );
    }

    #[test]
    fn a_progressive_picture_needs_room_for_all_its_coefficients() {
        let limits = RenderLimits { max_decoded_bytes: 400 * 400 * 3, ..RenderLimits::default() };
        let plain = picture(400, 400, WRITING);
        assert!(decode(&plain, Wanted::Everything, &limits).is_ok());
        let progressive = picture(400, 400, Writing { is_progressive: true, ..WRITING });
        assert!(matches!(decode(&progressive, SMALL, &limits), Err(Unrenderable::TooLarge { .. })));
    }

    #[test]
    fn four_inks_are_shown_inverted_when_adobe_s_marker_is_there() {
        // All inks at 0 or, as Adobe writes them, at 255: blank paper in both.
        for (ink, is_adobe) in [(0u8, false), (255, true)] {
            let mut compressor = Compressor::new().unwrap();
            compressor.set_colorspace(turbojpeg::Colorspace::CMYK).unwrap();
            compressor.set_subsamp(Subsamp::None).unwrap();
            let pixels = vec![ink; 4 * 16 * 16];
            let image =
                Image { pixels: &pixels[..], width: 16, pitch: 64, height: 16, format: PixelFormat::CMYK };
            let written = compressor.compress_to_vec(image).unwrap();
            let bytes = with_adobe_marker(&written, is_adobe);
            let found = decoded(&bytes, SMALL).unwrap();
            assert_eq!(found.raster.layout, Layout::Cmyk);
            assert!(to_srgb(found.raster).pixels.iter().all(|&sample| sample > 250), "{ink} {is_adobe}");
        }
    }

    /// The library writes the marker by itself.
    fn with_adobe_marker(bytes: &[u8], wanted: bool) -> Vec<u8> {
        let at = bytes.windows(2).position(|pair| pair == [0xff, 0xee]).unwrap();
        let length = 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        if wanted { bytes.to_vec() } else { [&bytes[..at], &bytes[at + length..]].concat() }
    }

    #[test]
    fn stray_bytes_between_markers_do_no_harm() {
        let bytes = picture(64, 64, WRITING);
        let strayed = [&bytes[..2], b"\0\0stray", &bytes[2..]].concat();
        let found = decoded(&strayed, Wanted::Everything).unwrap();
        assert!(!found.is_partial);
        assert_eq!(found.raster.samples, decoded(&bytes, Wanted::Everything).unwrap().raster.samples);
    }

    #[test]
    fn previews_are_progressive() {
        let bytes = picture(64, 64, Writing { is_progressive: true, ..WRITING });
        assert_eq!(Markers::read(&bytes).unwrap().coding, 2);
    }
}
