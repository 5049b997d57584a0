//! Sending files: tus for what may be interrupted, one `PUT` for what is small.

use domain::UploadId;
use http::Method;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use wire::{Stored, headers};

use crate::http::{Call, Pieces, number};
use crate::{HubClient, Result};

mod declaration;

pub use declaration::Declaration;

/// tus: how many bytes the hub has.
pub(crate) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET_STREAM: HeaderValue = HeaderValue::from_static("application/offset+octet-stream");

/// An upload that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Remember it: an interrupted upload goes on with it, also days later.
    pub id: UploadId,
    /// How many bytes the hub has.
    pub offset_bytes: u64,
    /// Set when these were all, and they are safe.
    pub stored: Option<Stored>,
}

/// How far an upload is, after more bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// How many bytes the hub has, durably.
    pub offset_bytes: u64,
    /// Set when these were all, and they are safe.
    pub stored: Option<Stored>,
}

/// How far an upload is, after asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadState {
    /// How many bytes the hub has, durably.
    pub offset_bytes: u64,
    /// How many it waits for altogether.
    pub length_bytes: u64,
    /// Set when it has all, and they are safe.
    pub stored: Option<Stored>,
}

impl HubClient {
    /// Begins an upload of `length_bytes` without any bytes yet.
    pub async fn begin_upload(&self, file: &Declaration, length_bytes: u64) -> Result<Begun> {
        let reply = self.send(create(file, length_bytes)).await?;
        self.begun(reply.headers(), 0)
    }

    /// Begins an upload and sends the whole file with it: one round trip for a small file.
    ///
    /// After an error the hub may or may not have begun; sending the file again is harmless.
    pub async fn begin_upload_with(
        &self,
        file: &Declaration,
        length_bytes: u64,
        pieces: Pieces,
    ) -> Result<Begun> {
        let call =
            create(file, length_bytes).header(CONTENT_TYPE, OFFSET_STREAM).pieces(pieces, length_bytes);
        let reply = self.send(call).await?;
        self.begun(reply.headers(), length_bytes)
    }

    /// Asks how far an upload is. `Problem` with `UploadGone` or `NotFound`: begin a new one.
    pub async fn upload_state(&self, id: UploadId) -> Result<UploadState> {
        let reply = self.send(tus(Method::HEAD, format!("tus/{id}"))).await?;
        let missing = || self.odd("an upload without its offset or length");
        Ok(UploadState {
            offset_bytes: number(reply.headers(), &UPLOAD_OFFSET).ok_or_else(missing)?,
            length_bytes: number(reply.headers(), &UPLOAD_LENGTH).ok_or_else(missing)?,
            stored: self.stored(reply.headers())?,
        })
    }

    /// Sends `length_bytes` more bytes, which belong at `offset_bytes`.
    ///
    /// [`crate::Error::OffsetMismatch`] says where the hub wants to go on instead. After any other
    /// error ask [`HubClient::upload_state`]: the hub keeps what arrived.
    pub async fn append(
        &self,
        id: UploadId,
        offset_bytes: u64,
        pieces: Pieces,
        length_bytes: u64,
    ) -> Result<Appended> {
        let call = tus(Method::PATCH, format!("tus/{id}"))
            .header(UPLOAD_OFFSET, offset_bytes.into())
            .header(CONTENT_TYPE, OFFSET_STREAM)
            .pieces(pieces, length_bytes);
        let reply = self.send(call).await?;
        Ok(Appended {
            offset_bytes: number(reply.headers(), &UPLOAD_OFFSET)
                .ok_or_else(|| self.odd("an upload without its offset"))?,
            stored: self.stored(reply.headers())?,
        })
    }

    /// Gives an unfinished upload up; the hub throws its bytes away.
    pub async fn end_upload(&self, id: UploadId) -> Result<()> {
        self.tell(tus(Method::DELETE, format!("tus/{id}"))).await
    }

    /// Sends a whole file in one request. Cannot go on after an interruption, only start again.
    pub async fn put_file(&self, file: &Declaration, length_bytes: u64, pieces: Pieces) -> Result<Stored> {
        let mut call = Call::put("api/v1/files")
            .header(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"))
            .pieces(pieces, length_bytes);
        for (name, value) in file.headers() {
            call = call.header(name, value);
        }
        let reply = self.send(call).await?;
        self.stored(reply.headers())?.ok_or_else(|| self.odd("a success that does not say what was stored"))
    }

    fn begun(&self, headers: &HeaderMap, offset_bytes: u64) -> Result<Begun> {
        let id = headers
            .get(LOCATION)
            .and_then(|location| {
                location.to_str().ok()?.trim_end_matches('/').rsplit('/').next()?.parse().ok()
            })
            .ok_or_else(|| self.odd("an upload without its address"))?;
        // Says nothing when no bytes came along, or when all did.
        let offset_bytes = number(headers, &UPLOAD_OFFSET).unwrap_or(offset_bytes);
        Ok(Begun { id, offset_bytes, stored: self.stored(headers)? })
    }

    /// What a finished upload's headers say; `None` while there is no entry.
    fn stored(&self, reply: &HeaderMap) -> Result<Option<Stored>> {
        let text = |name: &str| reply.get(name).and_then(|value| value.to_str().ok());
        let Some(entry) = text(headers::ENTRY) else { return Ok(None) };
        let odd = |name: &str| self.odd(format!("a finished upload with an odd {name}"));
        Ok(Some(Stored {
            entry_id: entry.parse().map_err(|_| odd(headers::ENTRY))?,
            asset_id: match text(headers::ASSET) {
                None => None,
                Some(asset) => Some(asset.parse().map_err(|_| odd(headers::ASSET))?),
            },
            sha256: text(headers::SHA256)
                .and_then(|sum| sum.parse().ok())
                .ok_or_else(|| odd(headers::SHA256))?,
            name: declaration::decode(text(headers::NAME).ok_or_else(|| odd(headers::NAME))?),
            already_held: text(headers::ALREADY_HELD) == Some("true"),
        }))
    }
}

fn create(file: &Declaration, length_bytes: u64) -> Call {
    tus(Method::POST, "tus".to_owned())
        .header(UPLOAD_LENGTH, length_bytes.into())
        .header(UPLOAD_METADATA, file.tus_metadata())
}

fn tus(method: Method, path: String) -> Call {
    Call::new(method, path).header(TUS_RESUMABLE, HeaderValue::from_static("1.0.0"))
}
