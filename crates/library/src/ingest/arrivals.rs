//! Whether somebody is sending: work that can wait makes room meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A device that sends one picture after the other is still sending between two of them.
const LULL: Duration = Duration::from_secs(1);

/// The bodies that are being received right now, through whichever door.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    bodies: usize,
    last_end: Option<Instant>,
}

/// A body that is being received, until this is dropped.
#[derive(Debug)]
pub(super) struct Arrival {
    arrivals: Arc<Arrivals>,
}

impl Arrivals {
    /// Counts a body until the answer is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Arrival {
        self.lock().bodies += 1;
        Arrival { arrivals: self.clone() }
    }

    /// Whether somebody is sending, or was a moment ago.
    pub(crate) fn are_busy(&self) -> bool {
        let seen = self.lock();
        seen.bodies > 0 || seen.last_end.is_some_and(|end| end.elapsed() < LULL)
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        let mut seen = self.arrivals.lock();
        seen.bodies -= 1;
        seen.last_end = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn sending_goes_on_between_two_pictures_and_ends_a_moment_after_the_last() {
        let arrivals = Arc::new(Arrivals::default());
        assert!(!arrivals.are_busy());
        let (one, other) = (arrivals.begin(), arrivals.begin());
        drop(one);
        tokio::time::advance(LULL * 2).await;
        assert!(arrivals.are_busy(), "the other one still arrives");
        drop(other);
        assert!(arrivals.are_busy());
        tokio::time::advance(LULL / 2).await;
        let next = arrivals.begin();
        tokio::time::advance(LULL * 2).await;
        drop(next);
        assert!(arrivals.are_busy());
        tokio::time::advance(LULL).await;
        assert!(!arrivals.are_busy());
    }
}
