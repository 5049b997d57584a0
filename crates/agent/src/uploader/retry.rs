//! How long to wait before trying again.

use std::time::Duration;

use domain::Random;

/// The first wait.
const FIRST_MS: u64 = 500;
/// The longest wait of our own choice.
const LONGEST_MS: u64 = 60_000;
/// The longest wait that a hub may ask for. A mistyped header must not stop a backup for a year.
const LONGEST_ASKED_MS: u64 = 15 * 60_000;

/// How often one item is tried without any progress before it is left for the next run.
pub const TRIES_MAX: u32 = 8;

/// The wait after `tries` failures in a row (1 and up): doubling, with half of it left to chance so
/// that many devices do not come back in step, and never less than the hub asked for.
pub fn wait(tries: u32, asked: Option<Duration>, random: &dyn Random) -> Duration {
    let doubled = FIRST_MS.saturating_mul(1u64 << tries.saturating_sub(1).min(20)).min(LONGEST_MS);
    let mut draw = [0u8; 2];
    random.fill(&mut draw);
    let chance = u64::from(u16::from_le_bytes(draw));
    let own_ms = doubled / 2 + (doubled / 2) * chance / u64::from(u16::MAX);
    let asked_ms = asked.map_or(0, |asked| u64::try_from(asked.as_millis()).unwrap_or(u64::MAX));
    Duration::from_millis(own_ms.max(asked_ms.min(LONGEST_ASKED_MS)))
}

/// A wait as events tell it, in milliseconds.
pub(crate) fn ms(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug)]
    struct Always(u8);

    impl Random for Always {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn waits_double_between_half_and_whole_up_to_a_minute() {
        let least = |tries| wait(tries, None, &Always(0)).as_millis();
        let most = |tries| wait(tries, None, &Always(0xff)).as_millis();
        assert_eq!([least(1), least(2), least(3)], [250, 500, 1000]);
        assert_eq!([most(1), most(2), most(3)], [500, 1000, 2000]);
        assert_eq!((least(40), most(u32::MAX)), (30_000, 60_000));
    }

    #[test]
    fn the_hub_may_ask_for_more_within_reason() {
        let asked = |seconds| wait(1, Some(Duration::from_secs(seconds)), &Always(0xff)).as_secs();
        assert_eq!((asked(30), asked(u64::MAX / 1000)), (30, 900));
        assert_eq!(wait(5, Some(Duration::from_secs(1)), &Always(0xff)).as_secs(), 8);
    }

    proptest! {
        #[test]
        fn a_wait_is_never_nothing_and_never_endless(tries: u32, draw: u8, asked: Option<u32>) {
            let asked = asked.map(|seconds| Duration::from_secs(seconds.into()));
            let waited = wait(tries, asked, &Always(draw)).as_millis();
            prop_assert!((250..=900_000).contains(&waited));
        }
    }
}
