//! What the ledger knows and a scan did not meet: is it gone, or only out of reach?
//!
//! A disk that is not attached looks like a folder that was emptied, and both look like safety: nothing is
//! left to do. So a run must not call everything safe because a disk is missing. But a person who deleted
//! pictures on purpose must not be asked about them for ever. What decides, for each folder:
//!
//! 1. Others of its known items, which were on the same file system, are still there: what is missing from
//!    among them was deleted, and is forgotten.
//! 2. It lies in a folder that cannot be listed: out of reach, and its reason is that folder's.
//! 3. Nothing at all was met in the whole source: out of reach. This is asked once for the source, and again
//!    in every run until something is in it, or until it is taken out of the backup. No other sign is
//!    trusted here: another empty disk may be in the place of the one that is meant.
//! 4. A known item was met that was on the same file system as its items, and is now on the one that its
//!    place is on (of a folder that is gone: the nearest folder above it that is left): their disk is there,
//!    and they were deleted.
//! 5. Otherwise they were on a disk of their own, which is not there now: out of reach. This is asked for
//!    the folder, once for everything below it, until the disk is back or its albums are no longer chosen.
//!
//! A number of a file system alone proves nothing: cards that are put into one slot after the other all get
//! the same, and after a restart of the computer numbers may be given anew, those of network disks and
//! subvolumes nearly always. So it counts only with a known item that was met in this pass. Numbers are
//! brought up to date whenever an item is met, so that those of one source that are compared come from one
//! pass. And items of another card, once they are known, prove nothing of the card before: what is out of
//! reach and not on the hub is noted to be [`IN_DOUBT`], and then only others that are noted so, and are met
//! again, tell that it was deleted. What is on the hub is not noted: a card that was emptied after it was
//! backed up is asked about once, and forgotten when new pictures on it have become known. The same happens
//! to a network disk, all of which is on the hub, whose number was given to the file system that its
//! mountpoint is on: nothing that is only there is lost with it.
//!
//! What is out of reach stays in the ledger: its hashes took long to compute. When its album is chosen the
//! run fails with the folder's name; when it is excluded its content is still kept back; when it is neutral
//! nobody is told, and what is not on the hub is forgotten: to make an album neutral is the answer of a person
//! who deleted pictures on purpose, and to choose it again afterwards asks nothing about them.

use std::collections::{BTreeMap, HashSet};
use std::io;

use super::survey::{Pass, Surveying, failed};
use crate::ledger::{ItemKey, Record, State, Write};
use crate::planner::{AlbumIndex, Refused};
use crate::settings::AlbumState;
use crate::sources::{Facts, FileId, LocalId};

/// An item that the scan did not meet.
pub(super) struct Missing {
    local: LocalId,
    record: Record,
}

impl Missing {
    pub(super) const fn new(local: LocalId, record: Record) -> Self {
        Self { local, record }
    }

    const fn is_on_the_hub(&self) -> bool {
        matches!(self.record.state, State::Stored { .. } | State::DeletedEarlier)
    }
}

/// Added to the number of an item's file system: the item was out of reach, and is not on the hub. No
/// system gives numbers this high.
const IN_DOUBT: u64 = 1 << 63;

/// The number of a file system as the ledger or a scan tells it; `None` where there are none.
type Number = Option<u64>;

fn number_of(facts: &Facts) -> Number {
    facts.file.map(|file| file.device)
}

/// What a scan met of a source that the ledger knew, and that looks the same: another item that has the
/// name of a known one proves nothing.
#[derive(Debug, Default)]
pub(super) struct Met {
    anything: bool,
    /// Albums of known items, with the file system that those were on.
    in_albums: HashSet<(AlbumIndex, Number)>,
    /// File systems that known items were on, and are on now.
    on: HashSet<(Number, Number)>,
    /// What was added last: items of one folder mostly come together.
    last: Option<(AlbumIndex, Number, Number)>,
    /// Folders that cannot be listed, with the system's words.
    pub(super) unreadable: Vec<(LocalId, String)>,
}

impl Met {
    /// Takes an item that was met.
    pub(super) fn see(&mut self, album: AlbumIndex, facts: Facts, known: Option<&Record>) {
        self.anything = true;
        let Some(known) = known.filter(|known| known.facts.looks_like(&facts)) else { return };
        let (then, now) = (number_of(&known.facts), number_of(&facts));
        if self.last != Some((album, then, now)) {
            self.in_albums.insert((album, then));
            self.on.insert((then, now));
            self.last = Some((album, then, now));
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
    DiskAway(LocalId, Absence),
}

/// What is in the place of a folder that is out of reach.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Absence {
    Nothing,
    EmptyFolder,
    OtherItems,
    /// It cannot be looked at, in the system's words.
    Closed(String),
}

impl Absence {
    /// The question to a person.
    fn ask(&self, items: u64) -> String {
        let were = if items == 1 { "1 item was".to_owned() } else { format!("{items} items were") };
        let asks = "is the disk attached?";
        match self {
            Self::Nothing => format!("it is not there now, although {were} in it; {asks}"),
            Self::EmptyFolder => format!("it is empty now, although {were} there; {asks}"),
            Self::OtherItems => {
                format!("it holds others now, although {were} there; is another disk attached?")
            }
            Self::Closed(why) => format!("it cannot be looked at now, although {were} there: {why}; {asks}"),
        }
    }

    /// What to do when it is meant to be so.
    const fn advice(&self) -> &'static str {
        match self {
            Self::OtherItems => "if they were deleted on purpose, make the album neutral for one backup",
            _ => "if nobody wants it any more, make its albums neutral",
        }
    }
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
        let mut groups: BTreeMap<(LocalId, Number), Vec<Missing>> = BTreeMap::new();
        for missing in std::mem::take(&mut pass.missing) {
            let group = (missing.local.folder(), number_of(&missing.record.facts));
            groups.entry(group).or_default().push(missing);
        }
        let fates: Vec<_> = groups.keys().map(|(folder, number)| pass.fate_of(folder, *number)).collect();
        let (mut missing_everywhere, mut hidden) = (0, vec![0; pass.met.unreadable.len()]);
        let mut away: BTreeMap<LocalId, (Absence, u64)> = BTreeMap::new();
        for (((folder, _), missing), fate) in groups.into_iter().zip(fates) {
            let state = self.survey.settings.album_state(pass.id, &folder);
            let chosen = if state == AlbumState::Include { missing.len() as u64 } else { 0 };
            if fate == Fate::Deleted {
                self.forget(&pass, missing);
                continue;
            }
            // A neutral album is a person's answer: nobody wants what is neither there nor on the hub.
            let is_answered = state == AlbumState::Neutral && matches!(fate, Fate::DiskAway(..));
            let (unwanted, missing): (Vec<_>, Vec<_>) =
                missing.into_iter().partition(|missing| is_answered && !missing.is_on_the_hub());
            self.forget(&pass, unwanted);
            for missing in &missing {
                self.keep(&mut pass, missing);
                if !matches!(fate, Fate::Hidden(_)) {
                    self.note_doubt(&pass, missing, state);
                }
            }
            match fate {
                Fate::Deleted => {}
                Fate::Hidden(by) => hidden[by] += chosen,
                Fate::SourceEmpty => missing_everywhere += chosen,
                Fate::DiskAway(from, absence) => away.entry(from).or_insert((absence, 0)).1 += chosen,
            }
        }
        if missing_everywhere > 0 {
            let why = format!("{}; {SOURCE_ADVICE}", Absence::EmptyFolder.ask(missing_everywhere));
            self.refuse_folder(&pass, LocalId::root(), why);
        }
        for (folder, (absence, items)) in away.into_iter().filter(|(_, (_, items))| *items > 0) {
            let why = format!("{}; {}", absence.ask(items), absence.advice());
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

    /// Writes down that nothing which becomes known later may prove that this was deleted; or, when nobody
    /// wants it, that anything may. See the top of this file.
    fn note_doubt(&mut self, pass: &Pass<'_>, missing: &Missing, state: AlbumState) {
        let Some(file) = missing.record.facts.file else { return };
        let device = if missing.is_on_the_hub() || state == AlbumState::Neutral {
            file.device & !IN_DOUBT
        } else {
            file.device | IN_DOUBT
        };
        if self.survey.remembers && device != file.device {
            let facts = Facts { file: Some(FileId { device, ..file }), ..missing.record.facts };
            let key = ItemKey { source: pass.id, local: missing.local.clone() };
            self.writes.push((key, Write::Set(Record { facts, ..missing.record.clone() })));
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
    /// What became of the missing items of a folder that were on this file system. In the order of the
    /// rules at the top of this file.
    fn fate_of(&self, folder: &LocalId, number: Number) -> Fate {
        let album = self.album(folder);
        if album.is_some_and(|album| self.met.in_albums.contains(&(album, number))) {
            return Fate::Deleted;
        }
        if let Some(by) = self.met.hidden_by(folder) {
            return Fate::Hidden(by);
        }
        if !self.met.anything {
            return Fate::SourceEmpty;
        }
        let (near, there) = match self.source.nearest(folder) {
            Ok(nearest) => nearest,
            Err(error) => return Fate::DiskAway(folder.clone(), Absence::Closed(error.to_string())),
        };
        if self.met.on.contains(&(number, there)) {
            return Fate::Deleted;
        }
        if near == *folder {
            let absence = if album.is_some() { Absence::OtherItems } else { Absence::EmptyFolder };
            return Fate::DiskAway(near, absence);
        }
        // Of a tree that is gone, its top says it all.
        let mut top = folder.clone();
        while top.folder() != near {
            top = top.folder();
        }
        Fate::DiskAway(top, Absence::Nothing)
    }
}

/// What to do about a source that is empty on purpose.
const SOURCE_ADVICE: &str = "if they were deleted on purpose, take this folder out of the backup and add it \
     again; what was decided about its albums is kept";
