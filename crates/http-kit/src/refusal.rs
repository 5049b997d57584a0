//! The one place where a use case's error becomes a status, a code and words. Every dialect
//! renders the same [`Refusal`] in its own way.

use http::StatusCode;
use library::Error;

/// Why a call is refused, before any dialect renders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the reply.
    pub status: StatusCode,
    /// The kind of problem, as `wire::ProblemCode` writes it.
    pub code: &'static str,
    /// What happened and what to do, in words.
    pub detail: String,
    /// The same call may succeed later without any change.
    pub retryable: bool,
    /// The field that is wrong.
    pub field: Option<&'static str>,
    /// What was declared or needed.
    pub expected: Option<String>,
    /// What arrived or is there.
    pub actual: Option<String>,
    /// How long to wait before trying again.
    pub retry_after_seconds: Option<u64>,
}

/// tus 1.0, checksum extension: the chunk does not match its checksum.
const CHECKSUM_MISMATCH: u16 = 460;

/// How long to wait when the catalog or the vault is away: they come back by themselves.
const AWAY_RETRY_SECONDS: u64 = 5;

/// What is being made is there in a moment.
const MADE_RETRY_SECONDS: u64 = 2;

/// How long to wait when the disk is full: a person has to make room.
const FULL_RETRY_SECONDS: u64 = 60;

impl Refusal {
    /// A refusal that no use case was asked about.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            retryable: false,
            field: None,
            expected: None,
            actual: None,
            retry_after_seconds: None,
        }
    }

    /// A field of the request is wrong.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self { field: Some(field), ..Self::new(StatusCode::BAD_REQUEST, "invalid", why) }
    }

    fn pair(mut self, expected: impl ToString, actual: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self.actual = Some(actual.to_string());
        self
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let plain = |status, code| Self::new(status, code, error.to_string());
        let refusal = match error {
            Error::NotFound(_) => plain(StatusCode::NOT_FOUND, "not-found"),
            Error::SignInAgain | Error::WrongPassword => plain(StatusCode::UNAUTHORIZED, "sign-in-again"),
            Error::Forbidden(_) => plain(StatusCode::FORBIDDEN, "forbidden"),
            Error::Invalid { field, .. } => Self::invalid(field, error.to_string()),
            Error::NameTaken(_) => plain(StatusCode::CONFLICT, "name-taken"),
            Error::Conflict(_) => plain(StatusCode::CONFLICT, "conflict"),
            Error::DeletedEarlier => plain(StatusCode::CONFLICT, "deleted-earlier"),
            Error::OffsetMismatch { actual, given } => {
                plain(StatusCode::CONFLICT, "offset-mismatch").pair(given, actual)
            }
            Error::UploadGone => plain(StatusCode::GONE, "upload-gone"),
            Error::UploadBusy => plain(StatusCode::LOCKED, "upload-busy"),
            Error::HashMismatch { expected, actual, .. } => {
                plain(StatusCode::UNPROCESSABLE_ENTITY, "hash-mismatch").pair(expected, actual)
            }
            Error::LengthMismatch { expected, actual } => {
                plain(StatusCode::UNPROCESSABLE_ENTITY, "length-mismatch").pair(expected, actual)
            }
            Error::ChunkMismatch { .. } => plain(
                StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::CONFLICT),
                "chunk-mismatch",
            ),
            Error::BodyCut(_) => plain(StatusCode::BAD_REQUEST, "invalid"),
            Error::NotMade { is_final: true, .. } => plain(StatusCode::NOT_FOUND, "not-shown"),
            Error::NotMade { is_final: false, .. } => plain(StatusCode::SERVICE_UNAVAILABLE, "not-made-yet"),
            Error::SlowDown { .. } => plain(StatusCode::TOO_MANY_REQUESTS, "slow-down"),
            Error::RangeOutside { .. } => plain(StatusCode::RANGE_NOT_SATISFIABLE, "range-outside"),
            Error::StorageFull => plain(StatusCode::INSUFFICIENT_STORAGE, "storage-full"),
            Error::Unavailable(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Error::Damaged(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "damaged"),
            Error::Internal(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        };
        Self { retryable: error.is_retryable(), retry_after_seconds: retry_after(error), ..refusal }
    }
}

fn retry_after(error: &Error) -> Option<u64> {
    match error {
        Error::SlowDown { retry_after_seconds } => Some(*retry_after_seconds),
        Error::Unavailable(_) => Some(AWAY_RETRY_SECONDS),
        Error::StorageFull => Some(FULL_RETRY_SECONDS),
        Error::UploadBusy => Some(1),
        Error::NotMade { is_final: false, .. } => Some(MADE_RETRY_SECONDS),
        _ => None,
    }
}

/// Logs what a person cannot mend, once, with its whole chain of causes; the reply never shows it.
pub fn log_fault(error: &Error) {
    if !matches!(error, Error::Unavailable(_) | Error::Damaged(_) | Error::Internal(_) | Error::StorageFull) {
        return;
    }
    let mut causes = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(current) = cause {
        if !causes.is_empty() {
            causes.push_str(": ");
        }
        causes.push_str(&current.to_string());
        cause = current.source();
    }
    tracing::error!(%error, causes, "a use case failed");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause() -> library::error::Cause {
        "disk on fire at /secret/path".into()
    }

    fn every_error() -> Vec<Error> {
        vec![
            Error::NotFound("entry"),
            Error::SignInAgain,
            Error::WrongPassword,
            Error::Forbidden("only owners may do this"),
            Error::invalid("name", "a name cannot be empty"),
            Error::NameTaken("a.jpg".into()),
            Error::Conflict("a folder cannot move below itself"),
            Error::DeletedEarlier,
            Error::NotMade { why: "it is broken".into(), is_final: true },
            Error::NotMade { why: "it has just arrived".into(), is_final: false },
            Error::OffsetMismatch { actual: 7, given: 9 },
            Error::UploadGone,
            Error::UploadBusy,
            Error::HashMismatch { algorithm: "SHA-256", expected: "aa".into(), actual: "bb".into() },
            Error::LengthMismatch { expected: 10, actual: 11 },
            Error::ChunkMismatch { algorithm: "sha1" },
            Error::BodyCut(cause()),
            Error::SlowDown { retry_after_seconds: 30 },
            Error::RangeOutside { size_bytes: 10 },
            Error::StorageFull,
            Error::Unavailable(cause()),
            Error::Damaged(cause()),
            Error::Internal(cause()),
        ]
    }

    #[test]
    fn the_whole_matrix() {
        let rows: Vec<String> = every_error()
            .iter()
            .map(|error| {
                let refusal = Refusal::from(error);
                format!(
                    "{} {} retry={} after={:?} | {}",
                    refusal.status.as_u16(),
                    refusal.code,
                    refusal.retryable,
                    refusal.retry_after_seconds,
                    refusal.detail
                )
            })
            .collect();
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn causes_never_reach_the_reply() {
        for error in every_error() {
            assert!(!Refusal::from(&error).detail.contains("secret"), "{error:?}");
        }
    }
}
