//! What one transfer tells while it goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::UploadId;

use super::EngineError;
use super::journal::Journal;
use crate::ledger::{ItemKey, LedgerError, Record, State, Write};
use crate::report::{Event, Reports};
use crate::uploader::transfer::TransferLog;

/// Tells watchers, and remembers uploads that were begun.
pub(super) struct Log {
    pub(super) item: Arc<str>,
    pub(super) size_bytes: u64,
    pub(super) reports: Arc<dyn Reports>,
    pub(super) journal: Journal,
    pub(super) now_ms: u64,
    pub(super) key: ItemKey,
    pub(super) record: Record,
    /// Of all transfers of the run.
    pub(super) bytes_sent: Arc<AtomicU64>,
}

#[async_trait::async_trait]
impl TransferLog for Log {
    fn sending(&self, from_byte: u64) {
        self.reports.tell(&Event::Sending { item: self.item.clone(), bytes: self.size_bytes, from_byte });
    }

    fn sent(&self, bytes: u64) {
        self.bytes_sent.fetch_add(bytes, Ordering::Relaxed);
        self.reports.tell(&Event::Sent { item: self.item.clone(), bytes });
    }

    async fn begun(&self, upload: UploadId) -> Result<(), LedgerError> {
        let record = Record { state: State::Uploading(upload), ..self.record.clone() };
        self.journal.note(self.key.clone(), Write::Set(record), self.now_ms);
        match self.journal.commit().await {
            Ok(()) => Ok(()),
            Err(EngineError::Ledger(error)) => Err(error),
            Err(EngineError::Broken(error)) => Err(LedgerError::Io(std::io::Error::other(error))),
        }
    }
}
