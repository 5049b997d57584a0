//! How a picture must be turned to stand upright: the eight values that EXIF calls orientation (Exif
//! 3.0, tag 0x0112; TIFF 6.0 gives the same tag the same meaning).

/// One of the eight ways. The number is the tag's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Orientation {
    #[default]
    Upright = 1,
    MirroredSideways = 2,
    UpsideDown = 3,
    MirroredUpsideDown = 4,
    /// Swapped along the diagonal from the upper left.
    Transposed = 5,
    /// To be turned clockwise by a quarter.
    QuarterClockwise = 6,
    /// Swapped along the diagonal from the upper right.
    Transversed = 7,
    /// To be turned counter-clockwise by a quarter.
    QuarterCounterClockwise = 8,
}

impl Orientation {
    /// By the tag's value. What no camera may write (0, 9 …) is upright: that is how everybody else
    /// shows such pictures.
    pub(super) fn of_tag(value: u16) -> Self {
        match value {
            2 => Self::MirroredSideways,
            3 => Self::UpsideDown,
            4 => Self::MirroredUpsideDown,
            5 => Self::Transposed,
            6 => Self::QuarterClockwise,
            7 => Self::Transversed,
            8 => Self::QuarterCounterClockwise,
            _ => Self::Upright,
        }
    }

    /// Whether width and height change places.
    pub(super) fn swaps_sides(self) -> bool {
        self as u8 >= 5
    }

    /// Width and height as they are seen.
    pub(super) fn turned(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// Turns pixels of `BYTES` bytes each that lie row by row without gaps. Answers them unchanged when
    /// nothing is to be done.
    pub(super) fn turn<const BYTES: usize>(
        self,
        pixels: Vec<u8>,
        (width, height): (usize, usize),
    ) -> Vec<u8> {
        if self == Self::Upright {
            return pixels;
        }
        let (source, _) = pixels.as_chunks::<BYTES>();
        let mut turned = Vec::with_capacity(pixels.len());
        let (columns, rows) = if self.swaps_sides() { (height, width) } else { (width, height) };
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = self.came_from((column, row), (width, height));
                if let Some(pixel) = source.get(y * width + x) {
                    turned.extend_from_slice(pixel);
                }
            }
        }
        turned
    }

    /// Where the pixel that is seen at a place lies in the file.
    fn came_from(self, (x, y): (usize, usize), (width, height): (usize, usize)) -> (usize, usize) {
        match self {
            Self::Upright => (x, y),
            Self::MirroredSideways => (width - 1 - x, y),
            Self::UpsideDown => (width - 1 - x, height - 1 - y),
            Self::MirroredUpsideDown => (x, height - 1 - y),
            Self::Transposed => (y, x),
            Self::QuarterClockwise => (y, height - 1 - x),
            Self::Transversed => (width - 1 - y, height - 1 - x),
            Self::QuarterCounterClockwise => (width - 1 - y, x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the tag's values promise of row 0 and column 0, on the letters
    ///
    /// ```text
    /// a b c
    /// d e f
    /// ```
    const SEEN: [(u16, &str); 8] = [
        (1, "abc/def"),
        (2, "cba/fed"),
        (3, "fed/cba"),
        (4, "def/abc"),
        (5, "ad/be/cf"),
        (6, "da/eb/fc"),
        (7, "fc/eb/da"),
        (8, "cf/be/ad"),
    ];

    #[test]
    fn each_of_the_eight_values_is_turned_as_the_standard_says() {
        for (value, seen) in SEEN {
            let orientation = Orientation::of_tag(value);
            assert_eq!(orientation as u16, value);
            let turned = orientation.turn::<1>(b"abcdef".to_vec(), (3, 2));
            assert_eq!(turned, seen.replace('/', "").as_bytes(), "{value}");
            let rows = u32::try_from(seen.split('/').count()).unwrap();
            assert_eq!(orientation.turned((3, 2)), (6 / rows, rows), "{value}");
        }
    }

    #[test]
    fn pixels_of_several_bytes_stay_together() {
        let turned = Orientation::QuarterClockwise.turn::<3>(b"RGBrgb".to_vec(), (2, 1));
        assert_eq!(turned, b"RGBrgb");
        let turned = Orientation::UpsideDown.turn::<4>(b"RGBArgba".to_vec(), (2, 1));
        assert_eq!(turned, b"rgbaRGBA");
    }

    #[test]
    fn values_that_nobody_may_write_change_nothing() {
        for value in [0, 9, 255, u16::MAX] {
            assert_eq!(Orientation::of_tag(value), Orientation::Upright);
        }
    }
}
