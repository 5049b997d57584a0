//! What the people who run a hub may choose about its use cases.

use std::time::Duration;

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// An hour in milliseconds.
const HOUR_MS: i64 = 60 * 60 * 1000;

/// Choices with useful defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long what was deleted can be brought back.
    pub trash_days: u32,
    /// How long an unfinished upload waits, and a finished one is remembered.
    pub upload_expiry_hours: u32,
    /// How long a login without a device lasts.
    pub session_days: u32,
    /// Uploads stop when less than this would be left on the disk.
    pub keep_free_bytes: u64,
    /// A connection that brings no bytes for this long is taken for dead.
    pub body_stall_seconds: u32,
    /// How long bytes that nothing names are kept before the sweep takes them.
    pub sweep_grace_hours: u32,
    /// How much room that may take which was made to be shown when somebody asked for it: films that
    /// every browser plays, whole pictures of formats that none shows.
    pub on_demand_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            trash_days: 30,
            upload_expiry_hours: 168,
            session_days: 30,
            keep_free_bytes: 512 * 1024 * 1024,
            body_stall_seconds: 30,
            sweep_grace_hours: 24,
            on_demand_bytes: 10 * 1024 * 1024 * 1024,
        }
    }
}

impl Settings {
    pub(crate) fn trash_ms(&self) -> i64 {
        i64::from(self.trash_days) * DAY_MS
    }

    pub(crate) fn upload_expiry_ms(&self) -> i64 {
        i64::from(self.upload_expiry_hours) * HOUR_MS
    }

    pub(crate) fn session_ms(&self) -> i64 {
        i64::from(self.session_days) * DAY_MS
    }

    pub(crate) fn sweep_grace_ms(&self) -> i64 {
        i64::from(self.sweep_grace_hours) * HOUR_MS
    }

    pub(crate) fn body_stall(&self) -> Duration {
        Duration::from_secs(self.body_stall_seconds.into())
    }
}
