//! Downloads.

use std::ops::Range;

use bytes::Bytes;
use catalog::{assets, entries};
use domain::{AssetId, ContentHash, EntryId};
use futures_core::Stream;
use futures_util::StreamExt as _;

use super::assets::visible_asset;
use super::entries::visible;
use crate::error::{Error, Result};
use crate::{Caller, Library};

/// Kept content that the caller may read, with what a download says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its name in the vault and its entity tag.
    pub sha256: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// Whether a browser may show it by itself; false for anything that it would run.
    pub safe_inline: bool,
    /// What to call the downloaded file.
    pub name: String,
}

impl Content {
    fn new(sha256: ContentHash, size_bytes: u64, content_type: String, name: String) -> Self {
        let safe_inline = media::is_safe_inline(&content_type);
        Self { sha256, size_bytes, content_type, safe_inline, name }
    }
}

impl Library {
    /// The content of a file, live or in the trash.
    pub async fn entry_content(&self, caller: &Caller, id: EntryId) -> Result<Content> {
        let user_id = caller.user_id;
        let entry = self.catalog.read(move |tx| Box::pin(visible(tx, user_id, id))).await?;
        let file = entry.file.ok_or(Error::Conflict("a folder has no content of its own"))?;
        Ok(Content::new(file.sha256, file.size_bytes, file.content_type, entry.name))
    }

    /// The content of an asset, called as one of its files is.
    pub async fn asset_content(&self, caller: &Caller, id: AssetId) -> Result<Content> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    visible_asset(tx, user_id, id).await?;
                    let blob = assets::blob_of(tx, id).await?.ok_or(Error::NotFound("picture or video"))?;
                    let name = entries::by_asset(tx, id).await?.into_iter().next().map(|entry| entry.name);
                    Ok(Content::new(
                        blob.sha256,
                        blob.size_bytes,
                        blob.content_type,
                        name.unwrap_or_else(|| blob.sha256.to_string()),
                    ))
                })
            })
            .await
    }

    /// Streams bytes of content that one of the calls above has given. Bytes that are fewer than the
    /// catalog says are an error, never a short file.
    pub async fn read_content(
        &self,
        content: &Content,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
        if range.end > content.size_bytes {
            return Err(Error::RangeOutside { size_bytes: content.size_bytes });
        }
        let stream = vault::read_known(&*self.vault, content.sha256, content.size_bytes, range).await?;
        Ok(stream.map(|piece| piece.map_err(Error::from)))
    }
}
