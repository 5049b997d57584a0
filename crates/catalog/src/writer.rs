//! The one writer of a process: closures that wait at the same time share one commit.
//!
//! A commit is an fsync; a phone that sends small files would wait for one per file. So the writer
//! takes everything that is queued, runs each closure in a savepoint of one transaction, commits
//! once and then answers all. While it commits, the next group gathers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connect::Place;
use crate::error::{Error, Result};
use crate::tx::Tx;
use crate::{Kind, Pace};

/// How many closures may wait; callers beyond that wait for room in the queue.
pub(crate) const QUEUE_MAX: usize = 1024;

/// How many closures share one commit at most, so that the first of them is not kept waiting.
const GROUP_MAX: usize = 256;

/// How long a lost database is left alone after a failed attempt to connect, at first and at most.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_MOST: Duration = Duration::from_secs(2);

/// A closure on its way through the writer.
pub(crate) trait Turn: Send {
    /// Runs it; says whether its changes are to be kept. Never panics.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;

    /// Takes back what it said: its changes are not kept after all.
    fn fail(&mut self, error: Error);

    /// Answers its caller, if that one still waits. `lost` says why the group was not committed.
    fn answer(self: Box<Self>, lost: Option<Error>);
}

/// A closure, what it said, and who wants to know.
pub(crate) struct Asked<T, E, F> {
    pub(crate) work: Option<F>,
    pub(crate) outcome: Option<Result<T, E>>,
    pub(crate) reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Turn for Asked<T, E, F>
where
    T: Send,
    E: From<Error> + Send,
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let outcome = AssertUnwindSafe(async { work(tx).await }).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_panic| Err(E::from(Error::Panicked)));
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn fail(&mut self, error: Error) {
        self.outcome = Some(Err(E::from(error)));
    }

    fn answer(self: Box<Self>, lost: Option<Error>) {
        let answer = match (self.outcome, lost) {
            // Its own error is what the caller can act on, whatever became of the others.
            (Some(Err(error)), _) => Err(error),
            (_, Some(error)) => Err(E::from(error)),
            (Some(Ok(answer)), None) => Ok(answer),
            (None, None) => Err(E::from(Error::Closed)),
        };
        drop(self.reply.send(answer));
    }
}

type Group = Vec<Box<dyn Turn>>;

/// The writer's counters, read by [`crate::Catalog::pace`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    groups: AtomicU64,
    closures: AtomicU64,
    largest_group: AtomicU64,
}

impl Counters {
    pub(crate) fn pace(&self) -> Pace {
        Pace {
            groups: self.groups.load(Ordering::Relaxed),
            closures: self.closures.load(Ordering::Relaxed),
            largest_group: self.largest_group.load(Ordering::Relaxed),
        }
    }

    fn count(&self, closures: usize) {
        let closures = closures as u64;
        self.groups.fetch_add(1, Ordering::Relaxed);
        self.closures.fetch_add(closures, Ordering::Relaxed);
        self.largest_group.fetch_max(closures, Ordering::Relaxed);
    }
}

/// The writer task.
pub(crate) struct Writer {
    place: Place,
    /// `None` while the database is lost.
    tx: Option<Tx>,
    /// While the database is lost: not before this is it tried again, and how long after that.
    rest: Option<(Instant, Duration)>,
    counters: Arc<Counters>,
}

impl Writer {
    pub(crate) fn new(place: Place, tx: Tx, counters: Arc<Counters>) -> Self {
        Self { place, tx: Some(tx), rest: None, counters }
    }

    /// Starts it among `tasks`. A writer of SQLite gets a thread of its own, because its statements
    /// and its commits keep the thread that they run on.
    pub(crate) fn start(
        self,
        tasks: &TaskTracker,
        queue: mpsc::Receiver<Box<dyn Turn>>,
        closing: CancellationToken,
    ) -> Result<()> {
        let kind = self.place.kind();
        let running = self.run(queue, closing);
        if kind == Kind::Postgres {
            tasks.spawn(running);
            return Ok(());
        }
        let running = tasks.track_future(running);
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Error::unavailable)?;
        std::thread::Builder::new()
            .name("catalog-writer".to_owned())
            .spawn(move || runtime.block_on(running))
            .map_err(Error::unavailable)?;
        Ok(())
    }

    /// Works until the queue ends or `closing` is cancelled, and then through what is queued.
    async fn run(mut self, mut queue: mpsc::Receiver<Box<dyn Turn>>, closing: CancellationToken) {
        loop {
            let first = tokio::select! {
                biased;
                first = queue.recv() => first,
                () = closing.cancelled(), if !queue.is_closed() => {
                    queue.close();
                    continue;
                }
            };
            let Some(first) = first else { break };
            let mut group = vec![first];
            while group.len() < GROUP_MAX
                && let Ok(turn) = queue.try_recv()
            {
                group.push(turn);
            }
            self.write(group).await;
        }
        if let Some(tx) = self.tx.take() {
            tx.close().await;
        }
    }

    /// Writes one group and answers it.
    async fn write(&mut self, mut group: Group) {
        let lost = match self.begun().await {
            Ok(mut tx) => {
                let written = run_group(&mut tx, &mut group).await;
                if written.is_ok() {
                    self.counters.count(group.len());
                }
                if written.is_ok() || recovered(&mut tx).await {
                    self.tx = Some(tx);
                }
                written.err()
            }
            Err(error) => Some(error),
        };
        if let Some(error) = &lost {
            tracing::warn!(closures = group.len(), %error, "a group of changes was not committed: {error}");
        }
        for turn in group {
            turn.answer(lost.clone());
        }
    }

    /// A begun transaction, on a new connection when the old one turns out to be lost: nothing has
    /// run on it yet, so nobody needs to know.
    async fn begun(&mut self) -> Result<Tx> {
        if let Some(mut tx) = self.tx.take() {
            match tx.begin().await {
                Ok(()) => return Ok(tx),
                Err(error) => tracing::warn!(%error, "the catalog's writer lost its connection: {error}"),
            }
        }
        if let Some((until, _)) = self.rest
            && Instant::now() < until
        {
            return Err(Error::unavailable("the database was not there a moment ago"));
        }
        let connected = async {
            let mut tx = self.place.writer().await?;
            tx.begin().await?;
            Ok(tx)
        };
        match connected.await {
            Ok(tx) => {
                self.rest = None;
                Ok(tx)
            }
            Err(error) => {
                let pause = self.rest.map_or(RETRY_FIRST, |(_, pause)| (pause * 2).min(RETRY_MOST));
                self.rest = Some((Instant::now() + pause, pause));
                Err(error)
            }
        }
    }
}

/// Runs the closures of a group and commits. An error means that nothing of it is kept, or that
/// nobody knows (a connection lost during the commit).
async fn run_group(tx: &mut Tx, group: &mut Group) -> Result<()> {
    let alone = group.len() == 1;
    let mut keep_any = false;
    for turn in group.iter_mut() {
        // A closure that is alone needs no savepoint: the transaction is one.
        if !alone {
            tx.command("savepoint turn").await?;
        }
        tx.take_failure();
        let mut keep = turn.run(tx).await;
        if keep && tx.take_failure() {
            // PostgreSQL has given the transaction up, and answers its commit with a rollback that
            // is no error: the caller would hear of success.
            turn.fail(Error::went_on());
            keep = false;
        }
        keep_any |= keep;
        if tx.is_lost() {
            return Err(Error::unavailable("the connection to the database was lost"));
        }
        if !alone {
            let end = if keep { "release savepoint turn" } else { "rollback to savepoint turn" };
            tx.command(end).await?;
        }
    }
    let started = Instant::now();
    tx.command(if keep_any { "commit" } else { "rollback" }).await?;
    metrics::histogram!("albumen_catalog_commit_seconds").record(started.elapsed());
    metrics::histogram!("albumen_catalog_group_closures")
        .record(u32::try_from(group.len()).unwrap_or(u32::MAX));
    Ok(())
}

/// Whether a connection whose group failed can be used again.
async fn recovered(tx: &mut Tx) -> bool {
    // SQLite ends a transaction by itself on some errors (a full disk); the rollback then fails
    // although all is well, and a new connection costs little.
    !tx.is_lost() && tx.command("rollback").await.is_ok()
}
