//! How far looking is, and how long it will take.

use catalog::descriptions::{self, Pace};
use catalog::jobs;
use domain::TimestampMs;
use domain::access::may_watch_hub;

use super::{DESCRIBE_JOB, DescriptionTotals};
use crate::error::{Error, Result};
use crate::{Caller, Library};

/// The last minutes, by whose pace the rest is estimated.
const LATELY_MS: i64 = 5 * 60 * 1000;

/// Fewer than this tell no pace.
const ENOUGH: u64 = 5;

/// Jobs and looks are counted no further than this, so that asking stays cheap.
const COUNTED_MAX: u32 = 100_000;

/// How far looking into pictures and videos is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Assets, those that were looked at, and those of them that cannot be shown.
    pub totals: DescriptionTotals,
    /// How many wait to be looked at, for the first time or again.
    pub waiting: u64,
    /// Whether more may wait than `waiting` says.
    pub is_at_least: bool,
    /// When the last one will be done, if it goes on as in the last minutes; absent when nothing waits, or too
    /// little was done lately to tell.
    pub seconds_left: Option<u64>,
}

impl Library {
    /// How far looking is, for the hub's own program. Costs the same however many pictures there are.
    pub async fn media_progress(&self) -> Result<Progress> {
        let now_ms = self.now_ms();
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let totals = descriptions::totals(tx).await?;
                    let jobs = jobs::count_of(tx, DESCRIBE_JOB, COUNTED_MAX).await?;
                    let pace = descriptions::pace(tx, now_ms - LATELY_MS, COUNTED_MAX).await?;
                    Ok::<_, Error>(progress(totals, jobs, pace, now_ms))
                })
            })
            .await
    }

    /// The same for somebody who looks after the hub: counts of everybody's pictures are nobody else's affair.
    pub async fn media_progress_for(&self, caller: &Caller) -> Result<Progress> {
        if !may_watch_hub(caller.role) {
            return Err(Error::Forbidden("only the hub's owner and managers see how far the whole hub is"));
        }
        self.media_progress().await
    }

    /// Tells the numbers of the hub how far looking is.
    pub(crate) async fn note_media_progress(&self) -> Result<()> {
        let progress = self.media_progress().await?;
        gauge("albumen_media_assets", progress.totals.assets);
        gauge("albumen_media_described", progress.totals.described);
        gauge("albumen_media_unshown", progress.totals.failed);
        gauge("albumen_media_waiting", progress.waiting);
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; nobody has 2^53 pictures")]
fn gauge(name: &'static str, value: u64) {
    metrics::gauge!(name).set(value as f64);
}

fn progress(totals: DescriptionTotals, jobs: u64, pace: Pace, now_ms: TimestampMs) -> Progress {
    let is_at_least = jobs >= u64::from(COUNTED_MAX);
    // What was never looked at has a job each; beyond the counted ones it is known from the totals.
    let waiting = if is_at_least { jobs.max(totals.assets.saturating_sub(totals.described)) } else { jobs };
    Progress { totals, waiting, is_at_least, seconds_left: seconds_left(waiting, pace, now_ms) }
}

/// As many seconds as the rest takes at this pace.
fn seconds_left(waiting: u64, pace: Pace, now_ms: TimestampMs) -> Option<u64> {
    let first_ms = pace.first_ms?;
    if waiting == 0 || pace.described < ENOUGH {
        return None;
    }
    let took_ms = u64::try_from(now_ms - first_ms).ok()?.max(1);
    Some(waiting.saturating_mul(took_ms).div_ceil(pace.described.saturating_mul(1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: TimestampMs = 1_000_000_000;

    fn after(described: u64, took_ms: i64) -> Pace {
        Pace { described, first_ms: Some(NOW - took_ms) }
    }

    #[test]
    fn the_rest_takes_as_long_as_it_did_lately() {
        assert_eq!(seconds_left(7900, after(1000, 45_570), NOW), Some(361));
        assert_eq!(seconds_left(1, after(100, 1000), NOW), Some(1));
    }

    #[test]
    fn without_a_pace_there_is_no_estimate() {
        for (waiting, pace) in [
            (0, after(1000, 60_000)),
            (100, Pace::default()),
            (100, after(ENOUGH - 1, 60_000)),
            // A clock that was set back.
            (100, after(1000, -60_000)),
        ] {
            assert_eq!(seconds_left(waiting, pace, NOW), None, "{waiting} {pace:?}");
        }
    }

    #[test]
    fn what_is_not_counted_to_the_end_says_so() {
        let totals = DescriptionTotals { assets: 1_000_000, described: 100, failed: 1 };
        let far = progress(totals, COUNTED_MAX.into(), Pace::default(), NOW);
        assert_eq!((far.waiting, far.is_at_least), (999_900, true));
        let near = progress(totals, 3, Pace::default(), NOW);
        assert_eq!((near.waiting, near.is_at_least), (3, false));
    }
}
