//! How much goes out, and how fast: every byte of a file passes here on its way to the network.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::pause::{Pause, SystemPause};

/// The slowest speed that may be chosen. Sixteen small files that share it still get a byte through more
/// often than a hub, or something between, gives a silent connection up.
pub const SLOWEST_BYTES: u64 = 50_000;

/// How much is read at once when nothing slows it down.
const READ_BYTES: u64 = 256 * 1024;

/// The way out, shared by all transfers of a run. Clones share it.
#[derive(Clone)]
pub struct Flow {
    pause: Arc<dyn Pause>,
    speed_bytes: Option<u64>,
    state: Arc<Mutex<State>>,
    spent: CancellationToken,
}

#[derive(Debug)]
struct State {
    /// From when on the next bytes may go, in ticks.
    free_at_ms: u64,
    /// How many more may go; `None` for any number.
    allowance_bytes: Option<u64>,
    passed_bytes: u64,
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flow({:?} bytes a second)", self.speed_bytes)
    }
}

impl Default for Flow {
    /// Without limits.
    fn default() -> Self {
        Self::new(Arc::new(SystemPause::new()), None, None)
    }
}

impl Flow {
    /// No more than `speed_bytes` a second, and no more than `allowance_bytes` altogether.
    pub fn new(pause: Arc<dyn Pause>, speed_bytes: Option<u64>, allowance_bytes: Option<u64>) -> Self {
        let state = State { free_at_ms: 0, allowance_bytes, passed_bytes: 0 };
        Self { pause, speed_bytes, state: Arc::new(Mutex::new(state)), spent: CancellationToken::new() }
    }

    /// How many bytes are best read at once: few enough that a slow way is used evenly.
    pub fn read_bytes(&self) -> usize {
        let bytes = self.speed_bytes.map_or(READ_BYTES, |speed| (speed / 8).clamp(4096, READ_BYTES));
        usize::try_from(bytes).unwrap_or(4096)
    }

    /// Lets bytes pass when it is their turn. What is more than the allowance never passes: it waits until
    /// its transfer is dropped, and whoever waits for [`Flow::is_spent`] hears of it.
    pub async fn pass(&self, bytes: u64) {
        let Some(wait_ms) = self.take(bytes) else {
            self.spent.cancel();
            return std::future::pending().await;
        };
        if wait_ms > 0 {
            self.pause.pause(Duration::from_millis(wait_ms)).await;
        }
    }

    /// Comes back when something did not pass because the allowance is used up.
    pub async fn is_spent(&self) {
        self.spent.cancelled().await;
    }

    /// How many bytes passed so far.
    pub fn passed_bytes(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).passed_bytes
    }

    /// Books bytes; how long they wait, or `None` when they are too many.
    fn take(&self, bytes: u64) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = &mut state.allowance_bytes {
            *left = left.checked_sub(bytes)?;
        }
        state.passed_bytes += bytes;
        let Some(speed_bytes) = self.speed_bytes else { return Some(0) };
        let now_ms = self.pause.ticks_ms();
        let begins_ms = state.free_at_ms.max(now_ms);
        state.free_at_ms = begins_ms.saturating_add(bytes.saturating_mul(1000).div_ceil(speed_bytes));
        Some(begins_ms - now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pause::FakePause;

    #[tokio::test]
    async fn bytes_go_no_faster_than_they_may() {
        let pause = Arc::new(FakePause::default());
        let flow = Flow::new(pause.clone(), Some(100_000), None);
        for _ in 0..11 {
            flow.pass(50_000).await;
        }
        assert_eq!(pause.ticks_ms(), 5000, "the first goes at once, each next one half a second later");
        pause.advance(Duration::from_mins(1));
        flow.pass(50_000).await;
        assert_eq!(pause.ticks_ms(), 65_000, "a rest is not made up for, nor punished");
        assert!(flow.read_bytes() < 100_000 && Flow::default().read_bytes() == 262_144);
    }

    #[tokio::test]
    async fn without_a_limit_nothing_waits() {
        let pause = Arc::new(FakePause::default());
        let flow = Flow::new(pause.clone(), None, None);
        flow.pass(u64::from(u32::MAX)).await;
        assert_eq!((pause.ticks_ms(), flow.passed_bytes()), (0, u64::from(u32::MAX)));
    }

    #[tokio::test]
    async fn no_byte_passes_beyond_the_allowance() {
        let flow = Flow::new(Arc::new(FakePause::default()), None, Some(100));
        flow.pass(60).await;
        tokio::select! {
            () = flow.pass(41) => panic!("that is more than was left"),
            () = flow.is_spent() => {}
        }
        assert_eq!(flow.passed_bytes(), 60);
    }
}
