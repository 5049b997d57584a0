//! One backup that stays within what a person chose: it ends as soon as the network, the power, the time
//! of the day or the settings say so.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Judge;
use crate::conditions::Seen;
use crate::engine::{Engine, EngineError, Halt, RunOptions};
use crate::ledger::Ledger;
use crate::policy::{Decision, Permit, Reason};
use crate::report::Outcome;
use crate::settings::Settings;

/// How often the time of the day, the settings and what went over the network are looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What a round needs beside the engine.
#[derive(Debug)]
pub struct Round<'a> {
    /// The engine, with the settings of this round.
    pub engine: &'a Engine,
    /// The ledger of that engine.
    pub ledger: Arc<Ledger>,
    /// How to go about it, without what follows from the settings.
    pub options: RunOptions,
    /// The settings of that engine.
    pub settings: &'a Settings,
    /// The device's folder: settings that change there end the round. `None` when nobody looks.
    pub folder: Option<&'a Path>,
    /// Who decides.
    pub judge: &'a Judge,
    /// A person said that it is to be sent whatever the settings say about network, power and time.
    pub anyway: bool,
}

impl Round<'_> {
    /// Backs up, until everything was tried, `stop` is cancelled, or what was decided no longer holds.
    /// What is not sent because of that says so.
    pub async fn run(
        self,
        seen: &mut watch::Receiver<Seen>,
        stop: &CancellationToken,
    ) -> Result<Outcome, EngineError> {
        let day = self.judge.today();
        let used_bytes = self.ledger.metered_bytes(&day)?;
        let decision = self.decide(used_bytes);
        let pause = self.engine.pause();
        let now = self.judge.now();
        let options = self.options.clone().under(&self.settings.preferences, &decision, &now, pause.clone());
        let halt = Halt::by(stop);
        if let Some(reason) = decision.permit.nothing_may() {
            halt.wait_for(reason);
        }
        let mut meter = Meter { day, used_bytes, noted_bytes: 0, spent_bytes: None, costs: false };
        let mut run = Box::pin(self.engine.run_halted(&options, &halt));
        let outcome = loop {
            meter.costs |= self.judge.conditions().network.costs();
            tokio::select! {
                outcome = &mut run => break outcome,
                () = options.flow.is_spent(), if meter.spent_bytes.is_none() => {
                    // What is left is too little for the next piece.
                    meter.spent_bytes = decision.allowance_bytes;
                    halt.wait_for(Reason::DailyLimit);
                }
                Ok(()) = seen.changed() => {}
                () = pause.pause(LOOK_EVERY) => {
                    meter.note(&self.ledger, options.flow.passed_bytes())?;
                }
            }
            self.end_if_it_no_longer_holds(&decision, used_bytes, &halt);
        };
        meter.note(&self.ledger, options.flow.passed_bytes())?;
        outcome
    }

    fn decide(&self, used_bytes: u64) -> Decision {
        let decision = self.judge.decide(&self.settings.preferences, used_bytes);
        if self.anyway {
            return Decision { permit: Permit::default(), allowance_bytes: None, again_in: None };
        }
        decision
    }

    /// A permit that is another now ends the round, also a wider one: the next begins at once, under it.
    fn end_if_it_no_longer_holds(&self, decision: &Decision, used_bytes: u64, halt: &Halt) {
        let now = self.decide(used_bytes);
        if now.permit != decision.permit
            || now.allowance_bytes.is_some() != decision.allowance_bytes.is_some()
        {
            match now.permit.photos.or(now.permit.videos) {
                Some(reason) => halt.wait_for(reason),
                None => halt.cut_short(),
            }
        }
        let changed = self.folder.and_then(|folder| Settings::load(folder).ok().flatten());
        if changed.is_some_and(|changed| changed != *self.settings) {
            halt.cut_short();
        }
    }
}

/// Counts what goes over networks that cost by the byte.
#[derive(Debug)]
struct Meter {
    day: String,
    used_bytes: u64,
    noted_bytes: u64,
    /// So many bytes were left, and are used up.
    spent_bytes: Option<u64>,
    /// The network cost by the byte at some time of this round.
    costs: bool,
}

impl Meter {
    fn note(&mut self, ledger: &Ledger, passed_bytes: u64) -> Result<(), EngineError> {
        let used_bytes = self.spent_bytes.unwrap_or(passed_bytes);
        if self.costs && used_bytes > self.noted_bytes {
            ledger.set_metered_bytes(&self.day, self.used_bytes.saturating_add(used_bytes))?;
            self.noted_bytes = used_bytes;
        }
        Ok(())
    }
}
