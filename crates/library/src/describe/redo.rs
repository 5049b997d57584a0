//! Looking again, because a newer program sees more, or because somebody asks.

use catalog::descriptions::{self, Again, DescriptionTotals};
use catalog::items;
use catalog::jobs::{self, NewJob};
use domain::{AssetId, JobId, TimestampMs};

use super::{DESCRIBE_JOB, DESCRIBED_BY};
use crate::Library;
use crate::error::{Error, Result};

/// How many assets are asked for in one go.
const BATCH: u32 = 500;

/// How many looks were asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Redone {
    /// Assets that will be looked into again.
    pub assets: u64,
}

impl Library {
    /// Has assets looked into again, the newest first, after what has just arrived. A running hub
    /// begins within a minute.
    pub async fn describe_again(&self, which: Again) -> Result<Redone> {
        let mut redone = Redone::default();
        let mut after = None;
        loop {
            let asked = which.clone();
            let page = self
                .catalog
                .read(move |tx| {
                    Box::pin(async move { descriptions::to_redo(tx, &asked, after, BATCH).await })
                })
                .await?;
            redone.assets += page.len() as u64;
            let is_last = page.len() < BATCH as usize;
            after = page.last().map(|&(id, _)| id);
            self.ask_to_describe(page).await?;
            if is_last {
                self.describing.news.notify_one();
                return Ok(redone);
            }
        }
    }

    /// Has everything looked into that an older program described.
    pub(crate) async fn describe_what_is_older(&self) -> Result<Redone> {
        self.describe_again(Again::OlderThan(DESCRIBED_BY)).await
    }

    /// Gives files from before stems were kept theirs, so that what is described now finds them.
    pub(crate) async fn fill_stems(&self) -> Result<()> {
        let mut filled = u64::from(BATCH);
        while filled == u64::from(BATCH) {
            filled =
                self.catalog.write(|tx| Box::pin(async move { items::fill_stems(tx, BATCH).await })).await?;
        }
        Ok(())
    }

    /// Has one asset looked into, as soon as somebody is free.
    pub(super) async fn ask_to_describe_now(&self, id: AssetId) -> Result<()> {
        self.ask_to_describe(vec![(id, self.now_ms())]).await?;
        self.describing.news.notify_one();
        Ok(())
    }

    async fn ask_to_describe(&self, assets: Vec<(AssetId, TimestampMs)>) -> Result<()> {
        let jobs: Vec<NewJob> = assets
            .into_iter()
            .map(|(id, came_at_ms)| describe_job(self.ids.fresh(), id, came_at_ms))
            .collect();
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    for job in &jobs {
                        jobs::enqueue(tx, job).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// How far looking is.
    pub async fn description_totals(&self) -> Result<DescriptionTotals> {
        Ok(self.catalog.read(|tx| Box::pin(descriptions::totals(tx))).await?)
    }
}

/// The job that looks into one asset. `due_ms` is when the asset came: what came last is looked into
/// first.
pub(crate) fn describe_job(id: JobId, asset_id: AssetId, due_ms: TimestampMs) -> NewJob {
    NewJob {
        id,
        kind: DESCRIBE_JOB.to_owned(),
        payload: asset_id.to_string(),
        dedupe_key: Some(format!("{DESCRIBE_JOB}:{asset_id}")),
        run_at_ms: due_ms,
    }
}
