//! Why the device cannot remember something.

use std::io;

/// Why the ledger did not do it, in words for a person. Nothing of the refused call was written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another program has the ledger open.
    #[error("another albumen is running on this device; wait until it has finished")]
    Busy,
    /// No room for it.
    #[error("this device's disk is full: make some room, then start again; nothing that was sent is lost")]
    Full,
    /// The file is not what this program wrote.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// The system refused.
    #[error("the ledger cannot be read or written: {0}")]
    Io(#[source] io::Error),
    /// The database refused.
    #[error("the ledger cannot be read or written: {0}")]
    Database(#[source] Box<redb::Error>),
}

impl LedgerError {
    /// Whether the same call may work later.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy | Self::Full)
    }
}

impl From<io::Error> for LedgerError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(error),
        }
    }
}

impl From<redb::Error> for LedgerError {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen => Self::Busy,
            redb::Error::Corrupted(why) => Self::Damaged(why),
            redb::Error::UpgradeRequired(form) => Self::Damaged(format!("its form {form} is too old")),
            redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                Self::Damaged(error.to_string())
            }
            redb::Error::Io(error) => error.into(),
            other => Self::Database(Box::new(other)),
        }
    }
}

macro_rules! from_parts_of_redb {
    ($($kind:ident),*) => {$(
        impl From<redb::$kind> for LedgerError {
            fn from(error: redb::$kind) -> Self {
                redb::Error::from(error).into()
            }
        }
    )*};
}

from_parts_of_redb!(
    DatabaseError,
    TransactionError,
    TableError,
    StorageError,
    CommitError,
    SetDurabilityError
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_in_words_and_may_be_tried_again() {
        let error = LedgerError::from(redb::StorageError::Io(io::ErrorKind::StorageFull.into()));
        assert!(error.is_retryable());
        assert!(error.to_string().contains("disk is full"));
        let refused = LedgerError::from(io::Error::from(io::ErrorKind::PermissionDenied));
        assert!(!refused.is_retryable());
    }
}
