//! What one picture may cost.

use super::unrenderable::Unrenderable;

/// What one picture may cost. Checked against what its header claims, before anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenderLimits {
    /// Width times height of the full picture.
    pub max_pixels: u64,
    /// The longer side of the full picture.
    pub max_side: u32,
    /// Memory for the decoded pixels and what their decoder keeps beside them. Encoded bytes and
    /// renditions come on top; together those are small.
    pub max_decoded_bytes: u64,
}

impl Default for RenderLimits {
    /// Room for what phones and cameras take: 200 megapixels, and stitched panoramas.
    fn default() -> Self {
        Self { max_pixels: 280_000_000, max_side: 100_000, max_decoded_bytes: 1 << 30 }
    }
}

impl RenderLimits {
    /// Refuses a picture whose size is zero, or beyond what was set.
    pub(super) fn check_size(&self, (width, height): (u32, u32)) -> Result<(), Unrenderable> {
        if width == 0 || height == 0 {
            return Err(Unrenderable::Broken("it says that it has no pixels".to_owned()));
        }
        if u64::from(width) * u64::from(height) > self.max_pixels || width.max(height) > self.max_side {
            return Err(Unrenderable::TooLarge { width, height });
        }
        Ok(())
    }

    /// Refuses a picture of a checked size whose decoding would keep so many bytes for each pixel.
    pub(super) fn check_memory(
        &self,
        (width, height): (u32, u32),
        bytes_per_pixel: u64,
    ) -> Result<(), Unrenderable> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels.saturating_mul(bytes_per_pixel) > self.max_decoded_bytes {
            return Err(Unrenderable::TooLarge { width, height });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_refuses_alone() {
        let limits = RenderLimits { max_pixels: 100, max_side: 50, max_decoded_bytes: 300 };
        assert_eq!(limits.check_size((10, 10)), Ok(()));
        assert_eq!(limits.check_size((10, 11)), Err(Unrenderable::TooLarge { width: 10, height: 11 }));
        assert_eq!(limits.check_size((51, 1)), Err(Unrenderable::TooLarge { width: 51, height: 1 }));
        assert_eq!(limits.check_memory((10, 10), 3), Ok(()));
        assert_eq!(limits.check_memory((10, 10), 4), Err(Unrenderable::TooLarge { width: 10, height: 10 }));
    }

    #[test]
    fn sizes_that_would_overflow_are_too_large() {
        let limits = RenderLimits::default();
        let huge = (u32::MAX, u32::MAX);
        assert!(limits.check_size(huge).is_err());
        assert!(limits.check_memory(huge, u64::MAX).is_err());
    }

    #[test]
    fn a_picture_without_pixels_is_broken() {
        for size in [(0, 1), (1, 0), (0, 0)] {
            assert!(matches!(RenderLimits::default().check_size(size), Err(Unrenderable::Broken(_))));
        }
    }
}
