//! The uploads that are being written right now: one writer each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{Hashes, UploadId};
use tokio::sync::{Mutex as TurnMutex, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;
use vault::{Checkpoint, Staged};

use crate::error::{Error, Result};

/// How long a newcomer waits for the present writer to put its last chunk down.
const TAKEOVER_WAIT: Duration = Duration::from_secs(5);

/// How many first bytes are kept to tell the file's type.
pub(crate) const HEAD_BYTES: usize = 4096;

/// Where an upload stands in this process.
#[derive(Debug)]
pub(super) enum Session {
    /// Nothing is known yet (after a restart): look at the vault.
    Cold,
    /// Bytes are arriving.
    Staged {
        /// The bytes so far.
        staged: Box<dyn Staged>,
        /// The first bytes, while they were seen by this process.
        head: Vec<u8>,
        /// Where to go back to before anything counts: bytes behind it belong to a request that may
        /// have been dropped before they were held against their checksum, or cut off.
        unchecked: Option<Checkpoint>,
    },
    /// The bytes are durable under their name; the catalog has yet to hear of it.
    Sealed {
        /// What was sealed.
        sealed: SealedBytes,
    },
    /// Bytes that were refused could not be cut off, and the upload could not be ended either (yet).
    Spoiled,
}

impl Session {
    /// Where the upload goes on.
    pub(super) fn size_bytes(&self) -> u64 {
        match self {
            Self::Cold | Self::Spoiled => 0,
            Self::Staged { staged, .. } => staged.size_bytes(),
            Self::Sealed { sealed } => sealed.hashes.size_bytes,
        }
    }

    /// Lets the request before this one come to rest: it may have been dropped in the middle of a write,
    /// or of a chunk that nobody has checked. After an error bytes that must not count are still there.
    pub(super) async fn settle(&mut self) -> vault::Result<()> {
        let Self::Staged { staged, head, unchecked } = self else { return Ok(()) };
        staged.settle().await;
        if let Some(before) = unchecked.clone() {
            staged.roll_back(before).await?;
            head.truncate(usize::try_from(staged.size_bytes()).unwrap_or(usize::MAX));
            *unchecked = None;
        }
        Ok(())
    }
}

/// Bytes that are durable under their name.
#[derive(Debug, Clone, Copy)]
pub(super) struct SealedBytes {
    pub(super) hashes: Hashes,
    /// Whether these very bytes are known to be good: they were written just now, or read again. Not
    /// so when a blob of the right length was there already.
    pub(super) fresh: bool,
}

/// The turn to write to one upload, held for the length of one request.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) session: OwnedMutexGuard<Session>,
    /// Fires when a newer request wants the upload: the connection of the present one may be
    /// long dead without anybody noticing.
    pub(super) yield_now: CancellationToken,
}

#[derive(Debug)]
struct Slot {
    session: Arc<TurnMutex<Session>>,
    writer: Mutex<CancellationToken>,
}

/// All uploads that this process has touched and not ended.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    slots: Mutex<HashMap<UploadId, Arc<Slot>>>,
}

impl Sessions {
    /// Puts a fresh upload under its id.
    pub(super) fn insert(&self, id: UploadId, staged: Box<dyn Staged>) {
        let session = Session::Staged { staged, head: Vec::new(), unchecked: None };
        let slot = Slot { session: Arc::new(TurnMutex::new(session)), writer: Mutex::default() };
        self.lock().insert(id, Arc::new(slot));
    }

    /// Takes the turn, asking the present writer to stop at its next chunk's edge. The newest
    /// request wins: a device that changed networks must not wait for its own dead connection.
    pub(super) async fn take_turn(&self, id: UploadId) -> Result<Turn> {
        let slot = self.slot(id);
        let yield_now = CancellationToken::new();
        let before = std::mem::replace(
            &mut *slot.writer.lock().unwrap_or_else(PoisonError::into_inner),
            yield_now.clone(),
        );
        before.cancel();
        let session = tokio::time::timeout(TAKEOVER_WAIT, slot.session.clone().lock_owned())
            .await
            .map_err(|_| Error::UploadBusy)?;
        if yield_now.is_cancelled() {
            return Err(Error::UploadBusy);
        }
        Ok(Turn { session, yield_now })
    }

    /// Forgets an upload that has ended.
    pub(super) fn forget(&self, id: UploadId) {
        self.lock().remove(&id);
    }

    /// Closes what nobody is writing to, so that idle uploads cost neither memory nor open files.
    /// Their bytes stay staged; the next request reads them again.
    pub(crate) fn cool_down(&self) -> usize {
        let mut slots = self.lock();
        let before = slots.len();
        slots.retain(|_, slot| {
            // Somebody has just looked it up and is about to take the turn.
            let wanted = Arc::strong_count(slot) > 1;
            wanted
                || match slot.session.try_lock() {
                    // What is only known here must not be forgotten.
                    Ok(session) => matches!(
                        *session,
                        Session::Sealed { .. }
                            | Session::Spoiled
                            | Session::Staged { unchecked: Some(_), .. }
                    ),
                    Err(_) => true,
                }
        });
        before - slots.len()
    }

    fn slot(&self, id: UploadId) -> Arc<Slot> {
        self.lock()
            .entry(id)
            .or_insert_with(|| {
                Arc::new(Slot { session: Arc::new(TurnMutex::new(Session::Cold)), writer: Mutex::default() })
            })
            .clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<UploadId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: UploadId = UploadId::from_bytes([7; 16]);

    #[tokio::test]
    async fn the_newest_request_wins() {
        let sessions = Sessions::default();
        let first = sessions.take_turn(ID).await.unwrap();
        let second = sessions.take_turn(ID);
        let yielding = async {
            first.yield_now.cancelled().await;
            drop(first);
        };
        let (second, ()) = tokio::join!(second, yielding);
        assert!(second.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_writer_that_does_not_stop_keeps_its_turn() {
        let sessions = Sessions::default();
        let _first = sessions.take_turn(ID).await.unwrap();
        assert!(matches!(sessions.take_turn(ID).await, Err(Error::UploadBusy)));
    }

    #[tokio::test]
    async fn cooling_down_leaves_writers_alone() {
        let sessions = Sessions::default();
        let turn = sessions.take_turn(ID).await.unwrap();
        assert_eq!(sessions.cool_down(), 0);
        drop(turn);
        assert_eq!(sessions.cool_down(), 1);
    }

    #[tokio::test]
    async fn cooling_down_does_not_forget_that_bytes_are_unchecked() {
        use vault::Vault as _;
        let vault = vault::MemoryVault::new(Arc::new(domain::SystemClock));
        let sessions = Sessions::default();
        sessions.insert(ID, vault.stage(ID).await.unwrap());
        {
            let mut turn = sessions.take_turn(ID).await.unwrap();
            let Session::Staged { staged, unchecked, .. } = &mut *turn.session else { panic!("not staged") };
            *unchecked = Some(staged.checkpoint());
            staged.append(vec![bytes::Bytes::from_static(b"unchecked")]).await.unwrap();
        }
        assert_eq!(sessions.cool_down(), 0);
        let mut turn = sessions.take_turn(ID).await.unwrap();
        turn.session.settle().await.unwrap();
        assert_eq!(turn.session.size_bytes(), 0);
        drop(turn);
        assert_eq!(sessions.cool_down(), 1, "it can be forgotten again");
    }
}
