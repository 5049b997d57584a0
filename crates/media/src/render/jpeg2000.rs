//! JPEG 2000 (ISO/IEC 15444-1), decoded no finer than needed: the format keeps each picture in several
//! sizes.

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use super::limits::RenderLimits;
use super::orientation::Orientation;
use super::raster::{Colours, Decoded, Layout, Raster, Samples, Wanted};
use super::shrink::fit_within;
use super::unrenderable::Unrenderable;

/// Up to four components of 32 bits, as coefficients and as samples.
const BYTES_PER_PIXEL: u64 = 32;

/// Decodes the picture.
pub(super) fn decode(bytes: &[u8], wanted: Wanted, limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let header = Image::new(bytes, &DecodeSettings::default()).map_err(Unrenderable::broken)?;
    let full = (header.width(), header.height());
    limits.check_size(full)?;
    let target_resolution = match wanted {
        Wanted::AtLeast { longer_side } => Some(fit_within(full, longer_side)),
        Wanted::Everything => None,
    };
    limits.check_memory(full, BYTES_PER_PIXEL)?;
    let settings = DecodeSettings { target_resolution, ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(Unrenderable::broken)?;
    let (layout, colours) = meaning(&image)?;
    let mut context = DecoderContext::default();
    let size = (image.width(), image.height());
    let samples = image.decode(&mut context).map_err(Unrenderable::broken)?.data_u8();
    if samples.len() != size.0 as usize * size.1 as usize * layout.channels() {
        return Err(Unrenderable::broken("it has other components than it says"));
    }
    let raster = Raster { width: size.0, height: size.1, layout, samples: Samples::Eight(samples), colours };
    Ok(Decoded { raster, full, orientation: Orientation::Upright, is_partial: false })
}

fn meaning(image: &Image<'_>) -> Result<(Layout, Colours), Unrenderable> {
    let space = image.color_space();
    let layout = match (space.num_channels(), image.has_alpha()) {
        (1, false) => Layout::Grey,
        (1, true) => Layout::GreyAlpha,
        (3, false) => Layout::Rgb,
        (3, true) => Layout::Rgba,
        (4, false) => Layout::Cmyk,
        _ => return Err(Unrenderable::Unsupported("JPEG 2000 with other colours than usual".to_owned())),
    };
    let colours = match space {
        ColorSpace::Icc { profile, .. } => Colours::Profile(profile.clone()),
        _ => Colours::Srgb,
    };
    Ok((layout, colours))
}
