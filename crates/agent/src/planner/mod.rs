//! Decides what to do, and does nothing: facts in, [`Plan`] out. What `--dry-run` shows is this plan.

mod album_names;
mod plan;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::{ContentHash, Hashes, UploadId};

pub use album_names::AlbumNames;
pub use plan::{Plan, PlanSummary, Refused, Verdict};

use crate::ledger::{ItemKey, Record, State};
use crate::rules::Rules;
use crate::settings::AlbumState;
use crate::sources::{Facts, FileId, LocalId, Sighting, SourceId};

/// A device album that a scan met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// Its source.
    pub source: SourceId,
    /// Its folder below the source.
    pub folder: LocalId,
    /// Its name on this device and on the hub.
    pub name: Arc<str>,
    /// What its owner decided.
    pub state: AlbumState,
}

/// Place of an album in the plan's list.
pub type AlbumIndex = usize;

/// One item that something is to be done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which item.
    pub key: ItemKey,
    /// Its album.
    pub album: AlbumIndex,
    /// The version that is meant.
    pub facts: Facts,
    /// Its hashes, once known.
    pub hashes: Option<Hashes>,
    /// An upload that was begun earlier.
    pub upload: Option<UploadId>,
    /// The hub said earlier that it has it: compared, not filed again.
    pub was_stored: bool,
    /// What the ledger knows of a version that looks the same, but was touched since: holds again should
    /// the item turn out to have the same content.
    pub touched: Option<Box<Record>>,
}

/// What the planner may not guess.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// What is wanted, and may go now.
    pub rules: Rules,
    /// Offer everything again, also what the hub is known to have.
    pub compare_all: bool,
    /// Leave failed items alone until their time has come, and those that failed for good altogether: for
    /// automatic runs. `None` tries all of them, once: a person who starts a backup may just have mended
    /// the reason, on the device or on the hub, and should not have to wait for a week to see it.
    pub only_due_at_ms: Option<i64>,
}

/// A failed item is never left alone for longer than this, whatever its record says: clocks jump.
const LONGEST_REST_MS: i64 = 24 * 60 * 60 * 1000;

/// Collects what a scan sees, and decides at the end.
#[derive(Debug, Default)]
pub struct Planner {
    options: PlanOptions,
    albums: Vec<Album>,
    plan: Plan,
    /// Items of excluded albums that were hashed in some earlier run.
    excluded_contents: HashMap<ContentHash, AlbumIndex>,
    excluded_files: HashMap<FileId, (Facts, AlbumIndex)>,
    excluded_unknown: Vec<Work>,
}

impl Planner {
    /// Nothing seen yet.
    pub fn new(options: PlanOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Adds an album; its place is what [`Planner::see`] wants.
    pub fn add_album(&mut self, album: Album) -> AlbumIndex {
        self.albums.push(album);
        self.albums.len() - 1
    }

    /// The album at a place.
    pub fn album(&self, index: AlbumIndex) -> Option<&Album> {
        self.albums.get(index)
    }

    /// Takes a sighting with what the ledger knows of the item.
    pub fn see(&mut self, sighting: Sighting, album: AlbumIndex, known: Option<Record>) {
        let Some(source) = self.albums.get(album).map(|album| album.source) else { return };
        let known = known.filter(|record| record.facts.looks_like(&sighting.facts));
        let (known, touched) = match known {
            Some(record) if record.facts.same_version(&sighting.facts) => (Some(record), None),
            touched => (None, touched.filter(|record| record.hashes.is_some()).map(Box::new)),
        };
        let work = Work {
            key: ItemKey { source, local: sighting.local },
            album,
            facts: sighting.facts,
            hashes: known.as_ref().and_then(|record| record.hashes),
            upload: None,
            was_stored: false,
            touched,
        };
        match self.albums[album].state {
            AlbumState::Neutral => {}
            AlbumState::Exclude => self.see_excluded(work),
            AlbumState::Include => self.see_chosen(work, known.map(|record| record.state)),
        }
    }

    /// Takes what the ledger knows of an item that belongs to an excluded album and cannot be looked at
    /// now, because its disk or folder is not accessible: its content, or else its length, is kept back
    /// all the same.
    pub fn keep_back(&mut self, known: &Record, album: AlbumIndex) {
        let size_bytes = known.facts.size_bytes;
        match known.hashes {
            _ if size_bytes == 0 => {}
            Some(hashes) => {
                self.excluded_contents.insert(hashes.sha256, album);
            }
            None => {
                self.plan.excluded_sizes.insert(size_bytes, album);
            }
        }
    }

    /// Counts a file that is no picture or video.
    pub const fn leave_out(&mut self) {
        self.plan.left_out += 1;
    }

    /// Notes what could not be looked at, or has no bytes.
    pub fn refuse(&mut self, refused: Refused) {
        self.plan.refuse(refused);
    }

    /// Decides: excluded albums win over all others.
    pub fn finish(mut self) -> Plan {
        let mut wanted_sizes = HashSet::new();
        let lists = [&mut self.plan.hash, &mut self.plan.offer, &mut self.plan.compare];
        let mut won = Vec::new();
        for list in lists {
            list.retain(|work| {
                let by_file = work.facts.file.and_then(|file| self.excluded_files.get(&file));
                // The same number, but another length or time: the number went to another file while we
                // looked, or the file changed. Reading both tells.
                let (by_file, unlike) = match by_file {
                    Some((facts, album)) if facts.looks_like(&work.facts) => (Some(album), None),
                    unlike => (None, unlike),
                };
                let by_content = work.hashes.and_then(|hashes| self.excluded_contents.get(&hashes.sha256));
                let album = by_content.or(by_file).filter(|_| work.facts.size_bytes > 0);
                if let Some(album) = album {
                    won.push((work.clone(), *album));
                } else {
                    wanted_sizes.insert(work.facts.size_bytes);
                    wanted_sizes.extend(unlike.map(|(facts, _)| facts.size_bytes));
                }
                album.is_none()
            });
            list.sort_by(|a, b| {
                b.facts.modified_at_ns.cmp(&a.facts.modified_at_ns).then_with(|| a.key.cmp(&b.key))
            });
        }
        for (work, album) in won {
            self.plan.chosen_bytes -= work.facts.size_bytes;
            let name = self.albums.get(album).map(|album| album.name.clone()).unwrap_or_default();
            self.plan.refuse(Refused {
                key: work.key,
                album: Some(work.album),
                verdict: Verdict::Excluded(name),
            });
        }
        self.excluded_unknown.retain(|work| wanted_sizes.contains(&work.facts.size_bytes));
        self.plan.hash_excluded = self.excluded_unknown;
        self.plan.excluded_contents = self.excluded_contents;
        self.plan.compares_all = self.options.compare_all;
        self.plan.albums = self.albums;
        self.plan
    }

    /// An empty file has no content that could be the same as another's: excluding one excludes no other.
    fn see_excluded(&mut self, work: Work) {
        if work.facts.size_bytes == 0 {
            return;
        }
        if let Some(file) = work.facts.file {
            self.excluded_files.insert(file, (work.facts, work.album));
        }
        match work.hashes {
            Some(hashes) => {
                self.excluded_contents.insert(hashes.sha256, work.album);
            }
            None => self.excluded_unknown.push(work),
        }
    }

    fn see_chosen(&mut self, mut work: Work, state: Option<State>) {
        self.plan.chosen += 1;
        self.plan.chosen_bytes += work.facts.size_bytes;
        if let Some(verdict) = self.judge(&work, state.as_ref()) {
            let refused = Refused { key: work.key, album: Some(work.album), verdict };
            return self.plan.refuse_counted(refused);
        }
        match (state, work.hashes) {
            (Some(State::Stored { .. }), Some(_)) if self.options.compare_all => {
                work.was_stored = true;
                self.plan.compare.push(work);
            }
            (Some(State::Stored { .. }), Some(_)) => {
                self.plan.safe += 1;
                self.plan.safe_bytes += work.facts.size_bytes;
            }
            (Some(State::DeletedEarlier), Some(_)) if !self.options.compare_all => {
                let verdict = Verdict::DeletedEarlier;
                self.plan.refuse_counted(Refused { key: work.key, album: Some(work.album), verdict });
            }
            (Some(State::Failed { why, permanent, retry_at_ms }), _)
                if self.leaves_alone(permanent, retry_at_ms) =>
            {
                if !permanent {
                    self.plan.try_again_at(retry_at_ms);
                }
                let verdict = Verdict::Failed { why: why.into(), permanent };
                self.plan.refuse_counted(Refused { key: work.key, album: Some(work.album), verdict });
            }
            (Some(State::Uploading(upload)), Some(_)) => {
                work.upload = Some(upload);
                self.plan.offer.push(work);
            }
            (_, Some(_)) => self.plan.offer.push(work),
            (_, None) => self.plan.hash.push(work),
        }
    }

    /// Why an item that would have to be sent is not. What the hub has, or had, is not judged.
    fn judge(&mut self, work: &Work, state: Option<&State>) -> Option<Verdict> {
        if work.hashes.is_some() && matches!(state, Some(State::Stored { .. } | State::DeletedEarlier)) {
            return None;
        }
        let verdict = self.options.rules.judge(&work.key.local, &work.facts)?;
        if matches!(verdict, Verdict::Unwanted(_)) {
            self.plan.chosen_bytes -= work.facts.size_bytes;
        } else if let Some(at_ms) = self.options.rules.settles_until_ms(&work.facts) {
            self.plan.try_again_at(at_ms);
        }
        Some(verdict)
    }

    /// Whether a failed item rests in this run. In automatic runs what is permanent waits for a full
    /// comparison, so that a file that the hub does not want is not sent every hour.
    fn leaves_alone(&self, permanent: bool, retry_at_ms: i64) -> bool {
        self.options.only_due_at_ms.is_some_and(|now_ms| {
            let rests = now_ms < retry_at_ms && retry_at_ms.saturating_sub(now_ms) <= LONGEST_REST_MS;
            if permanent { !self.options.compare_all } else { rests }
        })
    }
}

#[cfg(test)]
#[path = "planner_tests.rs"]
mod tests;
