//! One run over a plan: what waits for what, and what may start now.
//!
//! Everything in flight is a future in one set; nothing is spawned but blocking reads. So dropping the
//! run drops all of it, as a crash would.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{ContentHash, FolderPath, Name};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio_util::sync::CancellationToken;
use wire::{BATCH_MAX, ChangePage, Filing, FilingOutcome, OfferAnswer};

use super::journal::Journal;
use super::log::Log;
use super::news::STOPPED;
use super::{Engine, EngineError, Halt, RunOptions};
use crate::ledger::{HubMemory, ItemKey, Record, State};
use crate::planner::{Album, AlbumIndex, Plan, Work};
use crate::report::{Ending, Outcome};
use crate::sources::{self, HashFailure, Hashed, Source};
use crate::uploader::lanes::Lanes;
use crate::uploader::transfer::{Arrived, Transfer, TransferLog, Unsent};
use crate::uploader::{HubError, NewFile};

/// Items that may wait to be sent before hashing pauses: what was just read is then still in the
/// system's cache when it is sent.
const HASHED_AHEAD: usize = 64;
/// Items that may wait to be sent before offering pauses: the rest waits in its more compact place.
const OFFERED_AHEAD: usize = 2 * BATCH_MAX;
/// Records written in one commit, and how long one may wait for company.
const COMMIT_RECORDS: usize = 256;
const COMMIT_AFTER_MS: u64 = 2000;

/// Names one thing in flight.
pub(super) type Ticket = u64;

/// One item on its way.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) work: Work,
    /// Failures in a row without any progress.
    pub(super) tries: u32,
    /// How often it was found changed.
    pub(super) retakes: u32,
    /// It is only hashed, to know what must not be sent.
    pub(super) excluded: bool,
    /// Its upload was written to since it was offered.
    pub(super) tried: bool,
}

impl Job {
    const fn new(work: Work) -> Self {
        Self { work, tries: 0, retakes: 0, excluded: false, tried: false }
    }

    pub(super) fn content(&self) -> Option<ContentHash> {
        self.work.hashes.map(|hashes| hashes.sha256)
    }

    pub(super) fn record(&self, state: State) -> Record {
        Record { facts: self.work.facts, hashes: self.work.hashes, state }
    }
}

/// Where an item goes after a rest.
#[derive(Debug, Clone, Copy)]
pub(super) enum Then {
    Hash,
    Send,
}

/// What came back.
pub(super) enum Done {
    Hashed(Result<Result<Hashed, HashFailure>, tokio::task::JoinError>),
    Offered(Result<HashMap<ContentHash, OfferAnswer>, HubError>),
    Filed(Result<Vec<FilingOutcome>, HubError>),
    Sent(Result<Arrived, Box<Unsent>>),
    Rested(Then),
    /// Whether the folder of an item that was not found is still there, with others in it.
    Missed(Result<bool, tokio::task::JoinError>),
    Probed(Result<ChangePage, HubError>),
    Committed(Result<(), EngineError>),
}

/// Whether the hub answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gate {
    Open,
    Closed { since_ms: u64, tries: u32 },
}

/// Calls of which there is one at a time.
#[derive(Debug, Default)]
pub(super) struct Busy {
    pub(super) offering: bool,
    pub(super) filing: bool,
    pub(super) committing: bool,
}

/// A run under way.
pub(super) struct Run<'e> {
    pub(super) engine: &'e Engine,
    pub(super) options: &'e RunOptions,
    pub(super) albums: Vec<Album>,
    pub(super) excluded_contents: HashMap<ContentHash, AlbumIndex>,
    /// Lengths of excluded items whose content cannot be told, with their album.
    pub(super) excluded_sizes: HashMap<u64, AlbumIndex>,
    /// Excluded items that are not hashed yet. Until there are none, nothing is offered.
    pub(super) excluded_left: usize,
    pub(super) to_hash: VecDeque<Job>,
    pub(super) to_offer: VecDeque<Job>,
    pub(super) to_file: VecDeque<Job>,
    /// How many are filed in one call: fewer after one that the hub refused, more again after each that
    /// it took.
    pub(super) filing_batch: usize,
    /// Everything is offered again, also what the hub is known to have.
    pub(super) compares_all: bool,
    pub(super) lanes: Lanes<Job>,
    /// Content that waits to be sent or is going, with the other items that have the same.
    pub(super) twins: HashMap<ContentHash, Vec<Job>>,
    pub(super) going: HashMap<Ticket, Vec<Job>>,
    pub(super) in_flight: FuturesUnordered<BoxFuture<'static, (Ticket, Done)>>,
    next_ticket: Ticket,
    pub(super) hashing: usize,
    pub(super) busy: Busy,
    pub(super) gate: Gate,
    /// Calls about many items that failed in a row.
    pub(super) calls_failed: u32,
    /// Not even a small file finds room on the hub.
    pub(super) hub_full: bool,
    /// The length of the shortest file that found no room on the hub: longer ones find none either.
    pub(super) no_room_from: Option<u64>,
    pub(super) ending: Option<(Ending, Arc<str>)>,
    pub(super) journal: Journal,
    pub(super) bytes_sent: Arc<AtomicU64>,
    pub(super) outcome: Outcome,
    /// The hub and the place in its feed that this run began with.
    pub(super) memory: Option<HubMemory>,
    /// Tells transfers to end with their piece.
    stop: CancellationToken,
}

impl<'e> Run<'e> {
    pub(super) fn new(engine: &'e Engine, options: &'e RunOptions, plan: Plan) -> Self {
        let excluded = plan.hash_excluded.into_iter().map(|work| Job { excluded: true, ..Job::new(work) });
        let excluded: Vec<_> = excluded.collect();
        let mut run = Self {
            engine,
            options,
            albums: plan.albums,
            excluded_contents: plan.excluded_contents,
            excluded_sizes: plan.excluded_sizes,
            excluded_left: excluded.len(),
            to_hash: excluded.into_iter().chain(plan.hash.into_iter().map(Job::new)).collect(),
            to_offer: plan.offer.into_iter().chain(plan.compare).map(Job::new).collect(),
            to_file: VecDeque::new(),
            filing_batch: BATCH_MAX,
            compares_all: plan.compares_all,
            lanes: Lanes::new(options.uploads),
            twins: HashMap::new(),
            going: HashMap::new(),
            in_flight: FuturesUnordered::new(),
            next_ticket: 0,
            hashing: 0,
            busy: Busy::default(),
            gate: Gate::Open,
            calls_failed: 0,
            hub_full: false,
            no_room_from: None,
            ending: None,
            journal: Journal::new(engine.parts.ledger.clone()),
            bytes_sent: Arc::default(),
            outcome: Outcome {
                seen: plan.chosen,
                already_held: plan.safe,
                bytes_total: plan.chosen_bytes,
                left_out: plan.left_out,
                again_at_ms: plan.again_at_ms,
                ..Outcome::default()
            },
            memory: None,
            stop: CancellationToken::new(),
        };
        for refused in plan.refused {
            run.settle_refused(&refused);
        }
        run
    }

    /// Works until nothing is left, or nothing can be done any more.
    pub(super) async fn work(&mut self, memory: &HubMemory, halt: &Halt) -> Result<(), EngineError> {
        self.memory = Some(memory.clone());
        self.stop.clone_from(&halt.stop);
        loop {
            if halt.stop.is_cancelled() {
                let (ending, reason) = halt.why();
                self.end(ending, &reason);
                self.see_off(&halt.cut).await?;
            }
            if self.ending.is_some() {
                break;
            }
            self.start_what_can_start();
            let next = tokio::select! {
                // In this order: once it is to end, nothing of what goes is carried on.
                biased;
                () = halt.stop.cancelled() => continue,
                next = self.in_flight.next() => next,
            };
            let Some((ticket, done)) = next else { break };
            self.take(ticket, done)?;
        }
        if self.ending.is_none() {
            let has_no_room = self.hub_full || self.no_room_from.is_some();
            let ending = if has_no_room { Ending::HubFull } else { Ending::Complete };
            self.end(ending, STOPPED);
        }
        Ok(())
    }

    /// Lets what is being sent come to an end that costs nothing: a small file whole, a large one at the
    /// end of its piece. What takes longer than the hub is listened to is dropped, and goes on next time.
    async fn see_off(&mut self, cut: &CancellationToken) -> Result<(), EngineError> {
        while self.lanes.going() > 0 {
            let next = cut.run_until_cancelled(self.in_flight.next()).await.flatten();
            let Some((ticket, done)) = next else { break };
            self.take(ticket, done)?;
        }
        Ok(())
    }

    /// Nothing more is started; what is not through fails with these words. The first ending counts.
    pub(super) fn end(&mut self, ending: Ending, reason: &str) {
        self.ending.get_or_insert_with(|| (ending, reason.into()));
    }

    fn start_what_can_start(&mut self) {
        self.start_hashing();
        if matches!(self.gate, Gate::Open) {
            self.start_offering();
            self.start_filing();
            self.start_sending();
        }
        self.start_committing();
    }

    fn start_hashing(&mut self) {
        while self.hashing < self.options.hashers.max(1) {
            // What must not be sent comes first: everything else waits for it.
            if self.excluded_left == 0 && self.lanes.waiting() >= HASHED_AHEAD {
                return;
            }
            let Some(job) = self.to_hash.pop_front() else { return };
            let Some(source) = self.source_of(&job) else { continue };
            let local = job.work.key.local.clone();
            self.hashing += 1;
            self.start(vec![job], async move {
                Done::Hashed(
                    tokio::task::spawn_blocking(move || sources::hash(source.as_ref(), &local)).await,
                )
            });
        }
    }

    fn start_offering(&mut self) {
        if self.busy.offering || self.excluded_left > 0 || self.lanes.waiting() >= OFFERED_AHEAD {
            return;
        }
        let (mut jobs, mut hashes, mut asked) = (Vec::new(), Vec::new(), HashSet::new());
        while hashes.len() < BATCH_MAX {
            let Some(job) = self.to_offer.pop_front() else { break };
            let Some(content) = job.content() else {
                self.to_hash.push_back(job);
                continue;
            };
            if self.holds_back(&job, content) {
                continue;
            }
            if let Some(twins) = self.twins.get_mut(&content) {
                twins.push(job);
                continue;
            }
            if asked.insert(content) {
                hashes.push(content);
            }
            jobs.push(job);
        }
        if jobs.is_empty() {
            return;
        }
        self.busy.offering = true;
        let hub = self.engine.parts.hub.clone();
        self.start(jobs, async move {
            let answers = hub.offer(&hashes).await;
            Done::Offered(answers.and_then(|answers| pair_up(hashes, answers)))
        });
    }

    /// Whether an item is not offered because it is in an excluded album, too, or may be. An empty file
    /// is the same as no other.
    fn holds_back(&mut self, job: &Job, content: ContentHash) -> bool {
        let size_bytes = job.work.facts.size_bytes;
        if size_bytes == 0 {
            return false;
        }
        if let Some(album) = self.excluded_contents.get(&content).copied() {
            self.settle_excluded(job, album);
            return true;
        }
        let Some(album) = self.excluded_sizes.get(&size_bytes).copied() else { return false };
        let album = self.album_name(album);
        self.leave(
            job,
            &format!("it may be the same as an item of \"{album}\", which is excluded and cannot be read"),
        );
        true
    }

    fn start_filing(&mut self) {
        if self.busy.filing || self.to_file.is_empty() {
            return;
        }
        let count = self.to_file.len().min(self.filing_batch);
        let jobs: Vec<Job> = self.to_file.drain(..count).collect();
        let filings: Vec<Filing> = jobs.iter().filter_map(|job| self.filing_of(job)).collect();
        self.busy.filing = true;
        let hub = self.engine.parts.hub.clone();
        self.start(jobs, async move { Done::Filed(hub.file(&filings).await) });
    }

    fn start_sending(&mut self) {
        if self.hub_full {
            for job in self.lanes.drain() {
                self.leave_without_room(&job);
            }
        }
        while let Some(job) = self.lanes.start() {
            if self.no_room_from.is_some_and(|from_bytes| job.work.facts.size_bytes >= from_bytes) {
                self.lanes.ended(job.work.facts.size_bytes);
                self.leave_without_room(&job);
                continue;
            }
            let Some(transfer) = self.transfer_of(&job) else {
                self.lanes.ended(job.work.facts.size_bytes);
                continue;
            };
            let log: Arc<dyn TransferLog> = Arc::new(Log {
                item: self.label(&job.work.key),
                size_bytes: job.work.facts.size_bytes,
                reports: self.engine.parts.reports.clone(),
                journal: self.journal.clone(),
                now_ms: self.engine.parts.pause.ticks_ms(),
                key: job.work.key.clone(),
                record: job.record(State::Offered),
                bytes_sent: self.bytes_sent.clone(),
            });
            self.start(vec![job], async move { Done::Sent(transfer.send(log).await) });
        }
        if self.hub_full || self.no_room_from.is_some() {
            // Many may have left the lanes at once, and what waited for room there can go on. Others with
            // the same bytes went back to be offered.
            self.start_hashing();
            self.start_offering();
        }
    }

    /// The next run tries it again.
    pub(super) fn leave_without_room(&mut self, job: &Job) {
        self.release_twins(job);
        self.leave(job, &HubError::StorageFull.to_string());
    }

    fn start_committing(&mut self) {
        let (waiting, age_ms) = self.journal.backlog(self.engine.parts.pause.ticks_ms());
        if self.busy.committing || waiting == 0 {
            return;
        }
        if waiting < COMMIT_RECORDS && age_ms < COMMIT_AFTER_MS && !self.in_flight.is_empty() {
            return;
        }
        self.busy.committing = true;
        let journal = self.journal.clone();
        self.start(Vec::new(), async move { Done::Committed(journal.commit().await) });
    }

    /// Lets an item rest, then go on.
    pub(super) fn rest(&mut self, job: Job, how_long: Duration, then: Then) {
        let pause = self.engine.parts.pause.clone();
        self.start(vec![job], async move {
            pause.pause(how_long).await;
            Done::Rested(then)
        });
    }

    /// Asks after a while whether the hub is back.
    pub(super) fn probe_after(&mut self, how_long: Duration) {
        let (pause, hub) = (self.engine.parts.pause.clone(), self.engine.parts.hub.clone());
        let after = self.memory.as_ref().map_or(0, |memory| memory.place);
        self.start(Vec::new(), async move {
            pause.pause(how_long).await;
            Done::Probed(hub.changes(after, 1).await)
        });
    }

    pub(super) fn start(&mut self, jobs: Vec<Job>, future: impl Future<Output = Done> + Send + 'static) {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.going.insert(ticket, jobs);
        self.in_flight.push(Box::pin(async move { (ticket, future.await) }));
    }

    /// The item's source. Items come from sources that were just scanned, so there is one.
    pub(super) fn source_of(&mut self, job: &Job) -> Option<Arc<dyn Source>> {
        let source = sources::find(&self.engine.parts.sources, job.work.key.source).cloned();
        if source.is_none() {
            self.leave(job, "its folder is no longer backed up");
        }
        source
    }

    fn transfer_of(&mut self, job: &Job) -> Option<Transfer> {
        let source = self.source_of(job)?;
        let hashes = job.work.hashes?;
        let (name, name_raw) = name_of(&job.work.key);
        Some(Transfer {
            hub: self.engine.parts.hub.clone(),
            source,
            local: job.work.key.local.clone(),
            facts: job.work.facts,
            file: NewFile {
                sha256: hashes.sha256,
                sha1: hashes.sha1,
                size_bytes: hashes.size_bytes,
                name,
                name_raw,
                album: self.album_name(job.work.album).to_string(),
                folder: self.folder_of(job),
                modified_at_ms: job.work.facts.modified_at_ms(),
            },
            upload: job.work.upload,
            may_have_finished: job.tried,
            small_bytes: self.options.small_bytes,
            piece_bytes: self.options.piece_bytes.max(1),
            flow: self.options.flow.clone(),
            stop: self.stop.clone(),
        })
    }

    /// The folder that a person's settings name; `None` for the hub's default, one per album.
    fn folder_of(&self, job: &Job) -> Option<FolderPath> {
        let connection = self.engine.parts.settings.connection.as_ref()?;
        let modified_at_ms = job.work.facts.modified_at_ms();
        self.options.destination.folder(&connection.device_name, modified_at_ms)
    }

    fn filing_of(&self, job: &Job) -> Option<Filing> {
        let (name, name_raw) = name_of(&job.work.key);
        Some(Filing {
            sha256: job.content()?,
            folder: self.folder_of(job),
            album: Some(self.album_name(job.work.album).to_string()),
            name,
            name_raw: name_raw.map(|bytes| STANDARD.encode(bytes)),
            modified_at_ms: Some(job.work.facts.modified_at_ms()),
        })
    }
}

/// The name as text, and its bytes where the text may not be enough to bring it back: when it is none,
/// and when the same letters can be written in two ways, of which a folder on the hub holds one.
fn name_of(key: &ItemKey) -> (Name, Option<Vec<u8>>) {
    let bytes = key.local.name_bytes();
    match std::str::from_utf8(bytes).ok().and_then(|text| Name::new(text).ok()) {
        Some(name) if bytes.is_ascii() => (name, None),
        Some(name) => (name, Some(bytes.to_vec())),
        None => (Name::lenient(&String::from_utf8_lossy(bytes)), Some(bytes.to_vec())),
    }
}

fn pair_up(
    hashes: Vec<ContentHash>,
    answers: Vec<OfferAnswer>,
) -> Result<HashMap<ContentHash, OfferAnswer>, HubError> {
    if hashes.len() == answers.len() {
        Ok(hashes.into_iter().zip(answers).collect())
    } else {
        Err(HubError::Refused("the hub answered about other items than it was asked about".into()))
    }
}
