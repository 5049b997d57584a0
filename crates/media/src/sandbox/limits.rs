//! How much a confined process may use.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a worker may use. The worker sets these for itself; they hold for its whole life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory that it may write to, in bytes.
    pub memory_bytes: u64,
    /// Processor time over all its jobs, in seconds. A backstop: the time of one job is limited from
    /// outside.
    pub processor_seconds: u64,
}

/// What one run of a tool may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolLimits {
    /// How long it may take; then it is killed.
    pub time: Duration,
    /// Memory that it may write to, in bytes.
    pub memory_bytes: u64,
    /// The largest file that it may write, in bytes.
    pub file_bytes_max: u64,
}

impl Default for ToolLimits {
    fn default() -> Self {
        Self { time: Duration::from_mins(1), memory_bytes: 1536 << 20, file_bytes_max: 64 << 20 }
    }
}
