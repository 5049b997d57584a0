//! The job: lease, look, write down.

use std::sync::Arc;
use std::time::Duration;

use catalog::changes::{self, ChangeKind, NewChange};
use catalog::descriptions::{self, Description};
use catalog::items;
use catalog::jobs::{self, Job};
use domain::AssetId;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, error};

use super::subject::Subject;
use super::{DESCRIBE_JOB, DESCRIBED_BY, Look, MAKE_JOB, MediaParts, finding};
use crate::error::{Error, Result};
use crate::{Library, pairs};

/// How long one look may take before another worker may try, in milliseconds. Longer than the time limits of
/// workers and tools together.
const LEASE_MS: i64 = 10 * 60 * 1000;

/// The same for what is made of films, which may take hours.
const MAKING_LEASE_MS: i64 = 7 * 60 * 60 * 1000;

/// How often looking is tried when the reason lay outside of the picture.
const TRIES_MAX: u32 = 5;

/// The pause after the first such try, in milliseconds; it doubles with each.
const PAUSE_MS: i64 = 20 * 1000;

/// How often a worker looks for jobs that nobody told it of: retries, and what a command has asked for.
const LOOK_AROUND: Duration = Duration::from_secs(20);

/// Why a look came to nothing.
#[derive(Debug)]
pub(super) enum Unseen {
    /// The reason lies in the file: it is written down, in these words.
    ForGood(String),
    /// The reason lies elsewhere: it is tried again.
    Later(String),
}

impl Library {
    /// Starts looking into what arrives, on `tracker`; it ends soon after `stop`. Does nothing without
    /// [`MediaParts`].
    pub fn start_describing(self: &Arc<Self>, tracker: &TaskTracker, stop: &CancellationToken) {
        let Some(parts) = self.describing.parts.clone() else { return };
        let (library, begun) = (self.clone(), stop.clone());
        tracker.spawn(async move {
            let asked = begun.run_until_cancelled(library.take_up_again()).await;
            if let Some(Err(error)) = asked {
                error!(%error, "pictures that an older program looked into stay as they are for now");
            }
        });
        for _ in 0..parts.at_a_time.max(1) {
            let (library, parts, stop) = (self.clone(), parts.clone(), stop.clone());
            tracker.spawn(async move {
                // What is being looked into when the hub stops is looked into again: its lease ends.
                stop.run_until_cancelled(library.describe_for_ever(&parts)).await;
            });
        }
    }

    /// What a killed hub was at is done again now, not when its lease ends. (Where several hubs share a
    /// catalog, one that starts may do again what another is at: that costs time and harms nothing.)
    async fn take_up_again(&self) -> Result<()> {
        self.catalog
            .write(|tx| Box::pin(async move { jobs::give_back(tx, &[DESCRIBE_JOB, MAKE_JOB]).await }))
            .await?;
        self.fill_stems().await?;
        self.describe_what_is_older().await?;
        self.describing.news.notify_waiters();
        Ok(())
    }

    async fn describe_for_ever(&self, parts: &MediaParts) {
        loop {
            let news = self.describing.news.notified();
            self.wait_for_a_quiet_moment(parts).await;
            let begun = Instant::now();
            match self.describe_next(parts).await {
                Ok(true) => {
                    self.rest_for_uploads(begun.elapsed()).await;
                    continue;
                }
                Ok(false) => {}
                Err(error) => error!(%error, "looking into pictures broke off; it goes on in a moment"),
            }
            // Told, or after a while.
            let _ = tokio::time::timeout(LOOK_AROUND, news).await;
        }
    }

    /// Looks into everything that is due now. For tests and commands; `start_describing` does the same
    /// for ever.
    pub async fn describe_all_due(&self) -> Result<u64> {
        let Some(parts) = self.describing.parts.clone() else { return Ok(0) };
        let mut done = 0;
        while self.describe_next(&parts).await? {
            done += 1;
        }
        Ok(done)
    }

    /// Looks into the asset that came last. `false` when nothing is due.
    async fn describe_next(&self, parts: &MediaParts) -> Result<bool> {
        let now_ms = self.now_ms();
        let job = self
            .catalog
            .write(move |tx| {
                Box::pin(
                    async move { jobs::lease_newest(tx, &[DESCRIBE_JOB], now_ms, now_ms + LEASE_MS).await },
                )
            })
            .await?;
        let Some(job) = job else { return self.make_next(parts).await };
        let Ok(asset_id) = job.payload.parse::<AssetId>() else {
            error!(payload = job.payload, "a job names no asset");
            self.end_job(job).await?;
            return Ok(true);
        };
        let Some(subject) = self.subject(asset_id).await? else {
            self.end_job(job).await?;
            return Ok(true);
        };
        self.describe(parts, job, &subject).await?;
        Ok(true)
    }

    /// Makes what somebody has asked for last. `false` when nobody has.
    async fn make_next(&self, parts: &MediaParts) -> Result<bool> {
        let now_ms = self.now_ms();
        let leased = self.catalog.write(move |tx| {
            Box::pin(
                async move { jobs::lease_newest(tx, &[MAKE_JOB], now_ms, now_ms + MAKING_LEASE_MS).await },
            )
        });
        let Some(job) = leased.await? else { return Ok(false) };
        self.make_for(parts, job).await?;
        Ok(true)
    }

    async fn describe(&self, parts: &MediaParts, job: Job, subject: &Subject) -> Result<()> {
        let look = match self.look(parts, subject).await {
            Ok(look) => look,
            Err(Unseen::Later(why)) if job.attempts < TRIES_MAX => return self.later(job, &why).await,
            Err(Unseen::Later(why) | Unseen::ForGood(why)) => Look { problem: Some(why), ..Look::default() },
        };
        metrics::counter!("albumen_described_total").increment(1);
        if let Some(why) = &look.problem {
            metrics::counter!("albumen_unshown_total").increment(1);
            debug!(asset = %subject.id, %why, "asset {} cannot be shown: {why}", subject.id);
        }
        if look.problem.is_none() && self.was_described(subject.id).await? {
            self.forget_what_was_made(parts, subject.sha256).await;
        }
        self.write_down(job, subject, look).await
    }

    async fn was_described(&self, id: AssetId) -> Result<bool> {
        Ok(self.catalog.read(move |tx| Box::pin(descriptions::get(tx, id))).await?.is_some())
    }

    async fn look(&self, parts: &MediaParts, subject: &Subject) -> Result<Look, Unseen> {
        match subject.kind {
            catalog::assets::AssetKind::Picture => self.look_at_still(parts, subject).await,
            catalog::assets::AssetKind::Video => self.look_at_film(parts, subject).await,
        }
    }

    /// Facts, words, what belongs to it, changes and the end of the job, in one transaction.
    async fn write_down(&self, job: Job, subject: &Subject, look: Look) -> Result<()> {
        let now_ms = self.now_ms();
        let (taken_at_ms, local_ms) = finding::times(&look.facts, subject);
        let by = finding::findable(&look.facts, subject);
        let (id, space_id) = (subject.id, subject.space_id);
        let live_key = look.facts.live_photo_id.clone();
        let burst_key = pairs::burst_key(&look.facts, &subject.name);
        let found = Description {
            width: look.size.map(|(width, _)| width),
            height: look.size.map(|(_, height)| height),
            duration_ms: look.facts.video.as_ref().and_then(|video| video.duration_ms),
            thumbhash: look.thumbhash,
            taken_at_ms,
            local_ms,
            facts: serde_json::to_string(&look.facts).map_err(|error| Error::Internal(error.into()))?,
            problem: look.problem,
            described_by: DESCRIBED_BY,
            described_at_ms: now_ms,
        };
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    if descriptions::record(tx, id, &found, &by).await? {
                        items::set_keys(tx, id, live_key.as_deref(), burst_key.as_deref()).await?;
                        let own = NewChange {
                            space_id: Some(space_id),
                            asset_id: Some(id),
                            ..NewChange::new(ChangeKind::AssetChanged, now_ms)
                        };
                        let mut news = pairs::settle(tx, &[id], now_ms).await?;
                        news.retain(|change| *change != own);
                        news.insert(0, own);
                        changes::append_many(tx, &news).await?;
                    }
                    jobs::complete(tx, &job).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    async fn end_job(&self, job: Job) -> Result<()> {
        self.catalog.write(move |tx| Box::pin(async move { jobs::complete(tx, &job).await })).await?;
        Ok(())
    }

    async fn later(&self, job: Job, why: &str) -> Result<()> {
        let why = why.to_owned();
        let run_at_ms = self.now_ms() + (PAUSE_MS << job.attempts.min(8));
        self.catalog
            .write(move |tx| Box::pin(async move { jobs::retry_at(tx, &job, run_at_ms, &why).await }))
            .await?;
        Ok(())
    }
}
