//! A vault that fails on demand, wrapped around any other. With it a test runs a use case once per
//! step, failing at step 0, 1, 2 …, and checks after each that nothing is lost or half done.

use std::any::Any;
use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use domain::hash::{Hashes, TwinHasher};
use domain::{ContentHash, UploadId};

use crate::{ByteStream, Checkpoint, Error, Result, Room, Sealed, SealedBlob, Staged, StagedUpload, Vault};

/// What happens at the chosen step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk fails once; the next call works again.
    Error,
    /// Only some of the bytes of a [`Staged::append`] are written, then it fails once and cuts them
    /// off again. Elsewhere the same as [`Fault::Error`].
    ShortWrite,
    /// Every call that writes fails with [`Error::Full`] until [`FaultyVault::make_room`]. Bytes that
    /// were staged remain.
    Full,
    /// The program dies: every call fails until [`FaultyVault::restart`].
    Crash,
}

/// What a restart finds of staged bytes that were not synced. Sealed blobs always survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsynced {
    /// All, as when only the program died.
    Kept,
    /// About half of what was appended since the last sync.
    Torn,
    /// None: only what was synced survives, and uploads that never were are gone.
    Lost,
}

/// Wraps a vault and fails at a chosen step.
///
/// A call that only reads counts one step. A call that changes something counts two: a fault at the
/// first comes before anything is done (a crash in an append writes half of it first); at the second,
/// a crash comes when all is done and only the answer is missing, and any other fault undoes the call
/// as the contract of [`Vault`] and [`Staged`] allows: after a failed sync or seal the staged bytes
/// are thrown away.
#[derive(Debug, Clone)]
pub struct FaultyVault {
    inner: Arc<dyn Vault>,
    plan: Arc<Mutex<Plan>>,
}

/// What was ordered and what came of it.
#[derive(Debug, Default)]
struct Plan {
    order: Option<(u64, Fault)>,
    steps: u64,
    has_failed: bool,
    is_dead: bool,
    is_full: bool,
    /// Counts restarts; a handle of an earlier life is dead.
    life: u64,
    marks: HashMap<UploadId, Marks>,
}

/// What is known to survive of one upload's bytes.
#[derive(Debug, Default)]
struct Marks {
    synced: Option<Checkpoint>,
    appended: Vec<Checkpoint>,
}

/// What a call does to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touch {
    Reads,
    /// Removes something or makes it durable: needs no room.
    Removes,
    Writes,
}

impl Plan {
    /// One step. `Ok(Some(…))` tells of a fault that the call itself has to act out.
    fn step(&mut self, touch: Touch) -> Result<Option<Fault>> {
        self.is_alive()?;
        let step = self.steps;
        self.steps += 1;
        let ordered = self.order.filter(|(at, _)| *at == step).map(|(_, fault)| fault);
        if let Some(fault) = ordered {
            self.has_failed = true;
            self.order = None;
            self.is_dead |= fault == Fault::Crash;
            self.is_full |= fault == Fault::Full;
        }
        match ordered {
            None | Some(Fault::Full) if self.is_full && touch == Touch::Writes => Ok(Some(Fault::Full)),
            Some(Fault::Full) => Ok(None),
            other => Ok(other),
        }
    }

    fn is_alive(&self) -> Result<()> {
        if self.is_dead { Err(failure(Fault::Crash)) } else { Ok(()) }
    }
}

/// The error that a fault shows.
fn failure(fault: Fault) -> Error {
    let message = match fault {
        Fault::Full => return Error::Full { needed_bytes: 1, free_bytes: Some(0) },
        Fault::Error => "a fault as ordered",
        Fault::ShortWrite => "a short write as ordered",
        Fault::Crash => "the program is dead, as ordered",
    };
    Error::Io { what: "do as asked", source: io::Error::other(message) }
}

impl FaultyVault {
    /// Wraps `inner`; nothing fails until asked to.
    pub fn new(inner: Arc<dyn Vault>) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// Fails at step `step`, counted from now, the next one being 0. Replaces an earlier order.
    pub fn fail_at(&self, step: u64, fault: Fault) {
        let mut plan = self.lock();
        plan.order = Some((step, fault));
        plan.steps = 0;
        plan.has_failed = false;
    }

    /// Whether the ordered fault has happened. A loop over all steps ends when it has not.
    pub fn has_failed(&self) -> bool {
        self.lock().has_failed
    }

    /// How many steps were taken since [`FaultyVault::fail_at`], or ever.
    pub fn steps_taken(&self) -> u64 {
        self.lock().steps
    }

    /// Ends [`Fault::Full`].
    pub fn make_room(&self) {
        self.lock().is_full = false;
    }

    /// Comes back after [`Fault::Crash`], or has a power cut at rest. Drop all handles first; those of
    /// before the restart answer [`Error::NotStaged`].
    pub async fn restart(&self, unsynced: Unsynced) -> Result<()> {
        let marks = {
            let mut plan = self.lock();
            plan.is_dead = false;
            plan.life += 1;
            std::mem::take(&mut plan.marks)
        };
        for (id, marks) in marks {
            let survivor = match unsynced {
                Unsynced::Kept => continue,
                Unsynced::Torn => marks.half_way(id),
                Unsynced::Lost => marks.synced,
            };
            match (survivor, self.inner.reopen(id).await?) {
                (_, None) => {}
                (Some(survivor), Some(mut staged)) => staged.roll_back(survivor).await?,
                (None, Some(staged)) => {
                    drop(staged);
                    self.inner.discard(id).await?;
                }
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One step of a call in which every fault is just an error.
    fn step(&self, touch: Touch) -> Result<()> {
        self.lock().step(touch)?.map_or(Ok(()), |fault| Err(failure(fault)))
    }

    fn around(&self, inner: Box<dyn Staged>) -> Box<dyn Staged> {
        let life = self.lock().life;
        Box::new(FaultyStaged { vault: self.clone(), inner, life })
    }

    async fn seal_as(&self, staged: Box<dyn Staged>, over: bool) -> Result<Sealed> {
        let id = staged.id();
        let staged: Box<dyn Any> = staged;
        let Ok(staged) = staged.downcast::<FaultyStaged>() else {
            return Err(Error::NotStaged { id });
        };
        if let Some(fault) = staged.step()? {
            return Err(failure(fault));
        }
        // Drawn before the seal, because only a crash may follow one.
        let fault = staged.step();
        if let Ok(Some(fault @ (Fault::Error | Fault::ShortWrite | Fault::Full))) = fault {
            if fault != Fault::Full {
                drop(staged);
                self.inner.discard(id).await?;
                self.lock().marks.remove(&id);
            }
            return Err(failure(fault));
        }
        let inner = staged.inner;
        let sealed = if over { self.inner.seal_over(inner).await? } else { self.inner.seal(inner).await? };
        self.lock().marks.remove(&id);
        match fault? {
            None => Ok(sealed),
            Some(fault) => Err(failure(fault)),
        }
    }
}

impl Marks {
    /// The point about half way between the last sync and the end.
    fn half_way(mut self, id: UploadId) -> Option<Checkpoint> {
        match self.appended.len() {
            0 => self.synced,
            1 => Some(self.synced.unwrap_or(Checkpoint { id, hasher: TwinHasher::new() })),
            several => Some(self.appended.swap_remove((several - 1) / 2)),
        }
    }
}

/// A handle that fails on demand.
#[derive(Debug)]
struct FaultyStaged {
    vault: FaultyVault,
    inner: Box<dyn Staged>,
    life: u64,
}

impl FaultyStaged {
    /// One step of this upload, in the life that the handle belongs to.
    fn step(&self) -> Result<Option<Fault>> {
        let mut plan = self.vault.lock();
        plan.is_alive()?;
        if plan.life != self.life {
            return Err(Error::NotStaged { id: self.inner.id() });
        }
        plan.step(Touch::Writes)
    }

    /// Remembers that the bytes so far are written, though perhaps not durable.
    fn mark(&self) {
        let checkpoint = self.inner.checkpoint();
        self.vault.lock().marks.entry(self.inner.id()).or_default().appended.push(checkpoint);
    }

    /// Half of what was to be written, as it stands when a write is cut off.
    async fn append_half(&mut self, pieces: &[Bytes]) -> Result<()> {
        let mut left_bytes = pieces.iter().map(Bytes::len).sum::<usize>() / 2;
        let mut half = Vec::new();
        for piece in pieces {
            let taken = piece.len().min(left_bytes);
            left_bytes -= taken;
            half.push(piece.slice(..taken));
        }
        self.inner.append(half).await
    }
}

#[async_trait]
impl Staged for FaultyStaged {
    fn id(&self) -> UploadId {
        self.inner.id()
    }

    fn size_bytes(&self) -> u64 {
        self.inner.size_bytes()
    }

    async fn append(&mut self, pieces: Vec<Bytes>) -> Result<()> {
        let before = self.inner.checkpoint();
        if let Some(fault) = self.step()? {
            if matches!(fault, Fault::ShortWrite | Fault::Crash) {
                self.append_half(&pieces).await?;
                self.mark();
            }
            if fault == Fault::ShortWrite {
                self.inner.roll_back(before).await?;
            }
            return Err(failure(fault));
        }
        self.inner.append(pieces).await?;
        self.mark();
        match self.step()? {
            None => Ok(()),
            Some(Fault::Crash) => Err(failure(Fault::Crash)),
            Some(fault) => {
                self.inner.roll_back(before).await?;
                Err(failure(fault))
            }
        }
    }

    async fn sync(&mut self) -> Result<()> {
        if let Some(fault) = self.step()? {
            if matches!(fault, Fault::Error | Fault::ShortWrite) {
                self.vault.inner.discard(self.inner.id()).await?;
            }
            return Err(failure(fault));
        }
        self.inner.sync().await?;
        let checkpoint = self.inner.checkpoint();
        let synced = Marks { synced: Some(checkpoint), appended: Vec::new() };
        self.vault.lock().marks.insert(self.inner.id(), synced);
        match self.step()? {
            None => Ok(()),
            Some(fault @ (Fault::Crash | Fault::Full)) => Err(failure(fault)),
            Some(fault) => {
                self.vault.inner.discard(self.inner.id()).await?;
                Err(failure(fault))
            }
        }
    }

    async fn settle(&mut self) {
        self.inner.settle().await;
    }

    fn checkpoint(&self) -> Checkpoint {
        self.inner.checkpoint()
    }

    async fn roll_back(&mut self, to: Checkpoint) -> Result<()> {
        if let Some(fault) = self.step()? {
            return Err(failure(fault));
        }
        self.inner.roll_back(to.clone()).await?;
        if let Some(marks) = self.vault.lock().marks.get_mut(&self.inner.id()) {
            marks.appended.retain(|mark| mark.size_bytes() <= to.size_bytes());
            if marks.synced.as_ref().is_some_and(|synced| synced.size_bytes() > to.size_bytes()) {
                marks.synced = Some(to);
            }
        }
        self.step()?.map_or(Ok(()), |fault| Err(failure(fault)))
    }

    fn hashes(&self) -> Hashes {
        self.inner.hashes()
    }
}

#[async_trait]
impl Vault for FaultyVault {
    async fn stage(&self, id: UploadId) -> Result<Box<dyn Staged>> {
        self.step(Touch::Writes)?;
        let inner = self.inner.stage(id).await?;
        self.lock().marks.insert(id, Marks::default());
        let fault = self.lock().step(Touch::Writes)?;
        match fault {
            None => Ok(self.around(inner)),
            Some(fault) => {
                drop(inner);
                if fault != Fault::Crash {
                    self.inner.discard(id).await?;
                }
                Err(failure(fault))
            }
        }
    }

    async fn reopen(&self, id: UploadId) -> Result<Option<Box<dyn Staged>>> {
        self.step(Touch::Reads)?;
        let Some(inner) = self.inner.reopen(id).await? else { return Ok(None) };
        // What a restart found is on the disk and survives the next one.
        let survived = || Marks { synced: Some(inner.checkpoint()), appended: Vec::new() };
        self.lock().marks.entry(id).or_insert_with(survived);
        Ok(Some(self.around(inner)))
    }

    async fn staged(&self) -> Result<Vec<StagedUpload>> {
        self.step(Touch::Reads)?;
        self.inner.staged().await
    }

    async fn discard(&self, id: UploadId) -> Result<()> {
        self.step(Touch::Removes)?;
        self.inner.discard(id).await?;
        self.lock().marks.remove(&id);
        self.step(Touch::Removes)
    }

    async fn seal(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.seal_as(staged, false).await
    }

    async fn seal_over(&self, staged: Box<dyn Staged>) -> Result<Sealed> {
        self.seal_as(staged, true).await
    }

    async fn sync_name(&self, hash: ContentHash) -> Result<bool> {
        self.step(Touch::Removes)?;
        self.inner.sync_name(hash).await
    }

    async fn size_of(&self, hash: ContentHash) -> Result<Option<u64>> {
        self.step(Touch::Reads)?;
        self.inner.size_of(hash).await
    }

    async fn read(&self, hash: ContentHash, range: Range<u64>) -> Result<ByteStream> {
        self.step(Touch::Reads)?;
        self.inner.read(hash, range).await
    }

    fn file_of(&self, hash: ContentHash) -> Option<PathBuf> {
        self.inner.file_of(hash)
    }

    async fn remove(&self, hash: ContentHash) -> Result<bool> {
        self.step(Touch::Removes)?;
        let removed = self.inner.remove(hash).await?;
        self.step(Touch::Removes)?;
        Ok(removed)
    }

    async fn list(&self, after: Option<ContentHash>, limit: usize) -> Result<Vec<SealedBlob>> {
        self.step(Touch::Reads)?;
        self.inner.list(after, limit).await
    }

    async fn room(&self) -> Result<Option<Room>> {
        self.step(Touch::Reads)?;
        let room = self.inner.room().await?;
        let is_full = self.lock().is_full;
        Ok(room.map(|room| if is_full { Room { free_bytes: 0, ..room } } else { room }))
    }

    async fn check(&self) -> Result<()> {
        self.step(Touch::Writes)?;
        self.inner.check().await
    }
}

#[cfg(test)]
mod tests {
    use domain::{Ids, OsRandom, SystemClock};
    use futures_util::TryStreamExt as _;

    use super::*;
    use crate::{MemoryVault, verify_blob};

    const PARTS: [&[u8]; 4] = [b"one, ", b"two, ", b"three, ", b"four"];

    fn faulty() -> FaultyVault {
        FaultyVault::new(Arc::new(MemoryVault::new(Arc::new(SystemClock))))
    }

    fn fresh_id() -> UploadId {
        Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)).fresh()
    }

    /// An upload as the library does it: in parts, each synced, then sealed.
    async fn upload(vault: &dyn Vault, id: UploadId) -> Result<Sealed> {
        let mut staged = match vault.reopen(id).await? {
            Some(staged) => staged,
            None => vault.stage(id).await?,
        };
        let whole = Bytes::from(PARTS.concat());
        while staged.size_bytes() < whole.len() as u64 {
            let from = usize::try_from(staged.size_bytes()).unwrap();
            let rest = whole.slice(from..);
            let next = rest.len().min(6);
            staged.append(vec![rest.slice(..2.min(next)), rest.slice(2.min(next)..next)]).await?;
            staged.sync().await?;
        }
        vault.seal(staged).await
    }

    #[tokio::test]
    async fn whatever_fails_wherever_a_retry_ends_with_the_whole_blob_and_nothing_else() {
        let name = TwinHasher::of(&PARTS.concat()).sha256;
        for fault in [Fault::Error, Fault::ShortWrite, Fault::Full, Fault::Crash] {
            for unsynced in [Unsynced::Kept, Unsynced::Torn, Unsynced::Lost] {
                for step in 0.. {
                    let (vault, id) = (faulty(), fresh_id());
                    vault.fail_at(step, fault);
                    let first = upload(&vault, id).await;
                    if !vault.has_failed() {
                        assert!(step > 15, "an upload has more steps than {step}");
                        assert!(!first.unwrap().was_there);
                        break;
                    }
                    let error = first.unwrap_err();
                    assert!(error.is_retryable(), "{error:?}");
                    vault.make_room();
                    if fault == Fault::Crash {
                        assert!(vault.list(None, 9).await.is_err(), "the dead answer nothing");
                        vault.restart(unsynced).await.unwrap();
                    }
                    for blob in vault.list(None, 9).await.unwrap() {
                        assert_eq!(blob.hash, name, "{fault:?} at {step}");
                    }
                    upload(&vault, id).await.unwrap();
                    verify_blob(&vault, name).await.unwrap();
                    assert_eq!(vault.staged().await.unwrap(), vec![], "{fault:?} at {step}");
                }
            }
        }
    }

    async fn append_each(staged: &mut Box<dyn Staged>, parts: &[&'static [u8]]) {
        for part in parts {
            staged.append(vec![Bytes::from_static(part)]).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_power_cut_takes_what_was_not_synced_and_nothing_else() {
        for (unsynced, expected) in [
            (Unsynced::Kept, PARTS.concat()),
            (Unsynced::Torn, PARTS[..3].concat()),
            (Unsynced::Lost, PARTS[0].to_vec()),
        ] {
            let (vault, id) = (faulty(), fresh_id());
            let mut staged = vault.stage(id).await.unwrap();
            append_each(&mut staged, &PARTS[..1]).await;
            staged.sync().await.unwrap();
            append_each(&mut staged, &PARTS[1..]).await;
            vault.restart(unsynced).await.unwrap();
            let old = staged.append(vec![]).await.unwrap_err();
            assert!(matches!(old, Error::NotStaged { .. }), "{old:?}");
            let again = vault.reopen(id).await.unwrap().unwrap();
            let found = vault.inner.reopen(id).await.unwrap().unwrap().hashes();
            assert_eq!(again.hashes(), found);
            assert_eq!(found, TwinHasher::of(&expected), "{unsynced:?}");
            drop(again);
            vault.restart(Unsynced::Lost).await.unwrap();
            let later = vault.reopen(id).await.unwrap().unwrap().hashes();
            assert_eq!(later, found, "what one restart found survives the next");
        }
    }

    #[tokio::test]
    async fn never_synced_and_lost_is_gone() {
        let (vault, id) = (faulty(), fresh_id());
        append_each(&mut vault.stage(id).await.unwrap(), &PARTS).await;
        vault.restart(Unsynced::Lost).await.unwrap();
        assert!(vault.reopen(id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_full_disk_stays_full_keeps_what_it_has_and_can_be_read() {
        let (vault, id) = (faulty(), fresh_id());
        let sealed = upload(&vault, fresh_id()).await.unwrap();
        let mut staged = vault.stage(id).await.unwrap();
        append_each(&mut staged, &PARTS[..1]).await;
        vault.fail_at(0, Fault::Full);
        for _ in 0..3 {
            let error = staged.append(vec![Bytes::from_static(PARTS[1])]).await.unwrap_err();
            assert!(matches!(error, Error::Full { .. }), "{error:?}");
            assert_eq!(staged.hashes(), TwinHasher::of(PARTS[0]));
        }
        let stream = vault.read(sealed.hashes.sha256, 0..3).await.unwrap();
        assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap().concat(), b"one");
        vault.make_room();
        append_each(&mut staged, &PARTS[1..]).await;
        assert!(vault.seal(staged).await.unwrap().was_there);
    }

    #[tokio::test]
    async fn a_crash_in_an_append_leaves_half_of_it() {
        let (vault, id) = (faulty(), fresh_id());
        let mut staged = vault.stage(id).await.unwrap();
        vault.fail_at(0, Fault::Crash);
        staged.append(vec![Bytes::from_static(b"abcdef")]).await.unwrap_err();
        assert_eq!(vault.steps_taken(), 1);
        vault.restart(Unsynced::Kept).await.unwrap();
        assert_eq!(vault.reopen(id).await.unwrap().unwrap().hashes(), TwinHasher::of(b"abc"));
    }
}
