//! Waiting, and measuring how long something took, as a parameter.
//!
//! Ticks only ever grow, whatever people do to the wall clock, so back-off and patience cannot be
//! confused by a clock that jumps. Tests pass [`FakePause`] and wait for nothing.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;

/// Waits, and tells how much time went by.
#[async_trait]
pub trait Pause: Send + Sync + Debug {
    /// Milliseconds since some fixed moment. Never goes backwards.
    fn ticks_ms(&self) -> u64;

    /// Comes back after this long.
    async fn pause(&self, how_long: Duration);
}

/// The machine's monotonic clock and the runtime's timer.
#[derive(Debug, Clone, Copy)]
pub struct SystemPause {
    started: Instant,
}

impl SystemPause {
    /// Starts counting now.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the monotonic clock; it sits behind Pause"
    )]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemPause {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Pause for SystemPause {
    fn ticks_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn pause(&self, how_long: Duration) {
        tokio::time::sleep(how_long).await;
    }
}

/// A timer that jumps to the end of every pause at once.
#[derive(Debug, Default)]
pub struct FakePause {
    now_ms: AtomicU64,
}

impl FakePause {
    /// Lets time go by without anybody waiting.
    pub fn advance(&self, by: Duration) {
        self.now_ms.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

#[async_trait]
impl Pause for FakePause {
    fn ticks_ms(&self) -> u64 {
        self.now_ms.load(Ordering::SeqCst)
    }

    async fn pause(&self, how_long: Duration) {
        let until = self.ticks_ms().saturating_add(u64::try_from(how_long.as_millis()).unwrap_or(u64::MAX));
        tokio::task::yield_now().await;
        self.now_ms.fetch_max(until, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pauses_side_by_side_do_not_add_up() {
        let pause = FakePause::default();
        let second = Duration::from_secs(1);
        tokio::join!(pause.pause(second), pause.pause(second));
        assert_eq!(pause.ticks_ms(), 1000);
        pause.advance(second);
        assert_eq!(pause.ticks_ms(), 2000);
    }
}
