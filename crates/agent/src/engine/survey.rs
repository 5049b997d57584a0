//! Looks at every source once and compares with the ledger, in one pass over both: they have the same
//! order. Writes only what is new or gone.

use std::collections::HashMap;
use std::iter::Peekable;
use std::sync::Arc;

use super::missing::{Met, Missing};
use crate::ledger::{ItemKey, Known, Ledger, LedgerError, Record, State, Write};
use crate::planner::{Album, AlbumIndex, AlbumNames, Plan, PlanOptions, Planner, Refused, Verdict};
use crate::report::{Event, Reports};
use crate::settings::{AlbumState, Settings};
use crate::sources::{Facts, Glimpse, LocalId, Sighting, Source, SourceId};

/// Records written in one commit.
const BATCH: usize = 4096;
/// How often a watcher hears how far it is.
const TELL_EVERY: u64 = 1000;

/// What a survey needs.
pub(super) struct Survey<'a> {
    pub(super) sources: &'a [Arc<dyn Source>],
    pub(super) settings: &'a Settings,
    pub(super) ledger: &'a Ledger,
    pub(super) reports: &'a dyn Reports,
    pub(super) options: PlanOptions,
    /// `false` only looks: nothing is written.
    pub(super) remembers: bool,
}

/// A survey under way.
pub(super) struct Surveying<'a> {
    pub(super) survey: &'a Survey<'a>,
    pub(super) planner: Planner,
    names: AlbumNames,
    seen: u64,
    pub(super) writes: Vec<(ItemKey, Write)>,
}

/// One source's pass.
pub(super) struct Pass<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) id: SourceId,
    name: String,
    known: Peekable<Known>,
    albums: HashMap<LocalId, AlbumIndex>,
    /// The album of the item before: items of one folder mostly come together.
    current: Option<(LocalId, AlbumIndex)>,
    /// What was met, for telling what is gone from what is out of reach.
    pub(super) met: Met,
    /// What the ledger knows and the scan did not meet.
    pub(super) missing: Vec<Missing>,
}

impl Survey<'_> {
    /// Looks at everything and plans. Blocks.
    pub(super) fn run(&self) -> Result<Plan, LedgerError> {
        let names = AlbumNames::new(self.ledger.album_names()?);
        let planner = Planner::new(self.options.clone());
        let mut surveying = Surveying { survey: self, planner, names, seen: 0, writes: Vec::new() };
        for source in self.sources {
            surveying.look_at(source.as_ref())?;
        }
        surveying.flush()?;
        let plan = surveying.planner.finish();
        if self.remembers {
            self.ledger.name_albums(&surveying.names.into_new())?;
        }
        self.reports.tell(&Event::Surveyed {
            chosen: plan.chosen,
            chosen_bytes: plan.chosen_bytes,
            safe: plan.safe,
            safe_bytes: plan.safe_bytes,
            left_out: plan.left_out,
        });
        Ok(plan)
    }
}

impl Surveying<'_> {
    fn look_at(&mut self, source: &dyn Source) -> Result<(), LedgerError> {
        let mut pass = Pass {
            source,
            id: source.id(),
            name: source.name(),
            known: self.survey.ledger.known(source.id())?.peekable(),
            albums: HashMap::new(),
            current: None,
            met: Met::default(),
            missing: Vec::new(),
        };
        for glimpse in source.scan() {
            match glimpse {
                Ok(Glimpse::Item(sighting)) => self.see(&mut pass, sighting)?,
                Ok(Glimpse::LeftOut(_)) => self.planner.leave_out(),
                Ok(Glimpse::LeadsNowhere(local)) => self.see_broken_link(&mut pass, local)?,
                Ok(Glimpse::Unreadable(local, why)) => {
                    let verdict = failed(format!("it cannot be read: {why}"));
                    self.see_out_of_reach(&mut pass, local, verdict)?;
                }
                Ok(Glimpse::UnreadableFolder(folder, why)) => pass.met.unreadable.push((folder, why)),
                Err(error) => {
                    pass.miss_the_rest()?;
                    self.source_is_away(pass, &error);
                    return Ok(());
                }
            }
        }
        pass.miss_the_rest()?;
        self.judge_missing(pass);
        self.flush_if_full()
    }

    fn see(&mut self, pass: &mut Pass<'_>, sighting: Sighting) -> Result<(), LedgerError> {
        let known = pass.known_of(&sighting.local)?;
        let album = self.album_of(pass, &sighting.local);
        self.seen += 1;
        if self.seen.is_multiple_of(TELL_EVERY) {
            self.survey.reports.tell(&Event::Looking { place: pass.source.place(), seen: self.seen });
        }
        pass.met.see(album, sighting.facts, known.as_ref());
        if let Some(record) = record_anew(&sighting.facts, known.as_ref())
            && self.survey.remembers
        {
            let key = ItemKey { source: pass.id, local: sighting.local.clone() };
            self.writes.push((key, Write::Set(record)));
            self.flush_if_full()?;
        }
        self.planner.see(sighting, album, known);
        Ok(())
    }

    /// A link that leads nowhere has no bytes. But when it had some, their disk may be missing.
    fn see_broken_link(&mut self, pass: &mut Pass<'_>, local: LocalId) -> Result<(), LedgerError> {
        let known = pass.known_of(&local)?;
        let verdict = match known {
            Some(_) => failed("the link leads nowhere now, although there was a file; is its disk attached?"),
            None => Verdict::LeadsNowhere,
        };
        self.keep_out_of_reach(pass, local, verdict, known);
        Ok(())
    }

    /// A file that cannot be looked at is still there: what is known of it stays known.
    fn see_out_of_reach(
        &mut self,
        pass: &mut Pass<'_>,
        local: LocalId,
        verdict: Verdict,
    ) -> Result<(), LedgerError> {
        let known = pass.known_of(&local)?;
        self.keep_out_of_reach(pass, local, verdict, known);
        Ok(())
    }

    /// Refuses what has no bytes for us when its album is chosen, and keeps its content back when its
    /// album is excluded.
    fn keep_out_of_reach(
        &mut self,
        pass: &mut Pass<'_>,
        local: LocalId,
        verdict: Verdict,
        known: Option<Record>,
    ) {
        let album = self.album_of(pass, &local);
        match (self.survey.settings.album_state(pass.id, &local.folder()), known) {
            (AlbumState::Include, _) => {
                let key = ItemKey { source: pass.id, local };
                self.planner.refuse(Refused { key, album: Some(album), verdict });
            }
            (AlbumState::Exclude, Some(known)) => self.planner.keep_back(&known, album),
            _ => {}
        }
    }

    /// The album of an item, made when it is the first of its folder.
    pub(super) fn album_of(&mut self, pass: &mut Pass<'_>, local: &LocalId) -> AlbumIndex {
        if let Some((folder, index)) = &pass.current
            && folder.as_bytes() == local.folder_bytes()
        {
            return *index;
        }
        let folder = local.folder();
        let index = pass.albums.get(&folder).copied().unwrap_or_else(|| {
            let name = self.names.name(pass.id, &folder, &pass.name).into();
            let state = self.survey.settings.album_state(pass.id, &folder);
            let album = Album { source: pass.id, folder: folder.clone(), name, state };
            let index = self.planner.add_album(album);
            pass.albums.insert(folder.clone(), index);
            index
        });
        pass.current = Some((folder, index));
        index
    }

    fn flush(&mut self) -> Result<(), LedgerError> {
        self.survey.ledger.record(&self.writes)?;
        self.writes.clear();
        Ok(())
    }

    fn flush_if_full(&mut self) -> Result<(), LedgerError> {
        if self.writes.len() >= BATCH { self.flush() } else { Ok(()) }
    }
}

impl Pass<'_> {
    /// The album of a folder, when something in it was met.
    pub(super) fn album(&self, folder: &LocalId) -> Option<AlbumIndex> {
        self.albums.get(folder).copied()
    }

    /// What the ledger knows of an item; steps over what the scan did not meet.
    fn known_of(&mut self, local: &LocalId) -> Result<Option<Record>, LedgerError> {
        loop {
            let order = match self.known.peek() {
                None => return Ok(None),
                Some(Ok((known, _))) => known.cmp(local),
                Some(Err(_)) => std::cmp::Ordering::Less,
            };
            if order == std::cmp::Ordering::Greater {
                return Ok(None);
            }
            let Some(row) = self.known.next() else { return Ok(None) };
            let (known, record) = row?;
            if order == std::cmp::Ordering::Equal {
                return Ok(Some(record));
            }
            self.missing.push(Missing::new(known, record));
        }
    }

    /// Takes everything that is left in the ledger for missing: the scan is over.
    fn miss_the_rest(&mut self) -> Result<(), LedgerError> {
        for row in self.known.by_ref() {
            let (local, record) = row?;
            self.missing.push(Missing::new(local, record));
        }
        Ok(())
    }
}

/// A failure that the next run may not meet.
pub(super) fn failed(why: impl Into<Arc<str>>) -> Verdict {
    Verdict::Failed { why: why.into(), permanent: false }
}

/// What is to be remembered of an item that was met, where that is something else than what is known.
///
/// A record that was made before the system's time was kept takes it over: the item counts as unchanged
/// now and can be told from a changed one from the next run on. One whose file system got another number,
/// or that was out of reach, takes the number over. Apart from that the record of an item that was touched
/// since stays as it is until the item is read again, so that what is known is not lost when that is
/// interrupted.
fn record_anew(facts: &Facts, known: Option<&Record>) -> Option<Record> {
    let stays = |known: &&Record| {
        known.facts.same_version(facts) || (known.facts.looks_like(facts) && known.hashes.is_some())
    };
    let Some(known) = known.filter(stays) else {
        return Some(Record { facts: *facts, hashes: None, state: State::Seen });
    };
    let device = |facts: &Facts| facts.file.map(|file| file.device);
    let has_moved = device(&known.facts) != device(facts);
    let learnt = Facts {
        changed_at_ns: known.facts.changed_at_ns.or(facts.changed_at_ns),
        file: if has_moved { facts.file } else { known.facts.file },
        ..known.facts
    };
    (learnt != known.facts).then(|| Record { facts: learnt, ..known.clone() })
}
