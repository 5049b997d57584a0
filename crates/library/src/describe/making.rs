//! What is made when it is first asked for. It may take minutes, so nobody waits for it on the line: a job
//! makes it, once, and whoever asks again finds it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use catalog::jobs::{self, Job, NewJob};
use domain::{AssetId, ContentHash};
use tracing::{debug, warn};
use vault::RenditionKind;

use super::job::Unseen;
use super::subject::Subject;
use super::{MAKE_JOB, MediaParts};
use crate::Library;
use crate::error::Result;

/// How many failures are remembered.
const FAILURES_MAX: usize = 1000;

/// What could not be made since the hub was started, with the reason in words, so that who asks again is
/// told and the machine is spared.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashMap<(ContentHash, RenditionKind), String>>);

impl Failures {
    pub(super) fn why(&self, of: ContentHash, kind: RenditionKind) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(of, kind)).cloned()
    }

    fn remember(&self, of: ContentHash, kind: RenditionKind, why: String) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= FAILURES_MAX {
            failures.clear();
        }
        failures.insert((of, kind), why);
    }

    fn forget(&self, of: ContentHash) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(failed, _), _| *failed != of);
    }
}

impl Library {
    /// Has a rendition made as soon as somebody is free. Asking again while it is being made is harmless.
    pub(super) async fn ask_to_make(&self, id: AssetId, kind: RenditionKind) -> Result<()> {
        let payload = format!("{id} {}", kind.word());
        let job = NewJob {
            id: self.ids.fresh(),
            kind: MAKE_JOB.to_owned(),
            dedupe_key: Some(format!("{MAKE_JOB} {payload}")),
            payload,
            run_at_ms: self.now_ms(),
        };
        self.catalog.write(move |tx| Box::pin(async move { jobs::enqueue(tx, &job).await })).await?;
        self.describing.news.notify_one();
        Ok(())
    }

    /// Does such a job. What fails is told to who asks next, and not tried again by itself.
    pub(super) async fn make_for(&self, parts: &MediaParts, job: Job) -> Result<()> {
        let asked = job
            .payload
            .split_once(' ')
            .and_then(|(id, kind)| Some((id.parse::<AssetId>().ok()?, RenditionKind::from_word(kind)?)));
        if let Some((id, kind)) = asked
            && let Some(subject) = self.subject(id).await?
            && let Err(Unseen::ForGood(why) | Unseen::Later(why)) = self.make(parts, &subject, kind).await
        {
            debug!(asset = %id, kind = kind.word(), %why, "a rendition could not be made");
            self.describing.failures.remember(subject.sha256, kind, why);
        }
        // Asked for again meanwhile, it runs once more, and finds that all is done.
        self.catalog.write(move |tx| Box::pin(async move { jobs::complete(tx, &job).await })).await?;
        Ok(())
    }

    async fn make(&self, parts: &MediaParts, subject: &Subject, kind: RenditionKind) -> Result<(), Unseen> {
        let rendition = vault::Rendition { of: subject.sha256, kind };
        if matches!(parts.renditions.size_of(rendition).await, Ok(Some(_))) {
            return Ok(());
        }
        match kind {
            RenditionKind::Thumbnail | RenditionKind::Preview => return Ok(()),
            RenditionKind::FullSize => self.make_full_size(parts, subject).await?,
            RenditionKind::HoverClip => self.make_hover_clip(parts, subject).await?,
            RenditionKind::Playback => self.make_playback(parts, subject).await?,
        }
        self.keep_to_the_budget(parts, rendition).await;
        Ok(())
    }

    /// What nobody has looked at for longest makes room for what was just made. A failure costs room only;
    /// it is tried again when something else is made.
    async fn keep_to_the_budget(&self, parts: &MediaParts, just_made: vault::Rendition) {
        match parts.renditions.thin(self.settings.on_demand_bytes, just_made).await {
            Ok(0) => {}
            Ok(freed_bytes) => debug!(freed_bytes, "renditions that were made on demand have made room"),
            Err(error) => warn!(%error, "renditions that were made on demand take more room than they may"),
        }
    }

    /// Throws away what was made on demand of content that was looked into again: a newer program, or a
    /// person who was not content with it, wants it made anew when it is asked for next.
    pub(super) async fn forget_what_was_made(&self, parts: &MediaParts, of: ContentHash) {
        self.describing.failures.forget(of);
        for kind in RenditionKind::ALL.into_iter().filter(|kind| kind.is_on_demand()) {
            if let Err(error) = parts.renditions.remove(vault::Rendition { of, kind }).await {
                warn!(%error, kind = kind.word(), "a rendition that was to be made anew stays as it was");
            }
        }
    }
}
