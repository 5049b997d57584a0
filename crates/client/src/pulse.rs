//! Notices when nothing moves any more, however long a large file takes as a whole.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Remembers when bytes last moved.
#[derive(Debug)]
pub(crate) struct Pulse {
    last_beat: Mutex<Instant>,
}

impl Pulse {
    /// Beats once, now.
    pub(crate) fn new() -> Self {
        Self { last_beat: Mutex::new(Instant::now()) }
    }

    /// Something moved.
    pub(crate) fn beat(&self) {
        *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Comes back once nothing has moved for as long as `patience`.
    pub(crate) async fn still_for(&self, patience: Duration) {
        loop {
            let until = *self.last_beat.lock().unwrap_or_else(PoisonError::into_inner) + patience;
            if until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_slow_but_steady_stream_is_not_a_stall() {
        let (pulse, started) = (Pulse::new(), Instant::now());
        let beats = async {
            for _ in 0..10 {
                tokio::time::advance(Duration::from_secs(40)).await;
                pulse.beat();
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = pulse.still_for(Duration::from_mins(1)) => {}
            () = beats => {}
        }
        assert_eq!(started.elapsed().as_secs(), 460);
    }
}
