//! Names of folders, files, albums, Spaces and devices.
//!
//! A name is kept exactly as it came. Two names are the same when their Unicode NFC forms are
//! (UAX #15): a Mac says `é` in two code points where Linux says it in one. Case is kept and counts.
//! Whether some file system can hold a name is a question for the moment when a real file is made:
//! [`Name::safe_file_name`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::hash::TwinHasher;

/// The longest name that the hub keeps, in bytes of UTF-8. Most file systems stop at 255; the room
/// above it is for `" (2)"` and for names that came from elsewhere.
pub const NAME_MAX_BYTES: usize = 1000;

/// The longest file name that common file systems hold, in bytes.
pub const FILE_NAME_MAX_BYTES: usize = 255;

/// Why a text cannot be a name, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("a name cannot be empty")]
    Empty,
    /// `.` and `..` mean folders, everywhere.
    #[error("\"{0}\" cannot be a name: it means a folder")]
    Dots(String),
    /// A slash would make two names of one; NUL ends names on every system.
    #[error("a name cannot contain \"/\" or a NUL character")]
    Separator,
    /// Longer than [`NAME_MAX_BYTES`].
    #[error("the name is {0} bytes long; at most {NAME_MAX_BYTES} are kept")]
    TooLong(usize),
}

/// A valid name, kept exactly as it came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// Takes a text as a name, unchanged.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text == "." || text == ".." {
            return Err(NameError::Dots(text));
        }
        if text.contains(['/', '\0']) {
            return Err(NameError::Separator);
        }
        if text.len() > NAME_MAX_BYTES {
            return Err(NameError::TooLong(text.len()));
        }
        Ok(Self(text))
    }

    /// Turns any text into a name: what cannot stand in one becomes `_`, too long is cut, nothing
    /// at all becomes `unnamed`. For names that no person typed, such as a computer's host name.
    pub fn lenient(text: &str) -> Self {
        let mut cleaned: String =
            text.chars().map(|c| if matches!(c, '/' | '\0') { '_' } else { c }).collect();
        cleaned.truncate(floor_char_boundary(&cleaned, FILE_NAME_MAX_BYTES));
        match cleaned.as_str() {
            "" => Self("unnamed".into()),
            "." | ".." => Self(cleaned.replace('.', "_")),
            _ => Self(cleaned),
        }
    }

    /// The name as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is compared: NFC. Two names with one key cannot be in one folder.
    pub fn key(&self) -> String {
        self.0.nfc().collect()
    }

    /// The same name with a number before its ending, as people know it: `IMG_1 (2).jpg`.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        let (stem, ending) = split_ending(&self.0);
        let suffix = format!(" ({number}){ending}");
        let room = NAME_MAX_BYTES.saturating_sub(suffix.len());
        let stem = &stem[..floor_char_boundary(stem, room)];
        Self(format!("{stem}{suffix}"))
    }

    /// A name that every common file system can hold, the same whenever that is possible.
    ///
    /// What Windows or macOS refuse is replaced by `_` (Microsoft, "Naming Files, Paths, and
    /// Namespaces"): control characters, `<>:"\|?*`, a dot or space at the end, device names such
    /// as `CON`. When anything had to change, or the name is longer than 255 bytes, eight digits
    /// of its SHA-256 are added, so that two different names stay different.
    pub fn safe_file_name(&self) -> String {
        let cleaned: String = self
            .0
            .chars()
            .map(|c| if c.is_control() || "<>:\"\\|?*".contains(c) { '_' } else { c })
            .collect();
        let trimmed = cleaned.trim_end_matches(['.', ' ']);
        if trimmed == self.0 && trimmed.len() <= FILE_NAME_MAX_BYTES && !is_device_name(trimmed) {
            return self.0.clone();
        }
        let (stem, ending) = split_ending(trimmed);
        let digest = TwinHasher::of(self.0.as_bytes()).sha256.to_string();
        let suffix = format!("~{}{ending}", &digest[..8]);
        let room = FILE_NAME_MAX_BYTES.saturating_sub(suffix.len());
        format!("{}{suffix}", &stem[..floor_char_boundary(stem, room)])
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Splits before the last dot, unless that dot starts the name or what follows is too long to be
/// an ending.
fn split_ending(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= 16 => name.split_at(at),
        _ => (name, ""),
    }
}

/// The greatest index not above `at` that does not cut a character in two.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    (0..=at).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}

/// Names that Windows keeps for devices, with any ending.
fn is_device_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_ascii_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" => true,
        _ => {
            stem.len() == 4
                && (stem.starts_with("COM") || stem.starts_with("LPT"))
                && stem.ends_with(|c: char| c.is_ascii_digit() && c != '0')
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    #[test]
    fn what_cannot_be_a_name_says_why() {
        assert_eq!(Name::new(""), Err(NameError::Empty));
        assert_eq!(Name::new(".."), Err(NameError::Dots("..".into())));
        assert_eq!(Name::new("a/b"), Err(NameError::Separator));
        assert_eq!(Name::new("a\0b"), Err(NameError::Separator));
        assert_eq!(Name::new("x".repeat(1001)), Err(NameError::TooLong(1001)));
    }

    #[test]
    fn odd_names_are_kept_exactly() {
        for odd in ["two\nlines.jpg", "🦊.heic", " leading", "trailing.", "con.jpg", &"ü".repeat(127)] {
            assert_eq!(name(odd).as_str(), odd);
        }
    }

    #[test]
    fn composed_and_decomposed_are_one_name_and_case_is_not() {
        assert_eq!(name("caf\u{e9}.jpg").key(), name("cafe\u{301}.jpg").key());
        assert_ne!(name("A.jpg").key(), name("a.jpg").key());
    }

    #[test]
    fn numbers_go_before_the_ending() {
        assert_eq!(name("IMG_1.jpg").numbered(2).as_str(), "IMG_1 (2).jpg");
        assert_eq!(name("README").numbered(3).as_str(), "README (3)");
        assert_eq!(name(".hidden").numbered(2).as_str(), ".hidden (2)");
        assert!(name(&"é".repeat(500)).numbered(2).as_str().len() <= NAME_MAX_BYTES);
    }

    #[test]
    fn safe_names_are_the_same_where_they_can_be() {
        assert_eq!(name("IMG_1.jpg").safe_file_name(), "IMG_1.jpg");
        assert_eq!(name("🦊.heic").safe_file_name(), "🦊.heic");
        for odd in ["a:b.jpg", "nul.jpg", "LPT1", "end.", "two\nlines.jpg"] {
            assert_ne!(name(odd).safe_file_name(), odd);
        }
        assert_ne!(name("a:b").safe_file_name(), name("a?b").safe_file_name());
    }

    proptest! {
        #[test]
        fn every_name_has_a_safe_form(text in "[^/\\x00]{1,200}") {
            prop_assume!(Name::new(text.clone()).is_ok());
            let safe = name(&text).safe_file_name();
            prop_assert!(safe.len() <= FILE_NAME_MAX_BYTES && !safe.is_empty());
            prop_assert!(!safe.chars().any(|c| c.is_control() || "<>:\"/\\|?*".contains(c)));
            prop_assert!(!safe.ends_with(['.', ' ']));
        }

        #[test]
        fn lenient_always_gives_a_name(text: String) {
            prop_assert!(Name::new(Name::lenient(&text).as_str()).is_ok());
        }
    }
}
