//! Asks the policy about this moment.

use std::sync::Arc;

use domain::Clock;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use tokio::sync::watch;

use crate::conditions::{Conditions, Seen};
use crate::policy::{self, Decision};
use crate::preferences::Preferences;

/// Knows the time and the conditions.
#[derive(Debug, Clone)]
pub struct Judge {
    clock: Arc<dyn Clock>,
    zone: TimeZone,
    seen: watch::Receiver<Seen>,
}

impl Judge {
    /// A judge who looks at this clock, from this time zone, and hears this probe.
    pub const fn new(clock: Arc<dyn Clock>, zone: TimeZone, seen: watch::Receiver<Seen>) -> Self {
        Self { clock, zone, seen }
    }

    /// The time here.
    pub fn now(&self) -> Zoned {
        Timestamp::from_millisecond(self.clock.now_ms()).unwrap_or_default().to_zoned(self.zone.clone())
    }

    /// The day here, as in `2026-11-27`.
    pub fn today(&self) -> String {
        self.now().date().to_string()
    }

    /// What the system says.
    pub fn conditions(&self) -> Conditions {
        self.seen.borrow().conditions.clone()
    }

    /// What may go now.
    pub fn decide(&self, preferences: &Preferences, metered_today_bytes: u64) -> Decision {
        policy::decide(preferences, &self.conditions(), minute_of_day(&self.now()), metered_today_bytes)
    }
}

/// The minute of the day that it is there.
fn minute_of_day(now: &Zoned) -> u16 {
    u16::try_from(i32::from(now.hour()) * 60 + i32::from(now.minute())).unwrap_or(0)
}
