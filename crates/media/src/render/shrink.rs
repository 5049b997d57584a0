//! Making pictures smaller: how small, and with which filter.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x4;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

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

/// The raster in another size, if it is of 8 bits with three or four samples a pixel: for each further kind
/// the resizer would be compiled once more, which takes longer than all the rest. The others come back.
pub(super) fn resized(raster: Raster, to: (u32, u32)) -> Result<Result<Raster, Raster>, Unrenderable> {
    let layout = match raster.layout {
        Layout::Rgb => Layout::Rgbx,
        Layout::Rgba | Layout::Rgbx | Layout::Cmyk => raster.layout,
        Layout::Grey | Layout::GreyAlpha => return Ok(Err(raster)),
    };
    let Raster { width, height, samples: Samples::Eight(samples), .. } = raster else {
        return Ok(Err(raster));
    };
    let samples = if raster.layout == Layout::Rgb { padded(&samples) } else { samples };
    let made = convolve(samples, (width, height), to, layout.has_alpha())?;
    let samples = Samples::Eight(made);
    Ok(Ok(Raster { width: to.0, height: to.1, layout, samples, colours: raster.colours }))
}

/// The canvas in another size.
pub(super) fn canvas_resized(canvas: &Canvas, to: (u32, u32)) -> Result<Canvas, Unrenderable> {
    let pixels = if canvas.has_alpha { canvas.pixels.clone() } else { padded(&canvas.pixels) };
    let made = convolve(pixels, (canvas.width, canvas.height), to, canvas.has_alpha)?;
    let pixels = if canvas.has_alpha { made } else { unpadded(&made) };
    Ok(Canvas { width: to.0, height: to.1, has_alpha: canvas.has_alpha, pixels })
}

/// A fourth sample that means nothing.
fn padded(samples: &[u8]) -> Vec<u8> {
    let (pixels, _) = samples.as_chunks::<3>();
    pixels.iter().flat_map(|&[red, green, blue]| [red, green, blue, u8::MAX]).collect()
}

/// Without the fourth sample.
pub(super) fn unpadded<T: Copy>(samples: &[T]) -> Vec<T> {
    let (pixels, _) = samples.as_chunks::<4>();
    pixels.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]).collect()
}

/// Alpha is multiplied in while pixels are mixed, so that what cannot be seen does not colour its
/// neighbours.
fn convolve(
    samples: Vec<u8>,
    from: (u32, u32),
    to: (u32, u32),
    has_alpha: bool,
) -> Result<Vec<u8>, Unrenderable> {
    if from == to {
        return Ok(samples);
    }
    let mut made = vec![0; to.0 as usize * to.1 as usize * 4];
    let source =
        TypedImageRef::<U8x4>::from_buffer(from.0, from.1, &samples).map_err(Unrenderable::broken)?;
    let mut target = TypedImage::<U8x4>::from_buffer(to.0, to.1, &mut made).map_err(Unrenderable::broken)?;
    let filter = ResizeAlg::Convolution(FilterType::Lanczos3);
    let options = ResizeOptions::new().resize_alg(filter).use_alpha(has_alpha);
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(Unrenderable::broken)?;
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
    fn colours_of_eight_bits_are_resized_and_the_rest_comes_back() {
        for layout in [Layout::Rgb, Layout::Rgba, Layout::Rgbx, Layout::Cmyk] {
            let samples = Samples::Eight(vec![200; 8 * 4 * layout.channels()]);
            let raster = Raster { width: 8, height: 4, layout, samples, colours: Colours::Srgb };
            let made = resized(raster, (4, 2)).unwrap().unwrap();
            assert_eq!((made.width, made.height), (4, 2));
            let Samples::Eight(samples) = made.samples else { panic!("{layout:?}") };
            assert_eq!(samples.len(), 4 * 2 * 4);
            let (pixels, _) = samples.as_chunks::<4>();
            // Multiplying alpha in and out may cost the last digit.
            let is_kept = |pixel: &[u8; 4]| pixel[..3].iter().all(|sample| sample.abs_diff(200) <= 1);
            assert!(pixels.iter().all(is_kept), "{layout:?}: {samples:?}");
        }
        let others = [
            (Layout::Grey, Samples::Eight(vec![200; 8 * 4])),
            (Layout::GreyAlpha, Samples::Eight(vec![200; 8 * 4 * 2])),
            (Layout::Rgb, Samples::Sixteen(vec![200; 8 * 4 * 3])),
        ];
        for (layout, samples) in others {
            let raster = Raster { width: 8, height: 4, layout, samples, colours: Colours::Srgb };
            assert!(resized(raster, (4, 2)).unwrap().is_err(), "{layout:?}");
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
