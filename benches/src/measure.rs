//! Time and memory.

use std::time::{Duration, Instant};

/// Runs something and tells how long it took.
#[expect(clippy::disallowed_methods, reason = "measuring elapsed time is what a bench is for")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let value = work();
    (value, started.elapsed())
}

/// Things per second.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(f64::EPSILON)
}

/// The middle one of an odd number of values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A count of the issue, made smaller by `ALBUMEN_BENCH_SCALE`.
pub(crate) fn scaled(count: u64) -> u64 {
    let scale = std::env::var("ALBUMEN_BENCH_SCALE").ok().and_then(|text| text.parse::<f64>().ok());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rough share of a small count"
    )]
    let made = (count as f64 * scale.unwrap_or(1.0)) as u64;
    made.max(1)
}

/// Resident and highest resident memory of a process in MiB, from `/proc/PID/status`.
pub(crate) fn resident_mib(process_id: u32) -> Option<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    Some((kib(&status, "VmRSS:")? / 1024.0, kib(&status, "VmHWM:")? / 1024.0))
}

fn kib(status: &str, key: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
