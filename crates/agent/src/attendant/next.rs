//! When the next round begins, if nothing wakes the engine earlier. Pure.

use std::time::Duration;

use domain::TimestampMs;

use super::Ended;
use super::board::Board;
use super::status::Phase;
use super::wish::Wish;
use crate::policy::Decision;
use crate::report::{Ending, Outcome};

/// Every source is looked at as often as this, whatever the events say.
const REGULAR: Duration = Duration::from_hours(6);
/// A hub that is away is asked again after this long, then twice as long, up to the longest.
const HUB_AWAY_FIRST: Duration = Duration::from_secs(30);
const HUB_AWAY_LONGEST: Duration = Duration::from_mins(30);
/// What did not work is tried again after this long at the earliest.
const SOON: Duration = Duration::from_secs(10);
/// What only a person can mend is looked at again after this long.
const HOURLY: Duration = Duration::from_hours(1);
/// Rounds that files start take at most about a third of the time.
const REST_TIMES: u32 = 2;
const REST_AT_MOST: Duration = Duration::from_mins(1);

/// Why a wait is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wake {
    /// Somebody asked for a round.
    Asked(Wish),
    /// Anything else.
    Other,
}

/// What follows from the rounds so far.
#[derive(Debug, Default)]
pub(super) struct Next {
    /// When, by the wall clock.
    at_ms: TimestampMs,
    rounds_away: u32,
    last_round: Duration,
}

impl Next {
    /// Follows from a round and from what is decided now; words when there was no round. Says whether
    /// another begins at once: then this one ended only because something changed.
    pub(super) fn plan(&mut self, ended: Result<Ended, String>, now_ms: TimestampMs, board: &Board) -> bool {
        let (wait, why) = match ended {
            Err(why) => {
                board.show(Phase::Troubled { why });
                (HUB_AWAY_FIRST, "another try")
            }
            Ok(Ended { outcome, before, decision, last_safe_at_ms, .. }) => {
                board.end(&outcome, decision.permit, last_safe_at_ms);
                if before != decision.permit || was_cut_short(&outcome, &decision) {
                    return true;
                }
                let (wait, why) = self.after(&outcome, now_ms);
                match decision.again_in.filter(|again_in| *again_in < wait) {
                    Some(again_in) => (again_in, "the time of the day"),
                    None => (wait, why),
                }
            }
        };
        self.at_ms = now_ms.saturating_add(ms(wait));
        board.plan(self.at_ms, why);
        false
    }

    /// Nothing to do before somebody sets the device up.
    pub(super) fn wait_for_settings(&mut self) {
        self.at_ms = TimestampMs::MAX;
    }

    /// How long until then.
    pub(super) fn wait(&self, now_ms: TimestampMs) -> Duration {
        let wait_ms = u64::try_from(self.at_ms.saturating_sub(now_ms)).unwrap_or(0);
        // A clock that jumps must not put everything off.
        Duration::from_millis(wait_ms).min(REGULAR)
    }

    /// How long folders that never rest wait for the next round.
    pub(super) fn rest(&self) -> Duration {
        self.last_round.saturating_mul(REST_TIMES).min(REST_AT_MOST)
    }

    fn after(&mut self, outcome: &Outcome, now_ms: TimestampMs) -> (Duration, &'static str) {
        self.last_round = Duration::try_from_secs_f64(outcome.seconds).unwrap_or_default();
        self.rounds_away = if outcome.ending == Ending::HubAway { self.rounds_away + 1 } else { 0 };
        let due = outcome.again_at_ms.map(|at_ms| {
            Duration::from_millis(u64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or(0)).max(SOON)
        });
        match outcome.ending {
            Ending::HubAway => {
                let doubled = HUB_AWAY_FIRST.saturating_mul(1 << (self.rounds_away - 1).min(10));
                (doubled.min(HUB_AWAY_LONGEST), "the hub may be back")
            }
            Ending::Revoked | Ending::HubFull => (HOURLY, "somebody may have mended it"),
            Ending::Complete | Ending::Stopped | Ending::Waiting => match due {
                Some(due) if due < REGULAR => (due, "items that rest are due"),
                _ if !outcome.confirmed && outcome.ending == Ending::Complete => (HOURLY, "another try"),
                _ => (REGULAR, "the regular look"),
            },
        }
    }
}

/// Whether a round ended because something changed, and something may go now. A stop from outside ends the
/// engine before anybody asks.
fn was_cut_short(outcome: &Outcome, decision: &Decision) -> bool {
    match outcome.ending {
        Ending::Stopped => true,
        Ending::Waiting => decision.permit.nothing_may().is_none(),
        _ => false,
    }
}

fn ms(wait: Duration) -> TimestampMs {
    TimestampMs::try_from(wait.as_millis()).unwrap_or(TimestampMs::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Permit, Reason};

    fn ended(ending: Ending) -> Outcome {
        Outcome { ending, confirmed: true, seconds: 4.0, ..Outcome::default() }
    }

    #[test]
    fn a_hub_that_is_away_is_asked_less_and_less_often_until_it_is_back() {
        let mut next = Next::default();
        let waits: Vec<_> = (0..8).map(|_| next.after(&ended(Ending::HubAway), 0).0.as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1800, 1800]);
        assert_eq!(next.after(&ended(Ending::Complete), 0).0, REGULAR);
        assert_eq!(next.after(&ended(Ending::HubAway), 0).0, HUB_AWAY_FIRST);
    }

    #[test]
    fn what_rests_is_tried_when_it_is_due_and_everything_now_and_then() {
        let mut next = Next::default();
        let due = |at_ms| Outcome { again_at_ms: Some(at_ms), ..ended(Ending::Complete) };
        assert_eq!(
            next.after(&due(1_060_000), 1_000_000),
            (Duration::from_mins(1), "items that rest are due")
        );
        assert_eq!(next.after(&due(0), 1_000_000).0, SOON, "a clock that jumps makes no busy loop");
        assert_eq!(next.after(&due(i64::MAX), 1_000_000).0, REGULAR);
        assert_eq!(next.after(&ended(Ending::Revoked), 0).0, HOURLY);
        assert_eq!(next.rest(), Duration::from_secs(8));
        next.at_ms = i64::MAX;
        assert_eq!(next.wait(0), REGULAR);
        next.at_ms = 5;
        assert_eq!(next.wait(1_000_000), Duration::ZERO);
    }

    #[test]
    fn a_round_that_was_cut_short_begins_again_at_once_while_something_may_go() {
        let decided = |permit| Decision { permit, allowance_bytes: None, again_in: None };
        let some = decided(Permit { photos: None, videos: Some(Reason::VideosOnMetered) });
        let none = decided(Permit::refused(Reason::MobileNetwork));
        assert!(was_cut_short(&ended(Ending::Stopped), &none));
        assert!(was_cut_short(&ended(Ending::Waiting), &some));
        assert!(!was_cut_short(&ended(Ending::Waiting), &none));
        assert!(!was_cut_short(&ended(Ending::Complete), &some));
    }
}
