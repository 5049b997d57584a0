//! What the hub did since the last run: which of our items it does not hold any more.

use std::collections::HashSet;

use tokio_util::sync::CancellationToken;
use wire::{ChangeKind, ChangePage};

use super::answers::ANOTHER_HUB;
use super::{Engine, EngineError, Halt, RunOptions};
use crate::ledger::{Doubt, HubMemory, Ledger};
use crate::report::{Ending, Event, Outcome};
use crate::uploader::{HubError, retry};

/// Changes asked for at a time.
const PAGE: u32 = 1000;

/// What the news mean for this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    /// What is remembered of the hub now.
    pub(super) memory: HubMemory,
    /// Everything is to be offered again.
    pub(super) compare_all: bool,
}

/// Why there are no news.
#[derive(Debug)]
pub(super) enum NoNews {
    /// The run cannot go on, with words.
    Ended(Ending, String),
    /// The device cannot remember.
    Engine(EngineError),
}

impl From<EngineError> for NoNews {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// News as they come in, page by page.
#[derive(Debug, Default)]
struct Reading {
    gone: HashSet<domain::ContentHash>,
    back: HashSet<domain::ContentHash>,
}

impl Reading {
    fn take(&mut self, page: &ChangePage) {
        for change in &page.changes {
            let Some(content) = change.sha256 else { continue };
            match change.kind {
                ChangeKind::ContentTrashed | ChangeKind::ContentDamaged => {
                    self.gone.insert(content);
                }
                ChangeKind::ContentRestored => {
                    self.back.insert(content);
                }
                _ => {}
            }
        }
    }
}

/// Everything up to now is known, because everything is compared.
fn from_here(page: &ChangePage, now_ms: domain::TimestampMs) -> HubMemory {
    HubMemory {
        hub: page.hub_id,
        place: page.newest,
        mark: page.newest_mark.clone(),
        compared_all_at_ms: now_ms,
    }
}

/// What this page tells is known now.
fn moved_on(memory: HubMemory, page: &ChangePage) -> HubMemory {
    if page.next_after < memory.place {
        return memory;
    }
    HubMemory { place: page.next_after, mark: page.next_after_mark.clone(), ..memory }
}

/// What is written down while a run is under way. Should the run be killed, the next one compares
/// everything: what was stored since this place is in no feed that the device has read, and would not be
/// missed if the hub were restored from a copy that is older than it.
fn unconfirmed(memory: &HubMemory) -> HubMemory {
    HubMemory { compared_all_at_ms: 0, ..memory.clone() }
}

impl Engine {
    /// Asks the hub what happened since the last run and takes back what does not hold any more. Waits
    /// for a hub that is away, within patience.
    pub(super) async fn catch_up(
        &self,
        options: &RunOptions,
        stop: &CancellationToken,
    ) -> Result<News, NoNews> {
        let now_ms = self.parts.clock.now_ms();
        let remembered = self.ledger_call(Ledger::hub).await?;
        let after = remembered.as_ref().map_or(0, |memory| memory.place);
        let limit = if remembered.is_some() { PAGE } else { 1 };
        let mut page = self.ask_for_changes(after, limit, options, stop).await?;
        let Some(before) = remembered else {
            let memory = from_here(&page, now_ms);
            // A ledger without a hub is new, or was restored without its note: trust nothing in it.
            self.remember(unconfirmed(&memory), Doubt::All, HashSet::new()).await?;
            return Ok(News { memory, compare_all: false });
        };
        if !before.is_of(&page) {
            let reason = if page.hub_id == before.hub {
                "the hub was restored from an older copy"
            } else {
                "another hub answers at this address"
            };
            self.parts.reports.tell(&Event::ComparingAll { reason: reason.into() });
            let memory = from_here(&page, now_ms);
            self.remember(unconfirmed(&memory), Doubt::All, HashSet::new()).await?;
            return Ok(News { memory, compare_all: false });
        }
        let mut reading = Reading::default();
        reading.take(&page);
        while page.more {
            page = self.ask_for_changes(page.next_after, PAGE, options, stop).await?;
            reading.take(&page);
        }
        let memory = moved_on(before, &page);
        let age_ms = now_ms.saturating_sub(memory.compared_all_at_ms);
        let due =
            u128::try_from(age_ms).map_or(true, |age_ms| age_ms >= options.compare_all_every.as_millis());
        self.remember(unconfirmed(&memory), Doubt::Contents(reading.gone), reading.back).await?;
        Ok(News { memory, compare_all: due || options.verify })
    }

    /// Asks once more at the end: what happened during the run is known, and the place in the feed is
    /// as new as what was stored, so that a hub restored from an older copy is noticed. `None` when
    /// everything that the run relied on still holds; otherwise why that is not known, in words.
    ///
    /// A hub that is away is waited for, within patience. One that does not answer even then has confirmed
    /// nothing, and nothing of its feed is remembered: the next run compares everything.
    pub(super) async fn confirm(
        &self,
        news: &News,
        outcome: &Outcome,
        options: &RunOptions,
        halt: &Halt,
    ) -> Result<Option<String>, EngineError> {
        let mut memory = news.memory.clone();
        if news.compare_all && outcome.ending == Ending::Complete {
            memory.compared_all_at_ms = self.parts.clock.now_ms();
        }
        let mut reading = Reading::default();
        if matches!(outcome.ending, Ending::HubAway | Ending::Revoked) {
            return Ok(Some("the hub did not answer any more".into()));
        }
        loop {
            let page = match self.ask_for_changes(memory.place, PAGE, options, &halt.cut).await {
                Ok(page) => page,
                Err(NoNews::Ended(Ending::Stopped, _)) => return Ok(Some(STOPPED_BEFORE.into())),
                Err(NoNews::Ended(_, reason)) => return Ok(Some(reason)),
                Err(NoNews::Engine(error)) => return Err(error),
            };
            if !memory.is_of(&page) {
                return Ok(Some(ANOTHER_HUB.into()));
            }
            reading.take(&page);
            memory = moved_on(memory, &page);
            if !page.more {
                break;
            }
        }
        let changed = self.remember(memory, Doubt::Contents(reading.gone), reading.back).await?;
        let items = if changed == 1 { "1 item".to_owned() } else { format!("{changed} items") };
        Ok((changed > 0)
            .then(|| format!("the hub lost, deleted or restored {items} meanwhile; start the backup again")))
    }

    async fn remember(
        &self,
        memory: HubMemory,
        doubt: Doubt,
        back: HashSet<domain::ContentHash>,
    ) -> Result<u64, EngineError> {
        self.ledger_call(move |ledger| ledger.remember_hub(&memory, &doubt, &back)).await
    }

    async fn ask_for_changes(
        &self,
        after: i64,
        limit: u32,
        options: &RunOptions,
        stop: &CancellationToken,
    ) -> Result<ChangePage, NoNews> {
        let started_ms = self.parts.pause.ticks_ms();
        let stopped = || NoNews::Ended(Ending::Stopped, STOPPED.into());
        let mut tries = 0;
        loop {
            let asking = self.parts.hub.changes(after, limit);
            let error = match stop.run_until_cancelled(asking).await.ok_or_else(stopped)? {
                Ok(page) => {
                    if tries > 0 {
                        self.parts.reports.tell(&Event::HubBack);
                    }
                    return Ok(page);
                }
                Err(HubError::Revoked) => {
                    return Err(NoNews::Ended(Ending::Revoked, HubError::Revoked.to_string()));
                }
                Err(error) => error,
            };
            tries += 1;
            let waits = retry::wait(tries, error.retry_after(), self.parts.random.as_ref());
            let patience_ms = retry::ms(options.patience);
            if !error.is_retryable() || self.parts.pause.ticks_ms().saturating_sub(started_ms) >= patience_ms
            {
                return Err(NoNews::Ended(Ending::HubAway, error.to_string()));
            }
            let retry_in_ms = retry::ms(waits);
            self.parts.reports.tell(&Event::HubAway { reason: error.to_string(), retry_in_ms });
            stop.run_until_cancelled(self.parts.pause.pause(waits)).await.ok_or_else(stopped)?;
        }
    }
}

const STOPPED_BEFORE: &str = "it was stopped before the hub confirmed that it still holds everything";

/// What is said of items that a stopped run did not get to.
pub(super) const STOPPED: &str = "the backup was stopped before its turn came";
