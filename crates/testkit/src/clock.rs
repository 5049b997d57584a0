//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use domain::{Clock, TimestampMs};

/// 2025-06-01T12:00:00Z: where a [`HandClock`] starts, so that numbers in tests look like dates.
const START_MS: TimestampMs = 1_748_779_200_000;

/// Tells the time that a test sets. Share it by `Arc`.
#[derive(Debug)]
pub struct HandClock {
    now_ms: AtomicI64,
    uptime_ms: AtomicU64,
}

impl Default for HandClock {
    fn default() -> Self {
        Self::at(START_MS)
    }
}

impl HandClock {
    /// Stands at this moment.
    pub const fn at(now_ms: TimestampMs) -> Self {
        Self { now_ms: AtomicI64::new(now_ms), uptime_ms: AtomicU64::new(0) }
    }

    /// Time passes: the hub lives through it.
    pub fn advance(&self, by: Duration) {
        let by_ms = in_ms(by);
        self.now_ms.fetch_add(by_ms, Ordering::SeqCst);
        self.uptime_ms.fetch_add(by_ms.unsigned_abs(), Ordering::SeqCst);
    }

    /// Moves ahead although no time passes, as clocks do when somebody sets them.
    pub fn jump_ahead(&self, by: Duration) {
        self.now_ms.fetch_add(in_ms(by), Ordering::SeqCst);
    }

    /// Moves back, as clocks do when somebody sets them.
    pub fn turn_back(&self, by: Duration) {
        self.now_ms.fetch_sub(in_ms(by), Ordering::SeqCst);
    }

    /// Jumps to this moment although no time passes.
    pub fn set(&self, now_ms: TimestampMs) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> TimestampMs {
        self.now_ms.load(Ordering::SeqCst)
    }

    fn uptime_ms(&self) -> u64 {
        self.uptime_ms.load(Ordering::SeqCst)
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
        clock.jump_ahead(Duration::from_secs(3));
        assert_eq!(clock.now_ms(), 3007);
        assert_eq!(clock.uptime_ms(), 1500, "only what passes is lived through");
    }
}
