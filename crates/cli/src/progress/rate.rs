//! How fast it goes, and whether that is steady enough to say when it ends.

use std::collections::VecDeque;
use std::time::Duration;

/// The rate that is shown is the one of this long.
const SHOWN_WINDOW_MS: u64 = 10_000;
/// Nobody is told a rate before this.
const SHOWN_AFTER_MS: u64 = 2_000;
/// A time left is only told once it went steadily for this long.
const STEADY_WINDOW_MS: u64 = 30_000;
/// The steady window is looked at in so many parts …
const PARTS: u64 = 3;
/// … none of which may be slower or faster than the whole by more than this many percent.
const SWING_PERCENT: u64 = 40;
/// Two samples are at least this far apart.
const SAMPLE_EVERY_MS: u64 = 500;

/// Watches a number that grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rate {
    samples: VecDeque<(u64, u64)>,
}

impl Rate {
    /// Notes that the number is `total` at `now_ms`. Times never go backwards.
    pub(crate) fn note(&mut self, now_ms: u64, total: u64) {
        if self.samples.back().is_some_and(|(at_ms, _)| now_ms < at_ms + SAMPLE_EVERY_MS) {
            return;
        }
        self.samples.push_back((now_ms, total));
        // One sample older than the window is kept: it is where the window begins.
        while self.samples.get(1).is_some_and(|(at_ms, _)| at_ms + STEADY_WINDOW_MS <= now_ms) {
            self.samples.pop_front();
        }
    }

    /// Forgets everything: what comes next has another speed.
    pub(crate) fn restart(&mut self) {
        self.samples.clear();
    }

    /// Per second, over the last ten seconds; `None` before there is anything to say.
    pub(crate) fn per_second(&self, now_ms: u64) -> Option<u64> {
        let begin = self.at(now_ms.saturating_sub(SHOWN_WINDOW_MS));
        let (first_ms, first) = begin.or_else(|| self.samples.front().copied())?;
        let (_, last) = *self.samples.back()?;
        let passed_ms = now_ms.checked_sub(first_ms).filter(|&passed| passed >= SHOWN_AFTER_MS)?;
        Some(last.saturating_sub(first).saturating_mul(1000) / passed_ms)
    }

    /// How long `left` more take; `None` unless it went steadily for half a minute.
    pub(crate) fn time_left(&self, now_ms: u64, left: u64) -> Option<Duration> {
        let begin_ms = now_ms.checked_sub(STEADY_WINDOW_MS)?;
        let marks: Vec<u64> = (0..=PARTS)
            .map(|part| self.at(begin_ms + part * (STEADY_WINDOW_MS / PARTS)).map(|(_, total)| total))
            .collect::<Option<_>>()?;
        let grown = marks.last()?.saturating_sub(*marks.first()?);
        if grown == 0 {
            return None;
        }
        let mean = grown / PARTS;
        let swing = mean.saturating_mul(SWING_PERCENT) / 100;
        let steady = marks.windows(2).all(|pair| (pair[1].saturating_sub(pair[0])).abs_diff(mean) <= swing);
        let left_ms = u128::from(left) * u128::from(STEADY_WINDOW_MS) / u128::from(grown);
        steady.then(|| Duration::from_millis(u64::try_from(left_ms).unwrap_or(u64::MAX)))
    }

    /// The newest sample that is no younger than `at_ms`.
    fn at(&self, at_ms: u64) -> Option<(u64, u64)> {
        self.samples.iter().rev().find(|(sample_ms, _)| *sample_ms <= at_ms).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a speed per second and gives the rate and the time left for 1000 more at the end.
    fn play(speeds: &[u64]) -> (Option<u64>, Option<Duration>) {
        let mut rate = Rate::default();
        let (mut now_ms, mut total) = (5_000, 0);
        rate.note(now_ms, total);
        for speed in speeds {
            for _ in 0..4 {
                now_ms += 250;
                total += speed / 4;
                rate.note(now_ms, total);
            }
        }
        (rate.per_second(now_ms), rate.time_left(now_ms, 1000))
    }

    #[test]
    fn a_rate_needs_two_seconds() {
        assert_eq!(play(&[100]).0, None);
        assert_eq!(play(&[100; 2]).0, Some(100));
        assert_eq!(play(&[0; 5]).0, Some(0));
    }

    #[test]
    fn the_rate_is_that_of_the_last_ten_seconds() {
        assert_eq!(play(&[[1000; 20], [100; 20]].concat()).0, Some(100));
    }

    #[test]
    fn a_time_left_needs_half_a_minute_of_steady_speed() {
        let ten_seconds = Some(Duration::from_secs(10));
        for (what, speeds, left) in [
            ("short", vec![100; 29], None),
            ("just long enough", vec![100; 30], ten_seconds),
            ("long", vec![100; 300], ten_seconds),
            ("standing still", vec![0; 60], None),
            ("just begun to hurry", [[100; 30], [400; 30]].concat()[..40].to_vec(), None),
            ("steady again", [vec![100; 30], vec![400; 30]].concat(), Some(Duration::from_millis(2500))),
            ("with a break", [vec![100; 30], vec![0; 10]].concat(), None),
            ("a little uneven", [80, 120].repeat(20), ten_seconds),
        ] {
            assert_eq!(play(&speeds).1, left, "{what}");
        }
    }

    #[test]
    fn after_a_restart_nothing_is_known() {
        let mut rate = Rate::default();
        (0..100).for_each(|second| rate.note(second * 1000, second * 100));
        assert!(rate.time_left(99_000, 1000).is_some());
        rate.restart();
        rate.note(99_500, 0);
        assert_eq!((rate.per_second(99_500), rate.time_left(99_500, 1000)), (None, None));
    }

    #[test]
    fn memory_stays_small() {
        let mut rate = Rate::default();
        (0..1_000_000).for_each(|ms| rate.note(ms, ms));
        assert!(rate.samples.len() < 70, "{}", rate.samples.len());
    }
}
