//! Looks after a device by itself, for years: `albumen run`, and later a phone app.
//!
//! A round is one whole backup: every source is listed and compared with the ledger, never events alone.
//! Events only make a round begin: the start, files that changed, the end of a sleep, a network or power
//! that is another, settings that are others, somebody who asks for it, and at the latest some hours.
//! Between rounds nothing is held but a few watches, and the ledger is free for other commands.

mod board;
mod judge;
mod lock;
mod next;
mod round;
pub mod status;
#[cfg(feature = "desktop")]
pub mod watch;
pub mod wish;

use std::fmt::{self, Debug};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{Clock, Random, TimestampMs};
use jiff::tz::TimeZone;
use tokio::sync::watch as channel;
use tokio_util::sync::CancellationToken;

pub use judge::Judge;
pub use lock::{EngineLock, Holder};
pub use round::Round;

use crate::conditions::Seen;
use crate::engine::{Engine, Parts, RunOptions};
use crate::ledger::{Ledger, LedgerError};
use crate::pause::Pause;
use crate::policy::{Decision, Permit};
use crate::report::Outcome;
use crate::settings::{Connection, Settings};
use crate::uploader::Hub;
use board::Board;
use next::{Next, Wake};
use status::{LiveStatus, Phase};
use wish::Wish;

/// How long nothing must change in the folders before a round begins: what is written is then whole.
const SETTLE: Duration = Duration::from_secs(1);
/// A folder that never rests is looked at all the same after this long.
const SETTLE_AT_MOST: Duration = Duration::from_secs(10);

/// Other commands have the ledger for a moment only; so often it is tried, with so long between.
const LEDGER_TRIES: u32 = 100;
const LEDGER_REST: Duration = Duration::from_millis(100);

/// What was touched since the start, as counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Touched {
    /// Something in a source.
    pub sources: u64,
    /// Something in the device's folder that this engine does not write itself.
    pub home: u64,
}

/// Watches folders and tells a channel of [`Touched`].
pub trait Follow: Send {
    /// Watches these sources from now on, instead of those before. What cannot be watched is left to the
    /// regular looks.
    fn follow(&mut self, sources: &[PathBuf]);
}

/// Watches nothing: the regular looks find everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct FollowNothing;

impl Follow for FollowNothing {
    fn follow(&mut self, _sources: &[PathBuf]) {}
}

/// Makes the hub of a connection; words when its address is none.
pub type MakeHub = Box<dyn Fn(&Connection) -> Result<Arc<dyn Hub>, String> + Send + Sync>;

/// Who hears every change of the state.
pub type Listener = Arc<dyn Fn(&LiveStatus) + Send + Sync>;

/// Everything that it needs.
pub struct Attendant {
    /// The device's folder.
    pub folder: PathBuf,
    /// Makes hubs.
    pub make_hub: MakeHub,
    /// How to go about a round.
    pub options: RunOptions,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// For the chance in waits.
    pub random: Arc<dyn Random>,
    /// For waiting and measuring.
    pub pause: Arc<dyn Pause>,
    /// Where the person is.
    pub zone: TimeZone,
    /// What the system says.
    pub seen: channel::Receiver<Seen>,
    /// What was touched.
    pub touched: channel::Receiver<Touched>,
    /// Watches the folders.
    pub follow: Box<dyn Follow>,
    /// Hears the state.
    pub listener: Listener,
}

/// How a round ended.
struct Ended {
    outcome: Outcome,
    /// What might go when it began.
    before: Permit,
    /// What may go now.
    decision: Decision,
    /// What went over networks that cost by the byte today.
    metered_bytes: u64,
    /// When everything was last safe.
    last_safe_at_ms: Option<TimestampMs>,
}

/// What the last round knew: anything else is a reason for another.
#[derive(Debug, Default)]
struct Known {
    touched: Touched,
    permit: Option<Permit>,
    metered_bytes: u64,
}

impl Debug for Attendant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attendant({})", self.folder.display())
    }
}

impl Attendant {
    /// Looks after the device until `stop` is cancelled. Hold the [`EngineLock`] meanwhile. Nothing that
    /// goes wrong ends it: it says so and tries again.
    pub async fn run(mut self, stop: &CancellationToken) {
        let board = Arc::new(Board::new(&self.folder, self.clock.clone(), self.listener.clone()));
        let judge = Judge::new(self.clock.clone(), self.zone.clone(), self.seen.clone());
        let mut next = Next::default();
        let mut wish = Wish::take(&self.folder).unwrap_or_default();
        // What the system says is worth the moment that asking takes.
        let asked = self.seen.wait_for(|seen| seen.asked);
        stop.run_until_cancelled(async { asked.await.is_ok() }).await;
        while !stop.is_cancelled() {
            board.see(&judge.conditions());
            let settings = self.settings(&board);
            let mut known = Known { touched: *self.touched.borrow_and_update(), ..Known::default() };
            if let Some(settings) = &settings {
                let sources: Vec<_> = settings.sources().iter().map(|source| source.path.to_path()).collect();
                self.follow.follow(&sources);
                let ended = self.round(settings, &judge, &board, wish, stop).await;
                if let Ok(ended) = &ended {
                    (known.permit, known.metered_bytes) = (Some(ended.decision.permit), ended.metered_bytes);
                }
                if next.plan(ended, self.clock.now_ms(), &board) {
                    continue;
                }
            } else {
                next.wait_for_settings();
            }
            let wake = self.wait(&next, settings.as_ref(), &known, &judge, stop).await;
            wish = match wake {
                Wake::Asked(wish) => wish,
                Wake::Other => Wish::by_itself(),
            };
        }
        board.show(Phase::Stopped);
    }

    /// The settings, when there is something to do with them.
    fn settings(&self, board: &Board) -> Option<Settings> {
        match Settings::load(&self.folder) {
            Ok(Some(settings)) if settings.connection.is_some() && !settings.sources().is_empty() => {
                Some(settings)
            }
            Ok(_) => {
                board.show(Phase::NotSetUp);
                None
            }
            Err(error) => {
                board.show(Phase::NeedsYou { why: error.to_string() });
                None
            }
        }
    }

    /// Opens the ledger; waits for other commands, which have it for a moment.
    async fn open_ledger(&self) -> Result<Arc<Ledger>, String> {
        for _ in 0..LEDGER_TRIES {
            match Ledger::open(&self.folder) {
                Ok(ledger) => return Ok(Arc::new(ledger)),
                Err(LedgerError::Busy) => self.pause.pause(LEDGER_REST).await,
                Err(error) => return Err(error.to_string()),
            }
        }
        Err(LedgerError::Busy.to_string())
    }

    /// One round; words when there was none. The ledger is free again when this comes back.
    async fn round(
        &mut self,
        settings: &Settings,
        judge: &Judge,
        board: &Arc<Board>,
        wish: Wish,
        stop: &CancellationToken,
    ) -> Result<Ended, String> {
        let Some(connection) = &settings.connection else { return Err("there is no hub".to_owned()) };
        let ledger = self.open_ledger().await?;
        board.begin(ledger.last_safe_at_ms().ok().flatten());
        let engine = Engine::new(Parts {
            sources: settings.open_sources(),
            settings: settings.clone(),
            ledger: ledger.clone(),
            hub: (self.make_hub)(connection)?,
            clock: self.clock.clone(),
            random: self.random.clone(),
            pause: self.pause.clone(),
            reports: board.clone(),
        });
        let round = Round {
            engine: &engine,
            ledger: ledger.clone(),
            options: RunOptions { only_due: !wish.asked, verify: wish.verify, ..self.options.clone() },
            settings,
            folder: Some(&self.folder),
            judge,
            anyway: wish.anyway,
        };
        let metered = || ledger.metered_bytes(&judge.today()).map_err(|error| error.to_string());
        let before = judge.decide(&settings.preferences, metered()?).permit;
        let outcome = round.run(&mut self.seen, stop).await.map_err(|error| error.to_string())?;
        let metered_bytes = metered()?;
        let decision = judge.decide(&settings.preferences, metered_bytes);
        let last_safe_at_ms = ledger.last_safe_at_ms().ok().flatten();
        Ok(Ended { outcome, before, decision, metered_bytes, last_safe_at_ms })
    }

    /// Waits until there is a reason for another round.
    async fn wait(
        &mut self,
        next: &Next,
        settings: Option<&Settings>,
        known: &Known,
        judge: &Judge,
        stop: &CancellationToken,
    ) -> Wake {
        let pause = self.pause.clone();
        let mut timer = pause.pause(next.wait(self.clock.now_ms()));
        let awakenings = self.seen.borrow().awakenings;
        let decide = || {
            let preferences = &settings?.preferences;
            Some(judge.decide(preferences, known.metered_bytes).permit)
        };
        loop {
            tokio::select! {
                () = stop.cancelled() => return Wake::Other,
                () = &mut timer => return Wake::Other,
                Ok(()) = self.seen.changed() => {
                    if decide() != known.permit || self.seen.borrow().awakenings != awakenings {
                        return Wake::Other;
                    }
                }
                Ok(()) = self.touched.changed() => {
                    if let Some(wish) = Wish::take(&self.folder) {
                        return Wake::Asked(wish);
                    }
                    if self.touched.borrow_and_update().sources != known.touched.sources {
                        stop.run_until_cancelled(self.settle(next)).await;
                        return Wake::Other;
                    }
                    if Settings::load(&self.folder).is_ok_and(|now| now.as_ref() != settings) {
                        return Wake::Other;
                    }
                }
            }
        }
    }

    /// Comes back when the folders rest, and the last round is long enough ago.
    async fn settle(&mut self, next: &Next) {
        let started_ms = self.pause.ticks_ms();
        let pause = self.pause.clone();
        let at_most = SETTLE_AT_MOST.max(next.rest());
        loop {
            tokio::select! {
                () = pause.pause(SETTLE) => break,
                Ok(()) = self.touched.changed() => {}
            }
            if u128::from(pause.ticks_ms().saturating_sub(started_ms)) >= at_most.as_millis() {
                break;
            }
        }
        let waited = Duration::from_millis(pause.ticks_ms().saturating_sub(started_ms));
        if let Some(left) = next.rest().checked_sub(waited) {
            pause.pause(left).await;
        }
    }
}
