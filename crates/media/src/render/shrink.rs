//! Making pictures smaller: how small, and with which filter.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::raster::{Canvas, Layout, Raster, Samples};
use super::unrenderable::Unrenderable;

/// The size that fits into a square, never larger than it was, and never less than one pixel.
pub(super) fn fit_within(size: (u32, u32), side: u32) -> (u32, u32) {
    scaled(size, side, size.0.max(size.1))
}

/// The size whose shorter side is `shorter`, as rows of equal height in a timeline need it; but a longer
/// side of at most `longest`, which panoramas would exceed. Never larger than it was.
pub(super) fn fit_around(size: (u32, u32), shorter: u32, longest: u32) -> (u32, u32) {
    fit_within(scaled(size, shorter, size.0.min(size.1)), longest)
}

/// Both sides times `numerator / denominator`, if that makes them smaller.
fn scaled((width, height): (u32, u32), numerator: u32, denominator: u32) -> (u32, u32) {
    if numerator >= denominator {
        return (width, height);
    }
    let scale = |side: u32| {
        let side =
            (u64::from(side) * u64::from(numerator) + u64::from(denominator) / 2) / u64::from(denominator);
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    (scale(width), scale(height))
}

/// The raster in another size. Alpha is multiplied in while pixels are mixed, so that what cannot be seen
/// does not colour its neighbours.
pub(super) fn resized(raster: Raster, to: (u32, u32)) -> Result<Raster, Unrenderable> {
    if (raster.width, raster.height) == to {
        return Ok(raster);
    }
    let sixteen_bits = matches!(raster.samples, Samples::Sixteen(_));
    let bytes: &[u8] = match &raster.samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => bytemuck::cast_slice(samples),
    };
    let pixel_type = pixel_type(raster.layout.channels(), sixteen_bits);
    let made = convolve(bytes, (raster.width, raster.height), pixel_type, raster.layout.has_alpha(), to)?;
    let samples = if sixteen_bits {
        Samples::Sixteen(bytemuck::pod_collect_to_vec(made.buffer()))
    } else {
        Samples::Eight(made.into_vec())
    };
    Ok(Raster { width: to.0, height: to.1, layout: raster.layout, samples, colours: raster.colours })
}

/// The canvas in another size.
pub(super) fn canvas_resized(canvas: &Canvas, to: (u32, u32)) -> Result<Canvas, Unrenderable> {
    if (canvas.width, canvas.height) == to {
        return Ok(canvas.clone());
    }
    let layout = if canvas.has_alpha { Layout::Rgba } else { Layout::Rgb };
    let pixel_type = pixel_type(layout.channels(), false);
    let made = convolve(&canvas.pixels, (canvas.width, canvas.height), pixel_type, canvas.has_alpha, to)?;
    Ok(Canvas { width: to.0, height: to.1, has_alpha: canvas.has_alpha, pixels: made.into_vec() })
}

fn pixel_type(channels: usize, sixteen_bits: bool) -> PixelType {
    match (channels, sixteen_bits) {
        (1, false) => PixelType::U8,
        (2, false) => PixelType::U8x2,
        (3, false) => PixelType::U8x3,
        (_, false) => PixelType::U8x4,
        (1, true) => PixelType::U16,
        (2, true) => PixelType::U16x2,
        (3, true) => PixelType::U16x3,
        (_, true) => PixelType::U16x4,
    }
}

fn convolve(
    bytes: &[u8],
    (width, height): (u32, u32),
    pixel_type: PixelType,
    has_alpha: bool,
    to: (u32, u32),
) -> Result<Image<'static>, Unrenderable> {
    let from = ImageRef::new(width, height, bytes, pixel_type).map_err(Unrenderable::broken)?;
    let mut made = Image::new(to.0, to.1, pixel_type);
    let filter = ResizeAlg::Convolution(FilterType::Lanczos3);
    let options = ResizeOptions::new().resize_alg(filter).use_alpha(has_alpha);
    Resizer::new().resize(&from, &mut made, &options).map_err(Unrenderable::broken)?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::raster::Colours;

    #[test]
    fn a_picture_fits_into_a_square_and_is_never_enlarged() {
        assert_eq!(fit_within((4032, 3024), 1440), (1440, 1080));
        assert_eq!(fit_within((3024, 4032), 1440), (1080, 1440));
        assert_eq!(fit_within((1440, 1440), 1440), (1440, 1440));
        assert_eq!(fit_within((20, 10), 1440), (20, 10));
        assert_eq!(fit_within((1, 1), 1440), (1, 1));
        assert_eq!(fit_within((1, 10_000), 1440), (1, 1440));
        assert_eq!(fit_within((u32::MAX, u32::MAX), 1440), (1440, 1440));
    }

    #[test]
    fn the_shorter_side_decides_until_the_longer_one_would_grow_too_long() {
        assert_eq!(fit_around((4032, 3024), 250, 1440), (333, 250));
        assert_eq!(fit_around((3024, 4032), 250, 1440), (250, 333));
        assert_eq!(fit_around((200, 5000), 250, 1440), (58, 1440));
        assert_eq!(fit_around((16_400, 700), 250, 1440), (1440, 61));
        assert_eq!(fit_around((200, 300), 250, 1440), (200, 300));
        assert_eq!(fit_around((1, 10_000), 250, 1440), (1, 1440));
    }

    #[test]
    fn every_layout_and_depth_can_be_resized() {
        for layout in [Layout::Grey, Layout::GreyAlpha, Layout::Rgb, Layout::Rgba, Layout::Rgbx, Layout::Cmyk]
        {
            let count = 8 * 4 * layout.channels();
            for samples in [Samples::Eight(vec![200; count]), Samples::Sixteen(vec![51_400; count])] {
                let expected = match &samples {
                    Samples::Eight(_) => Samples::Eight(vec![200; count / 4]),
                    Samples::Sixteen(_) => Samples::Sixteen(vec![51_400; count / 4]),
                };
                let raster = Raster { width: 8, height: 4, layout, samples, colours: Colours::Srgb };
                let made = resized(raster, (4, 2)).unwrap();
                assert_eq!((made.width, made.height), (4, 2));
                assert!(close(&made.samples, &expected), "{layout:?}: {:?}", made.samples);
            }
        }
    }

    /// Multiplying alpha in and out may cost the last digit.
    fn close(found: &Samples, expected: &Samples) -> bool {
        match (found, expected) {
            (Samples::Eight(found), Samples::Eight(expected)) => {
                found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= 1)
            }
            (Samples::Sixteen(found), Samples::Sixteen(expected)) => {
                found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= 1)
            }
            _ => false,
        }
    }

    #[test]
    fn what_cannot_be_seen_does_not_colour_its_neighbours() {
        // Half red, half a green that is see-through.
        let pixels = [[255, 0, 0, 255], [0, 255, 0, 0]].repeat(64).concat();
        let canvas = Canvas { width: 16, height: 8, has_alpha: true, pixels };
        let made = canvas_resized(&canvas, (4, 2)).unwrap();
        let (pixels, _) = made.pixels.as_chunks::<4>();
        assert!(pixels.iter().all(|&[red, green, ..]| red > 200 && green < 20), "{pixels:?}");
    }
}
