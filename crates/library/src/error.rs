//! What can go wrong in a use case, sorted by what the caller can do about it. Adapters turn this
//! into their own dialect in exactly one `match` (`http_kit::problem`).

use domain::name::NameError;
use domain::path::PathError;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error as a cause.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a use case did not do what was asked. Nothing is half done: bytes and rows are as before.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not the caller's to see: the two look the same on purpose.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// No token, or one that is wrong, revoked or expired.
    #[error("sign in again: the token is missing, wrong, revoked or expired")]
    SignInAgain,
    /// Name or password is wrong; which of them is not said.
    #[error("the name or the password is wrong")]
    WrongPassword,
    /// Known, but not allowed.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A field of the request is wrong.
    #[error("{why}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it, in words.
        why: String,
    },
    /// Another item has the name already.
    #[error("there is already something called \"{0}\" here")]
    NameTaken(String),
    /// The state of things does not allow it.
    #[error("{0}")]
    Conflict(&'static str),
    /// The content was deleted in this Space and is not wanted again.
    #[error("this was deleted here earlier and stays deleted; send it again on purpose to bring it back")]
    DeletedEarlier,
    /// The upload goes on elsewhere.
    #[error("the upload goes on at byte {actual}, not at {given}")]
    OffsetMismatch {
        /// Where the hub is.
        actual: u64,
        /// Where the client thought it was.
        given: u64,
    },
    /// The upload has ended without a result, or expired.
    #[error("this upload has ended or expired; begin a new one")]
    UploadGone,
    /// Somebody else is writing to it at this moment, or the hub is still reading what stands under its
    /// name.
    #[error("another request is writing to this upload right now; try again in a moment")]
    UploadBusy,
    /// The whole file is not what was declared. The staged bytes are gone.
    #[error(
        "the {algorithm} of what arrived is {actual}, declared was {expected}; the bytes were thrown away"
    )]
    HashMismatch {
        /// `SHA-256` or `SHA-1`.
        algorithm: &'static str,
        /// As declared, hexadecimal.
        expected: String,
        /// As computed, hexadecimal.
        actual: String,
    },
    /// More or fewer bytes than declared. The bytes of this request are gone.
    #[error("{actual} bytes arrived, declared were {expected}; the bytes of this request were thrown away")]
    LengthMismatch {
        /// As declared.
        expected: u64,
        /// As counted; counting stops soon after the declared length.
        actual: u64,
    },
    /// One chunk is not what its checksum says; the offset is as before.
    #[error("the chunk's {algorithm} does not match its checksum; send the chunk again")]
    ChunkMismatch {
        /// `sha1` or `sha256`.
        algorithm: &'static str,
    },
    /// The connection broke or stalled while bytes were arriving; what arrived is kept.
    #[error("the connection broke off while bytes were arriving; go on from where the upload stands")]
    BodyCut(#[source] Cause),
    /// There is nothing to show of a picture or video.
    #[error("this cannot be shown: {why}")]
    NotMade {
        /// Why, in words.
        why: String,
        /// Whether it will stay so.
        is_final: bool,
    },
    /// Too many attempts.
    #[error("too many attempts; try again in {retry_after_seconds} s")]
    SlowDown {
        /// How long to wait.
        retry_after_seconds: u64,
    },
    /// A range outside the file.
    #[error("the file has {size_bytes} bytes; the asked range lies outside")]
    RangeOutside {
        /// The file's length.
        size_bytes: u64,
    },
    /// No room left on the hub's disk.
    #[error("the hub's disk is full; make room there, uploads then go on where they stopped")]
    StorageFull,
    /// The catalog or the vault cannot answer right now.
    #[error("the hub's storage does not answer right now; it is tried again")]
    Unavailable(#[source] Cause),
    /// Stored bytes are not what their name says.
    #[error("the stored bytes are damaged")]
    Damaged(#[source] Cause),
    /// A fault of ours.
    #[error("something went wrong inside the hub")]
    Internal(#[source] Cause),
}

impl Error {
    /// A field is wrong; `why` is shown to the person.
    pub fn invalid(field: &'static str, why: impl ToString) -> Self {
        Self::Invalid { field, why: why.to_string() }
    }

    /// Whether the same call may succeed later without any change.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::UploadBusy
                | Self::ChunkMismatch { .. }
                | Self::BodyCut(_)
                | Self::SlowDown { .. }
                | Self::NotMade { is_final: false, .. }
                | Self::StorageFull
                | Self::Unavailable(_)
        )
    }
}

impl From<NameError> for Error {
    fn from(error: NameError) -> Self {
        Self::invalid("name", error)
    }
}

impl From<PathError> for Error {
    fn from(error: PathError) -> Self {
        Self::invalid("folder", error)
    }
}

impl From<catalog::Error> for Error {
    fn from(error: catalog::Error) -> Self {
        use catalog::Error as Catalog;
        match error {
            Catalog::NameTaken(name) => Self::NameTaken(name),
            Catalog::NotFound(what) => Self::NotFound(what),
            Catalog::FolderInItself => Self::Conflict("a folder cannot be moved into itself"),
            Catalog::TooDeep => Self::Conflict("the folders would be too many levels deep"),
            Catalog::NotAFolder => Self::Conflict("this is not a folder"),
            Catalog::RootStays => Self::Conflict("a Space's topmost folder stays as it is"),
            Catalog::BadCursor => Self::invalid("after", error),
            Catalog::Full(_) => Self::StorageFull,
            Catalog::Unavailable(_) | Catalog::Closed => Self::Unavailable(Box::new(error)),
            _ => Self::Internal(Box::new(error)),
        }
    }
}

impl From<vault::Error> for Error {
    fn from(error: vault::Error) -> Self {
        use vault::Error as Vault;
        match error {
            Vault::Full { .. } => Self::StorageFull,
            Vault::OutOfRange { size_bytes } => Self::RangeOutside { size_bytes },
            Vault::NotStaged { .. } => Self::UploadGone,
            Vault::Damaged { .. } | Vault::NotFound { .. } => Self::Damaged(Box::new(error)),
            Vault::Io { .. } => Self::Unavailable(Box::new(error)),
            Vault::AlreadyStaged { .. } | Vault::LengthDiffers { .. } => Self::Internal(Box::new(error)),
        }
    }
}
