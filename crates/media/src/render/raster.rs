//! Pixels between a decoder and what is made of them.

use super::orientation::Orientation;

/// What the pixels are wanted for, so that a decoder can save itself the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Renditions: a decoder may answer a smaller picture, but none smaller than this box asks for.
    AtLeast {
        /// The longer side that a reduced picture keeps.
        longer_side: u32,
    },
    /// Every pixel.
    Everything,
}

/// One decoded picture.
#[derive(Debug, Clone)]
pub(super) struct Decoded {
    /// Perhaps reduced, not turned yet, in the file's own colours.
    pub(super) raster: Raster,
    /// Width and height of the full picture, not turned yet.
    pub(super) full: (u32, u32),
    /// What is still to be done.
    pub(super) orientation: Orientation,
    /// The bytes ended before the picture did.
    pub(super) is_partial: bool,
}

/// Samples row by row, without gaps.
#[derive(Debug, Clone)]
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    pub(super) samples: Samples,
    pub(super) colours: Colours,
}

/// What the samples of a pixel mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// RGB with a fourth sample that means nothing.
    Rgbx,
    /// Ink: 0 is none, the highest value is full.
    Cmyk,
}

impl Layout {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Rgbx | Self::Cmyk => 4,
        }
    }

    pub(super) fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }
}

/// Samples of 8 bits, or of 16 that use their whole range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

/// What the numbers mean as colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Colours {
    /// As screens show them; what is taken when a file does not say.
    Srgb,
    /// By an ICC profile.
    Profile(Vec<u8>),
    /// By code points (ITU-T H.273).
    CodePoints { primaries: u8, transfer: u8 },
}

/// A picture in sRGB, 8 bits a sample, RGB or RGBA (alpha not multiplied in).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) has_alpha: bool,
    pub(super) pixels: Vec<u8>,
}

impl Canvas {
    /// Turned upright.
    pub(super) fn upright(self, orientation: Orientation) -> Self {
        let size = (self.width as usize, self.height as usize);
        let pixels = if self.has_alpha {
            orientation.turn::<4>(self.pixels, size)
        } else {
            orientation.turn::<3>(self.pixels, size)
        };
        let (width, height) = orientation.turned((self.width, self.height));
        Self { width, height, has_alpha: self.has_alpha, pixels }
    }

    /// Without alpha, on white.
    pub(super) fn on_white(self) -> Self {
        if !self.has_alpha {
            return self;
        }
        let (pixels, _) = self.pixels.as_chunks::<4>();
        let flattened = pixels.iter().flat_map(|&[red, green, blue, alpha]| {
            [red, green, blue].map(|sample| over_white(sample, alpha))
        });
        let pixels = flattened.collect();
        Self { has_alpha: false, pixels, ..self }
    }
}

fn over_white(sample: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    let mixed = (u32::from(sample) * alpha + 255 * (255 - alpha) + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_see_through_becomes_white() {
        let pixels = vec![10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128];
        let canvas = Canvas { width: 3, height: 1, has_alpha: true, pixels };
        let flat = canvas.on_white();
        assert_eq!(flat.pixels, [10, 20, 30, 255, 255, 255, 127, 127, 127]);
        assert!(!flat.has_alpha);
        assert_eq!(flat.clone().on_white(), flat);
    }

    #[test]
    fn a_canvas_is_turned_with_and_without_alpha() {
        for (has_alpha, first, second) in
            [(false, vec![1, 2, 3], vec![4, 5, 6]), (true, vec![1, 2, 3, 9], vec![4, 5, 6, 9])]
        {
            let pixels = [first.clone(), second.clone()].concat();
            let turned = Canvas { width: 2, height: 1, has_alpha, pixels }
                .upright(Orientation::QuarterCounterClockwise);
            assert_eq!((turned.width, turned.height), (1, 2));
            assert_eq!(turned.pixels, [second, first].concat());
        }
    }
}
