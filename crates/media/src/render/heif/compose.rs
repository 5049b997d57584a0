//! From AV1 pictures to the one that is shown: tiles put together, alpha added, cropped, turned. For HEVC the
//! decoder does this itself.

use heifer::Image;
use heifer::color::{ColorParams, frame_to_rgba_sized};
use heifer::heifer_hevc_dec::recon::Frame;
use heifer::heifer_isobmff::boxes::{ColorInfo, Property};
use heifer::heifer_isobmff::{HeifFile, ItemId};

use super::{MAX_DERIVATIONS, av1};
use crate::render::limits::RenderLimits;
use crate::render::unrenderable::Unrenderable;

/// An auxiliary picture that says how much of each pixel is seen (MIAF, ISO/IEC 23000-22).
const ALPHA: &str = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";

/// `YCgCo` (ITU-T H.273), which the conversion to red, green and blue does not know.
const LIFTED_GREEN: u16 = 8;

/// One picture as it is shown.
pub(super) fn picture(
    file: &HeifFile<'_>,
    id: ItemId,
    limits: &RenderLimits,
) -> Result<Image<u8>, Unrenderable> {
    let mut image = colours(file, id, limits, 0)?;
    if let Some(alpha) = alpha_of(file, id)? {
        add_alpha(&mut image, &colours(file, alpha, limits, 0)?)?;
    }
    turned(file, id, image)
}

fn colours(
    file: &HeifFile<'_>,
    id: ItemId,
    limits: &RenderLimits,
    depth: usize,
) -> Result<Image<u8>, Unrenderable> {
    let kind = file.item(id).map_err(Unrenderable::broken)?.item_type.0;
    let sources = file.referenced_items(id, b"dimg");
    match (&kind, sources) {
        _ if depth > MAX_DERIVATIONS => Err(Unrenderable::broken("it is put together of itself")),
        (b"av01", _) => coded(file, id, limits),
        (b"grid", _) => grid(file, id, limits, depth),
        (b"iden", &[source]) => {
            let image = colours(file, source, limits, depth + 1)?;
            turned(file, source, image)
        }
        _ => Err(super::unknown_coding(kind)),
    }
}

fn coded(file: &HeifFile<'_>, id: ItemId, limits: &RenderLimits) -> Result<Image<u8>, Unrenderable> {
    let bytes = file.item_data(id).map_err(Unrenderable::broken)?;
    let (frame, (width, height)) = av1::decode(&bytes, limits)?;
    let how = parameters(file, id, &frame)?;
    if how.matrix == LIFTED_GREEN {
        return Err(Unrenderable::Unsupported("AVIF with colours coded as YCgCo".to_owned()));
    }
    Ok(frame_to_rgba_sized(&frame, how, width, height))
}

/// The container's word on how colours are coded goes before the stream's.
fn parameters(file: &HeifFile<'_>, id: ItemId, frame: &Frame) -> Result<ColorParams, Unrenderable> {
    let mut properties = file.item_properties(id).map_err(Unrenderable::broken)?;
    let said = properties.find_map(|property| match property {
        Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => {
            Some(ColorParams { matrix: *matrix, full_range: *full_range })
        }
        _ => None,
    });
    Ok(said.unwrap_or_else(|| ColorParams::from_frame(frame)))
}

/// Tiles of one size, row by row; what goes over the edge is cut off.
fn grid(
    file: &HeifFile<'_>,
    id: ItemId,
    limits: &RenderLimits,
    depth: usize,
) -> Result<Image<u8>, Unrenderable> {
    let grid = file.grid(id).map_err(Unrenderable::broken)?;
    let tiles = file.referenced_items(id, b"dimg");
    let columns = usize::from(grid.columns);
    if columns == 0 || tiles.len() != columns * usize::from(grid.rows) {
        return Err(Unrenderable::broken("it has other tiles than it says"));
    }
    limits.check_size((grid.output_width, grid.output_height))?;
    let mut canvas = Image::filled_samples(grid.output_width, grid.output_height, 8, [0, 0, 0, u8::MAX]);
    let mut size = None;
    for (index, &tile) in tiles.iter().enumerate() {
        let tile = colours(file, tile, limits, depth + 1)?;
        let (width, height) = *size.get_or_insert((tile.width, tile.height));
        if (tile.width, tile.height) != (width, height) {
            return Err(Unrenderable::broken("its tiles differ in size"));
        }
        let at = ((index % columns) * width as usize, (index / columns) * height as usize);
        place(&mut canvas, &tile, at);
    }
    Ok(canvas)
}

fn place(canvas: &mut Image<u8>, tile: &Image<u8>, (x, y): (usize, usize)) {
    let width = (tile.width as usize).min((canvas.width as usize).saturating_sub(x));
    let from = tile.data.chunks_exact(tile.width as usize * 4);
    let to = canvas.data.chunks_exact_mut(canvas.width as usize * 4).skip(y);
    for (from, to) in from.zip(to) {
        if let (Some(from), Some(to)) = (from.get(..width * 4), to.get_mut(x * 4..(x + width) * 4)) {
            to.copy_from_slice(from);
        }
    }
}

fn alpha_of(file: &HeifFile<'_>, id: ItemId) -> Result<Option<ItemId>, Unrenderable> {
    for item in file.referencing_items(id, b"auxl") {
        let mut properties = file.item_properties(item).map_err(Unrenderable::broken)?;
        if properties.any(|property| matches!(property, Property::AuxiliaryType(kind) if kind == ALPHA)) {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

fn add_alpha(image: &mut Image<u8>, alpha: &Image<u8>) -> Result<(), Unrenderable> {
    if (alpha.width, alpha.height) != (image.width, image.height) {
        return Err(Unrenderable::Unsupported("AVIF with alpha of another size".to_owned()));
    }
    for (pixel, alpha) in image.data.chunks_exact_mut(4).zip(alpha.data.chunks_exact(4)) {
        pixel[3] = alpha[0];
    }
    image.has_alpha = true;
    Ok(())
}

/// Crop, rotation and mirror, in the order in which the file lists them.
fn turned(file: &HeifFile<'_>, id: ItemId, image: Image<u8>) -> Result<Image<u8>, Unrenderable> {
    let mut image = image;
    for property in file.item_properties(id).map_err(Unrenderable::broken)? {
        image = match *property {
            Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                cropped(&image, (width, height), (horiz_offset, vert_offset))
                    .ok_or_else(|| Unrenderable::broken("it is cropped to nothing"))?
            }
            Property::Rotation(quarters) if quarters > 0 => image.rotate_ccw(quarters),
            Property::Mirror(top_to_bottom) => image.mirror(top_to_bottom),
            _ => image,
        };
    }
    Ok(image)
}

/// A size around an offset from the middle, both as fractions (ISO/IEC 14496-12, 12.1.4.1).
fn cropped(
    image: &Image<u8>,
    size: ((u32, u32), (u32, u32)),
    offset: ((i32, u32), (i32, u32)),
) -> Option<Image<u8>> {
    let (left, width) = span(image.width, size.0, offset.0)?;
    let (top, height) = span(image.height, size.1, offset.1)?;
    Some(image.crop(left, top, width, height))
}

/// Where it begins and how long it is, within a side.
fn span(side: u32, length: (u32, u32), offset: (i32, u32)) -> Option<(u32, u32)> {
    if length.1 == 0 || offset.1 == 0 {
        return None;
    }
    let length = (f64::from(length.0) / f64::from(length.1)).round();
    let middle = f64::from(side) / 2.0 + f64::from(offset.0) / f64::from(offset.1);
    let first = (middle - length / 2.0).round().max(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive; a cast saturates")]
    let (first, length) = (first as u32, length as u32);
    let length = length.min(side.checked_sub(first)?);
    (length > 0).then_some((first, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_lies_around_the_middle() {
        assert_eq!(span(100, (50, 1), (0, 1)), Some((25, 50)));
        assert_eq!(span(100, (50, 1), (-25, 1)), Some((0, 50)));
        assert_eq!(span(100, (100, 2), (10, 2)), Some((30, 50)));
        assert_eq!(span(100, (400, 1), (0, 1)), Some((0, 100)));
        assert_eq!(span(100, (50, 0), (0, 1)), None);
        assert_eq!(span(100, (50, 1), (i32::MAX, 1)), None);
        assert_eq!(span(100, (0, 1), (0, 1)), None);
    }

    #[test]
    fn tiles_over_the_edge_are_cut_off() {
        let mut canvas = Image::filled_samples(3, 3, 8, [0u8; 4]);
        let tile = Image::filled_samples(2, 2, 8, [7u8; 4]);
        place(&mut canvas, &tile, (2, 2));
        place(&mut canvas, &tile, (5, 5));
        let filled: Vec<usize> = (0..9).filter(|pixel| canvas.data[pixel * 4] == 7).collect();
        assert_eq!(filled, [8]);
    }

    #[test]
    fn alpha_of_another_size_is_not_guessed_at() {
        let mut image = Image::filled_samples(2, 1, 8, [1u8; 4]);
        assert!(add_alpha(&mut image, &Image::filled_samples(1, 1, 8, [9u8; 4])).is_err());
        add_alpha(&mut image, &Image::filled_samples(2, 1, 8, [9u8; 4])).unwrap();
        assert_eq!((image.has_alpha, image.data), (true, vec![1, 1, 1, 9, 1, 1, 1, 9]));
    }
}
