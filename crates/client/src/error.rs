//! What can go wrong between a device and its hub, sorted by what the caller can do.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use http::StatusCode;
use wire::{Problem, ProblemCode};

/// The result of a call to the hub.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call came to nothing. The messages are for people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection, or it was cut. Whether the hub did what was asked is not known.
    #[error("{hub} cannot be reached: {why}")]
    Unreachable {
        /// The hub's address.
        hub: String,
        /// The innermost cause, in words.
        why: String,
        /// The whole chain of causes.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The connection stands, but no byte moved for too long.
    #[error("{hub} did not move a byte for {} seconds", patience.as_secs_f64())]
    Stalled {
        /// The hub's address.
        hub: String,
        /// How long was waited.
        patience: Duration,
    },
    /// The hub said no, and why.
    #[error("{}", problem.detail)]
    Problem {
        /// The hub's own words; made up from the status when something else answered in its place.
        problem: Box<Problem>,
        /// How long the hub asks to wait.
        retry_after: Option<Duration>,
    },
    /// The upload goes on elsewhere: ask or use this offset, and send from there.
    #[error("the hub already has {offset_bytes} bytes of this upload; going on from there")]
    OffsetMismatch {
        /// How many bytes the hub has.
        offset_bytes: u64,
    },
    /// The caller's own stream of bytes failed, not the hub.
    #[error("the file could not be read to its end: {0}")]
    Body(#[source] io::Error),
    /// The hub's certificate is not trusted here. Trying again does not help.
    #[error("the certificate of {hub} is not trusted: {why}")]
    Untrusted {
        /// The hub's address.
        hub: String,
        /// What is wrong with the certificate.
        why: String,
    },
    /// Another address answers for this one. Nothing was sent there.
    #[error("{hub} sends its visitors to {to}: connect to that address instead")]
    Moved {
        /// The hub's address.
        hub: String,
        /// Where it points.
        to: String,
    },
    /// An answer that cannot be understood: not a hub, or one of another age.
    #[error("{hub} gave an answer that cannot be understood: {what}. Is it an Albumen hub?")]
    Unexpected {
        /// The hub's address.
        hub: String,
        /// What was odd.
        what: String,
    },
}

impl Error {
    /// Whether the same call may succeed later without any change by a person.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stalled { .. } | Self::OffsetMismatch { .. } => true,
            Self::Problem { problem, .. } => problem.retryable,
            Self::Body(_) | Self::Untrusted { .. } | Self::Moved { .. } | Self::Unexpected { .. } => false,
        }
    }

    /// How long the hub asks to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Problem { problem, retry_after } => {
                retry_after.or_else(|| problem.retry_after_seconds.map(Duration::from_secs))
            }
            _ => None,
        }
    }

    /// What kind of problem the hub named.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem { problem, .. } => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the hub could not be talked to at all, as opposed to saying no.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Stalled { .. })
    }
}

/// Turns what the HTTP library says into our words.
pub(crate) fn from_transport(hub: &str, error: reqwest::Error) -> Error {
    let hub = hub.to_owned();
    let error = error.without_url();
    #[cfg(feature = "tls")]
    if let Some(why) = distrust(&error) {
        return Error::Untrusted { hub, why };
    }
    if error.is_builder() {
        return Error::Unexpected { hub, what: error.to_string() };
    }
    Error::Unreachable { hub, why: innermost(&error), source: Box::new(error) }
}

/// What the hub refused, from a reply that is not a success. A body that is not a problem (a proxy's
/// page, or no body at all as with HEAD) leaves the status to speak.
pub(crate) fn from_refusal(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> Error {
    let problem = serde_json::from_slice::<Problem>(body).unwrap_or_else(|_| from_status(status));
    Error::Problem { problem: Box::new(problem), retry_after }
}

fn from_status(status: StatusCode) -> Problem {
    let (code, retryable, detail) = match status.as_u16() {
        400 => (ProblemCode::Invalid, false, "the hub did not understand the request"),
        401 => {
            (ProblemCode::SignInAgain, false, "the hub does not know this device any more: connect it again")
        }
        403 => (ProblemCode::Forbidden, false, "this account may not do that"),
        404 => (ProblemCode::NotFound, false, "the hub has no such thing"),
        405 => (ProblemCode::MethodNotAllowed, false, "what answers at this address does not know this call"),
        408 => (ProblemCode::Unavailable, true, "the hub waited too long for the request"),
        409 => (ProblemCode::Conflict, false, "the state of things on the hub does not allow that"),
        410 => (ProblemCode::UploadGone, false, "this upload has ended or expired on the hub"),
        412 => (ProblemCode::ConditionFailed, false, "the file on the hub is another one by now"),
        413 => {
            (ProblemCode::TooLarge, false, "more was sent at once than the hub or a proxy before it accepts")
        }
        416 => (ProblemCode::RangeOutside, false, "the file on the hub is shorter than that"),
        423 => (ProblemCode::UploadBusy, true, "another connection is still writing to this upload"),
        429 => (ProblemCode::SlowDown, true, "the hub asks to slow down"),
        460 => (ProblemCode::ChunkMismatch, true, "bytes were damaged on their way"),
        502..=504 => (ProblemCode::Unavailable, true, "something answers for the hub, but the hub is away"),
        507 => (ProblemCode::StorageFull, true, "the hub's disk is full"),
        500..=599 => (ProblemCode::Internal, true, "the hub met a fault of its own"),
        _ => (ProblemCode::Unknown, false, "the hub refused for a reason that this version does not know"),
    };
    Problem {
        status: status.as_u16(),
        code,
        title: status.canonical_reason().unwrap_or("Refused").to_owned(),
        detail: format!("{detail} (status {})", status.as_u16()),
        retryable,
        field: None,
        expected: None,
        actual: None,
        retry_after_seconds: None,
        request_id: None,
    }
}

/// The chain of causes. An I/O error's own `source` leaves out what is wrapped in it; this does not.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&this| {
        match this.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => this.source(),
        }
    })
}

/// The last cause of a chain: what really happened.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let cause = causes(error).last().unwrap_or(error);
    match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "nothing answers there (connection refused)".to_owned(),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof) => {
            "the connection was cut".to_owned()
        }
        Some(io::ErrorKind::TimedOut) => "no answer in time".to_owned(),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            "there is no way to it from this network".to_owned()
        }
        _ if cause.to_string() == "deadline has elapsed" => "no answer in time".to_owned(),
        _ => cause.to_string(),
    }
}

/// What TLS has against the hub's certificate, if that is the trouble.
#[cfg(feature = "tls")]
fn distrust(error: &(dyn StdError + 'static)) -> Option<String> {
    causes(error).find_map(|cause| match cause.downcast_ref::<rustls::Error>() {
        Some(rustls::Error::InvalidCertificate(why)) => Some(why.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str) -> Error {
        from_refusal(StatusCode::from_u16(status).unwrap(), None, body.as_bytes())
    }

    #[test]
    fn a_status_alone_says_what_it_can() {
        for (status, code, retryable) in [
            (401, ProblemCode::SignInAgain, false),
            (404, ProblemCode::NotFound, false),
            (410, ProblemCode::UploadGone, false),
            (413, ProblemCode::TooLarge, false),
            (423, ProblemCode::UploadBusy, true),
            (429, ProblemCode::SlowDown, true),
            (460, ProblemCode::ChunkMismatch, true),
            (500, ProblemCode::Internal, true),
            (502, ProblemCode::Unavailable, true),
            (507, ProblemCode::StorageFull, true),
            (418, ProblemCode::Unknown, false),
        ] {
            let error = refusal(status, "<html>a proxy's page</html>");
            assert_eq!((error.code(), error.is_retryable()), (Some(code), retryable), "status {status}");
            assert!(error.to_string().contains(&status.to_string()), "{error}");
        }
    }

    #[test]
    fn the_hubs_own_words_win_over_the_status() {
        let error = refusal(
            507,
            r#"{"status":507,"code":"storage-full","title":"Full","detail":"The hub's disk is full: 3 MB left.",
                "retryable":true,"retry_after_seconds":30}"#,
        );
        assert_eq!(error.to_string(), "The hub's disk is full: 3 MB left.");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        assert!(error.is_retryable());
    }

    #[test]
    fn only_what_may_pass_by_itself_is_retried() {
        let hub = || "http://nas".to_owned();
        assert!(Error::Stalled { hub: hub(), patience: Duration::from_mins(1) }.is_retryable());
        assert!(Error::OffsetMismatch { offset_bytes: 4 }.is_retryable());
        assert!(!Error::Body(io::Error::other("gone")).is_retryable());
        assert!(!Error::Untrusted { hub: hub(), why: String::new() }.is_retryable());
        assert!(!Error::Moved { hub: hub(), to: String::new() }.is_retryable());
        assert!(!Error::Unexpected { hub: hub(), what: String::new() }.is_retryable());
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_certificate_that_is_not_trusted_is_found_however_deep() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls));
        assert!(
            distrust(&wrapped).is_some_and(|why| why.contains("UnknownIssuer")),
            "{:?}",
            distrust(&wrapped)
        );
        assert_eq!(distrust(&io::Error::other(rustls::Error::DecryptError)), None);
    }
}
