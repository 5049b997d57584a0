//! Records on their way into the ledger: collected, and written in order, one commit at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::EngineError;
use crate::ledger::{ItemKey, Ledger, Write};

/// Records that wait for a commit. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    ledger: Arc<Ledger>,
    waiting: Arc<Mutex<Waiting>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Waiting {
    writes: Vec<(ItemKey, Write)>,
    oldest_ms: u64,
}

impl Journal {
    pub(super) fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger, waiting: Arc::default(), turn: Arc::default() }
    }

    /// Adds a record, which later ones about the same item replace.
    pub(super) fn note(&self, key: ItemKey, write: Write, now_ms: u64) {
        let mut waiting = self.waiting();
        if waiting.writes.is_empty() {
            waiting.oldest_ms = now_ms;
        }
        waiting.writes.push((key, write));
    }

    /// How many records wait, and for how long the oldest does.
    pub(super) fn backlog(&self, now_ms: u64) -> (usize, u64) {
        let waiting = self.waiting();
        (waiting.writes.len(), now_ms.saturating_sub(waiting.oldest_ms))
    }

    /// Writes everything that waits, durably. The turn is held until the disk is done, also when this
    /// future is dropped meanwhile: a later commit can never be overtaken by an earlier one.
    pub(super) async fn commit(&self) -> Result<(), EngineError> {
        let turn = self.turn.clone().lock_owned().await;
        let journal = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            let writes = std::mem::take(&mut journal.waiting().writes);
            let written = journal.ledger.record(&writes);
            drop(turn);
            written
        });
        Ok(written.await??)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Record, State};
    use crate::sources::{Facts, LocalId, SourceId};

    #[tokio::test]
    async fn a_dropped_commit_does_not_overtake_a_later_one() {
        let journal = Journal::new(Arc::new(Ledger::in_memory().unwrap()));
        let key = ItemKey { source: SourceId(1), local: LocalId::from_slashes("a.jpg") };
        let facts = Facts { size_bytes: 1, modified_at_ns: 1, changed_at_ns: None, file: None };
        let record = |state| Write::Set(Record { facts, hashes: None, state });
        for round in 0..50 {
            journal.note(key.clone(), record(State::Seen), round);
            let mut dropped = Box::pin(journal.commit());
            let _ = futures_util::poll!(&mut dropped);
            drop(dropped);
            journal.note(key.clone(), record(State::Hashed), round);
            journal.commit().await.unwrap();
            assert_eq!(journal.backlog(0).0, 0);
            assert_eq!(journal.ledger.get(&key).unwrap().unwrap().state, State::Hashed);
        }
    }
}
