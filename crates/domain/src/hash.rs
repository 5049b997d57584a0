//! Content hashes. SHA-256 is the name of a blob; SHA-1 is an alias that other protocols ask by
//! (ADR 0002). Both are computed in one pass over the bytes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// A text that is not a hash of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {algorithm} hash: expected {bytes} bytes as {} hexadecimal digits", bytes * 2)]
pub struct ParseHashError {
    algorithm: &'static str,
    bytes: usize,
}

macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident, $algorithm:literal, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Wraps a digest that was computed elsewhere.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// Reads a digest from a catalog column; `None` when the length is wrong.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads standard base64, as in tus's `Upload-Checksum` and in `Repr-Digest`.
            pub fn from_base64(text: &str) -> Result<Self, ParseHashError> {
                let wrong = ParseHashError { algorithm: $algorithm, bytes: $length };
                let bytes = STANDARD.decode(text).map_err(|_| wrong.clone())?;
                Self::from_slice(&bytes).ok_or(wrong)
            }

            /// The digest itself.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = ParseHashError;

            fn from_str(text: &str) -> Result<Self, ParseHashError> {
                let mut bytes = [0u8; $length];
                hex::decode_to_slice(text, &mut bytes)
                    .map_err(|_| ParseHashError { algorithm: $algorithm, bytes: $length })?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

hash_type! {
    /// SHA-256 (FIPS 180-4) of a whole file: the name of its blob. `sha256sum` prints the same.
    ContentHash, "SHA-256", 32
}

hash_type! {
    /// SHA-1 (FIPS 180-4) of a whole file, an alias only: never trusted to tell two files apart.
    Sha1Hash, "SHA-1", 20
}

/// What is known of bytes once all of them were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashes {
    /// The blob's name.
    pub sha256: ContentHash,
    /// The alias.
    pub sha1: Sha1Hash,
    /// How many bytes were hashed.
    pub size_bytes: u64,
}

/// Computes both hashes and counts bytes in one pass. Cloning it forks the state, so that a
/// caller can look at the hashes of a prefix and go on.
#[derive(Debug, Clone, Default)]
pub struct TwinHasher {
    sha256: Sha256,
    sha1: Sha1,
    size_bytes: u64,
}

impl TwinHasher {
    /// Starts with nothing seen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes. Pieces of 64 to 256 KiB keep both digests in the cache.
    pub fn update(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(128 * 1024) {
            self.sha256.update(piece);
            self.sha1.update(piece);
        }
        self.size_bytes += bytes.len() as u64;
    }

    /// How many bytes were taken so far.
    pub const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The hashes of everything taken.
    pub fn finish(self) -> Hashes {
        Hashes {
            sha256: ContentHash(self.sha256.finalize().into()),
            sha1: Sha1Hash(self.sha1.finalize().into()),
            size_bytes: self.size_bytes,
        }
    }

    /// Both hashes of bytes that are in memory anyway.
    pub fn of(bytes: &[u8]) -> Hashes {
        let mut hasher = Self::new();
        hasher.update(bytes);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_answers_of_fips_180() {
        let hashes = TwinHasher::of(b"abc");
        assert_eq!(
            hashes.sha256.to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(hashes.sha1.to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hashes.size_bytes, 3);
    }

    #[test]
    fn text_forms_go_there_and_back() {
        let hash = TwinHasher::of(b"abc").sha256;
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
        assert_eq!(ContentHash::from_base64("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="), Ok(hash));
    }

    #[test]
    fn a_wrong_length_says_what_was_expected() {
        let error = "abcd".parse::<ContentHash>().unwrap_err();
        assert_eq!(error.to_string(), "not a SHA-256 hash: expected 32 bytes as 64 hexadecimal digits");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(bytes: Vec<u8>, cut in 0usize..64) {
            let cut = cut.min(bytes.len());
            let mut hasher = TwinHasher::new();
            hasher.update(&bytes[..cut]);
            hasher.update(&bytes[cut..]);
            prop_assert_eq!(hasher.finish(), TwinHasher::of(&bytes));
        }
    }
}
