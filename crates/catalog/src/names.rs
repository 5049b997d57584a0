//! The form of a name that the catalog compares and sorts by.

use domain::stem::file_stem;
use domain::{ContentHash, Name, TwinHasher};

/// PostgreSQL's index rows end at about 2 700 bytes, and NFC can make a name three times as long
/// (characters that Unicode excludes from composition). Longer keys end in a hash instead.
const KEY_MAX_BYTES: usize = 1024;

/// A name's key: its NFC form as bytes. Two names with one key cannot be in one folder.
pub(crate) fn name_key(name: &Name) -> Vec<u8> {
    short(name.key().into_bytes())
}

fn short(mut key: Vec<u8>) -> Vec<u8> {
    if key.len() > KEY_MAX_BYTES {
        let hash: ContentHash = TwinHasher::of(&key).sha256;
        key.truncate(KEY_MAX_BYTES - hash.as_bytes().len());
        key.extend_from_slice(hash.as_bytes());
    }
    key
}

/// A file name's stem as it is compared (see [`domain::stem`]), as bytes, as short as a key.
pub(crate) fn stem_key(name: &Name) -> Vec<u8> {
    short(file_stem(name.as_str()).key.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_nfc_form_and_stays_short() {
        let name = |text: &str| Name::new(text).unwrap();
        assert_eq!(name_key(&name("cafe\u{301}")), "caf\u{e9}".as_bytes());
        // U+1D160 becomes three characters of four bytes each.
        let (long, longer) = ("\u{1d160}".repeat(249), "\u{1d160}".repeat(250));
        assert_eq!(name_key(&name(&long)).len(), KEY_MAX_BYTES);
        assert_ne!(name_key(&name(&long)), name_key(&name(&longer)));
    }
}
