//! Time as a parameter.

use std::fmt::Debug;

/// Milliseconds since 1970-01-01T00:00:00Z, the only form of time in the catalog and on the wire.
pub type TimestampMs = i64;

/// Tells the time. Everything that needs "now" takes one of these, so that a test can hold a
/// month of a device's life in a second, and a clock that jumps is a test case.
pub trait Clock: Send + Sync + Debug {
    /// Milliseconds since the Unix epoch. May go backwards: people set clocks.
    fn now_ms(&self) -> TimestampMs;
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.now_ms() > 1_760_000_000_000);
    }
}
