//! Brings backed-up files back into a folder: names and times as they were, every byte verified by
//! SHA-256 while it is written.
//!
//! It may be stopped and started again at any moment: a file that is there already, byte for byte, is
//! kept; a half-written one goes on; a different file that has the name is never touched, the restored
//! one gets a number.

mod absence;
mod plan;
mod remote;
mod write;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{EntryId, Random};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use wire::{FileBelow, Page};

pub use plan::{RestoreItem, RestorePlan, plan};
pub use remote::RemoteArchive;

use crate::pause::Pause;
use crate::report::{Event, NotStored, Reports};
use crate::uploader::{HubError, retry};
use absence::Absence;
use write::{WriteFailure, Written};

/// What a restore needs of a hub.
#[async_trait]
pub trait Archive: Send + Sync + Debug {
    /// The files of this device on the hub, page by page, each with its album as folder.
    async fn files(&self, after: Option<String>) -> Result<Page<FileBelow>, HubError>;

    /// A file's bytes from an offset on. Nobody verified them yet.
    async fn read(
        &self,
        entry: EntryId,
        from_bytes: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, HubError>>, HubError>;
}

/// What a restore works with.
#[derive(Debug, Clone)]
pub struct RestoreParts {
    /// Where files come from.
    pub archive: Arc<dyn Archive>,
    /// For waiting.
    pub pause: Arc<dyn Pause>,
    /// For the chance in waits.
    pub random: Arc<dyn Random>,
    /// Who watches.
    pub reports: Arc<dyn Reports>,
    /// Files at a time.
    pub downloads: usize,
    /// How long a hub may be away before the restore goes on without it.
    pub patience: Duration,
}

/// A file that was written under another name than it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// What it was called.
    pub name: String,
    /// Where it is.
    pub written: String,
    /// Why, in words.
    pub reason: String,
}

/// A file that is not back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotRestored {
    /// Its album and name.
    pub item: String,
    /// Why, in words.
    pub reason: String,
}

/// What a restore came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RestoreOutcome {
    /// Files that were asked for.
    pub files: u64,
    /// Files that were written.
    pub restored: u64,
    /// Files that were there already, byte for byte.
    pub kept: u64,
    /// Files that have another name now.
    pub renamed: Vec<Renamed>,
    /// Files that are not back.
    pub failed: Vec<NotRestored>,
    /// Bytes written.
    pub bytes_written: u64,
    /// How long it took.
    pub seconds: f64,
}

impl RestoreOutcome {
    /// Whether everything that was asked for is there.
    pub const fn all_back(&self) -> bool {
        self.failed.is_empty()
    }
}

/// Lists what is on the hub: all of this device's files, or those of one album. Waits for a hub that is
/// away, within patience.
pub async fn list(parts: &RestoreParts, album: Option<&str>) -> Result<Vec<FileBelow>, HubError> {
    let (mut files, mut after, absence) = (Vec::new(), None, Absence::default());
    loop {
        let round = absence.round();
        match parts.archive.files(after.clone()).await {
            Ok(page) => {
                absence.is_over(parts);
                files.extend(page.items.into_iter().filter(|file| plan::is_in(file, album)));
                match page.next {
                    Some(next) => after = Some(next),
                    None => return Ok(files),
                }
            }
            Err(error) if error.is_retryable() && absence.wait(parts, round, &error).await => {}
            Err(error) => return Err(error),
        }
    }
}

/// A restore under way.
struct Restoring<'a> {
    parts: &'a RestoreParts,
    to: &'a Path,
    stop: &'a CancellationToken,
    absence: Absence,
}

/// Writes everything below `to`. What fails is listed in the outcome; the rest is back. A stop ends it at
/// once, also when the hub never answers; what has arrived of a file stays for the next restore.
pub async fn restore(
    parts: &RestoreParts,
    files: Vec<FileBelow>,
    to: &Path,
    stop: &CancellationToken,
) -> RestoreOutcome {
    let started_ms = parts.pause.ticks_ms();
    let plan = plan(files);
    parts.reports.tell(&Event::RestorePlanned { files: plan.items.len() as u64, bytes: plan.bytes() });
    let mut outcome = RestoreOutcome { files: plan.items.len() as u64, ..RestoreOutcome::default() };
    let restoring = &Restoring { parts, to, stop, absence: Absence::default() };
    let mut writing = futures_util::stream::iter(plan.items)
        .map(|item| async move { (restoring.write_with_patience(&item).await, item) })
        .buffer_unordered(parts.downloads.max(1));
    while let Some((written, item)) = writing.next().await {
        note(parts, &mut outcome, &item, written);
    }
    drop(writing);
    let elapsed = Duration::from_millis(parts.pause.ticks_ms().saturating_sub(started_ms));
    outcome.seconds = elapsed.as_secs_f64();
    outcome
}

impl Restoring<'_> {
    async fn write_with_patience(&self, item: &RestoreItem) -> Result<Written, WriteFailure> {
        let arrived_bytes = AtomicU64::new(0);
        let (mut tries, mut arrived) = (0, 0);
        loop {
            if self.stop.is_cancelled() {
                return Err(WriteFailure::Stopped);
            }
            let round = self.absence.round();
            let failure = match self.write(item, &arrived_bytes).await {
                Err(failure) if failure.is_retryable() => failure,
                Ok(written) if !written.kept => {
                    self.absence.is_over(self.parts);
                    return Ok(written);
                }
                result => return result,
            };
            if let WriteFailure::Hub(error @ HubError::Away { .. }) = &failure {
                if !self.unless_stopped(self.absence.wait(self.parts, round, error)).await? {
                    return Err(failure);
                }
                continue;
            }
            self.absence.is_over(self.parts);
            // A try that brought bytes is no failure in a row.
            let arrived_now = arrived_bytes.load(Ordering::Relaxed);
            let progressed = arrived_now > arrived && !matches!(failure, WriteFailure::WrongBytes);
            tries = if progressed { 1 } else { tries + 1 };
            arrived = arrived_now;
            if tries > retry::TRIES_MAX {
                return Err(failure);
            }
            let waits = retry::wait(tries, failure.retry_after(), self.parts.random.as_ref());
            let (in_ms, reason) = (retry::ms(waits), failure.to_string());
            self.parts.reports.tell(&Event::Retrying { item: item.shown().into(), in_ms, reason });
            self.unless_stopped(self.parts.pause.pause(waits)).await?;
        }
    }

    /// What comes of it, unless somebody stops the restore before it does.
    async fn unless_stopped<T>(&self, what: impl Future<Output = T>) -> Result<T, WriteFailure> {
        self.stop.run_until_cancelled(what).await.ok_or(WriteFailure::Stopped)
    }
}

fn note(
    parts: &RestoreParts,
    outcome: &mut RestoreOutcome,
    item: &RestoreItem,
    written: Result<Written, WriteFailure>,
) {
    let written = match written {
        Ok(written) => written,
        Err(failure) => {
            let not_back = NotRestored { item: item.shown(), reason: failure.to_string() };
            parts.reports.tell(&Event::Failed(NotStored {
                album: item.album().into(),
                item: not_back.item.clone().into(),
                reason: not_back.reason.clone().into(),
                permanent: !failure.is_retryable(),
            }));
            outcome.failed.push(not_back);
            return;
        }
    };
    let place = written.path.display().to_string();
    *(if written.kept { &mut outcome.kept } else { &mut outcome.restored }) += 1;
    if !written.kept {
        outcome.bytes_written += item.size_bytes;
    }
    if let Some(reason) = written.renamed {
        outcome.renamed.push(Renamed { name: item.shown(), written: place.clone(), reason: reason.into() });
    }
    parts.reports.tell(&Event::Restored {
        item: item.shown().into(),
        place: place.into(),
        bytes: item.size_bytes,
        kept: written.kept,
    });
}

#[cfg(test)]
#[path = "restore_tests.rs"]
mod tests;
