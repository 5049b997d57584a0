//! Looks at every source once and compares with the ledger, in one pass over both: they have the same
//! order. Writes only what is new or gone.

use std::collections::HashMap;
use std::io;
use std::iter::Peekable;
use std::sync::Arc;

use crate::ledger::{ItemKey, Known, Ledger, LedgerError, Record, State, Write};
use crate::planner::{Album, AlbumIndex, AlbumNames, Plan, PlanOptions, Planner, Refused, Verdict};
use crate::report::{Event, Reports};
use crate::settings::Settings;
use crate::sources::{Glimpse, LocalId, Sighting, Source, SourceId};

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
struct Surveying<'a> {
    survey: &'a Survey<'a>,
    planner: Planner,
    names: AlbumNames,
    seen: u64,
    writes: Vec<(ItemKey, Write)>,
}

/// One source's pass.
struct Pass<'a> {
    source: &'a dyn Source,
    id: SourceId,
    name: String,
    known: Peekable<Known>,
    albums: HashMap<LocalId, AlbumIndex>,
    /// The album of the item before: items of one folder mostly come together.
    current: Option<(LocalId, AlbumIndex)>,
    vanished: Vec<LocalId>,
}

impl Survey<'_> {
    /// Looks at everything and plans. Blocks.
    pub(super) fn run(&self) -> Result<Plan, LedgerError> {
        let names = AlbumNames::new(self.ledger.album_names()?);
        let planner = Planner::new(self.options);
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
            vanished: Vec::new(),
        };
        for glimpse in source.scan() {
            match glimpse {
                Ok(Glimpse::Item(sighting)) => self.see(&mut pass, sighting)?,
                Ok(Glimpse::LeftOut(_)) => self.planner.leave_out(),
                Ok(Glimpse::LeadsNowhere(local)) => self.refuse(&mut pass, local, Verdict::LeadsNowhere),
                Ok(Glimpse::Unreadable(local, why)) => {
                    let why = format!("it cannot be read: {why}").into();
                    self.refuse(&mut pass, local, Verdict::Failed { why, permanent: false });
                }
                Err(error) => {
                    self.source_is_away(&pass, &error);
                    return Ok(());
                }
            }
        }
        for row in pass.known.by_ref() {
            pass.vanished.push(row?.0);
        }
        self.forget_vanished(pass);
        Ok(())
    }

    fn see(&mut self, pass: &mut Pass<'_>, sighting: Sighting) -> Result<(), LedgerError> {
        let known = pass.known_of(&sighting.local)?;
        let album = self.album_of(pass, &sighting.local);
        self.seen += 1;
        if self.seen.is_multiple_of(TELL_EVERY) {
            self.survey.reports.tell(&Event::Looking { place: pass.source.place(), seen: self.seen });
        }
        let is_news = known.as_ref().is_none_or(|record| !record.facts.same_version(&sighting.facts));
        if is_news && self.survey.remembers {
            let key = ItemKey { source: pass.id, local: sighting.local.clone() };
            let record = Record { facts: sighting.facts, hashes: None, state: State::Seen };
            self.writes.push((key, Write::Set(record)));
            if self.writes.len() >= BATCH {
                self.flush()?;
            }
        }
        self.planner.see(sighting, album, known);
        Ok(())
    }

    /// The album of an item, made when it is the first of its folder.
    fn album_of(&mut self, pass: &mut Pass<'_>, local: &LocalId) -> AlbumIndex {
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

    /// Notes what has no bytes for us, unless its album is not chosen anyway.
    fn refuse(&mut self, pass: &mut Pass<'_>, local: LocalId, verdict: Verdict) {
        let folder = local.folder();
        if self.survey.settings.album_state(pass.id, &folder) == crate::settings::AlbumState::Include {
            let album = pass.albums.get(&folder).copied();
            let key = ItemKey { source: pass.id, local };
            self.planner.refuse(Refused { key, album, verdict });
        }
    }

    /// A source that is not there has lost nothing: what is known of it stays known.
    fn source_is_away(&mut self, pass: &Pass<'_>, error: &io::Error) {
        let why = format!("the folder is not there or cannot be read: {error}").into();
        let key = ItemKey { source: pass.id, local: LocalId::root() };
        self.planner.refuse(Refused { key, album: None, verdict: Verdict::Failed { why, permanent: false } });
    }

    /// Forgets items that are gone, but only from folders that still hold others: a disk that is not
    /// plugged in looks like an empty folder, and its hashes cost hours to compute again.
    fn forget_vanished(&mut self, pass: Pass<'_>) {
        if !self.survey.remembers {
            return;
        }
        let gone = pass.vanished.into_iter().filter(|local| pass.albums.contains_key(&local.folder()));
        self.writes.extend(gone.map(|local| (ItemKey { source: pass.id, local }, Write::Forget)));
    }

    fn flush(&mut self) -> Result<(), LedgerError> {
        self.survey.ledger.record(&self.writes)?;
        self.writes.clear();
        Ok(())
    }
}

impl Pass<'_> {
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
            self.vanished.push(known);
        }
    }
}
