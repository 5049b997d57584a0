//! The only loop. Nothing else knows the order: what does the hub say → scan → plan → hash → offer →
//! file or send → record → report.

mod answers;
mod halt;
mod journal;
mod log;
mod missing;
mod news;
mod run;
mod settle;
mod survey;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use domain::{Clock, Random};
use jiff::Zoned;
use tokio_util::sync::CancellationToken;

use crate::destination::Destination;
use crate::ledger::{LastRun, Ledger, LedgerError};
use crate::pause::Pause;
use crate::planner::{Plan, PlanOptions, PlanSummary};
use crate::policy::Decision;
use crate::preferences::Preferences;
use crate::report::{Ending, Event, Outcome, Reports};
use crate::rules::Rules;
use crate::settings::Settings;
use crate::sources::Source;
use crate::uploader::flow::Flow;
use crate::uploader::{Hub, transfer};
pub use halt::Halt;
use news::NoNews;
use run::Run;
use survey::Survey;

/// How long the hub is still listened to after a stop, so that what is about to end does: a small file,
/// a piece of a large one, the note of where the feed is.
const GRACE: Duration = Duration::from_secs(1);

/// Everything that the engine works with.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Where items come from.
    pub sources: Vec<Arc<dyn Source>>,
    /// What a person chose.
    pub settings: Settings,
    /// What the device remembers.
    pub ledger: Arc<Ledger>,
    /// Where items go.
    pub hub: Arc<dyn Hub>,
    /// The wall clock: for notes only, never for waiting.
    pub clock: Arc<dyn Clock>,
    /// For the chance in waits.
    pub random: Arc<dyn Random>,
    /// For waiting and measuring.
    pub pause: Arc<dyn Pause>,
    /// Who watches.
    pub reports: Arc<dyn Reports>,
}

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Lanes to the hub: so many large items are on their way at a time, or in place of each of them a
    /// few small ones (see [`crate::uploader::lanes`]).
    pub uploads: usize,
    /// Items read and hashed at a time.
    pub hashers: usize,
    /// How long a hub may be away before the run ends without it.
    pub patience: Duration,
    /// Compare everything with the hub again.
    pub verify: bool,
    /// Compare everything again after this long, also unasked.
    pub compare_all_every: Duration,
    /// Leave items that failed lately, or for good, alone: for automatic runs. A run that a person starts
    /// tries each of them once.
    pub only_due: bool,
    /// Files up to this many bytes go in one request.
    pub small_bytes: u64,
    /// Larger ones go in pieces of this many bytes.
    pub piece_bytes: u64,
    /// What is wanted, and may go now.
    pub rules: Rules,
    /// How fast, and how much at most. Of one run: its allowance is used up once.
    pub flow: Flow,
    /// Into which folders on the hub.
    pub destination: Destination,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            uploads: 4,
            // More than four only fight for the disk.
            hashers: std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 4),
            patience: Duration::from_mins(10),
            verify: false,
            compare_all_every: Duration::from_hours(7 * 24),
            only_due: false,
            small_bytes: transfer::SMALL_BYTES,
            piece_bytes: transfer::PIECE_BYTES,
            rules: Rules::default(),
            flow: Flow::default(),
            destination: Destination::default(),
        }
    }
}

impl RunOptions {
    /// These options under a person's preferences and what was decided about this moment.
    #[must_use]
    pub fn under(
        self,
        preferences: &Preferences,
        decision: &Decision,
        now: &Zoned,
        pause: Arc<dyn Pause>,
    ) -> Self {
        Self {
            rules: Rules::new(preferences, decision.permit, now.timestamp().as_millisecond()),
            flow: Flow::new(pause, preferences.speed_bytes, decision.allowance_bytes),
            destination: Destination::new(preferences.subfolders, now.time_zone().clone()),
            ..self
        }
    }
}

/// Why a run could not go on at all. What was stored stays stored; the next run goes on.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The device cannot remember.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A thread of this program broke down: a fault of ours.
    #[error("a part of the program broke down: {0}")]
    Broken(#[from] tokio::task::JoinError),
}

impl EngineError {
    /// Whether a later run may work without any change.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Ledger(error) => error.is_retryable(),
            Self::Broken(_) => false,
        }
    }
}

/// The device's side of a backup.
#[derive(Debug)]
pub struct Engine {
    parts: Parts,
}

impl Engine {
    /// An engine of these parts.
    pub const fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// What a run would do, without asking the hub, reading a file or writing anything.
    pub async fn plan(&self, options: &RunOptions) -> Result<Plan, EngineError> {
        self.survey(options.verify, options, false).await
    }

    /// [`Engine::plan`] in numbers.
    pub async fn dry_run(&self, options: &RunOptions) -> Result<PlanSummary, EngineError> {
        Ok(self.plan(options).await?.summary())
    }

    /// For waiting and measuring, as this engine does.
    pub(crate) fn pause(&self) -> Arc<dyn Pause> {
        self.parts.pause.clone()
    }

    /// Backs up everything that is chosen. Ends when everything was tried, when the hub is away for too
    /// long, or when `stop` is cancelled; the outcome says which. A stop ends it within about a second,
    /// also when the hub never answers. Dropping the future is a crash, and is as harmless: the next run
    /// goes on.
    pub async fn run(&self, options: &RunOptions, stop: &CancellationToken) -> Result<Outcome, EngineError> {
        self.run_halted(options, &Halt::by(stop)).await
    }

    /// [`Engine::run`] for somebody who may also have to end it at once, and says why.
    pub async fn run_halted(&self, options: &RunOptions, halt: &Halt) -> Result<Outcome, EngineError> {
        let grace = async {
            halt.stop.cancelled().await;
            self.parts.pause.pause(GRACE).await;
            halt.cut.cancel();
            std::future::pending::<Infallible>().await
        };
        tokio::select! {
            biased;
            outcome = self.run_until(options, halt) => outcome,
            never = grace => match never {},
        }
    }

    async fn run_until(&self, options: &RunOptions, halt: &Halt) -> Result<Outcome, EngineError> {
        let started_ms = self.parts.pause.ticks_ms();
        let news = match self.catch_up(options, &halt.stop).await {
            Err(NoNews::Engine(error)) => return Err(error),
            news => news,
        };
        let compare_all = news.as_ref().is_ok_and(|news| news.compare_all);
        let plan = self.survey(compare_all, options, true).await?;
        let mut run = Run::new(self, options, plan);
        match &news {
            Ok(news) => run.work(&news.memory, halt).await?,
            Err(NoNews::Ended(Ending::Stopped, _)) => {
                let (ending, reason) = halt.why();
                run.end(ending, &reason);
            }
            Err(NoNews::Ended(ending, reason)) => run.end(*ending, reason),
            Err(NoNews::Engine(_)) => {}
        }
        let mut outcome = run.into_outcome().await?;
        outcome.doubt = match news {
            Ok(news) => self.confirm(&news, &outcome, options, halt).await?.map(Arc::from),
            Err(NoNews::Ended(_, reason)) => Some(reason.into()),
            Err(NoNews::Engine(error)) => return Err(error),
        };
        outcome.confirmed = outcome.doubt.is_none();
        let elapsed = Duration::from_millis(self.parts.pause.ticks_ms().saturating_sub(started_ms));
        outcome.seconds = elapsed.as_secs_f64();
        self.note_the_end(&outcome, halt).await?;
        Ok(outcome)
    }

    /// Remembers how the run ended and tells the hub, if it listens.
    async fn note_the_end(&self, outcome: &Outcome, halt: &Halt) -> Result<(), EngineError> {
        let last = LastRun {
            finished_at_ms: self.parts.clock.now_ms(),
            ending: outcome.ending,
            seen: outcome.seen,
            safe: outcome.safe(),
            skipped: outcome.skipped.len() as u64,
            failed: outcome.failed.len() as u64,
            all_safe: outcome.all_safe(),
            why: outcome.why_not_safe(),
        };
        let report = wire::DeviceReport {
            chosen: outcome.seen - last.skipped,
            safe: last.safe,
            unsafe_items: last.failed,
            finished_at_ms: last.finished_at_ms,
        };
        self.ledger_call(move |ledger| ledger.set_last_run(&last)).await?;
        if outcome.confirmed
            && let Some(Err(error)) = halt.cut.run_until_cancelled(self.parts.hub.report(&report)).await
        {
            tracing::debug!(%error, "the hub did not take the report of this run");
        }
        self.parts.reports.tell(&Event::Ended(outcome.ending));
        Ok(())
    }

    async fn survey(
        &self,
        compare_all: bool,
        options: &RunOptions,
        remembers: bool,
    ) -> Result<Plan, EngineError> {
        let parts = self.parts.clone();
        let only_due_at_ms = options.only_due.then(|| parts.clock.now_ms());
        let options = PlanOptions { rules: options.rules.clone(), compare_all, only_due_at_ms };
        let plan = tokio::task::spawn_blocking(move || {
            let survey = Survey {
                sources: &parts.sources,
                settings: &parts.settings,
                ledger: &parts.ledger,
                reports: parts.reports.as_ref(),
                options,
                remembers,
            };
            survey.run()
        });
        Ok(plan.await??)
    }

    /// Calls the ledger off the runtime.
    async fn ledger_call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let ledger = self.parts.ledger.clone();
        Ok(tokio::task::spawn_blocking(move || call(&ledger)).await??)
    }
}

#[cfg(test)]
#[path = "engine/engine_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "engine/considerate_tests.rs"]
mod considerate_tests;

#[cfg(test)]
#[path = "engine/missing_tests.rs"]
mod missing_tests;

#[cfg(test)]
#[path = "engine/simulation_tests.rs"]
mod simulation_tests;
