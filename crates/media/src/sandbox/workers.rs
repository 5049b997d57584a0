//! A few workers, kept warm and replaced when they go wrong.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::seat::Seat;
use super::{Done, Job, Launcher, Limits, Protections, WorkerError};

/// How a pool behaves.
#[derive(Debug, Clone)]
pub struct WorkersSettings {
    /// How workers are started.
    pub launcher: Launcher,
    /// How many jobs run at the same time; the others wait.
    pub workers_max: usize,
    /// What a worker may use.
    pub limits: Limits,
    /// How long a job may take, from when its worker is ready to the last byte of its answer, waiting
    /// for the file's bytes included.
    pub job_time: Duration,
    /// How long a worker without work is kept.
    pub idle_time: Duration,
    /// After how many jobs a worker is replaced, so that what it leaks does not add up.
    pub jobs_per_worker: u64,
    /// The largest file that is taken, in bytes. Decoders hold it in memory beside the picture.
    pub input_bytes_max: u64,
    /// The most bytes that may come out of one job.
    pub answer_bytes_max: u64,
}

impl WorkersSettings {
    /// What suits a small home server: two workers of at most 1 GiB each.
    pub fn new(launcher: Launcher) -> Self {
        Self {
            launcher,
            workers_max: 2,
            limits: Limits { memory_bytes: 1 << 30, processor_seconds: 60 * 60 },
            job_time: Duration::from_mins(1),
            idle_time: Duration::from_secs(30),
            jobs_per_worker: 500,
            input_bytes_max: 512 << 20,
            answer_bytes_max: 32 << 20,
        }
    }
}

/// Why bytes could not be had.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A file's bytes on their way to a worker. At no time is more than a piece of them in memory here.
#[derive(Debug)]
pub struct Body<S> {
    pub(super) length_bytes: u64,
    pub(super) pieces: S,
}

impl<S, E> Body<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Cause>,
{
    /// Pieces that make up exactly `length_bytes`; otherwise the job ends in [`WorkerError::Source`].
    pub const fn new(length_bytes: u64, pieces: S) -> Self {
        Self { length_bytes, pieces }
    }
}

impl Body<stream::Iter<std::option::IntoIter<Result<Bytes, Infallible>>>> {
    /// Bytes that are in memory anyway.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { length_bytes: bytes.len() as u64, pieces: stream::iter(Some(Ok(bytes))) }
    }
}

/// A pool of workers. Clones share it. Nothing is started before the first job.
#[derive(Debug, Clone)]
pub struct Workers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: WorkersSettings,
    permits: Arc<Semaphore>,
    idle: Mutex<Idle>,
    tasks: TaskTracker,
}

/// Workers without work, those that have waited longest first.
#[derive(Debug, Default)]
struct Idle {
    seats: VecDeque<(Seat, Instant)>,
    is_watched: bool,
}

impl Workers {
    /// A pool without workers.
    pub fn new(settings: WorkersSettings) -> Self {
        let permits = Arc::new(Semaphore::new(settings.workers_max.max(1)));
        let shared = Shared { settings, permits, idle: Mutex::default(), tasks: TaskTracker::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Has a job done. Whatever goes wrong with its worker costs this job its answer and the pool
    /// nothing. Dropping the future ends the worker that is at it.
    pub async fn run<J: Job>(
        &self,
        question: &J::Question,
        body: Body<impl Stream<Item = Result<Bytes, impl Into<Cause>>> + Unpin>,
    ) -> Result<Done<J::Answer>, WorkerError> {
        let settings = &self.shared.settings;
        if body.length_bytes > settings.input_bytes_max {
            let (bytes, limit_bytes) = (body.length_bytes, settings.input_bytes_max);
            return Err(WorkerError::TooLarge { what: "the file", bytes, limit_bytes });
        }
        let question =
            serde_json::to_value(question).map_err(|error| WorkerError::Refused(error.to_string()))?;
        let _permit = self.permit().await?;
        let mut seat = self.seat().await?;
        let outcome = seat.run(settings, (J::NAME, question), body).await;
        let outcome = outcome.inspect_err(|error| complain(J::NAME, error))?;
        let Done { answer, parts } = match outcome {
            Ok(done) => done,
            Err(words) => {
                self.keep(seat).await;
                return Err(WorkerError::Refused(words));
            }
        };
        // An answer of another shape is as good a reason to distrust a worker as any.
        let answer = serde_json::from_value(answer)
            .map_err(|error| WorkerError::SpokeNonsense(format!("the answer to \"{}\": {error}", J::NAME)))?;
        self.keep(seat).await;
        Ok(Done { answer, parts })
    }

    /// What holds the workers, as one of them reports it; one is started when none is there.
    pub async fn protections(&self) -> Result<Protections, WorkerError> {
        let _permit = self.permit().await?;
        let seat = self.seat().await?;
        let protections = seat.protections;
        self.keep(seat).await;
        Ok(protections)
    }

    /// How many workers wait for work.
    pub fn idle_count(&self) -> usize {
        self.shared.idle().seats.len()
    }

    /// Takes no more jobs, and returns when those that run have ended and all workers are gone.
    pub async fn close(&self) {
        let most = u32::try_from(self.shared.settings.workers_max.max(1)).unwrap_or(u32::MAX);
        // All permits: nothing runs any more. An error means that somebody else has closed it.
        let all = self.shared.permits.acquire_many(most).await;
        self.shared.permits.close();
        drop(all);
        let seats = std::mem::take(&mut self.shared.idle().seats);
        for (seat, _) in seats {
            seat.end().await;
        }
        // Who watches idle workers sleeps until the next would have been ended; nobody waits for it.
        self.shared.tasks.close();
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, WorkerError> {
        Arc::clone(&self.shared.permits).acquire_owned().await.map_err(|_| WorkerError::Closed)
    }

    /// The worker that waited least, or a new one.
    async fn seat(&self) -> Result<Seat, WorkerError> {
        while let Some(mut seat) = self.shared.next_idle() {
            if seat.lives() {
                return Ok(seat);
            }
            tracing::debug!("a media worker has ended while it had nothing to do");
        }
        let seat = Seat::start(&self.shared.settings).await.inspect_err(|error| complain("start", error))?;
        tracing::debug!(protections = ?seat.protections, "a media worker has started");
        Ok(seat)
    }

    /// Puts a worker back that did its job, or lets it go when it did enough.
    async fn keep(&self, seat: Seat) {
        if seat.jobs_done >= self.shared.settings.jobs_per_worker {
            seat.end().await;
            return;
        }
        let watch = {
            let mut idle = self.shared.idle();
            idle.seats.push_back((seat, Instant::now()));
            !std::mem::replace(&mut idle.is_watched, true)
        };
        if watch {
            self.shared.tasks.spawn(watch_idle(Arc::downgrade(&self.shared), self.shared.settings.idle_time));
        }
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_idle(&self) -> Option<Seat> {
        self.idle().seats.pop_back().map(|(seat, _)| seat)
    }

    /// The workers that have waited too long, and when to look again; `None` when nobody waits.
    fn retire(&self) -> (Vec<Seat>, Option<Instant>) {
        let mut idle = self.idle();
        let deadline = |since: Instant| since + self.settings.idle_time;
        let now = Instant::now();
        let mut over = Vec::new();
        while idle.seats.front().is_some_and(|(_, since)| deadline(*since) <= now) {
            over.extend(idle.seats.pop_front().map(|(seat, _)| seat));
        }
        let next = idle.seats.front().map(|(_, since)| deadline(*since));
        idle.is_watched = next.is_some();
        (over, next)
    }
}

/// Ends workers that have had nothing to do for a while; ends itself when nobody waits.
async fn watch_idle(shared: Weak<Shared>, idle_time: Duration) {
    let mut next = Instant::now() + idle_time;
    loop {
        tokio::time::sleep_until(next).await;
        let Some((over, later)) = shared.upgrade().map(|shared| shared.retire()) else { return };
        for seat in over {
            seat.end().await;
        }
        match later {
            Some(later) => next = later,
            None => return,
        }
    }
}

fn complain(job: &str, error: &WorkerError) {
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    tracing::warn!(job, %error, cause, "a media worker was replaced");
}
