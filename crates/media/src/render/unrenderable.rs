//! Why a picture cannot be shown.

use std::fmt::Display;

/// Why a picture cannot be shown, in words for whoever misses it. The original is untouched by any of
/// these, and trying again gives the same answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unrenderable {
    /// The bytes do not hold the picture that they promise.
    #[error("The picture cannot be read: {0}.")]
    Broken(String),
    /// Decoding it would take more than was allowed.
    #[error("The picture is too large to be shown here: it says that it is {width} × {height} pixels.")]
    TooLarge {
        /// As the file claims; before it is turned upright.
        width: u32,
        /// As the file claims; before it is turned upright.
        height: u32,
    },
    /// Nothing here can decode it, whole as it may be.
    #[error("Pictures of this kind cannot be shown yet: {0}.")]
    Unsupported(String),
}

impl Unrenderable {
    /// A decoder gave up, with its own words.
    pub(super) fn broken(why: impl Display) -> Self {
        Self::Broken(why.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_why_in_a_sentence() {
        let all = [
            Unrenderable::broken("it ends too early"),
            Unrenderable::TooLarge { width: 9, height: 8 },
            Unrenderable::Unsupported("nobody reads them".to_owned()),
        ];
        for error in all {
            let words = error.to_string();
            assert!(words.starts_with(char::is_uppercase) && words.ends_with('.'), "{words}");
        }
        assert!(Unrenderable::TooLarge { width: 9, height: 8 }.to_string().contains("9 × 8"));
    }
}
