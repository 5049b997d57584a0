//! Still pictures as they are shown: a small one for lists, a larger one for looking at, and a hash that a
//! blurred placeholder is made of. All from one decode, upright, in sRGB.
//!
//! Bytes in, bytes out: no files, no threads, no clock. Meant to run where it can do no harm, because the
//! decoders below read what strangers made.

mod bitmap;
mod colour;
mod heif;
mod jpeg;
mod jpeg2000;
mod jxl;
mod limits;
mod orientation;
mod raster;
mod raw;
mod shrink;
mod tags;
mod unrenderable;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jpeg::Writing;
pub use limits::RenderLimits;
use raster::{Canvas, Decoded, Wanted};
pub use unrenderable::Unrenderable;

/// The shorter side of a thumbnail, in pixels: what rows of equal height need on dense screens.
pub const THUMBNAIL_SIDE: u32 = 250;
/// The longer side of a preview, in pixels. A thumbnail's longer side keeps within it, too.
pub const PREVIEW_SIDE: u32 = 1440;

/// As good as photos look on a screen, at a third of what 95 would take.
const PREVIEW: Writing = Writing { quality: 80, is_progressive: true, halves_colours: true };
/// For what is smaller than a thumbnail: drawings and symbols, in which halved colours are seen. It costs a
/// few kilobytes.
const SMALL_PREVIEW: Writing = Writing { quality: 92, is_progressive: true, halves_colours: false };
/// For somebody who wants the whole picture: not progressive, which would take twice the memory.
const FULL_SIZE: Writing = Writing { quality: 92, is_progressive: false, halves_colours: false };
/// libwebp's quality, of 100.
const THUMBNAIL_QUALITY: f32 = 80.0;
/// How hard libwebp tries, of 6.
const THUMBNAIL_EFFORT: i32 = 3;
/// The largest picture that a thumbhash is made of, by its definition.
const THUMBHASH_SIDE: u32 = 100;

/// What is shown of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Of the full picture as it is seen: after it was turned. Of a raw file, that of the JPEG inside.
    pub width: u32,
    /// See `width`.
    pub height: u32,
    /// Some 25 bytes that a placeholder is drawn from (<https://evanw.github.io/thumbhash/>).
    pub thumbhash: Vec<u8>,
    /// WebP whose shorter side has [`THUMBNAIL_SIDE`] pixels, with alpha if the picture has any. Never
    /// larger than the picture. The longer side of a panorama ends at [`PREVIEW_SIDE`], so that the
    /// shorter one is less there. Without loss where the whole picture is smaller than that.
    pub thumbnail: Vec<u8>,
    /// Progressive JPEG that fits into a square of [`PREVIEW_SIDE`] pixels, on white where the picture is
    /// see-through. Never larger than the picture.
    pub preview: Vec<u8>,
    /// The file ends before the picture does. What is missing is grey, black or see-through.
    pub is_partial: bool,
}

/// Makes all renditions of a picture of the type that [`sniff`](crate::sniff) found.
pub fn render(bytes: &[u8], content_type: &str, limits: &RenderLimits) -> Result<Rendered, Unrenderable> {
    guarded(|| {
        let wanted = Wanted::AtLeast { longer_side: PREVIEW_SIDE };
        let decoded = decode(bytes, content_type, wanted, limits)?;
        let (width, height) = decoded.orientation.turned(decoded.full);
        let is_partial = decoded.is_partial;
        let canvas = reduced(decoded)?;
        let is_small = canvas.width.max(canvas.height) <= THUMBNAIL_SIDE;
        let writing = if is_small { SMALL_PREVIEW } else { PREVIEW };
        let small = shrink::canvas_resized(&canvas, thumbnail_size((width, height), &canvas))?;
        Ok(Rendered {
            width,
            height,
            thumbhash: thumbhash(&small)?,
            thumbnail: webp(&small, is_small)?,
            preview: jpeg::encode(&canvas.on_white(), writing)?,
            is_partial,
        })
    })
}

/// The whole picture as a JPEG, upright, in sRGB, on white: for browsers that cannot show its own format.
/// Takes several times the memory of [`render`].
pub fn full_size(bytes: &[u8], content_type: &str, limits: &RenderLimits) -> Result<Vec<u8>, Unrenderable> {
    guarded(|| {
        let decoded = decode(bytes, content_type, Wanted::Everything, limits)?;
        let orientation = decoded.orientation;
        let canvas = colour::to_srgb(decoded.raster).on_white().upright(orientation);
        jpeg::encode(&canvas, FULL_SIZE)
    })
}

/// A decoder that panics costs one picture its renditions and nothing else.
fn guarded<T>(work: impl FnOnce() -> Result<T, Unrenderable>) -> Result<T, Unrenderable> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Unrenderable::broken("its decoder stumbled over it")))
}

fn decode(
    bytes: &[u8],
    content_type: &str,
    wanted: Wanted,
    limits: &RenderLimits,
) -> Result<Decoded, Unrenderable> {
    match content_type {
        "image/jpeg" => jpeg::decode(bytes, wanted, limits),
        "image/heic" | "image/heif" | "image/heic-sequence" | "image/heif-sequence" | "image/avif" => {
            heif::decode(bytes, limits)
        }
        "image/png" | "image/apng" => bitmap::png(bytes, limits),
        "image/gif" => bitmap::gif(bytes, limits),
        "image/webp" => bitmap::webp(bytes, limits),
        "image/tiff" => bitmap::tiff(bytes, limits),
        "image/bmp" => bitmap::bmp(bytes, limits),
        "image/jxl" => jxl::decode(bytes, limits),
        "image/jp2" | "image/jpx" | "image/j2c" => jpeg2000::decode(bytes, wanted, limits),
        "image/x-adobe-dng"
        | "image/x-canon-cr2"
        | "image/x-canon-cr3"
        | "image/x-canon-crw"
        | "image/x-fujifilm-raf"
        | "image/x-nikon-nef"
        | "image/x-olympus-orf"
        | "image/x-panasonic-rw2"
        | "image/x-sigma-x3f"
        | "image/x-sony-arw" => raw::decode(bytes, wanted, limits),
        other => Err(Unrenderable::Unsupported(format!("\"{other}\" has no decoder here"))),
    }
}

/// The picture at the size of its preview, in sRGB, upright. Shrunk before all else where that can be done,
/// because all else costs time for each pixel.
fn reduced(decoded: Decoded) -> Result<Canvas, Unrenderable> {
    let size = shrink::fit_within(decoded.full, PREVIEW_SIDE);
    let canvas = match shrink::resized(decoded.raster, size)? {
        Ok(raster) => colour::to_srgb(raster),
        Err(raster) => shrink::canvas_resized(&colour::to_srgb(raster), size)?,
    };
    Ok(canvas.upright(decoded.orientation))
}

/// Reckoned from the full picture, so that it does not depend on how the preview was rounded.
fn thumbnail_size(full: (u32, u32), canvas: &Canvas) -> (u32, u32) {
    let (width, height) = shrink::fit_around(full, THUMBNAIL_SIDE, PREVIEW_SIDE);
    (width.min(canvas.width), height.min(canvas.height))
}

fn thumbhash(canvas: &Canvas) -> Result<Vec<u8>, Unrenderable> {
    let size = shrink::fit_within((canvas.width, canvas.height), THUMBHASH_SIDE);
    let tiny = shrink::canvas_resized(canvas, size)?;
    let rgba = if tiny.has_alpha {
        tiny.pixels
    } else {
        let (pixels, _) = tiny.pixels.as_chunks::<3>();
        pixels.iter().flat_map(|&[red, green, blue]| [red, green, blue, u8::MAX]).collect()
    };
    Ok(fast_thumbhash::rgba_to_thumb_hash(tiny.width as usize, tiny.height as usize, &rgba))
}

fn webp(canvas: &Canvas, is_lossless: bool) -> Result<Vec<u8>, Unrenderable> {
    let encoder = if canvas.has_alpha {
        webp::Encoder::from_rgba(&canvas.pixels, canvas.width, canvas.height)
    } else {
        webp::Encoder::from_rgb(&canvas.pixels, canvas.width, canvas.height)
    };
    let mut config =
        webp::WebPConfig::new().map_err(|()| Unrenderable::broken("libwebp is of another version"))?;
    config.quality = THUMBNAIL_QUALITY;
    config.method = THUMBNAIL_EFFORT;
    config.lossless = i32::from(is_lossless);
    let encoded = encoder.encode_advanced(&config);
    encoded.map(|bytes| bytes.to_vec()).map_err(|error| Unrenderable::broken(format!("libwebp: {error:?}")))
}

#[cfg(test)]
mod tests;
