//! PNG, GIF, WebP, TIFF and BMP, of which the first picture counts.

use std::io::Cursor;

use image::codecs::{
    bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder,
};
use image::{ColorType, ImageDecoder, ImageError, Limits};

use super::limits::RenderLimits;
use super::orientation::Orientation;
use super::raster::{Colours, Decoded, Layout, Raster, Samples};
use super::tags;
use super::unrenderable::Unrenderable;

const PNG_SIGNATURE: usize = 8;
/// No PNG that a camera, a phone or an editor writes has more chunks before its EXIF.
const MAX_CHUNKS: usize = 65_536;

pub(super) fn png(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), allowed(limits)).map_err(refusal)?;
    let orientation = png_exif(bytes).map_or(Orientation::Upright, tags::orientation);
    read(decoder, orientation, limits, CutOff::Shown)
}

pub(super) fn gif(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    read(decoder, Orientation::Upright, limits, CutOff::Refused)
}

pub(super) fn webp(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = exif.map_or(Orientation::Upright, |exif| tags::orientation(&exif));
    read(decoder, orientation, limits, CutOff::Refused)
}

pub(super) fn tiff(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    read(decoder, tags::orientation(bytes), limits, CutOff::Refused)
}

pub(super) fn bmp(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    read(decoder, Orientation::Upright, limits, CutOff::Refused)
}

fn allowed(limits: &RenderLimits) -> Limits {
    let mut allowed = Limits::no_limits();
    allowed.max_image_width = Some(limits.max_side);
    allowed.max_image_height = Some(limits.max_side);
    allowed.max_alloc = Some(limits.max_decoded_bytes);
    allowed
}

fn refusal(error: ImageError) -> Unrenderable {
    match error {
        ImageError::Unsupported(what) => Unrenderable::Unsupported(what.to_string()),
        other => Unrenderable::broken(other),
    }
}

/// What becomes of a picture whose bytes end too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CutOff {
    /// Its rows are decoded one after the other: those that came are shown.
    Shown,
    Refused,
}

fn read(
    mut decoder: impl ImageDecoder,
    orientation: Orientation,
    limits: &RenderLimits,
    cut_off: CutOff,
) -> Result<Decoded, Unrenderable> {
    let full = decoder.dimensions();
    limits.check_size(full)?;
    let color_type = decoder.color_type();
    // The decoder keeps a second copy at times, as an animation's canvas or before it swaps bytes.
    limits.check_memory(full, 2 * u64::from(color_type.bytes_per_pixel()))?;
    decoder.set_limits(allowed(limits)).map_err(refusal)?;
    let colours = match decoder.icc_profile() {
        Ok(Some(profile)) => Colours::Profile(profile),
        Ok(None) | Err(_) => Colours::Srgb,
    };
    let length = usize::try_from(decoder.total_bytes()).map_err(Unrenderable::broken)?;
    let mut bytes = vec![0; length];
    let is_partial = match decoder.read_image(&mut bytes) {
        Ok(()) => false,
        Err(error) => {
            let is_shown = cut_off == CutOff::Shown && color_type.bytes_per_pixel() <= 4;
            if !is_shown || bytes.iter().all(|&byte| byte == 0) {
                return Err(refusal(error));
            }
            true
        }
    };
    let (layout, samples) = samples(color_type, bytes)?;
    let raster = Raster { width: full.0, height: full.1, layout, samples, colours };
    Ok(Decoded { raster, full, orientation, is_partial })
}

fn samples(color_type: ColorType, bytes: Vec<u8>) -> Result<(Layout, Samples), Unrenderable> {
    let sixteen = |bytes: &[u8]| Samples::Sixteen(bytemuck::pod_collect_to_vec(bytes));
    Ok(match color_type {
        ColorType::L8 => (Layout::Grey, Samples::Eight(bytes)),
        ColorType::La8 => (Layout::GreyAlpha, Samples::Eight(bytes)),
        ColorType::Rgb8 => (Layout::Rgb, Samples::Eight(bytes)),
        ColorType::Rgba8 => (Layout::Rgba, Samples::Eight(bytes)),
        ColorType::L16 => (Layout::Grey, sixteen(&bytes)),
        ColorType::La16 => (Layout::GreyAlpha, sixteen(&bytes)),
        ColorType::Rgb16 => (Layout::Rgb, sixteen(&bytes)),
        ColorType::Rgba16 => (Layout::Rgba, sixteen(&bytes)),
        ColorType::Rgb32F => (Layout::Rgb, of_floats(&bytes)),
        ColorType::Rgba32F => (Layout::Rgba, of_floats(&bytes)),
        other => return Err(Unrenderable::Unsupported(format!("pixels of the kind {other:?}"))),
    })
}

/// From 0 to 1, cut off where light is brighter than paper.
fn of_floats(bytes: &[u8]) -> Samples {
    let floats = bytes.as_chunks::<4>().0.iter().map(|&bytes| f32::from_ne_bytes(bytes));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range of u16")]
    let scaled = floats.map(|sample| (sample.clamp(0.0, 1.0) * 65_535.0).round() as u16);
    Samples::Sixteen(scaled.collect())
}

/// The EXIF chunk, which some programs write behind the pixels, where decoders no longer look (PNG 3rd
/// edition, 11.3.4.5).
fn png_exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(PNG_SIGNATURE..)?;
    for _ in 0..MAX_CHUNKS {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
        let length = usize::try_from(length).ok()?;
        let content = rest.get(8..length.checked_add(8)?)?;
        if rest.get(4..8)? == b"eXIf" {
            return Some(content);
        }
        // A checksum of four bytes follows.
        rest = rest.get(length.checked_add(12)?..)?;
    }
    None
}
