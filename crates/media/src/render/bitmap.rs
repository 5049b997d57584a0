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
    match TiffDecoder::new(Cursor::new(bytes)) {
        Ok(decoder) => read(decoder, tags::orientation(bytes), limits, CutOff::Refused),
        Err(error @ ImageError::Unsupported(_)) => match scanned_tiff(bytes, limits) {
            Ok(Some(decoded)) => Ok(decoded),
            Ok(None) => Err(refusal(error)),
            Err(error) => Err(refused_tiff(error)),
        },
        Err(error) => Err(refusal(error)),
    }
}

/// A TIFF whose colours are brightness and two differences, as scanners that put JPEG into TIFF write them
/// (TIFF 6.0, section 21). `None` for others.
fn scanned_tiff(bytes: &[u8], limits: &RenderLimits) -> Result<Option<Decoded>, TiffFailure> {
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(bytes))?;
    if decoder.colortype()? != tiff::ColorType::YCbCr(8) {
        return Ok(None);
    }
    let full = decoder.dimensions()?;
    limits.check_size(full)?;
    limits.check_memory(full, 6)?;
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size = usize::try_from(limits.max_decoded_bytes).unwrap_or(usize::MAX);
    allowed.intermediate_buffer_size = allowed.decoding_buffer_size;
    let mut decoder = decoder.with_limits(allowed);
    let colours = match decoder.get_tag_u8_vec(tiff::tags::Tag::IccProfile) {
        Ok(profile) => Colours::Profile(profile),
        Err(_) => Colours::Srgb,
    };
    let tiff::decoder::DecodingResult::U8(mut samples) = decoder.read_image()? else { return Ok(None) };
    if samples.len() != full.0 as usize * full.1 as usize * 3 {
        return Err(Unrenderable::broken("it has other samples than it says").into());
    }
    for pixel in samples.as_chunks_mut::<3>().0 {
        *pixel = of_differences(*pixel);
    }
    let samples = Samples::Eight(samples);
    let raster = Raster { width: full.0, height: full.1, layout: Layout::Rgb, samples, colours };
    Ok(Some(Decoded { raster, full, orientation: tags::orientation(bytes), is_partial: false }))
}

/// Red, green and blue from brightness and differences, as JFIF reckons (ITU-T T.871, clause 7).
fn of_differences([light, blue, red]: [u8; 3]) -> [u8; 3] {
    let (light, blue, red) = (f32::from(light), f32::from(blue) - 128.0, f32::from(red) - 128.0);
    let sums = [light + 1.402 * red, light - 0.344_14 * blue - 0.714_14 * red, light + 1.772 * blue];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range of u8")]
    sums.map(|sum| sum.round().clamp(0.0, 255.0) as u8)
}

/// What reading a TIFF ends with: the decoder's word or ours.
#[derive(Debug, thiserror::Error)]
enum TiffFailure {
    #[error(transparent)]
    Decoder(#[from] tiff::TiffError),
    #[error(transparent)]
    Ours(#[from] Unrenderable),
}

fn refused_tiff(error: TiffFailure) -> Unrenderable {
    match error {
        TiffFailure::Decoder(tiff::TiffError::UnsupportedError(what)) => {
            Unrenderable::Unsupported(what.to_string())
        }
        TiffFailure::Decoder(error) => Unrenderable::broken(error),
        TiffFailure::Ours(error) => error,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::jpeg::{self, Writing};
    use crate::render::raster::Canvas;

    #[test]
    fn differences_become_colours() {
        assert_eq!(of_differences([128, 128, 128]), [128, 128, 128]);
        assert_eq!(of_differences([76, 85, 255]), [254, 0, 0]);
        assert_eq!(of_differences([255, 255, 255]), [255, 121, 255]);
    }

    /// One strip that is a whole JPEG, whose colours the TIFF calls brightness and differences.
    fn scan(jpeg: &[u8], side: u16) -> Vec<u8> {
        let first_free = 8 + 2 + 9 * 12 + 4;
        let size = u32::try_from(jpeg.len()).unwrap();
        let side = u32::from(side);
        // Tag, type (3 is two bytes, 4 four), count, value or its place.
        let tags: [(u16, u16, u32, u32); 9] = [
            (0x100, 3, 1, side),
            (0x101, 3, 1, side),
            (0x102, 3, 3, first_free),
            (0x103, 3, 1, 7),
            (0x106, 3, 1, 6),
            (0x111, 4, 1, first_free + 6),
            (0x115, 3, 1, 3),
            (0x116, 3, 1, side),
            (0x117, 4, 1, size),
        ];
        let mut bytes = b"II*\0\x08\0\0\0\x09\0".to_vec();
        for (tag, kind, count, value) in tags {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend([0, 0, 0, 0, 8, 0, 8, 0, 8, 0]);
        bytes.extend_from_slice(jpeg);
        bytes
    }

    #[test]
    fn a_scanner_s_jpeg_in_tiff_is_shown_in_its_colours() {
        let colour = [200u8, 120, 40];
        let canvas = Canvas { width: 64, height: 64, has_alpha: false, pixels: colour.repeat(64 * 64) };
        let writing = Writing { quality: 95, is_progressive: false, halves_colours: true };
        let bytes = scan(&jpeg::encode(&canvas, writing).unwrap(), 64);
        let found = tiff(&bytes, &RenderLimits::default()).unwrap();
        assert_eq!((found.full, found.raster.layout), ((64, 64), Layout::Rgb));
        let Samples::Eight(samples) = found.raster.samples else { panic!("16 bits") };
        assert!(samples[..3].iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 6), "{:?}", &samples[..3]);
        let limits = RenderLimits { max_pixels: 64 * 63, ..RenderLimits::default() };
        assert_eq!(tiff(&bytes, &limits).err(), Some(Unrenderable::TooLarge { width: 64, height: 64 }));
    }

    #[test]
    fn floating_point_is_cut_off_at_paper_white() {
        let bytes: Vec<u8> =
            [-1.0f32, 0.0, 0.5, 1.0, 9.0, f32::NAN].into_iter().flat_map(f32::to_ne_bytes).collect();
        assert_eq!(of_floats(&bytes), Samples::Sixteen(vec![0, 0, 32_768, 65_535, 65_535, 0]));
    }

    #[test]
    fn exif_is_found_behind_other_chunks_and_missed_in_what_is_cut_off() {
        let chunk = |name: &[u8], content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_be_bytes();
            [&length[..], name, content, &[0; 4]].concat()
        };
        let bytes = [vec![0; PNG_SIGNATURE], chunk(b"IDAT", &[7; 30]), chunk(b"eXIf", b"MM")].concat();
        assert_eq!(png_exif(&bytes), Some(&b"MM"[..]));
        assert_eq!(png_exif(&bytes[..bytes.len() - 6]), None);
        assert_eq!(png_exif(&[vec![0; PNG_SIGNATURE], vec![0xff; 40]].concat()), None);
    }
}
