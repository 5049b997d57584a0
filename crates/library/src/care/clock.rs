//! The care's own clock: how long the hub has really lived, whatever somebody sets the machine's clock
//! to. Whatever goes for good (items in the trash, bytes that nothing names) waits by this one.
//!
//! It goes on by what the running hub measures with the clock that nobody sets. Time of which only the
//! machine's clock tells (the hub was off, the machine slept, or somebody set the clock) counts as well
//! when it is at most [`GAP_MAX_MS`], so that a hub that is off at night empties its trash in time. A longer
//! gap does not count at all: nobody can tell a month of being off from a clock that is a month ahead,
//! and things may stay too long, but must never go too early.

use std::sync::{Mutex, MutexGuard, PoisonError};

use catalog::{Catalog, settings};
use domain::{Clock, TimestampMs};

use crate::error::{Error, Result};

/// A day. The longest time that counts although only the machine's clock tells of it.
const GAP_MAX_MS: i64 = 24 * 60 * 60 * 1000;

/// A day. How long the hub runs after a longer gap before it trusts the machine's clock again to say
/// which uploads have expired: devices that were away as well come back and go on with theirs.
const CONFIRM_MS: i64 = 24 * 60 * 60 * 1000;

/// The name of the setting that carries it over a restart.
const SETTING: &str = "care_clock";

/// Tells how long the hub has lived.
#[derive(Debug)]
pub(crate) struct CareClock {
    state: Mutex<State>,
}

/// Where it stands. Comparable with the times of the machine's clock only in that it once began there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "all of it is time, in one unit")]
struct State {
    /// The care's time.
    care_ms: TimestampMs,
    /// Up to when, by the machine's clock, time was counted.
    counted_until_ms: TimestampMs,
    /// Until then, by this clock, the machine's is not trusted.
    doubted_until_ms: TimestampMs,
    /// When it stood there, by the clock that nobody sets.
    uptime_ms: u64,
}

/// What a round of care may go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CareTime {
    /// The care's time.
    pub(crate) care_ms: TimestampMs,
    /// Whether the machine's clock may say that something has expired.
    pub(crate) clock_is_trusted: bool,
}

impl CareClock {
    /// Goes on where the hub's last round of care left it. It begins with the machine's time when the
    /// hub is new.
    pub(crate) async fn open(catalog: &Catalog, clock: &dyn Clock) -> Result<Self> {
        let fresh = State {
            care_ms: clock.now_ms(),
            counted_until_ms: clock.now_ms(),
            doubted_until_ms: 0,
            uptime_ms: clock.uptime_ms(),
        };
        let kept = catalog
            .write(move |tx| Box::pin(async move { settings::ensure(tx, SETTING, &fresh.to_text()).await }))
            .await?;
        let state = State::from_text(&kept, clock.uptime_ms())?;
        Ok(Self { state: Mutex::new(state) })
    }

    /// The care's time now.
    pub(crate) fn now_ms(&self, clock: &dyn Clock) -> TimestampMs {
        let state = self.lock();
        state.care_ms.saturating_add(state.lived_ms(clock.uptime_ms()))
    }

    /// Counts what has passed since the last round, and writes it down.
    pub(crate) async fn round(&self, catalog: &Catalog, clock: &dyn Clock) -> Result<CareTime> {
        let state = self.lock().after(clock.now_ms(), clock.uptime_ms());
        catalog
            .write(move |tx| Box::pin(async move { settings::set(tx, SETTING, &state.to_text()).await }))
            .await?;
        *self.lock() = state;
        Ok(CareTime { care_ms: state.care_ms, clock_is_trusted: state.care_ms >= state.doubted_until_ms })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lived_ms(&self, uptime_ms: u64) -> i64 {
        i64::try_from(uptime_ms.saturating_sub(self.uptime_ms)).unwrap_or(i64::MAX)
    }

    /// Where it stands after some time.
    fn after(self, now_ms: TimestampMs, uptime_ms: u64) -> Self {
        let lived_ms = self.lived_ms(uptime_ms);
        let gap_ms = now_ms.saturating_sub(self.counted_until_ms).saturating_sub(lived_ms);
        let counted_ms = if (0..=GAP_MAX_MS).contains(&gap_ms) { gap_ms } else { 0 };
        let care_ms = self.care_ms.saturating_add(lived_ms).saturating_add(counted_ms);
        let doubted_until_ms =
            if gap_ms > GAP_MAX_MS { care_ms.saturating_add(CONFIRM_MS) } else { self.doubted_until_ms };
        // A clock that is put back a little and then right again must not have that time counted twice.
        // One that is put back by more was wrong before.
        let is_set_back_far = self.counted_until_ms.saturating_sub(now_ms) > GAP_MAX_MS;
        let counted_until_ms = if is_set_back_far { now_ms } else { now_ms.max(self.counted_until_ms) };
        Self { care_ms, counted_until_ms, doubted_until_ms, uptime_ms }
    }

    fn to_text(self) -> String {
        format!("{} {} {}", self.care_ms, self.counted_until_ms, self.doubted_until_ms)
    }

    fn from_text(text: &str, uptime_ms: u64) -> Result<Self> {
        let mut numbers = text.split(' ').map(str::parse);
        let mut next = || numbers.next().and_then(Result::ok);
        match (next(), next(), next()) {
            (Some(care_ms), Some(counted_until_ms), Some(doubted_until_ms)) => {
                Ok(Self { care_ms, counted_until_ms, doubted_until_ms, uptime_ms })
            }
            // Beginning anew could let things go too early.
            _ => Err(Error::Internal(format!("the setting {SETTING} is not readable: {text:?}").into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * 60 * 1000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    const START: State =
        State { care_ms: 1000 * DAY_MS, counted_until_ms: 2000 * DAY_MS, doubted_until_ms: 0, uptime_ms: 5 };

    /// After so long by the machine's clock, of which so much was lived through.
    fn after(state: State, wall_ms: i64, lived_ms: i64) -> State {
        state.after(state.counted_until_ms + wall_ms, state.uptime_ms + lived_ms.unsigned_abs())
    }

    #[test]
    fn only_what_was_lived_or_a_short_gap_counts() {
        // By the machine's clock; lived; counted; whether the clock is doubted then.
        let table = [
            (HOUR_MS, HOUR_MS, HOUR_MS, false),
            (40 * DAY_MS, 40 * DAY_MS, 40 * DAY_MS, false),
            (10 * HOUR_MS, 0, 10 * HOUR_MS, false),
            (DAY_MS, 0, DAY_MS, false),
            (DAY_MS + HOUR_MS, HOUR_MS, DAY_MS + HOUR_MS, false),
            (DAY_MS + 1, 0, 0, true),
            (40 * DAY_MS, 0, 0, true),
            (40 * DAY_MS, HOUR_MS, HOUR_MS, true),
            (-HOUR_MS, HOUR_MS, HOUR_MS, false),
            (-40 * DAY_MS, HOUR_MS, HOUR_MS, false),
            (i64::MAX / 2, 0, 0, true),
        ];
        for (wall_ms, lived_ms, counted_ms, doubted) in table {
            let then = after(START, wall_ms, lived_ms);
            assert_eq!(then.care_ms - START.care_ms, counted_ms, "{wall_ms} {lived_ms}");
            assert_eq!(then.care_ms < then.doubted_until_ms, doubted, "{wall_ms} {lived_ms}");
        }
    }

    #[test]
    fn a_clock_that_goes_to_and_fro_gains_nothing() {
        for step_ms in [HOUR_MS, DAY_MS, 2 * DAY_MS, 400 * DAY_MS] {
            let mut state = START;
            for _ in 0..100 {
                for now_ms in [START.counted_until_ms + step_ms, START.counted_until_ms] {
                    state = state.after(now_ms, state.uptime_ms);
                }
            }
            let gained_ms = state.care_ms - START.care_ms;
            assert!(gained_ms <= GAP_MAX_MS, "{step_ms}: {gained_ms}");
        }
    }

    #[test]
    fn doubt_ends_after_a_day_of_running() {
        let mut state = after(START, 400 * DAY_MS, 0);
        for hour in 0..=24 {
            assert_eq!(state.care_ms < state.doubted_until_ms, hour < 24, "{hour}");
            state = after(state, HOUR_MS, HOUR_MS);
        }
    }

    #[test]
    fn it_survives_being_written_down_and_refuses_what_it_never_wrote() {
        let state = after(START, 400 * DAY_MS, HOUR_MS);
        assert_eq!(State::from_text(&state.to_text(), state.uptime_ms).unwrap(), state);
        for text in ["", "1", "1 2", "1 2 x", "now"] {
            assert!(State::from_text(text, 0).is_err(), "{text:?}");
        }
    }
}
