//! HEIC, HEIF and AVIF: pictures in boxes (ISO/IEC 23008-12), coded as HEVC or AV1.
//!
//! The container says how a picture is turned, by properties that its decoding applies. The orientation
//! in its EXIF block is for information only and not applied again.

mod av1;
mod compose;

use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};
use heifer::{Image, Options};

use super::limits::RenderLimits;
use super::orientation::Orientation;
use super::raster::{Colours, Decoded, Layout, Raster, Samples};
use super::unrenderable::Unrenderable;

/// While a picture is put together: red, green, blue and alpha of the whole and, when it is turned, of its
/// copy.
const BYTES_PER_PIXEL: u64 = 8;
/// How many steps lead from a picture to the one that holds its samples.
const MAX_DERIVATIONS: usize = 4;

/// Decodes the primary picture. Of a sequence that is its cover.
pub(super) fn decode(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let file = HeifFile::parse(bytes).map_err(Unrenderable::broken)?;
    let primary = file.primary_id;
    let claimed = claimed_size(&file, primary)?;
    limits.check_size(claimed)?;
    limits.check_memory(claimed, BYTES_PER_PIXEL)?;
    let image = match &coding(&file, primary)? {
        b"hvc1" | b"hev1" => hevc(bytes, limits)?,
        b"av01" => compose::picture(&file, primary, limits)?,
        other => return Err(unknown_coding(*other)),
    };
    let full = (image.width, image.height);
    let layout = if image.has_alpha { Layout::Rgba } else { Layout::Rgbx };
    let raster = Raster {
        width: image.width,
        height: image.height,
        layout,
        samples: Samples::Eight(image.data),
        colours: colours(&file, primary)?,
    };
    Ok(Decoded { raster, full, orientation: Orientation::Upright, is_partial: false })
}

fn unknown_coding(coding: [u8; 4]) -> Unrenderable {
    let name = String::from_utf8_lossy(&coding).into_owned();
    Unrenderable::Unsupported(format!("HEIF that holds \"{name}\" instead of HEVC or AV1"))
}

/// On the caller's thread: whoever renders several pictures at once has one for each.
fn hevc(bytes: &[u8], limits: &RenderLimits) -> Result<Image<u8>, Unrenderable> {
    let options = Options { max_threads: 1, max_pixels: limits.max_pixels };
    heifer::decode_rgba8(bytes, &options).map_err(|error| match error {
        heifer::Error::Unsupported(what) => Unrenderable::Unsupported(format!("HEIF with {what}")),
        other => Unrenderable::broken(other),
    })
}

/// What the container says of the picture's size, before it is turned.
fn claimed_size(file: &HeifFile<'_>, id: ItemId) -> Result<(u32, u32), Unrenderable> {
    if let Ok(grid) = file.grid(id) {
        return Ok((grid.output_width, grid.output_height));
    }
    let size = file.image_size(id).map_err(Unrenderable::broken)?;
    size.ok_or_else(|| Unrenderable::broken("it does not say how large it is"))
}

/// What codes the samples of a picture, or of the first part of one that is put together.
fn coding(file: &HeifFile<'_>, id: ItemId) -> Result<[u8; 4], Unrenderable> {
    let mut current = id;
    for _ in 0..MAX_DERIVATIONS {
        let kind = file.item(current).map_err(Unrenderable::broken)?.item_type.0;
        match (&kind, file.referenced_items(current, b"dimg").first()) {
            (b"grid" | b"iovl" | b"iden", Some(&source)) => current = source,
            _ => return Ok(kind),
        }
    }
    Err(Unrenderable::broken("it is put together of itself"))
}

/// A profile before code points, those of the picture before those of its parts.
fn colours(file: &HeifFile<'_>, id: ItemId) -> Result<Colours, Unrenderable> {
    if let Some(profile) = file.icc_profile(id).map_err(Unrenderable::broken)? {
        return Ok(Colours::Profile(profile.to_vec()));
    }
    let mut current = Some(id);
    for _ in 0..MAX_DERIVATIONS {
        let Some(item) = current else { break };
        let mut properties = file.item_properties(item).map_err(Unrenderable::broken)?;
        let found = properties.find_map(|property| match property {
            Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => Some((*primaries, *transfer)),
            _ => None,
        });
        if let Some((primaries, transfer)) = found {
            let [primaries, transfer] = [primaries, transfer].map(|point| u8::try_from(point).unwrap_or(2));
            return Ok(Colours::CodePoints { primaries, transfer });
        }
        current = file.referenced_items(item, b"dimg").first().copied();
    }
    Ok(Colours::Srgb)
}
