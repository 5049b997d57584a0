//! Bytes that come back.

use bytes::Bytes;
use domain::{AssetId, EntryId};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderValue, RANGE};
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use wire::RenditionKind;

use crate::http::{Call, number};
use crate::{HubClient, Result};

/// Whose bytes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A file's.
    Entry(EntryId),
    /// A picture's or video's.
    Asset(AssetId),
    /// What a picture or video is shown with. Refused as `not-shown` when there will be none, and as
    /// `not-made-yet` while there is none.
    Rendition(AssetId, RenditionKind),
}

/// Bytes on their way from the hub. Nobody has verified them: hash them while they arrive.
#[derive(Debug)]
pub struct Download {
    client: HubClient,
    reply: Response,
    /// Where in the file the first byte belongs. 0 when the hub sends the whole file after all.
    pub starts_at_bytes: u64,
    /// How long the whole file is.
    pub size_bytes: u64,
    /// What the hub calls this content; changes when the content does.
    pub etag: Option<String>,
    /// The content's type, as the hub sniffed it.
    pub content_type: Option<String>,
}

impl HubClient {
    /// Starts to read a file from `from_bytes` on. Dropping the answer ends the transfer.
    pub async fn download(&self, wanted: Wanted, from_bytes: u64) -> Result<Download> {
        let path = match wanted {
            Wanted::Entry(id) => format!("api/v1/entries/{id}/content"),
            Wanted::Asset(id) => format!("api/v1/assets/{id}/content"),
            Wanted::Rendition(id, kind) => format!("api/v1/assets/{id}/renditions/{}", word(kind)),
        };
        let mut call = Call::get(path);
        if from_bytes > 0 {
            let range = HeaderValue::try_from(format!("bytes={from_bytes}-"));
            call = call.header(RANGE, range.map_err(|error| self.odd(error.to_string()))?);
        }
        let reply = self.send(call).await?;
        let (starts_at_bytes, size_bytes) = self.place(&reply, from_bytes)?;
        let text = |name| Some(reply.headers().get(name)?.to_str().ok()?.to_owned());
        let (etag, content_type) = (text(ETAG), text(CONTENT_TYPE));
        Ok(Download { client: self.clone(), reply, starts_at_bytes, size_bytes, etag, content_type })
    }

    /// Where the first byte of a reply belongs, and how long the whole file is.
    fn place(&self, reply: &Response, from_bytes: u64) -> Result<(u64, u64)> {
        if reply.status() == StatusCode::PARTIAL_CONTENT {
            return content_range(reply.headers())
                .filter(|&(starts_at_bytes, _)| starts_at_bytes <= from_bytes)
                .ok_or_else(|| self.odd("another part of the file than was asked for"));
        }
        let size_bytes = number(reply.headers(), &CONTENT_LENGTH);
        Ok((0, size_bytes.ok_or_else(|| self.odd("a file without a length"))?))
    }
}

impl Download {
    /// The next piece; `None` after the last. A connection that is cut before is an error, never an end.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        self.client.next_piece(&mut self.reply).await
    }

    /// The same as a stream, which ends after its first error.
    pub fn into_stream(self) -> BoxStream<'static, Result<Bytes>> {
        stream::unfold(Some(self), |download| async {
            let mut download = download?;
            match download.next().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(download))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}

/// A kind as addresses write it.
const fn word(kind: RenditionKind) -> &'static str {
    match kind {
        RenditionKind::Thumbnail => "thumbnail",
        RenditionKind::Preview => "preview",
        RenditionKind::FullSize => "full-size",
        RenditionKind::HoverClip => "hover-clip",
        RenditionKind::Playback => "playback",
    }
}

/// First byte and whole length out of `bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, u64)> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    let (range, size) = text.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.trim().parse().ok()?, size.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_write_kinds_as_json_does() {
        use RenditionKind::{FullSize, HoverClip, Playback, Preview, Thumbnail};
        for kind in [Thumbnail, Preview, FullSize, HoverClip, Playback] {
            assert_eq!(serde_json::json!(kind), word(kind));
        }
    }

    #[test]
    fn a_content_range_names_start_and_size() {
        let parse = |text: &'static str| {
            content_range(&HeaderMap::from_iter([(CONTENT_RANGE, HeaderValue::from_static(text))]))
        };
        assert_eq!(parse("bytes 5-9/10"), Some((5, 10)));
        for nonsense in ["bytes 5-9/*", "bytes */10", "pages 5-9/10", "bytes 5", ""] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
        assert_eq!(content_range(&HeaderMap::new()), None);
    }
}
