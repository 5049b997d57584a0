//! What a refused call answers (RFC 9457, `application/problem+json`).

use serde::{Deserialize, Serialize};

/// Why a call was refused, for programs (`code`) and for people (`detail`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The status of the reply.
    pub status: u16,
    /// What kind of problem it is; stable.
    pub code: ProblemCode,
    /// A short title of the kind of problem.
    pub title: String,
    /// What happened and what the person can do, in words.
    pub detail: String,
    /// The same call may succeed later without any change.
    #[serde(default)]
    pub retryable: bool,
    /// The field of the request that is wrong, if it is one field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For a mismatch: what was declared or needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// For a mismatch: what arrived or is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// How long to wait before trying again; also sent as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// Quote it to whoever looks after the hub: its log has a line with this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The kinds of problems. A reader treats an unknown one by its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemCode {
    /// 400: the request does not make sense.
    Invalid,
    /// 401: no token, or one that is wrong, revoked or expired.
    SignInAgain,
    /// 403: known, but not allowed.
    Forbidden,
    /// 404: not there, or not yours to see.
    NotFound,
    /// 404: there is nothing to show of it, and there will not be.
    NotShown,
    /// 405: this address does not know that method.
    MethodNotAllowed,
    /// 409: another item has the name already.
    NameTaken,
    /// 409: the state of things does not allow it.
    Conflict,
    /// 409: the content was deleted here earlier and stays deleted unless it is sent again on purpose.
    DeletedEarlier,
    /// 409: the upload goes on at another offset (`actual`).
    OffsetMismatch,
    /// 410: the upload has ended or expired; begin a new one.
    UploadGone,
    /// 412: a condition in the request's headers does not hold.
    ConditionFailed,
    /// 413: more than is accepted.
    TooLarge,
    /// 415: another content type is needed.
    WrongType,
    /// 416: the range lies outside the file.
    RangeOutside,
    /// 422: the bytes are not the ones that were declared; they were thrown away.
    HashMismatch,
    /// 422: more or fewer bytes than declared; they were thrown away.
    LengthMismatch,
    /// 423: another request is writing to this upload right now.
    UploadBusy,
    /// 429: too many attempts.
    SlowDown,
    /// 460: the chunk's checksum does not match; send the chunk again.
    ChunkMismatch,
    /// 500: a fault of the hub.
    Internal,
    /// 503: the hub cannot do it right now.
    Unavailable,
    /// 503: what it is shown with is not made yet.
    NotMadeYet,
    /// 507: the hub's disk is full.
    StorageFull,
    /// 500: the stored bytes are damaged.
    Damaged,
    /// Anything that this version does not know.
    #[serde(other)]
    Unknown,
}
