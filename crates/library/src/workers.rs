//! What the hub does by itself: forget expired uploads, empty the trash, sweep.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info};

use crate::Library;
use crate::care::Swept;
use crate::error::Result;

/// How often the small things are done.
const ROUND: Duration = Duration::from_mins(1);
/// Rounds between two looks at the trash, expired uploads and unnamed bytes.
const ROUNDS_BETWEEN_CARE: u64 = 60;

/// What one round of care did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkerReport {
    /// Uploads that had expired.
    pub uploads_expired: u64,
    /// Staged leftovers of a crash.
    pub staging_swept: u64,
    /// Items whose time in the trash was over.
    pub items_purged: u64,
    /// Bytes that nothing named.
    pub swept: Swept,
}

impl Library {
    /// Starts the background work on `tracker`; it ends soon after `stop`.
    pub fn start_workers(self: &Arc<Self>, tracker: &TaskTracker, stop: CancellationToken) {
        self.start_describing(tracker, &stop);
        let (library, begun) = (self.clone(), stop.clone());
        tracker.spawn(async move {
            if let Some(Err(error)) = begun.run_until_cancelled(library.index_what_is_older()).await {
                error!(%error, "pictures are found by as little as before; the next start tries again");
            }
        });
        let library = self.clone();
        tracker.spawn(async move {
            let mut round = 0u64;
            while stop.run_until_cancelled(tokio::time::sleep(ROUND)).await.is_some() {
                library.small_round().await;
                if round.is_multiple_of(ROUNDS_BETWEEN_CARE) {
                    library.care_round().await;
                }
                round += 1;
            }
            library.small_round().await;
        });
    }

    /// Everything that the background work does in an hour, at once: expiry, trash, sweep.
    ///
    /// A machine's clock may be wrong by years. What goes for good waits by the care's own clock
    /// (`care::clock`), which only counts what the hub has lived through; uploads expire by the machine's
    /// clock, but not within a day of running after it has jumped ahead (or the hub was off for long).
    pub async fn care(&self) -> Result<WorkerReport> {
        let time = self.care_clock.round(&self.catalog, &*self.clock).await?;
        let (mut uploads_expired, mut staging_swept) = (0, 0);
        if time.clock_is_trusted {
            uploads_expired = self.expire_uploads().await?;
            staging_swept = self.sweep_staging().await?;
        }
        Ok(WorkerReport {
            uploads_expired,
            staging_swept,
            items_purged: self.purge_expired(time.care_ms).await?,
            swept: self.sweep().await?,
        })
    }

    async fn small_round(&self) {
        self.sessions.cool_down();
        if let Err(error) = self.write_touches().await {
            error!(%error, "could not write down when tokens and devices were last seen");
        }
        if let Err(error) = self.note_media_progress().await {
            error!(%error, "could not count how far looking into pictures is");
        }
    }

    async fn care_round(&self) {
        match self.care().await {
            Ok(report) if report != WorkerReport::default() => info!(?report, "took care of the library"),
            Ok(_) => {}
            Err(error) => error!(%error, "care broke off; it is tried again in an hour"),
        }
    }
}
