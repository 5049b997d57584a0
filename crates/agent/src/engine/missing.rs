//! What the ledger knows and a scan did not meet: is it gone, or only out of reach?
//!
//! A disk that is not attached looks like a folder that was emptied, and both look like safety: nothing is
//! left to do. So a run must not call everything safe because a disk is missing. But a person who deleted
//! pictures on purpose must not be asked about them for ever. What decides, for each folder:
//!
//! 1. Others of its known items are still there: what is missing from among them was deleted, and is
//!    forgotten.
//! 2. It lies in a folder that cannot be listed: out of reach, and its reason is that folder's.
//! 3. Nothing at all was met in the whole source: out of reach. This is asked once for the source, and again
//!    in every run until something is in it, or until it is taken out of the backup. No other sign is
//!    trusted here: another empty disk may be in the place of the one that is meant.
//! 4. Its items were on the file system that its place is on now (of a folder that is gone: the nearest
//!    folder above it that is left): their disk is there, and they were deleted. Numbers of file systems may
//!    change with a restart of the computer; items that are still there, and had the old number, tell the
//!    new one.
//! 5. Otherwise they were on a disk of their own, which is not there now: out of reach. This is asked for
//!    the folder, once for everything below it, until the disk is back or its albums are no longer chosen.
//!
//! What is out of reach stays in the ledger: its hashes took long to compute. When its album is chosen the
//! run fails with the folder's name; when it is excluded its content is still kept back; when it is neutral
//! nobody is told.

use std::collections::{BTreeMap, HashSet};
use std::io;

use super::survey::{Pass, Surveying, failed};
use crate::ledger::{ItemKey, Record, Write};
use crate::planner::{AlbumIndex, Refused};
use crate::settings::AlbumState;
use crate::sources::{Facts, LocalId};

/// An item that the scan did not meet.
pub(super) struct Missing {
    local: LocalId,
    record: Record,
}

impl Missing {
    pub(super) const fn new(local: LocalId, record: Record) -> Self {
        Self { local, record }
    }
}

/// What a scan met of a source.
#[derive(Debug, Default)]
pub(super) struct Met {
    anything: bool,
    /// Albums of which an item was met that the ledger knew, and that looks the same: another one that has
    /// its name proves nothing.
    known_albums: HashSet<AlbumIndex>,
    /// The album that was added last: items of one folder mostly come together.
    last_known: Option<AlbumIndex>,
    /// Numbers of file systems that known items were on, and are on now, where they differ.
    renumbered: HashSet<(u64, u64)>,
    /// Folders that cannot be listed, with the system's words.
    pub(super) unreadable: Vec<(LocalId, String)>,
}

impl Met {
    /// Takes an item that was met.
    pub(super) fn see(&mut self, album: AlbumIndex, facts: Facts, known: Option<&Record>) {
        self.anything = true;
        let Some(known) = known.filter(|known| known.facts.looks_like(&facts)) else { return };
        if self.last_known != Some(album) {
            self.known_albums.insert(album);
            self.last_known = Some(album);
        }
        if let (Some(then), Some(now)) = (known.facts.file, facts.file)
            && then.device != now.device
        {
            self.renumbered.insert((then.device, now.device));
        }
    }

    /// The folder that cannot be listed and hides this one.
    fn hidden_by(&self, folder: &LocalId) -> Option<usize> {
        self.unreadable.iter().position(|(closed, _)| folder.is_within(closed))
    }
}

/// What became of a folder's missing items.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Deleted,
    /// In the unreadable folder at this place.
    Hidden(usize),
    SourceEmpty,
    /// With the disk that was at this folder, or below it.
    DiskAway(LocalId),
}

impl Surveying<'_> {
    /// A source that is not there has lost nothing: what is known of it stays known.
    pub(super) fn source_is_away(&mut self, mut pass: Pass<'_>, error: &io::Error) {
        for missing in std::mem::take(&mut pass.missing) {
            self.keep(&mut pass, &missing);
        }
        let why = format!("the folder is not there or cannot be read: {error}");
        self.refuse_folder(&pass, LocalId::root(), why);
    }

    /// Forgets what was deleted, and asks about what is out of reach. See the top of this file.
    pub(super) fn judge_missing(&mut self, mut pass: Pass<'_>) {
        let mut folders: BTreeMap<LocalId, Vec<Missing>> = BTreeMap::new();
        for missing in std::mem::take(&mut pass.missing) {
            folders.entry(missing.local.folder()).or_default().push(missing);
        }
        let fates: Vec<_> = folders.iter().map(|(folder, missing)| pass.fate_of(folder, missing)).collect();
        let (mut missing_everywhere, mut hidden) = (0, vec![0; pass.met.unreadable.len()]);
        let mut away: BTreeMap<LocalId, u64> = BTreeMap::new();
        for ((folder, missing), fate) in folders.into_iter().zip(fates) {
            let is_chosen = self.survey.settings.album_state(pass.id, &folder) == AlbumState::Include;
            let chosen = if is_chosen { missing.len() as u64 } else { 0 };
            match fate {
                Fate::Deleted => {
                    self.forget(&pass, missing);
                    continue;
                }
                Fate::Hidden(by) => hidden[by] += chosen,
                Fate::SourceEmpty => missing_everywhere += chosen,
                Fate::DiskAway(from) => *away.entry(from).or_default() += chosen,
            }
            for missing in &missing {
                self.keep(&mut pass, missing);
            }
        }
        if missing_everywhere > 0 {
            let why = format!(
                "{}; if they were deleted on purpose, take this folder out of the backup and add it again",
                emptied(missing_everywhere)
            );
            self.refuse_folder(&pass, LocalId::root(), why);
        }
        for (folder, items) in away.into_iter().filter(|(_, items)| *items > 0) {
            let why = format!("{}; if nobody wants it any more, make its albums neutral", emptied(items));
            self.refuse_folder(&pass, folder, why);
        }
        self.refuse_unreadable(&pass, &hidden);
    }

    /// Refuses folders that cannot be listed when something in them is chosen: the folder itself, an album
    /// below it that somebody chose by name, or one that is known. A folder that nobody chose, with nothing
    /// chosen in it as far as is known, is left alone.
    fn refuse_unreadable(&mut self, pass: &Pass<'_>, hidden: &[u64]) {
        for ((folder, why), chosen) in pass.met.unreadable.iter().zip(hidden) {
            if *chosen > 0 || self.survey.settings.chooses_within(pass.id, folder) {
                let why =
                    format!("it cannot be read: {why}; allow reading it, or make the albums in it neutral");
                self.refuse_folder(pass, folder.clone(), why);
            }
        }
    }

    fn refuse_folder(&mut self, pass: &Pass<'_>, folder: LocalId, why: String) {
        let key = ItemKey { source: pass.id, local: folder };
        self.planner.refuse(Refused { key, album: None, verdict: failed(why) });
    }

    fn forget(&mut self, pass: &Pass<'_>, missing: Vec<Missing>) {
        if self.survey.remembers {
            let keys = missing.into_iter().map(|missing| ItemKey { source: pass.id, local: missing.local });
            self.writes.extend(keys.map(|key| (key, Write::Forget)));
        }
    }

    /// Excluded wins, also while the excluded item cannot be looked at.
    fn keep(&mut self, pass: &mut Pass<'_>, missing: &Missing) {
        if self.survey.settings.album_state(pass.id, &missing.local.folder()) == AlbumState::Exclude {
            let album = self.album_of(pass, &missing.local);
            self.planner.keep_back(&missing.record, album);
        }
    }
}

impl Pass<'_> {
    /// In the order of the rules at the top of this file.
    fn fate_of(&self, folder: &LocalId, missing: &[Missing]) -> Fate {
        if self.album(folder).is_some_and(|album| self.met.known_albums.contains(&album)) {
            return Fate::Deleted;
        }
        if let Some(by) = self.met.hidden_by(folder) {
            return Fate::Hidden(by);
        }
        if !self.met.anything {
            return Fate::SourceEmpty;
        }
        let (near, there) = match self.source.nearest(folder) {
            Ok((near, Some(device))) => (near, device),
            Ok((_, None)) => return Fate::Deleted,
            Err(_) => return Fate::DiskAway(folder.clone()),
        };
        let was_there = |missing: &Missing| {
            missing.record.facts.file.is_none_or(|file| {
                file.device == there || self.met.renumbered.contains(&(file.device, there))
            })
        };
        if missing.iter().all(was_there) {
            return Fate::Deleted;
        }
        // Of a tree that is gone, its top says it all.
        let mut top = folder.clone();
        while top != near && top.folder() != near {
            top = top.folder();
        }
        Fate::DiskAway(top)
    }
}

fn emptied(items: u64) -> String {
    let were = if items == 1 { "1 item was".to_owned() } else { format!("{items} items were") };
    format!("it is empty now, although {were} there; is the disk attached?")
}
