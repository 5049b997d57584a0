//! Reading with proof.

use std::ops::Range;

use domain::ContentHash;
use domain::hash::TwinHasher;
use futures_util::TryStreamExt as _;

use crate::{ByteStream, Error, Result, Vault};

/// Reads a whole blob again and compares it with its name. [`Error::Damaged`] when a byte differs or
/// is missing, [`Error::NotFound`] when there is no blob. Holds one piece in memory at a time.
pub async fn verify_blob(vault: &dyn Vault, hash: ContentHash) -> Result<()> {
    let size_bytes = vault.size_of(hash).await?.ok_or(Error::NotFound { hash })?;
    let stream = vault.read(hash, 0..size_bytes).await?;
    let hasher = stream
        .try_fold(TwinHasher::new(), |mut hasher, piece| async move {
            hasher.update(&piece);
            Ok(hasher)
        })
        .await?;
    if hasher.finish().sha256 == hash { Ok(()) } else { Err(Error::Damaged { hash }) }
}

/// Reads a range of a blob whose length is known from elsewhere. [`Error::Damaged`] when the stored
/// blob is shorter or longer: such a blob is not the one that was sealed, and giving out part of it
/// would pass for the real thing.
pub async fn read_known(
    vault: &dyn Vault,
    hash: ContentHash,
    size_bytes: u64,
    range: Range<u64>,
) -> Result<ByteStream> {
    match vault.size_of(hash).await? {
        None => Err(Error::NotFound { hash }),
        Some(stored_bytes) if stored_bytes != size_bytes => Err(Error::Damaged { hash }),
        Some(_) => vault.read(hash, range).await,
    }
}
