//! A hub that goes away while files come back: all downloads wait together, and not for ever.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::RestoreParts;
use crate::report::Event;
use crate::uploader::{HubError, retry};

/// Whether the hub is away, and for how long. Downloads share it.
#[derive(Debug, Default)]
pub(super) struct Absence {
    known: Mutex<Known>,
    /// One of those who wait counts the time; the others wait for it.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// Since when, in ticks; `None` while the hub answers.
    since_ms: Option<u64>,
    /// Waits in a row without an answer.
    tries: u32,
    /// Waits so far.
    round: u64,
    /// What the hub's absence looked like when patience ended.
    given_up: Option<HubError>,
}

impl Absence {
    /// Which wait is the next one. Ask before a call: what fails meanwhile waits once, not once each.
    pub(super) fn round(&self) -> u64 {
        self.known().round
    }

    /// Why the hub is not asked any more, once patience has ended.
    pub(super) fn given_up(&self) -> Option<HubError> {
        self.known().given_up.clone()
    }

    /// The hub answered.
    pub(super) fn is_over(&self, parts: &RestoreParts) {
        let mut known = self.known();
        known.tries = 0;
        if known.since_ms.take().is_some() {
            drop(known);
            parts.reports.tell(&Event::HubBack);
        }
    }

    /// Waits until the hub may be asked again, after a call that was made in `round` failed. Says whether
    /// there is any patience left. May be dropped while it waits.
    pub(super) async fn wait(&self, parts: &RestoreParts, round: u64, error: &HubError) -> bool {
        let now_ms = parts.pause.ticks_ms();
        let since_ms = *self.known().since_ms.get_or_insert(now_ms);
        let _turn = self.turn.lock().await;
        let tries = {
            let mut known = self.known();
            if known.given_up.is_some() {
                return false;
            }
            if known.round != round {
                return true;
            }
            if u128::from(now_ms.saturating_sub(since_ms)) >= parts.patience.as_millis() {
                known.given_up = Some(error.clone());
                return false;
            }
            known.tries += 1;
            known.tries
        };
        let waits = retry::wait(tries, error.retry_after(), parts.random.as_ref());
        parts.reports.tell(&Event::HubAway { reason: error.to_string(), retry_in_ms: retry::ms(waits) });
        parts.pause.pause(waits).await;
        self.known().round += 1;
        true
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
