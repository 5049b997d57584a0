//! One item's bytes, from the device to "stored": in one request when small, in pieces that survive
//! restarts of either side when large.

use std::io::{self, SeekFrom};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use domain::UploadId;
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::sync::CancellationToken;
use wire::Stored;

use super::flow::Flow;
use super::{Body, Hub, HubError, NewFile, UploadPosition};
use crate::ledger::LedgerError;
use crate::sources::{Facts, LocalId, ReadSeek, Source};

/// Files up to this go in one request.
pub const SMALL_BYTES: u64 = 8 * 1024 * 1024;

/// Larger ones go in pieces of this length: what a restart can cost at most.
pub const PIECE_BYTES: u64 = 16 * 1024 * 1024;

/// One item to send.
pub struct Transfer {
    /// Where it is sent to.
    pub hub: Arc<dyn Hub>,
    /// Where it is read from.
    pub source: Arc<dyn Source>,
    /// Which item.
    pub local: LocalId,
    /// The version that was hashed.
    pub facts: Facts,
    /// What is declared about it.
    pub file: NewFile,
    /// An upload that was begun earlier.
    pub upload: Option<UploadId>,
    /// That upload may have finished since the hub was offered the item: only the answer was lost. One
    /// that had finished before cannot have: the hub asked for the item again, so what it remembers of
    /// that upload no longer holds (the content was damaged or deleted since).
    pub may_have_finished: bool,
    /// Files up to this many bytes go in one request.
    pub small_bytes: u64,
    /// How long a piece of a larger one is.
    pub piece_bytes: u64,
    /// What every byte passes on its way out.
    pub flow: Flow,
    /// When cancelled, the transfer ends with the piece that is on its way.
    pub stop: CancellationToken,
}

/// Where a transfer tells how it goes.
#[async_trait::async_trait]
pub trait TransferLog: Send + Sync {
    /// Bytes begin to go, from here on.
    fn sending(&self, from_byte: u64);

    /// So many more bytes went out.
    fn sent(&self, bytes: u64);

    /// An upload was begun. Returns when that is durable on the device, so that a restart finds it.
    async fn begun(&self, upload: UploadId) -> Result<(), LedgerError>;
}

/// Why an item did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum SendFailure {
    /// It is not on the device any more.
    #[error("it was deleted on this device before it could be sent")]
    Vanished,
    /// It is not what was hashed.
    #[error("it changed while it was sent")]
    Changed,
    /// The system does not let us read it.
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The hub did not take it.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The device cannot remember it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Somebody stopped it between two pieces.
    #[error("it was stopped before it was through")]
    Stopped,
}

/// A transfer that failed, with what the next try needs.
#[derive(Debug)]
pub struct Unsent {
    /// Why.
    pub failure: SendFailure,
    /// The upload to go on with.
    pub upload: Option<UploadId>,
    /// The hub got further than before: the failure is not the item's fault.
    pub progressed: bool,
}

/// What arrived.
#[derive(Debug)]
pub struct Arrived {
    /// The hub's answer.
    pub stored: Stored,
    /// The item changed meanwhile: the hub has the old version.
    pub changed_since: bool,
}

impl Transfer {
    /// Sends the item. May be dropped at any point; bytes that the hub acknowledged are not sent again.
    pub async fn send(mut self, log: Arc<dyn TransferLog>) -> Result<Arrived, Box<Unsent>> {
        let mut progressed = false;
        match self.try_to_send(&log, &mut progressed).await {
            Ok(stored) => {
                // What vanished meanwhile is stored all the same.
                let now = self.facts_now().await;
                let changed_since = now.is_ok_and(|now| !self.facts.same_version(&now));
                Ok(Arrived { stored, changed_since })
            }
            Err(failure) => {
                let failure = self.find_local_cause(failure).await;
                if matches!(failure, SendFailure::Hub(HubError::UploadGone)) {
                    self.upload = None;
                }
                Err(Box::new(Unsent { failure, upload: self.upload, progressed }))
            }
        }
    }

    async fn try_to_send(
        &mut self,
        log: &Arc<dyn TransferLog>,
        progressed: &mut bool,
    ) -> Result<Stored, SendFailure> {
        if self.facts.size_bytes <= self.small_bytes && self.upload.is_none() {
            let body = self.body(0, self.facts.size_bytes, log).await?;
            log.sending(0);
            return Ok(self.hub.put(&self.file, body).await?);
        }
        let (upload, mut offset) = match self.find_position().await? {
            Some((_, UploadPosition::Finished(stored))) => return Ok(stored),
            Some((upload, UploadPosition::At(offset))) => (upload, offset),
            None => {
                let upload = self.hub.begin(&self.file).await?;
                log.begun(upload).await?;
                self.upload = Some(upload);
                (upload, 0)
            }
        };
        log.sending(offset);
        loop {
            if self.stop.is_cancelled() {
                return Err(SendFailure::Stopped);
            }
            let length = self.piece_bytes.min(self.facts.size_bytes - offset);
            let body = self.body(offset, length, log).await?;
            match self.hub.append(upload, offset, body).await? {
                UploadPosition::Finished(stored) => return Ok(stored),
                UploadPosition::At(next) if next > offset && next <= self.facts.size_bytes => {
                    *progressed = true;
                    offset = next;
                }
                UploadPosition::At(_) => return Err(HubError::WrongOffset.into()),
            }
        }
    }

    /// Where an upload that was begun earlier goes on; `None` when there is none any more.
    async fn find_position(&mut self) -> Result<Option<(UploadId, UploadPosition)>, SendFailure> {
        let Some(upload) = self.upload else { return Ok(None) };
        match self.hub.position(upload).await {
            Ok(UploadPosition::At(offset)) if offset > self.facts.size_bytes => Ok(None),
            Ok(UploadPosition::Finished(_)) if !self.may_have_finished => {
                self.upload = None;
                Ok(None)
            }
            Ok(position) => Ok(Some((upload, position))),
            Err(HubError::UploadGone) => {
                self.upload = None;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Bytes of the version that was hashed, or `Changed`.
    async fn body(
        &self,
        offset: u64,
        length_bytes: u64,
        log: &Arc<dyn TransferLog>,
    ) -> Result<Body, SendFailure> {
        let item = self.source.open(&self.local).await.map_err(reading_failed)?;
        let facts = item.facts().await.map_err(reading_failed)?;
        // Other changes than these two show are found out by the hub, which compares the hashes.
        if !self.facts.looks_like(&facts) {
            return Err(SendFailure::Changed);
        }
        let mut bytes = item.into_bytes();
        if offset > 0 {
            bytes.seek(SeekFrom::Start(offset)).await.map_err(reading_failed)?;
        }
        let log = log.clone();
        let reading = Reading { bytes, left_bytes: length_bytes, flow: self.flow.clone() };
        let pieces = futures_util::stream::try_unfold(reading, read_piece)
            .inspect(move |piece| log.sent(piece.as_ref().map_or(0, |bytes| bytes.len() as u64)));
        Ok(Body { length_bytes, pieces: pieces.boxed() })
    }

    /// A request that broke because reading broke looks like a network failure: ask the item itself.
    async fn find_local_cause(&self, failure: SendFailure) -> SendFailure {
        let SendFailure::Hub(error) = &failure else { return failure };
        if !error.is_retryable() && *error != HubError::Mismatch {
            return failure;
        }
        match self.facts_now().await {
            Ok(_) if *error == HubError::Mismatch => SendFailure::Changed,
            Ok(now) if self.facts.looks_like(&now) => failure,
            Ok(_) => SendFailure::Changed,
            Err(cause) => reading_failed(cause),
        }
    }

    async fn facts_now(&self) -> io::Result<Facts> {
        let (source, local) = (self.source.clone(), self.local.clone());
        tokio::task::spawn_blocking(move || source.facts(&local)).await.map_err(io::Error::other)?
    }
}

fn reading_failed(error: io::Error) -> SendFailure {
    if error.kind() == io::ErrorKind::NotFound {
        SendFailure::Vanished
    } else {
        SendFailure::Unreadable(error)
    }
}

/// A body that is being read.
struct Reading {
    bytes: Box<dyn ReadSeek>,
    left_bytes: u64,
    flow: Flow,
}

/// The next piece of a body, when it is its turn to go. Fewer bytes than announced are an error: the file
/// shrank.
async fn read_piece(mut reading: Reading) -> io::Result<Option<(Bytes, Reading)>> {
    if reading.left_bytes == 0 {
        return Ok(None);
    }
    let most = reading.flow.read_bytes();
    let wanted = usize::try_from(reading.left_bytes).map_or(most, |left| left.min(most));
    let mut piece = BytesMut::with_capacity(wanted);
    while piece.len() < wanted {
        let missing = wanted - piece.len();
        if (&mut reading.bytes).take(missing as u64).read_buf(&mut piece).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    reading.left_bytes -= piece.len() as u64;
    reading.flow.pass(piece.len() as u64).await;
    Ok(Some((piece.freeze(), reading)))
}

#[cfg(test)]
#[path = "transfer_tests.rs"]
mod tests;
