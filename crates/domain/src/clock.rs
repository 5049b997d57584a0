//! Time as a parameter.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::time::Instant;

/// Milliseconds since 1970-01-01T00:00:00Z, the only form of time in the catalog and on the wire.
pub type TimestampMs = i64;

/// Tells the time. Everything that needs "now" takes one of these, so that a test can hold a
/// month of a device's life in a second, and a clock that jumps is a test case.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since the Unix epoch. May go backwards: people set clocks.
    fn now_ms(&self) -> TimestampMs;

    /// Milliseconds that have passed since some moment, the same for the life of the program. Nobody sets
    /// it and it never goes back, so it tells how long something took when the time itself may be wrong.
    /// A machine that sleeps may not count its sleep. A clock that cannot tell says 0: for whoever waits
    /// for it, nothing is ever over.
    fn uptime_ms(&self) -> u64 {
        0
    }
}

/// The machine's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    fn now_ms(&self) -> TimestampMs {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
        }
    }

    fn uptime_ms(&self) -> u64 {
        static FIRST_ASKED: OnceLock<Instant> = OnceLock::new();
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock that nobody sets")]
        let first_asked = FIRST_ASKED.get_or_init(Instant::now);
        u64::try_from(first_asked.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.now_ms() > 1_760_000_000_000);
    }

    #[test]
    fn uptime_never_goes_back() {
        let first = SystemClock.uptime_ms();
        assert!(SystemClock.uptime_ms() >= first);
    }
}
