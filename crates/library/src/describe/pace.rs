//! Looking makes room for uploads: what arrives must be safe first, and is looked into when the machine has
//! time for it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::MediaParts;
use crate::Library;

/// How long a machine with little memory waits before it looks whether uploads still arrive.
const BREATH: Duration = Duration::from_secs(2);

/// How long it waits at most: somebody who uploads for days wants to see pictures meanwhile.
const BREATHS_MAX: u32 = 30;

/// For how long the processor is watched before it is called idle.
const GLANCE: Duration = Duration::from_millis(100);

/// While uploads need the processor, a look is followed by so many times its own length of rest.
const REST_FOR_WORK: u32 = 9;

impl Library {
    /// Whether somebody is sending, through whichever door, or was a moment ago. Looking makes room for it.
    #[must_use]
    pub fn is_receiving(&self) -> bool {
        self.arrivals.are_busy()
    }

    /// Returns when nothing arrives, or after a minute, or at once on a machine with memory for both.
    pub(super) async fn wait_for_a_quiet_moment(&self, parts: &MediaParts) {
        if !parts.yields_to_uploads {
            return;
        }
        for _ in 0..BREATHS_MAX {
            if !self.is_receiving() {
                return;
            }
            sleep(BREATH).await;
        }
    }

    /// Rests after a look that took so long, as long as uploads arrive and the processor has nothing to
    /// spare. What arrives over a slow network leaves it idle, and is looked into as it comes.
    pub(super) async fn rest_for_uploads(&self, worked: Duration) {
        let end = Instant::now() + worked * REST_FOR_WORK;
        let idle_enough = room_for_one_more();
        while self.is_receiving() && Instant::now() < end {
            let before = Processors::now();
            sleep(GLANCE).await;
            if before.zip(Processors::now()).is_some_and(|(before, now)| now.idle_since(before) > idle_enough)
            {
                return;
            }
        }
    }
}

/// The share of all processors that has to be idle for one more look to be in nobody's way.
#[expect(clippy::cast_precision_loss, reason = "a few cores")]
fn room_for_one_more() -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // A single core is never wholly idle.
    (1.0 / cores as f64).clamp(0.1, 0.8)
}

/// What all processors together have done since the machine was started, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Processors {
    idle: u64,
    all: u64,
}

impl Processors {
    /// `None` where the system does not tell.
    fn now() -> Option<Self> {
        Self::of(&std::fs::read_to_string("/proc/stat").ok()?)
    }

    /// The first line of `proc_stat(5)`: user, nice, system, idle, iowait, irq, softirq, steal. Who waits for
    /// the disk leaves the processor idle.
    fn of(stat: &str) -> Option<Self> {
        let ticks = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(8);
        let ticks: Vec<u64> = ticks.map(|number| number.parse().ok()).collect::<Option<_>>()?;
        Some(Self { idle: ticks.get(3)? + ticks.get(4)?, all: ticks.iter().sum() })
    }

    /// The idle share of the time between; 0 when none has passed.
    #[expect(clippy::cast_precision_loss, reason = "a rough share")]
    fn idle_since(self, before: Self) -> f64 {
        let all = self.all.saturating_sub(before.all);
        if all == 0 { 0.0 } else { self.idle.saturating_sub(before.idle) as f64 / all as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processors_idle_share_is_read_as_the_system_writes_it() {
        let read = |line: &str| Processors::of(&format!("{line}\ncpu0 1 2 3 4\n"));
        let before = read("cpu  10 0 10 70 10 0 0 0 5 5").unwrap();
        let now = read("cpu  60 0 30 80 30 0 0 0 5 5").unwrap();
        assert_eq!((before.idle, before.all), (80, 100));
        assert!((now.idle_since(before) - 0.3).abs() < 1e-9);
        assert!(now.idle_since(now).abs() < 1e-9, "no time has passed");
        for odd in ["cpu", "cpu 1 2 3", "cpu  a b c d e", "intr 1 2 3 4 5"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
