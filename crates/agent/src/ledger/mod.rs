//! What the device remembers, in one file that survives a kill at any moment (redb: every commit is
//! whole or was never there). It holds bookkeeping only: thrown away, everything is hashed and offered
//! again, and nothing is lost or stored twice.
//!
//! All calls block; the engine makes them off the runtime.

mod error;
mod record;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use domain::{ContentHash, HubId, TimestampMs};
use redb::{
    Database, Durability, ReadableDatabase as _, ReadableTable as _, TableDefinition, WriteTransaction,
};
use serde::{Deserialize, Serialize};

pub use error::LedgerError;
pub use record::{ItemKey, Record, State};

use crate::durable;
use crate::sources::{LocalId, SourceId};

/// The file's name in the device's folder.
pub const LEDGER_FILE: &str = "ledger.redb";

/// Pages that are kept in memory. The table of 100 000 items is about 20 MB and is read in order.
const CACHE_BYTES: usize = 16 * 1024 * 1024;
/// Records that are rewritten between two looks at the table.
const REWRITE_STEP: usize = 4096;

const ITEMS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("items");
const ALBUM_NAMES: TableDefinition<'_, &[u8], &str> = TableDefinition::new("album-names");
const NOTES: TableDefinition<'_, &str, &str> = TableDefinition::new("notes");
const NOTE_HUB: &str = "hub";
const NOTE_LAST_RUN: &str = "last-run";
const NOTE_LAST_SAFE: &str = "last-safe";
const NOTE_METERED: &str = "metered";

/// What the device remembers of its hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubMemory {
    /// Which hub. Another one than last time: nothing that is remembered holds.
    pub hub: HubId,
    /// The place in its change feed up to which everything is known here.
    pub place: i64,
    /// What the hub calls that place. Another name than last time: the feed is another history.
    #[serde(default)]
    pub mark: Option<String>,
    /// When every item was last offered, by the device's clock.
    pub compared_all_at_ms: TimestampMs,
}

impl HubMemory {
    /// Whether a page that was asked for behind the remembered place is of the same history: the same
    /// hub, not restored from an older copy, however far that has gone on since.
    pub(crate) fn is_of(&self, page: &wire::ChangePage) -> bool {
        let same_place = match (&self.mark, &page.after_mark) {
            (Some(remembered), Some(told)) => remembered == told,
            // A hub that tells no marks, or a place before the first change.
            _ => true,
        };
        self.hub == page.hub_id && page.newest >= self.place && same_place
    }
}

/// How the last run ended, for `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    /// When it ended, by the device's clock.
    pub finished_at_ms: TimestampMs,
    /// How.
    pub ending: crate::report::Ending,
    /// Items that were chosen.
    pub seen: u64,
    /// Items of these that are on the hub.
    pub safe: u64,
    /// Items that somebody decided against.
    pub skipped: u64,
    /// Items that are not safe.
    pub failed: u64,
    /// Whether everything chosen was safe and the hub confirmed it.
    pub all_safe: bool,
    /// The first reason why not, in words.
    #[serde(default)]
    pub why: Option<String>,
}

/// What went over networks that cost by the byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Metered {
    /// As in `2026-11-27`, where the person is.
    day: String,
    bytes: u64,
}

/// A change of one item's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// This is known of it now.
    Set(Record),
    /// It is not on the device any more.
    Forget,
}

/// Which items the hub may not hold any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// All of them: another hub, or one restored from an older copy.
    All,
    /// Those with this content.
    Contents(HashSet<ContentHash>),
}

/// Counts of what is known, without looking at the sources or asking the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items on the hub, as far as is known.
    pub stored: u64,
    /// Items that still have to be read, offered or sent.
    pub waiting: u64,
    /// Items that did not work.
    pub failed: u64,
    /// Items that were deleted on the hub.
    pub deleted_earlier: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// The device's memory.
#[derive(Debug)]
pub struct Ledger {
    database: Database,
}

impl Ledger {
    /// Opens the ledger in the device's folder, or makes it. A damaged one is put aside under another
    /// name, and an empty one takes its place.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        fs::create_dir_all(folder)?;
        let path = folder.join(LEDGER_FILE);
        match Self::open_file(&path) {
            Err(LedgerError::Damaged(why)) => {
                tracing::warn!(ledger = %path.display(), why, "the ledger is damaged and is begun anew");
                durable::rename(&path, &path.with_extension("damaged"))?;
                Self::open_file(&path)
            }
            opened => opened,
        }
    }

    /// A ledger in memory, for tests and for a look without traces.
    pub fn in_memory() -> Result<Self, LedgerError> {
        let backend = redb::backends::InMemoryBackend::new();
        Self::prepare(Database::builder().create_with_backend(backend)?)
    }

    /// A ledger on any storage, such as a disk that fills up.
    #[cfg(test)]
    pub(crate) fn on(backend: impl redb::StorageBackend) -> Result<Self, LedgerError> {
        Self::prepare(Database::builder().create_with_backend(backend)?)
    }

    fn open_file(path: &Path) -> Result<Self, LedgerError> {
        Self::prepare(Database::builder().set_cache_size(CACHE_BYTES).create(path)?)
    }

    /// Makes the tables, so that every later read finds them.
    fn prepare(database: Database) -> Result<Self, LedgerError> {
        let ledger = Self { database };
        let there = ledger.database.begin_read()?.list_tables()?.count() >= 3;
        if !there {
            ledger.write(|transaction| {
                transaction.open_table(ITEMS)?;
                transaction.open_table(ALBUM_NAMES)?;
                transaction.open_table(NOTES)?;
                Ok(())
            })?;
        }
        Ok(ledger)
    }

    /// Everything known of one source, in the order of a scan. Reads one state of the ledger, whatever
    /// is written meanwhile.
    pub fn known(&self, source: SourceId) -> Result<Known, LedgerError> {
        let table = self.database.begin_read()?.open_table(ITEMS)?;
        let first = record::source_prefix(source);
        let range = match source.0.checked_add(1) {
            Some(next) => table.range::<&[u8]>(&first[..]..&record::source_prefix(SourceId(next))[..])?,
            None => table.range::<&[u8]>(&first[..]..)?,
        };
        Ok(Known { range })
    }

    /// What is known of one item.
    pub fn get(&self, key: &ItemKey) -> Result<Option<Record>, LedgerError> {
        let table = self.database.begin_read()?.open_table(ITEMS)?;
        let found = table.get(key.to_bytes().as_slice())?;
        Ok(found.and_then(|bytes| Record::from_bytes(bytes.value())))
    }

    /// Writes a batch in one durable commit. On an error nothing of it is written.
    pub fn record(&self, writes: &[(ItemKey, Write)]) -> Result<(), LedgerError> {
        if writes.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            let mut table = transaction.open_table(ITEMS)?;
            for (key, write) in writes {
                match write {
                    Write::Set(record) => {
                        table.insert(key.to_bytes().as_slice(), record.to_bytes().as_slice())?
                    }
                    Write::Forget => table.remove(key.to_bytes().as_slice())?,
                };
            }
            Ok(())
        })
    }

    /// Forgets everything about a source that was taken out.
    pub fn forget_source(&self, source: SourceId) -> Result<(), LedgerError> {
        let prefix = record::source_prefix(source);
        self.write(|transaction| {
            transaction.open_table(ITEMS)?.retain(|key, _| !key.starts_with(&prefix))?;
            transaction.open_table(ALBUM_NAMES)?.retain(|key, _| !key.starts_with(&prefix))?;
            Ok(())
        })
    }

    /// What is remembered of the hub; `None` before the first contact.
    pub fn hub(&self) -> Result<Option<HubMemory>, LedgerError> {
        self.note(NOTE_HUB)
    }

    /// Remembers how far the hub's changes are known, and in the same commit takes back what they made
    /// doubtful: items in doubt are offered again, those in `back` lose "deleted earlier". Says how
    /// many items were changed.
    pub fn remember_hub(
        &self,
        hub: &HubMemory,
        doubt: &Doubt,
        back: &HashSet<ContentHash>,
    ) -> Result<u64, LedgerError> {
        let nothing_to_take_back = *doubt == Doubt::Contents(HashSet::new()) && back.is_empty();
        if nothing_to_take_back && self.hub()?.as_ref() == Some(hub) {
            return Ok(0);
        }
        self.write(|transaction| {
            set_note(transaction, NOTE_HUB, hub)?;
            if nothing_to_take_back { Ok(0) } else { take_back(transaction, doubt, back) }
        })
    }

    /// Begins anew with another account, or as another device, of a hub: nothing that is remembered of a
    /// hub holds, and every item is offered again. What is known of the files themselves stays.
    pub fn begin_anew(&self) -> Result<(), LedgerError> {
        self.write(|transaction| {
            take_back(transaction, &Doubt::All, &HashSet::new())?;
            let mut notes = transaction.open_table(NOTES)?;
            notes.remove(NOTE_HUB)?;
            notes.remove(NOTE_LAST_RUN)?;
            notes.remove(NOTE_LAST_SAFE)?;
            Ok(())
        })
    }

    /// How the last run ended; `None` before the first.
    pub fn last_run(&self) -> Result<Option<LastRun>, LedgerError> {
        self.note(NOTE_LAST_RUN)
    }

    /// Remembers how a run ended.
    pub fn set_last_run(&self, run: &LastRun) -> Result<(), LedgerError> {
        self.write(|transaction| {
            if run.all_safe {
                set_note(transaction, NOTE_LAST_SAFE, &run.finished_at_ms)?;
            }
            set_note(transaction, NOTE_LAST_RUN, run)
        })
    }

    /// When a run last ended with everything safe and confirmed; `None` before the first such run, and
    /// where only an earlier version has run.
    pub fn last_safe_at_ms(&self) -> Result<Option<TimestampMs>, LedgerError> {
        self.note(NOTE_LAST_SAFE)
    }

    /// How many bytes went over networks that cost by the byte on this day.
    pub fn metered_bytes(&self, day: &str) -> Result<u64, LedgerError> {
        let used: Option<Metered> = self.note(NOTE_METERED)?;
        Ok(used.filter(|used| used.day == day).map_or(0, |used| used.bytes))
    }

    /// Remembers how many bytes went over such networks on this day. Of earlier days nothing is kept.
    pub fn set_metered_bytes(&self, day: &str, bytes: u64) -> Result<(), LedgerError> {
        let used = Metered { day: day.to_owned(), bytes };
        self.write(|transaction| set_note(transaction, NOTE_METERED, &used))
    }

    /// The names that albums got, by source and folder. A name stays with its album.
    pub fn album_names(&self) -> Result<BTreeMap<(SourceId, LocalId), String>, LedgerError> {
        let table = self.database.begin_read()?.open_table(ALBUM_NAMES)?;
        let mut names = BTreeMap::new();
        for row in table.iter()? {
            let (key, name) = row?;
            if let Some(ItemKey { source, local }) = ItemKey::from_bytes(key.value()) {
                names.insert((source, local), name.value().to_owned());
            }
        }
        Ok(names)
    }

    /// Gives albums their names.
    pub fn name_albums(&self, names: &[((SourceId, LocalId), String)]) -> Result<(), LedgerError> {
        if names.is_empty() {
            return Ok(());
        }
        self.write(|transaction| {
            let mut table = transaction.open_table(ALBUM_NAMES)?;
            for ((source, local), name) in names {
                let key = ItemKey { source: *source, local: local.clone() }.to_bytes();
                table.insert(key.as_slice(), name.as_str())?;
            }
            Ok(())
        })
    }

    /// Counts everything that is known of these sources.
    pub fn counts(&self, sources: &[SourceId]) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        for source in sources {
            for row in self.known(*source)? {
                let (_, record) = row?;
                counts.bytes += record.facts.size_bytes;
                *match record.state {
                    State::Stored { .. } => &mut counts.stored,
                    State::Failed { .. } => &mut counts.failed,
                    State::DeletedEarlier => &mut counts.deleted_earlier,
                    State::Seen | State::Hashed | State::Offered | State::Uploading(_) => &mut counts.waiting,
                } += 1;
            }
        }
        Ok(counts)
    }

    fn note<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<Option<T>, LedgerError> {
        let table = self.database.begin_read()?.open_table(NOTES)?;
        let found = table.get(name)?;
        Ok(found.and_then(|text| serde_json::from_str(text.value()).ok()))
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&WriteTransaction) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        let answer = change(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }
}

fn set_note(transaction: &WriteTransaction, name: &str, note: &impl Serialize) -> Result<(), LedgerError> {
    let text = serde_json::to_string(note).map_err(|error| LedgerError::Io(io::Error::other(error)))?;
    transaction.open_table(NOTES)?.insert(name, text.as_str())?;
    Ok(())
}

/// Sets records back to "hashed", a bounded number at a time.
fn take_back(
    transaction: &WriteTransaction,
    doubt: &Doubt,
    back: &HashSet<ContentHash>,
) -> Result<u64, LedgerError> {
    let mut table = transaction.open_table(ITEMS)?;
    let mut after: Vec<u8> = Vec::new();
    let mut changed = 0;
    loop {
        let mut doubtful = Vec::new();
        let mut looked_at = 0;
        for row in
            table.range::<&[u8]>((std::ops::Bound::Excluded(after.as_slice()), std::ops::Bound::Unbounded))?
        {
            let (key, bytes) = row?;
            looked_at += 1;
            if let Some(record) =
                Record::from_bytes(bytes.value()).and_then(|record| taken_back(record, doubt, back))
            {
                doubtful.push((key.value().to_vec(), record));
            }
            if looked_at == REWRITE_STEP {
                after = key.value().to_vec();
                break;
            }
        }
        for (key, record) in &doubtful {
            table.insert(key.as_slice(), record.to_bytes().as_slice())?;
        }
        changed += doubtful.len() as u64;
        if looked_at < REWRITE_STEP {
            return Ok(changed);
        }
    }
}

/// The record after the hub's news, if they are about it.
fn taken_back(record: Record, doubt: &Doubt, back: &HashSet<ContentHash>) -> Option<Record> {
    let hashes = record.hashes?;
    let doubtful = match &record.state {
        State::Seen | State::Hashed => false,
        State::DeletedEarlier => *doubt == Doubt::All || back.contains(&hashes.sha256),
        State::Stored { .. } => match doubt {
            Doubt::All => true,
            Doubt::Contents(contents) => contents.contains(&hashes.sha256),
        },
        State::Offered | State::Uploading(_) | State::Failed { .. } => *doubt == Doubt::All,
    };
    doubtful.then_some(Record { state: State::Hashed, ..record })
}

/// What is known of a source, in the order of a scan. Records that cannot be read are passed over:
/// their items are then new.
pub struct Known {
    range: redb::Range<'static, &'static [u8], &'static [u8]>,
}

impl Iterator for Known {
    type Item = Result<(LocalId, Record), LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (key, bytes) = match self.range.next()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error.into())),
            };
            let known = key.value().get(4..).map(LocalId::from_bytes).zip(Record::from_bytes(bytes.value()));
            if let Some(known) = known {
                return Some(Ok(known));
            }
        }
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
pub(crate) mod tests;
