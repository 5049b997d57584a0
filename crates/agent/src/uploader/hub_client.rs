//! The real hub: the engine's calls over the typed client.

use std::fmt;

use async_trait::async_trait;
use client::{Declaration, Error, HubClient};
use domain::{ContentHash, UploadId};
use futures_util::StreamExt as _;
use wire::{
    ChangePage, ChangeQuery, DeviceReport, Filing, FilingOutcome, FilingRequest, OfferAnswer, OfferRequest,
    ProblemCode, Stored,
};

use super::{Body, Hub, HubError, NewFile, UploadPosition};

/// A hub over the network.
#[derive(Clone)]
pub struct RemoteHub {
    client: HubClient,
}

impl RemoteHub {
    /// The hub that this client calls, with the device's token.
    pub const fn new(client: HubClient) -> Self {
        Self { client }
    }
}

impl fmt::Debug for RemoteHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteHub({})", self.client.address())
    }
}

#[async_trait]
impl Hub for RemoteHub {
    async fn changes(&self, after: i64, limit: u32) -> Result<ChangePage, HubError> {
        let query = ChangeQuery { after: Some(after), content_only: Some(true), limit: Some(limit) };
        Ok(self.client.changes(&query).await?)
    }

    async fn offer(&self, hashes: &[ContentHash]) -> Result<Vec<OfferAnswer>, HubError> {
        let request = OfferRequest { space_id: None, hashes: hashes.to_vec() };
        Ok(self.client.offer(&request).await?.answers)
    }

    async fn file(&self, filings: &[Filing]) -> Result<Vec<FilingOutcome>, HubError> {
        let request = FilingRequest { space_id: None, items: filings.to_vec() };
        Ok(self.client.file(&request).await?.outcomes)
    }

    async fn put(&self, file: &NewFile, body: Body) -> Result<Stored, HubError> {
        Ok(self.client.put_file(&declaration(file), body.length_bytes, body.pieces.boxed()).await?)
    }

    async fn begin(&self, file: &NewFile) -> Result<UploadId, HubError> {
        Ok(self.client.begin_upload(&declaration(file), file.size_bytes).await?.id)
    }

    async fn position(&self, upload: UploadId) -> Result<UploadPosition, HubError> {
        let state = self.client.upload_state(upload).await.map_err(of_an_upload)?;
        Ok(position(state.offset_bytes, state.stored))
    }

    async fn append(&self, upload: UploadId, offset: u64, body: Body) -> Result<UploadPosition, HubError> {
        let appended = self.client.append(upload, offset, body.pieces.boxed(), body.length_bytes).await;
        let appended = appended.map_err(of_an_upload)?;
        Ok(position(appended.offset_bytes, appended.stored))
    }

    async fn report(&self, report: &DeviceReport) -> Result<(), HubError> {
        Ok(self.client.report(report).await?)
    }
}

fn declaration(file: &NewFile) -> Declaration {
    Declaration {
        name_raw: file.name_raw.clone(),
        sha256: Some(file.sha256),
        sha1: Some(file.sha1),
        modified_at_ms: Some(file.modified_at_ms),
        album: Some(file.album.clone()),
        folder: file.folder.clone(),
        ..Declaration::named(file.name.clone())
    }
}

fn position(offset_bytes: u64, stored: Option<Stored>) -> UploadPosition {
    stored.map_or(UploadPosition::At(offset_bytes), UploadPosition::Finished)
}

/// What is not there any more is begun again when it is an upload.
fn of_an_upload(error: Error) -> HubError {
    match error.code() {
        Some(ProblemCode::NotFound) => HubError::UploadGone,
        _ => error.into(),
    }
}

impl From<Error> for HubError {
    fn from(error: Error) -> Self {
        let (reason, retry_after) = (error.to_string(), error.retry_after());
        match error {
            Error::Unreachable { .. } | Error::Stalled { .. } => Self::Away { reason, retry_after },
            Error::OffsetMismatch { .. } => Self::WrongOffset,
            Error::Untrusted { .. } | Error::Moved { .. } => Self::WrongAddress(reason),
            Error::Problem { ref problem, .. } => match problem.code {
                ProblemCode::SignInAgain => Self::Revoked,
                ProblemCode::StorageFull => Self::StorageFull,
                ProblemCode::HashMismatch | ProblemCode::LengthMismatch => Self::Mismatch,
                ProblemCode::DeletedEarlier => Self::DeletedEarlier,
                ProblemCode::OffsetMismatch => Self::WrongOffset,
                ProblemCode::UploadGone => Self::UploadGone,
                ProblemCode::Unavailable | ProblemCode::SlowDown => Self::Away { reason, retry_after },
                _ if problem.retryable => Self::Retryable { reason, retry_after },
                _ => Self::Refused(reason),
            },
            // An item that cannot be read says so itself; an odd answer may come from something that
            // stood in for the hub for a moment.
            _ => Self::Retryable { reason, retry_after },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use wire::Problem;

    use super::*;

    fn problem(code: ProblemCode, retryable: bool) -> Error {
        Error::Problem {
            problem: Box::new(Problem {
                status: 500,
                code,
                title: "title".into(),
                detail: "the hub's own words".into(),
                retryable,
                field: None,
                expected: None,
                actual: None,
                retry_after_seconds: None,
                request_id: None,
            }),
            retry_after: Some(Duration::from_secs(7)),
        }
    }

    #[test]
    fn problems_become_what_the_device_can_do() {
        let table = [
            (ProblemCode::SignInAgain, HubError::Revoked),
            (ProblemCode::StorageFull, HubError::StorageFull),
            (ProblemCode::HashMismatch, HubError::Mismatch),
            (ProblemCode::LengthMismatch, HubError::Mismatch),
            (ProblemCode::DeletedEarlier, HubError::DeletedEarlier),
            (ProblemCode::UploadGone, HubError::UploadGone),
            (ProblemCode::OffsetMismatch, HubError::WrongOffset),
            (ProblemCode::Invalid, HubError::Refused("the hub's own words".into())),
        ];
        for (code, expected) in table {
            assert_eq!(HubError::from(problem(code, false)), expected, "{code:?}");
        }
        let busy = HubError::from(problem(ProblemCode::UploadBusy, true));
        assert!(matches!(busy, HubError::Retryable { .. }));
        let away = HubError::from(problem(ProblemCode::Unavailable, true));
        assert_eq!(away.retry_after(), Some(Duration::from_secs(7)));
        assert!(matches!(away, HubError::Away { .. }) && away.is_retryable());
    }

    #[test]
    fn an_upload_that_is_not_there_is_begun_again_and_nothing_else_is() {
        assert_eq!(of_an_upload(problem(ProblemCode::NotFound, false)), HubError::UploadGone);
        assert!(matches!(HubError::from(problem(ProblemCode::NotFound, false)), HubError::Refused(_)));
    }

    #[test]
    fn the_network_is_waited_for_and_a_wrong_address_is_not() {
        let stalled = Error::Stalled { hub: "http://nas".into(), patience: Duration::from_mins(1) };
        assert!(matches!(HubError::from(stalled), HubError::Away { .. }));
        let moved = HubError::from(Error::Moved { hub: "http://nas".into(), to: "https://nas".into() });
        assert!(!moved.is_retryable() && moved.to_string().contains("https://nas"));
        assert!(HubError::from(Error::Body(io::Error::other("x"))).is_retryable());
        assert_eq!(HubError::from(Error::OffsetMismatch { offset_bytes: 1 }), HubError::WrongOffset);
    }
}
