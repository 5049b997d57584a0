//! Keeps the status files up to date from what the engine tells.

use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{Clock, TimestampMs};

use super::Listener;
use super::status::{Items, LiveStatus, Phase};
use crate::conditions::Conditions;
use crate::policy::Permit;
use crate::report::{Ending, Event, Outcome, Reports};

/// A state that only counts on is written down as often as this.
const WRITE_EVERY_MS: i64 = 1000;

/// Where everybody reads what the engine does.
pub(super) struct Board {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    listener: Listener,
    shown: Mutex<Shown>,
}

struct Shown {
    status: LiveStatus,
    written_at_ms: TimestampMs,
    done: u64,
    of: u64,
}

impl Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Board({})", self.folder.display())
    }
}

impl Board {
    pub(super) fn new(folder: &Path, clock: Arc<dyn Clock>, listener: Listener) -> Self {
        let status = LiveStatus {
            process: std::process::id(),
            phase: Phase::Looking { seen: 0 },
            since_ms: clock.now_ms(),
            conditions: Conditions::default().words(),
            counts: None,
            last_success_ms: None,
            next_look_ms: None,
            next_look_why: None,
        };
        let shown = Shown { status, written_at_ms: 0, done: 0, of: 0 };
        Self { folder: folder.to_owned(), clock, listener, shown: Mutex::new(shown) }
    }

    /// Notes what the system says.
    pub(super) fn see(&self, conditions: &Conditions) {
        self.shown().status.conditions = conditions.words();
    }

    /// A round begins.
    pub(super) fn begin(&self, last_success_ms: Option<TimestampMs>) {
        let mut shown = self.shown();
        (shown.done, shown.of) = (0, 0);
        shown.status.last_success_ms = last_success_ms;
        (shown.status.next_look_ms, shown.status.next_look_why) = (None, None);
        drop(shown);
        self.show(Phase::Looking { seen: 0 });
    }

    /// A round is over: its lists are written before the state that counts them.
    pub(super) fn end(&self, outcome: &Outcome, permit: Permit, last_success_ms: Option<TimestampMs>) {
        let (items, counts) = Items::of(outcome);
        if let Err(error) = items.write(&self.folder) {
            tracing::warn!(%error, "the list of items cannot be written");
        }
        let mut shown = self.shown();
        shown.status.counts = Some(counts);
        shown.status.last_success_ms = last_success_ms;
        drop(shown);
        if let Some(phase) = phase_after(outcome, &items, permit, self.clock.now_ms()) {
            self.show(phase);
        }
    }

    /// Notes when the next round begins.
    pub(super) fn plan(&self, at_ms: TimestampMs, why: &str) {
        let mut shown = self.shown();
        (shown.status.next_look_ms, shown.status.next_look_why) = (Some(at_ms), Some(why.to_owned()));
        self.write(&mut shown);
    }

    /// Shows a state. One of the same kind as before, which only counts on, may be written later.
    pub(super) fn show(&self, phase: Phase) {
        let mut shown = self.shown();
        let now_ms = self.clock.now_ms();
        let same_kind = std::mem::discriminant(&phase) == std::mem::discriminant(&shown.status.phase);
        if !same_kind {
            shown.status.since_ms = now_ms;
        }
        shown.status.phase = phase;
        let is_due = !(0..WRITE_EVERY_MS).contains(&now_ms.saturating_sub(shown.written_at_ms));
        if !same_kind || is_due {
            self.write(&mut shown);
        }
    }

    fn write(&self, shown: &mut Shown) {
        shown.written_at_ms = self.clock.now_ms();
        if let Err(error) = shown.status.write(&self.folder) {
            tracing::warn!(%error, "the status cannot be written");
        }
        (self.listener)(&shown.status);
    }

    fn count_on(&self, item: Option<&Arc<str>>, done: u64) {
        let mut shown = self.shown();
        shown.done += done;
        let (done, of) = (shown.done, shown.of);
        let before = match &shown.status.phase {
            Phase::BackingUp { item, .. } => item.clone(),
            _ => None,
        };
        drop(shown);
        let item = item.map(|item| item.as_ref().to_owned()).or(before);
        self.show(Phase::BackingUp { done, of, item });
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reports for Board {
    fn tell(&self, event: &Event) {
        match event {
            Event::Looking { seen, .. } => self.show(Phase::Looking { seen: *seen }),
            Event::Surveyed { chosen, safe, .. } => {
                let mut shown = self.shown();
                (shown.done, shown.of) = (*safe, *chosen);
                let nothing_to_do = shown.done == shown.of;
                drop(shown);
                if !nothing_to_do {
                    self.count_on(None, 0);
                }
            }
            Event::Sending { item, .. } => self.count_on(Some(item), 0),
            Event::Stored { .. } => self.count_on(None, 1),
            Event::HubAway { reason, .. } => self.show(Phase::HubAway { why: reason.clone() }),
            Event::HubBack => self.count_on(None, 0),
            _ => {}
        }
    }
}

/// The state after a round; `None` when another begins at once.
fn phase_after(outcome: &Outcome, items: &Items, permit: Permit, now_ms: TimestampMs) -> Option<Phase> {
    let first_waits = || outcome.failed.iter().find_map(crate::report::NotStored::waits_for);
    let doubt = || outcome.doubt.as_deref().unwrap_or("the hub did not confirm what it holds").to_owned();
    let trouble =
        |first: &str| Phase::NeedsYou { why: format!("{} not safe: {first}", counted(items.failed.len())) };
    Some(match outcome.ending {
        Ending::Stopped => return None,
        Ending::HubAway => {
            let first = outcome.failed.first().map(|item| item.reason.as_ref().to_owned());
            Phase::HubAway { why: first.unwrap_or_else(doubt) }
        }
        Ending::Revoked => {
            Phase::NeedsYou { why: "the hub does not accept this device any more; connect it again".into() }
        }
        Ending::HubFull => Phase::NeedsYou { why: "the hub's disk is full; ask its owner for room".into() },
        // Also when nothing is left that could wait: nobody may ask the hub whether it is so.
        Ending::Waiting => Phase::Waiting { reason: permit.nothing_may().or_else(first_waits)? },
        Ending::Complete if outcome.all_safe() => Phase::AllSafe { checked_at_ms: now_ms },
        Ending::Complete => match (items.failed.first(), first_waits()) {
            (Some(first), _) => trouble(&format!("{}: {}", first.item, first.reason)),
            (None, Some(reason)) => Phase::Waiting { reason },
            (None, None) => Phase::HubAway { why: doubt() },
        },
    })
}

fn counted(number: usize) -> String {
    if number == 1 { "1 item is".to_owned() } else { format!("{number} items are") }
}
