//! Looking makes room for uploads on machines that are too small for both.

use std::time::Duration;

use super::MediaParts;
use crate::Library;

/// How long a small machine waits before it looks whether uploads still arrive.
const BREATH: Duration = Duration::from_secs(2);

/// How long it waits at most: somebody who uploads for days wants to see pictures meanwhile.
const BREATHS_MAX: u32 = 30;

impl Library {
    /// Returns when nothing arrives, or after a minute, or at once on a machine that can do both.
    pub(super) async fn wait_for_a_quiet_moment(&self, parts: &MediaParts) {
        if !parts.yields_to_uploads {
            return;
        }
        for _ in 0..BREATHS_MAX {
            if !self.sessions.are_busy() {
                return;
            }
            tokio::time::sleep(BREATH).await;
        }
    }
}
