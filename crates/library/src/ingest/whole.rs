//! A whole file in one request: begin, append and finish without a row in between. When the
//! connection breaks nothing remains, so this is for small files, and for `PUT`.

use super::begin::NewUpload;
use super::receive::{Body, ChunkChecksum, Limits, receive};
use super::session::Session;
use super::{FileDeclaration, UploadState};
use crate::error::{Error, Result};
use crate::{Caller, Library};

impl Library {
    /// Receives a file whose length is known and whose bytes all come with this request.
    pub async fn receive_whole(
        &self,
        caller: &Caller,
        new: NewUpload,
        checksum: Option<ChunkChecksum>,
        body: impl Body,
    ) -> Result<UploadState> {
        let length = new.length;
        self.receive_at_once(caller, new, Some(length), checksum, body).await
    }

    /// Receives a file of whatever length the body turns out to have.
    pub async fn put(
        &self,
        caller: &Caller,
        file: FileDeclaration,
        length: Option<u64>,
        body: impl Body,
    ) -> Result<super::Stored> {
        let new = NewUpload { length: length.unwrap_or(0), file, metadata: None };
        let state = self.receive_at_once(caller, new, length, None, body).await?;
        state.stored.ok_or_else(|| Error::Internal("a whole file ended without a result".into()))
    }

    async fn receive_at_once(
        &self,
        caller: &Caller,
        new: NewUpload,
        length: Option<u64>,
        checksum: Option<ChunkChecksum>,
        body: impl Body,
    ) -> Result<UploadState> {
        let mut declared = self.declare(caller, new).await?;
        let promise = self.promises.claim(declared.id, length.unwrap_or(0)).await?;
        let mut staged = self.vault.stage(declared.id).await?;
        let (mut head, mut unchecked) = (Vec::new(), None);
        let limits = Limits {
            length: length.unwrap_or(u64::MAX),
            promise: &promise,
            stall: self.settings.body_stall(),
            yield_now: tokio_util::sync::CancellationToken::new(),
            stopping: self.stopping.clone(),
        };
        let arrival = self.arrivals.begin();
        let received = match receive(&mut staged, &mut head, &mut unchecked, body, checksum, &limits).await {
            Ok(()) => length.map_or(Ok(()), |expected| expect_length(expected, staged.size_bytes())),
            Err(broken) => Err(broken.into()),
        };
        drop(arrival);
        if let Err(error) = received {
            drop(staged);
            self.vault.discard(declared.id).await?;
            return Err(error);
        }
        let size_bytes = staged.size_bytes();
        declared.size_bytes = Some(size_bytes);
        let mut session = Session::Staged { staged, head, unchecked };
        let stored = match self.finish(caller, &declared, &mut session, false).await {
            Ok(stored) => stored,
            Err(error) => {
                drop(session);
                self.vault.discard(declared.id).await?;
                return Err(error);
            }
        };
        Ok(UploadState {
            id: declared.id,
            offset: size_bytes,
            length: size_bytes,
            expires_at_ms: declared.expires_at_ms,
            metadata: declared.metadata,
            stored: Some(stored),
        })
    }
}

fn expect_length(expected: u64, actual: u64) -> Result<()> {
    if expected == actual { Ok(()) } else { Err(Error::LengthMismatch { expected, actual }) }
}
