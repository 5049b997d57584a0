//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::{Clock, TimestampMs};

/// 2025-06-01T12:00:00Z: where a [`HandClock`] starts, so that numbers in tests look like dates.
const START_MS: TimestampMs = 1_748_779_200_000;

/// Tells the time that a test sets. Share it by `Arc`.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl Default for HandClock {
    fn default() -> Self {
        Self::at(START_MS)
    }
}

impl HandClock {
    /// Stands at this moment.
    pub const fn at(now_ms: TimestampMs) -> Self {
        Self(AtomicI64::new(now_ms))
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(in_ms(by), Ordering::SeqCst);
    }

    /// Moves back, as clocks do when somebody sets them.
    pub fn turn_back(&self, by: Duration) {
        self.0.fetch_sub(in_ms(by), Ordering::SeqCst);
    }

    /// Jumps to this moment.
    pub fn set(&self, now_ms: TimestampMs) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> TimestampMs {
        self.0.load(Ordering::SeqCst)
    }
}

fn in_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).expect("a test moves the clock by less than a million years")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_only_by_hand() {
        let clock = HandClock::default();
        let start = clock.now_ms();
        assert_eq!(clock.now_ms(), start);
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now_ms(), start + 1500);
        clock.turn_back(Duration::from_secs(2));
        assert_eq!(clock.now_ms(), start - 500);
        clock.set(7);
        assert_eq!(clock.now_ms(), 7);
    }
}
