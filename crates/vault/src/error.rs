//! What can go wrong with bytes.

use std::io;

use domain::{ContentHash, UploadId};

/// The result of a vault's call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why bytes could not be kept or given. Messages name no paths: they may reach a client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No blob of this name.
    #[error("there is no blob {hash}")]
    NotFound {
        /// The name asked for.
        hash: ContentHash,
    },
    /// The id has staged bytes already.
    #[error("upload {id} has begun already")]
    AlreadyStaged {
        /// The upload.
        id: UploadId,
    },
    /// The staged bytes are gone: discarded, or thrown away because the disk failed to keep them.
    #[error("the bytes of upload {id} are no longer there; it must begin again")]
    NotStaged {
        /// The upload.
        id: UploadId,
    },
    /// The range lies outside the blob.
    #[error("the blob has {size_bytes} bytes; the asked range lies outside")]
    OutOfRange {
        /// The blob's length.
        size_bytes: u64,
    },
    /// No room, or a quota is used up. Goes on once there is room.
    #[error("the disk is full: {needed_bytes} bytes did not fit")]
    Full {
        /// How many bytes were to be written; 0 where that is unknown.
        needed_bytes: u64,
        /// How many bytes were free just after the failure, where the system says so. A quota may
        /// forbid what is free.
        free_bytes: Option<u64>,
    },
    /// A sealed blob's length or bytes are not what its name says.
    #[error("the stored bytes of blob {hash} are damaged")]
    Damaged {
        /// The blob's name.
        hash: ContentHash,
    },
    /// Staged bytes are not as many as were written, or a checkpoint does not belong to them.
    #[error("upload {id} has {actual_bytes} bytes staged where {expected_bytes} were expected")]
    LengthDiffers {
        /// The upload.
        id: UploadId,
        /// As counted.
        expected_bytes: u64,
        /// As found.
        actual_bytes: u64,
    },
    /// The disk failed.
    #[error("the storage failed to {what}")]
    Io {
        /// What was tried, such as "write staged bytes".
        what: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// Sorts an error of the system: no room, or a failed disk.
    pub(crate) fn from_io(what: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Full { needed_bytes: 0, free_bytes: None }
            }
            _ => Self::Io { what, source },
        }
    }

    /// Whether the same call may succeed later without any change.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Full { .. } | Self::Io { .. } => true,
            Self::NotFound { .. }
            | Self::AlreadyStaged { .. }
            | Self::NotStaged { .. }
            | Self::OutOfRange { .. }
            | Self::Damaged { .. }
            | Self::LengthDiffers { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_one() {
        for code in [rustix::io::Errno::NOSPC, rustix::io::Errno::DQUOT] {
            let error = Error::from_io("write", code.into());
            assert!(matches!(error, Error::Full { .. }) && error.is_retryable(), "{error:?}");
        }
        let error = Error::from_io("write", rustix::io::Errno::IO.into());
        assert!(matches!(error, Error::Io { what: "write", .. }), "{error:?}");
        assert_eq!(error.to_string(), "the storage failed to write");
    }
}
