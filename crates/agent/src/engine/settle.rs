//! How an item ends: exactly once, with a word for the ledger, the outcome and whoever watches.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use wire::Stored;

use super::EngineError;
use super::run::{Job, Run};
use crate::ledger::{ItemKey, State, Write};
use crate::planner::{AlbumIndex, Refused, Verdict};
use crate::report::{Ending, Event, NotStored, Outcome};
use crate::sources;

/// When an automatic run may try a failed item again.
const REST_AFTER_FAILURE_MS: i64 = 60 * 60 * 1000;

impl Run<'_> {
    /// Its bytes came to the hub in this run.
    pub(super) fn settle_stored(&mut self, job: &Job, stored: &Stored) {
        self.outcome.stored += 1;
        self.write(job, State::Stored { entry: stored.entry_id, asset: stored.asset_id });
        self.tell_stored(job, false);
    }

    /// The hub had its bytes. With an answer it was filed; without, it was only compared.
    pub(super) fn settle_held(&mut self, job: &Job, stored: Option<&Stored>) {
        self.outcome.already_held += 1;
        if let Some(stored) = stored {
            self.write(job, State::Stored { entry: stored.entry_id, asset: stored.asset_id });
        }
        self.tell_stored(job, true);
    }

    /// The hub is known to have it: it was touched here, and has the same bytes as before.
    pub(super) fn settle_known(&mut self, job: &Job) {
        self.outcome.already_held += 1;
        self.tell_stored(job, true);
    }

    fn tell_stored(&self, job: &Job, already_held: bool) {
        let item = self.label(&job.work.key);
        self.tell(&Event::Stored { item, bytes: job.work.facts.size_bytes, already_held });
    }

    /// It was deleted on the hub and stays so.
    pub(super) fn settle_deleted(&mut self, job: &Job) {
        self.write(job, State::DeletedEarlier);
        self.settle_skipped(job, &Verdict::DeletedEarlier);
    }

    /// Its content is in an excluded album, too.
    pub(super) fn settle_excluded(&mut self, job: &Job, album: AlbumIndex) {
        self.outcome.bytes_total = self.outcome.bytes_total.saturating_sub(job.work.facts.size_bytes);
        let verdict = Verdict::Excluded(self.album_name(album));
        self.settle_skipped(job, &verdict);
    }

    pub(super) fn settle_skipped(&mut self, job: &Job, verdict: &Verdict) {
        let skipped = self.not_stored(&job.work.key, Some(job.work.album), verdict);
        self.tell(&Event::Skipped(skipped.clone()));
        self.outcome.skipped.push(skipped);
    }

    /// It does not work, and the reason is the item's own: remembered. Not of an item that was only touched
    /// and could not be read again since: its record would lose what is known of it, which holds again once
    /// it is read.
    pub(super) fn fail(&mut self, job: &Job, why: &str, permanent: bool) {
        if job.work.touched.is_some() {
            return self.leave(job, why);
        }
        let retry_at_ms = self.engine.parts.clock.now_ms().saturating_add(REST_AFTER_FAILURE_MS);
        self.write(job, State::Failed { why: why.to_owned(), permanent, retry_at_ms });
        if !permanent {
            let before_ms = self.outcome.again_at_ms;
            self.outcome.again_at_ms = Some(before_ms.map_or(retry_at_ms, |before| before.min(retry_at_ms)));
        }
        self.fail_with(job, why.into(), permanent);
    }

    /// It is not safe now, and the reason is not the item's: its record stays as it is, so that the
    /// next run goes on with it.
    pub(super) fn leave(&mut self, job: &Job, why: &str) {
        self.fail_with(job, why.into(), false);
    }

    fn fail_with(&mut self, job: &Job, why: Arc<str>, permanent: bool) {
        if job.excluded {
            return;
        }
        let verdict = Verdict::Failed { why, permanent };
        let failed = self.not_stored(&job.work.key, Some(job.work.album), &verdict);
        self.tell(&Event::Failed(failed.clone()));
        self.outcome.failed.push(failed);
    }

    /// A person's settings say that it is not sent, or not now.
    pub(super) fn settle_judged(&mut self, job: &Job, verdict: &Verdict) {
        if verdict.is_failure() {
            return self.leave(job, &verdict.words());
        }
        self.outcome.bytes_total = self.outcome.bytes_total.saturating_sub(job.work.facts.size_bytes);
        self.settle_skipped(job, verdict);
    }

    /// What the plan says that nothing is done with.
    pub(super) fn settle_refused(&mut self, refused: &Refused) {
        let item = self.not_stored(&refused.key, refused.album, &refused.verdict);
        if refused.verdict.is_failure() {
            self.tell(&Event::Failed(item.clone()));
            self.outcome.failed.push(item);
        } else {
            self.tell(&Event::Skipped(item.clone()));
            self.outcome.skipped.push(item);
        }
    }

    /// Ends the run: what is not through fails with the reason of the ending, and the last records are
    /// written.
    pub(super) async fn into_outcome(mut self) -> Result<Outcome, EngineError> {
        self.in_flight.clear();
        let (ending, reason) = self.ending.take().unwrap_or((Ending::Stopped, super::news::STOPPED.into()));
        let mut left: Vec<Job> = std::mem::take(&mut self.to_hash).into();
        left.extend(std::mem::take(&mut self.to_offer));
        left.extend(std::mem::take(&mut self.to_file));
        left.extend(self.lanes.drain());
        left.extend(std::mem::take(&mut self.twins).into_values().flatten());
        left.extend(std::mem::take(&mut self.going).into_values().flatten());
        for job in left {
            self.fail_with(&job, reason.clone(), false);
        }
        self.journal.commit().await?;
        self.outcome.ending = ending;
        self.outcome.bytes_sent = self.bytes_sent.load(Ordering::Relaxed);
        Ok(self.outcome)
    }

    pub(super) fn write(&self, job: &Job, state: State) {
        self.remember(job, Write::Set(job.record(state)));
    }

    pub(super) fn forget(&self, job: &Job) {
        self.remember(job, Write::Forget);
    }

    fn remember(&self, job: &Job, write: Write) {
        self.journal.note(job.work.key.clone(), write, self.engine.parts.pause.ticks_ms());
    }

    pub(super) fn tell(&self, event: &Event) {
        self.engine.parts.reports.tell(event);
    }

    pub(super) fn album_name(&self, album: AlbumIndex) -> Arc<str> {
        self.albums.get(album).map(|album| album.name.clone()).unwrap_or_default()
    }

    /// An item as a person would say it.
    pub(super) fn label(&self, key: &ItemKey) -> Arc<str> {
        let source = sources::find(&self.engine.parts.sources, key.source);
        source.map_or_else(|| key.local.to_string(), |source| source.describe(&key.local)).into()
    }

    fn not_stored(&self, key: &ItemKey, album: Option<AlbumIndex>, verdict: &Verdict) -> NotStored {
        NotStored {
            album: album.map(|album| self.album_name(album)).unwrap_or_default(),
            item: self.label(key),
            reason: verdict.words(),
            permanent: matches!(verdict, Verdict::Failed { permanent: true, .. }),
        }
    }
}
