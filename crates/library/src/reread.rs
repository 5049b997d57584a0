//! Reading kept bytes again from end to end, one piece in memory at a time.

use domain::{ContentHash, Hashes, TwinHasher};
use futures_util::StreamExt as _;
use vault::Vault;

use crate::ingest::HEAD_BYTES;

/// What kept bytes turned out to be.
pub(crate) struct Reread {
    /// Their true hashes and length.
    pub(crate) hashes: Hashes,
    /// Their first bytes, enough to tell their type.
    pub(crate) head: Vec<u8>,
}

/// Reads all `size_bytes` of a blob. `progress` hears of each piece's length.
pub(crate) async fn reread(
    vault: &dyn Vault,
    sha256: ContentHash,
    size_bytes: u64,
    mut progress: impl FnMut(u64) + Send,
) -> vault::Result<Reread> {
    let mut stream = vault::read_known(vault, sha256, size_bytes, 0..size_bytes).await?;
    let (mut hasher, mut head) = (TwinHasher::new(), Vec::new());
    while let Some(piece) = stream.next().await {
        let piece = piece?;
        let missing = HEAD_BYTES.saturating_sub(head.len());
        head.extend_from_slice(&piece[..piece.len().min(missing)]);
        progress(piece.len() as u64);
        // Hashing on an async thread would make uploads and downloads wait.
        hasher = tokio::task::spawn_blocking(move || {
            hasher.update(&piece);
            hasher
        })
        .await
        .map_err(|error| vault::Error::Io { what: "hash bytes", source: std::io::Error::other(error) })?;
    }
    Ok(Reread { hashes: hasher.finish(), head })
}
