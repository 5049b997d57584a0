//! Both hashes of an item in one read, and proof that it held still meanwhile.

use std::io;

use domain::{Hashes, TwinHasher};

use super::{Facts, LocalId, Source};

/// How much is read at once: both digests stay in the processor's cache.
const PIECE_BYTES: usize = 128 * 1024;

/// An item's hashes and the facts they belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashed {
    /// Both hashes and the length.
    pub hashes: Hashes,
    /// The facts before and after the read: they agreed.
    pub facts: Facts,
}

/// Why an item has no hashes.
#[derive(Debug, thiserror::Error)]
pub enum HashFailure {
    /// It is not there any more.
    #[error("it is not there any more")]
    Vanished,
    /// Its length or one of its times moved while it was read. Try again a little later.
    #[error("it changed while it was read")]
    Changed,
    /// The system does not let us read it.
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] io::Error),
}

impl From<io::Error> for HashFailure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Vanished } else { Self::Unreadable(error) }
    }
}

/// Reads an item once and computes both hashes. The time of change alone is never trusted across the
/// read: length and times before, the bytes counted, and length and times after must all agree, by the
/// opened file and by its name (a rename over it would go unseen otherwise). Blocks.
pub fn hash(source: &dyn Source, local: &LocalId) -> Result<Hashed, HashFailure> {
    let mut item = source.open_blocking(local)?;
    let before = item.facts()?;
    let mut hasher = TwinHasher::new();
    let mut piece = vec![0u8; PIECE_BYTES];
    loop {
        let length = match item.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        hasher.update(&piece[..length]);
        if hasher.size_bytes() > before.size_bytes {
            return Err(HashFailure::Changed);
        }
    }
    let after = item.facts()?;
    let by_name = source.facts(local)?;
    let held_still = before.same_version(&after)
        && before.same_version(&by_name)
        && before.file == by_name.file
        && hasher.size_bytes() == before.size_bytes;
    if !held_still {
        return Err(HashFailure::Changed);
    }
    Ok(Hashed { hashes: hasher.finish(), facts: after })
}
