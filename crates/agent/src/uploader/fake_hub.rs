//! A hub in memory that keeps the real one's promises and fails on command.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::{AssetId, EntryId, HubId, TwinHasher};
use futures_util::StreamExt as _;
use wire::{BATCH_MAX, Change, ChangeKind, DeviceReport};

use super::*;

/// What goes wrong with one call.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The call never reached the hub.
    Lost(HubError),
    /// The hub did it, and the reply was lost.
    ReplyLost(HubError),
    /// Bytes stopped half-way.
    Cut,
}

/// The error of a broken network.
pub(crate) fn away() -> HubError {
    HubError::Away { reason: "the connection was cut".into(), retry_after: None }
}

#[derive(Debug)]
struct Upload {
    file: NewFile,
    bytes: Vec<u8>,
    stored: Option<Stored>,
}

#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// How often the hub was restored from an older copy.
    history: u32,
    number: u8,
    changes: Vec<Change>,
    contents: HashMap<ContentHash, Vec<u8>>,
    deleted: HashSet<ContentHash>,
    /// Album and name as sent, and content; the name that it got.
    entries: BTreeMap<(String, String, ContentHash), String>,
    uploads: HashMap<UploadId, Upload>,
    faults: HashMap<u64, Fault>,
    pub(crate) steps: u64,
    pub(crate) offered: Vec<usize>,
    /// How many were to be filed in each call.
    pub(crate) filings: Vec<usize>,
    pub(crate) begun: u64,
    /// How often each content's bytes arrived whole.
    pub(crate) arrivals: HashMap<ContentHash, u32>,
    pub(crate) received_bytes: u64,
    /// Bytes of names that were no text.
    pub(crate) raw_names: Vec<Vec<u8>>,
    pub(crate) reports: Vec<DeviceReport>,
    /// Every call fails like this.
    pub(crate) always: Option<HubError>,
    /// How many calls still fail like `always`; `None` for ever.
    pub(crate) always_left: Option<u64>,
    /// Calls from this one on are never answered.
    silent_from: Option<u64>,
    /// How many calls were not answered.
    pub(crate) silent_calls: u64,
    pub(crate) full: bool,
    /// Files that are longer find no room.
    pub(crate) room_bytes: Option<u64>,
    /// How many calls were refused because of that.
    pub(crate) refused_for_room: u64,
    /// Names that are refused for good.
    pub(crate) refused: HashSet<String>,
    pub(crate) sending_now: (usize, usize),
    pub(crate) most_at_once: (usize, usize),
}

/// A hub in memory.
#[derive(Debug, Default)]
pub(crate) struct FakeHub(Mutex<Shelf>);

impl FakeHub {
    pub(crate) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the n-th call from now on fail, 0 being the next.
    pub(crate) fn fail_after(&self, calls: u64, fault: Fault) {
        let mut shelf = self.shelf();
        let step = shelf.steps + calls;
        shelf.faults.insert(step, fault);
    }

    /// Answers so many more calls, and then none.
    pub(crate) fn fall_silent_after(&self, calls: u64) {
        let mut shelf = self.shelf();
        shelf.silent_from = Some(shelf.steps + calls);
    }

    /// Answers again.
    pub(crate) fn speak_again(&self) {
        self.shelf().silent_from = None;
    }

    /// Comes back when a call was not answered.
    pub(crate) async fn silence(&self) {
        while self.shelf().silent_calls == 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Somebody deletes this content.
    pub(crate) fn delete(&self, content: ContentHash) {
        let mut shelf = self.shelf();
        shelf.contents.remove(&content);
        shelf.entries.retain(|(_, _, entry), _| *entry != content);
        shelf.deleted.insert(content);
        shelf.change(ChangeKind::ContentTrashed, content);
    }

    /// Somebody takes it out of the trash again.
    pub(crate) fn undelete(&self, content: ContentHash, bytes: &[u8]) {
        let mut shelf = self.shelf();
        shelf.deleted.remove(&content);
        shelf.contents.insert(content, bytes.to_vec());
        shelf.change(ChangeKind::ContentRestored, content);
    }

    /// The disk loses this content and what names it.
    pub(crate) fn lose(&self, content: ContentHash) {
        self.damage(content);
        self.shelf().entries.retain(|(_, _, entry), _| *entry != content);
    }

    /// The disk loses this content.
    pub(crate) fn damage(&self, content: ContentHash) {
        let mut shelf = self.shelf();
        shelf.contents.remove(&content);
        shelf.change(ChangeKind::ContentDamaged, content);
    }

    /// Another, empty hub answers from now on.
    pub(crate) fn replace(&self) {
        let mut shelf = self.shelf();
        *shelf = Shelf { number: shelf.number + 1, steps: shelf.steps, ..Shelf::default() };
    }

    /// The hub is restored from a copy that was made when it was empty.
    pub(crate) fn restore_empty_copy(&self) {
        let mut shelf = self.shelf();
        let history = shelf.history + 1;
        *shelf = Shelf { number: shelf.number, steps: shelf.steps, history, ..Shelf::default() };
    }

    /// All uploads that are not finished are gone.
    pub(crate) fn expire_uploads(&self) {
        self.shelf().uploads.clear();
    }

    pub(crate) fn holds(&self, bytes: &[u8]) -> bool {
        self.shelf().contents.get(&TwinHasher::of(bytes).sha256).is_some_and(|held| held == bytes)
    }

    /// Everything filed, as `album/name`.
    pub(crate) fn entries(&self) -> Vec<String> {
        let shelf = self.shelf();
        shelf.entries.iter().map(|((album, _, _), name)| format!("{album}/{name}")).collect()
    }

    /// What is true of a hub at every moment.
    pub(crate) fn check(&self) {
        let shelf = self.shelf();
        for (content, bytes) in &shelf.contents {
            assert_eq!(*content, TwinHasher::of(bytes).sha256, "bytes are what their name says");
        }
        for (_, _, content) in shelf.entries.keys() {
            assert!(shelf.contents.contains_key(content), "no entry without its bytes");
        }
        let mut names: Vec<_> = shelf.entries.iter().map(|((album, _, _), name)| (album, name)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), shelf.entries.len(), "no name twice in an album");
    }

    fn is_silent(&self) -> bool {
        let mut shelf = self.shelf();
        let silent = shelf.silent_from.is_some_and(|from| shelf.steps >= from);
        shelf.silent_calls += u64::from(silent);
        silent
    }

    /// Every call passes here first, and yields, so that it can be dropped before and after it acts.
    async fn step(&self) -> Result<Option<Fault>, HubError> {
        tokio::task::yield_now().await;
        if self.is_silent() {
            std::future::pending::<()>().await;
        }
        let mut shelf = self.shelf();
        let step = shelf.steps;
        shelf.steps += 1;
        if let Some(error) = shelf.always.clone() {
            match &mut shelf.always_left {
                None => return Err(error),
                Some(0) => shelf.always = None,
                Some(left) => {
                    *left -= 1;
                    return Err(error);
                }
            }
        }
        match shelf.faults.remove(&step) {
            Some(Fault::Lost(error)) => Err(error),
            fault => Ok(fault),
        }
    }
}

/// The end of a call: a lost reply is noticed only now.
async fn reply<T>(fault: Option<Fault>, answer: T) -> Result<T, HubError> {
    tokio::task::yield_now().await;
    match fault {
        Some(Fault::ReplyLost(error)) => Err(error),
        _ => Ok(answer),
    }
}

async fn collect(mut body: Body, cut: bool) -> Result<Vec<u8>, Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.pieces.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(_) => return Err(bytes),
        }
        tokio::task::yield_now().await;
    }
    if cut {
        bytes.truncate(bytes.len() / 2);
        return Err(bytes);
    }
    Ok(bytes)
}

impl Shelf {
    /// Nothing goes wrong any more.
    pub(crate) fn forget_faults(&mut self) {
        self.faults.clear();
        self.always = None;
    }

    fn change(&mut self, kind: ChangeKind, content: ContentHash) {
        let sequence = i64::try_from(self.changes.len()).unwrap() + 1;
        self.changes.push(Change {
            sequence,
            kind,
            at_ms: 0,
            space_id: None,
            entry_id: None,
            asset_id: None,
            album_id: None,
            device_id: None,
            sha256: Some(content),
        });
    }

    fn enter(&mut self, content: ContentHash, album: &str, name: &str) -> Stored {
        let key = (album.to_owned(), name.to_owned(), content);
        let taken: HashSet<_> = self
            .entries
            .iter()
            .filter(|((other, _, _), _)| other == album)
            .map(|(_, name)| name.clone())
            .collect();
        let number = self.entries.len() + 1;
        let given = self.entries.entry(key).or_insert_with(|| {
            let wanted = Name::new(name).unwrap();
            (1..1000)
                .map(|number| if number == 1 { name.to_owned() } else { wanted.numbered(number).to_string() })
                .find(|name| !taken.contains(name))
                .unwrap()
        });
        Stored {
            entry_id: EntryId::from_bytes([u8::try_from(number % 250).unwrap(); 16]),
            asset_id: Some(AssetId::from_bytes([1; 16])),
            sha256: content,
            name: given.clone(),
            already_held: false,
        }
    }

    fn arrive(&mut self, file: &NewFile, bytes: Vec<u8>) -> Result<Stored, HubError> {
        if self.refused.contains(file.name.as_str()) {
            return Err(HubError::Refused("the hub does not want this name".into()));
        }
        self.raw_names.extend(file.name_raw.clone());
        if TwinHasher::of(&bytes).sha256 != file.sha256 {
            return Err(HubError::Mismatch);
        }
        if self.deleted.contains(&file.sha256) {
            return Err(HubError::DeletedEarlier);
        }
        if self.full {
            return Err(HubError::StorageFull);
        }
        *self.arrivals.entry(file.sha256).or_default() += 1;
        if self.contents.insert(file.sha256, bytes).is_none() {
            self.change(ChangeKind::AssetAdded, file.sha256);
        }
        Ok(self.enter(file.sha256, &file.album, file.name.as_str()))
    }

    fn going(&mut self, size_bytes: u64, by: isize) {
        let (small, big) = &mut self.sending_now;
        let lane = if size_bytes > lanes::BIG_BYTES { big } else { small };
        *lane = lane.checked_add_signed(by).unwrap();
        let (small, big) = self.sending_now;
        self.most_at_once = (self.most_at_once.0.max(small + big), self.most_at_once.1.max(big));
    }
}

#[async_trait]
impl Hub for FakeHub {
    async fn changes(&self, after: i64, limit: u32) -> Result<ChangePage, HubError> {
        let fault = self.step().await?;
        let page = {
            let shelf = self.shelf();
            let newest = i64::try_from(shelf.changes.len()).unwrap();
            let limit = limit as usize;
            let from = usize::try_from(after).unwrap().min(shelf.changes.len());
            let changes: Vec<_> = shelf.changes.iter().skip(from).take(limit).cloned().collect();
            let next_after = changes.last().map_or(newest, |change| change.sequence);
            let history = shelf.history;
            let mark = |place: i64| (place <= newest).then(|| format!("{history} {place}"));
            ChangePage {
                after_mark: mark(after),
                next_after_mark: mark(next_after),
                newest_mark: mark(newest),
                hub_id: HubId::from_bytes([shelf.number; 16]),
                changes,
                next_after,
                newest,
                more: next_after < newest,
            }
        };
        reply(fault, page).await
    }

    async fn offer(&self, hashes: &[ContentHash]) -> Result<Vec<OfferAnswer>, HubError> {
        let fault = self.step().await?;
        assert!(hashes.len() <= BATCH_MAX && !hashes.is_empty());
        assert_eq!(hashes.iter().collect::<HashSet<_>>().len(), hashes.len(), "nothing is offered twice");
        let answers = {
            let mut shelf = self.shelf();
            shelf.offered.push(hashes.len());
            let answer = |hash| match hash {
                hash if shelf.deleted.contains(hash) => OfferAnswer::DeletedEarlier,
                hash if shelf.contents.contains_key(hash) => OfferAnswer::Held,
                _ => OfferAnswer::Send,
            };
            hashes.iter().map(answer).collect()
        };
        reply(fault, answers).await
    }

    async fn file(&self, filings: &[Filing]) -> Result<Vec<FilingOutcome>, HubError> {
        let fault = self.step().await?;
        let outcomes = {
            let mut shelf = self.shelf();
            shelf.filings.push(filings.len());
            if filings.iter().any(|filing| shelf.refused.contains(filing.name.as_str())) {
                return Err(HubError::Refused("the hub does not want this name".into()));
            }
            let mut outcome = |filing: &Filing| {
                if !shelf.contents.contains_key(&filing.sha256) {
                    return FilingOutcome::NotHeld { refused: None };
                }
                let album = filing.album.clone().unwrap_or_default();
                FilingOutcome::Stored(shelf.enter(filing.sha256, &album, filing.name.as_str()))
            };
            filings.iter().map(&mut outcome).collect()
        };
        reply(fault, outcomes).await
    }

    async fn put(&self, file: &NewFile, body: Body) -> Result<Stored, HubError> {
        let fault = self.step().await?;
        assert_eq!(body.length_bytes, file.size_bytes);
        self.shelf().going(file.size_bytes, 1);
        let bytes = collect(body, matches!(fault, Some(Fault::Cut))).await;
        self.shelf().going(file.size_bytes, -1);
        let bytes = bytes.map_err(|_| away())?;
        self.shelf().received_bytes += bytes.len() as u64;
        let stored = self.shelf().arrive(file, bytes)?;
        reply(fault, stored).await
    }

    async fn begin(&self, file: &NewFile) -> Result<UploadId, HubError> {
        let fault = self.step().await?;
        let id = {
            let mut shelf = self.shelf();
            if shelf.full {
                return Err(HubError::StorageFull);
            }
            if shelf.room_bytes.is_some_and(|room| file.size_bytes > room) {
                shelf.refused_for_room += 1;
                return Err(HubError::StorageFull);
            }
            shelf.begun += 1;
            let id = UploadId::from_bytes(u128::from(shelf.begun).to_be_bytes());
            shelf.uploads.insert(id, Upload { file: file.clone(), bytes: Vec::new(), stored: None });
            id
        };
        reply(fault, id).await
    }

    async fn position(&self, upload: UploadId) -> Result<UploadPosition, HubError> {
        let fault = self.step().await?;
        let position = match self.shelf().uploads.get(&upload) {
            None => return Err(HubError::UploadGone),
            Some(Upload { stored: Some(stored), .. }) => UploadPosition::Finished(stored.clone()),
            Some(Upload { bytes, .. }) => UploadPosition::At(bytes.len() as u64),
        };
        reply(fault, position).await
    }

    async fn append(&self, upload: UploadId, offset: u64, body: Body) -> Result<UploadPosition, HubError> {
        let fault = self.step().await?;
        let size_bytes = {
            let shelf = self.shelf();
            let there = shelf.uploads.get(&upload).ok_or(HubError::UploadGone)?;
            if there.bytes.len() as u64 != offset {
                return Err(HubError::WrongOffset);
            }
            there.file.size_bytes
        };
        self.shelf().going(size_bytes, 1);
        let bytes = collect(body, matches!(fault, Some(Fault::Cut))).await;
        self.shelf().going(size_bytes, -1);
        let (bytes, whole) = match bytes {
            Ok(bytes) => (bytes, true),
            Err(bytes) => (bytes, false),
        };
        let position = {
            let mut shelf = self.shelf();
            shelf.received_bytes += bytes.len() as u64;
            let there = shelf.uploads.get_mut(&upload).ok_or(HubError::UploadGone)?;
            there.bytes.extend(bytes);
            if !whole {
                return Err(away());
            }
            let (file, bytes) = (there.file.clone(), there.bytes.clone());
            if bytes.len() as u64 == file.size_bytes {
                let stored = shelf.arrive(&file, bytes)?;
                if let Some(there) = shelf.uploads.get_mut(&upload) {
                    there.stored = Some(stored.clone());
                }
                UploadPosition::Finished(stored)
            } else {
                UploadPosition::At(bytes.len() as u64)
            }
        };
        reply(fault, position).await
    }

    async fn report(&self, report: &DeviceReport) -> Result<(), HubError> {
        let fault = self.step().await?;
        self.shelf().reports.push(report.clone());
        reply(fault, ()).await
    }
}
