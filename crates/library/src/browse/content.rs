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
use vault::{ByteStream, Rendition, RenditionKind};

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
    /// What it is shown with instead of itself; `None` for the kept bytes.
    made: Option<RenditionKind>,
}

impl Content {
    fn new(sha256: ContentHash, size_bytes: u64, content_type: String, name: String) -> Self {
        let safe_inline = media::is_safe_inline(&content_type);
        Self { sha256, size_bytes, content_type, safe_inline, name, made: None }
    }

    /// A rendition of something called `name`.
    pub(crate) fn made(rendition: Rendition, size_bytes: u64, name: &str) -> Self {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let content_type = rendition.kind.content_type();
        let ending = content_type.rsplit_once('/').map_or("", |(_, ending)| ending);
        Self {
            sha256: rendition.of,
            size_bytes,
            content_type: content_type.to_owned(),
            safe_inline: true,
            name: format!("{stem}.{ending}"),
            made: Some(rendition.kind),
        }
    }

    /// Tells these bytes from all others, for entity tags. Renditions of one original differ by their
    /// kind, and by their length when they were made anew.
    pub fn tag(&self) -> String {
        match self.made {
            None => self.sha256.to_string(),
            Some(kind) => format!("{}-{}-{}", self.sha256, kind.word(), self.size_bytes),
        }
    }

    /// Whether these are bytes that were made to be shown, and not what is kept.
    pub const fn is_made(&self) -> bool {
        self.made.is_some()
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
        let stream = match content.made {
            None => vault::read_known(&*self.vault, content.sha256, content.size_bytes, range).await?,
            Some(kind) => self.read_made(Rendition { of: content.sha256, kind }, range).await?,
        };
        Ok(stream.map(|piece| piece.map_err(Error::from)))
    }

    async fn read_made(&self, rendition: Rendition, range: Range<u64>) -> Result<ByteStream> {
        let parts = self.describing.parts.as_ref().ok_or(Error::NotFound("rendition"))?;
        match parts.renditions.read(rendition, range).await {
            // Removed since it was found: the caller asks once more, and it is made again.
            Err(vault::Error::NotFound { .. }) => Err(Error::NotFound("rendition")),
            read => Ok(read?),
        }
    }
}
