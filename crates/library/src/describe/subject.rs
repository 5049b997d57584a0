//! What is looked into: an asset, its bytes, and what is known besides.

use catalog::assets::{self, AssetKind};
use catalog::entries::{self, Entry};
use catalog::{Tx, blobs};
use domain::{AssetId, ContentHash, Name, SpaceId, TimestampMs};
use futures_util::StreamExt as _;

use crate::Library;
use crate::error::{Error, Result};

/// The longest sidecar that is read, in bytes. Real ones have some kilobytes.
const SIDECAR_MAX_BYTES: u64 = 1 << 20;

/// An asset that is to be looked into.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) id: AssetId,
    pub(super) space_id: SpaceId,
    pub(super) sha256: ContentHash,
    pub(super) size_bytes: u64,
    pub(super) content_type: String,
    pub(super) kind: AssetKind,
    /// One of its names.
    pub(super) name: String,
    /// When the file was last changed on the device that sent it.
    pub(super) modified_at_ms: Option<TimestampMs>,
    /// When it was taken, as far as is known without looking.
    pub(super) taken_at_ms: TimestampMs,
    /// The `.xmp` file beside it.
    sidecar: Option<(ContentHash, u64)>,
}

impl Library {
    /// The asset, as long as it exists, also in the trash.
    pub(super) async fn subject(&self, id: AssetId) -> Result<Option<Subject>> {
        self.catalog.read(move |tx| Box::pin(subject(tx, id))).await
    }

    /// The bytes of the sidecar; none when there is none or it cannot be read, which costs facts only.
    pub(super) async fn sidecar(&self, subject: &Subject) -> Option<Vec<u8>> {
        let (sha256, size_bytes) = subject.sidecar?;
        let mut stream = self.vault.read(sha256, 0..size_bytes).await.ok()?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece.ok()?);
        }
        Some(bytes)
    }
}

async fn subject(tx: &mut Tx, id: AssetId) -> Result<Option<Subject>> {
    let Some(asset) = assets::get(tx, id).await? else { return Ok(None) };
    let names = entries::by_asset(tx, id).await?;
    let entry = names.first();
    let sidecar = match entry {
        Some(entry) => sidecar_of(tx, entry).await?,
        None => None,
    };
    Ok(Some(Subject {
        id,
        space_id: asset.space_id,
        sha256: asset.sha256,
        size_bytes: asset.size_bytes,
        content_type: asset.content_type,
        kind: asset.kind,
        name: entry.map(|entry| entry.name.clone()).unwrap_or_default(),
        modified_at_ms: entry.and_then(|entry| entry.file.as_ref()).and_then(|file| file.modified_at_ms),
        taken_at_ms: asset.taken_at_ms,
        sidecar,
    }))
}

/// `IMG_1.CR2.xmp` or `IMG_1.xmp` in the same folder: the two ways in which programs name it.
async fn sidecar_of(tx: &mut Tx, entry: &Entry) -> Result<Option<(ContentHash, u64)>> {
    let Some(folder_id) = entry.parent_id else { return Ok(None) };
    let stem = entry.name.rsplit_once('.').map(|(stem, _)| stem);
    let beside = [Some(entry.name.as_str()), stem].into_iter().flatten();
    for name in beside.flat_map(|name| [format!("{name}.xmp"), format!("{name}.XMP")]) {
        let Ok(name) = Name::new(name) else { continue };
        let found = entries::child_by_key(tx, folder_id, &name).await?;
        let Some(file) = found.and_then(|found| found.file) else { continue };
        if let Some(blob) = blobs::get(tx, file.sha256).await?
            && blob.size_bytes <= SIDECAR_MAX_BYTES
        {
            return Ok::<_, Error>(Some((blob.sha256, blob.size_bytes)));
        }
    }
    Ok(None)
}
