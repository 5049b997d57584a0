//! Looking at still pictures.

use bytes::Bytes;
use media::facts::Facts;
use media::look::{FullSize, Known, Look as LookAtStill, PREVIEW, ReadFacts, Seen, THUMBNAIL};
use media::sandbox::{Body, Done, Job, Part, WorkerError};
use vault::{ByteStream, Rendition, RenditionKind};

use super::job::Unseen;
use super::subject::Subject;
use super::{Look, MediaParts};
use crate::Library;

impl Library {
    /// Facts and renditions of a still, from one read and one decode.
    pub(super) async fn look_at_still(&self, parts: &MediaParts, subject: &Subject) -> Result<Look, Unseen> {
        let known = self.known(subject).await;
        let Done { answer: Seen { facts, shown }, parts: made } =
            match self.ask::<LookAtStill>(parts, subject, &known).await {
                Ok(done) => done,
                // Its decoder died of it; its facts may be read all the same.
                Err(Unseen::ForGood(why)) => return Ok(self.facts_only(parts, subject, &known, why).await),
                Err(later) => return Err(later),
            };
        match shown {
            Ok(shown) => {
                self.keep_pictures(parts, subject, made).await?;
                let (size, thumbhash) = (Some((shown.width, shown.height)), Some(shown.thumbhash));
                Ok(Look { facts, size, thumbhash, problem: None })
            }
            Err(why) => Ok(unshown(facts, why)),
        }
    }

    async fn facts_only(&self, parts: &MediaParts, subject: &Subject, known: &Known, why: String) -> Look {
        match self.ask::<ReadFacts>(parts, subject, known).await {
            Ok(done) => unshown(done.answer, why),
            Err(_) => Look { problem: Some(why), ..Look::default() },
        }
    }

    /// What is known besides the bytes.
    pub(super) async fn known(&self, subject: &Subject) -> Known {
        let sidecar = self.sidecar(subject).await;
        Known {
            file_name: subject.name.clone(),
            modified_at_ms: subject.modified_at_ms,
            sidecar: sidecar.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// Has a worker read the subject's bytes.
    pub(super) async fn ask<J: Job>(
        &self,
        parts: &MediaParts,
        subject: &Subject,
        question: &J::Question,
    ) -> Result<Done<J::Answer>, Unseen> {
        let bytes =
            vault::read_known(&*self.vault, subject.sha256, subject.size_bytes, 0..subject.size_bytes);
        let bytes: ByteStream = bytes.await.map_err(unreadable)?;
        let body = Body::new(subject.size_bytes, bytes);
        parts.workers.run::<J>(question, body).await.map_err(unseen)
    }

    /// Keeps the thumbnail and the preview that a worker made.
    pub(super) async fn keep_pictures(
        &self,
        parts: &MediaParts,
        subject: &Subject,
        made: Vec<Part>,
    ) -> Result<(), Unseen> {
        for Part { name, bytes } in made {
            let kind = match name.as_str() {
                THUMBNAIL => RenditionKind::Thumbnail,
                PREVIEW => RenditionKind::Preview,
                _ => continue,
            };
            let rendition = Rendition { of: subject.sha256, kind };
            parts.renditions.keep(rendition, Bytes::from(bytes)).await.map_err(not_kept)?;
        }
        Ok(())
    }

    /// Makes the whole picture as a JPEG and keeps it.
    pub(super) async fn make_full_size(&self, parts: &MediaParts, subject: &Subject) -> Result<(), Unseen> {
        let Done { parts: made, .. } = self.ask::<FullSize>(parts, subject, &()).await?;
        let jpeg =
            made.into_iter().next().ok_or_else(|| Unseen::ForGood("nothing came out of it".to_owned()))?;
        let rendition = Rendition { of: subject.sha256, kind: RenditionKind::FullSize };
        parts.renditions.keep(rendition, Bytes::from(jpeg.bytes)).await.map_err(not_kept)
    }
}

/// Facts without a picture. The size is what the file says.
pub(super) fn unshown(facts: Facts, why: String) -> Look {
    Look { size: facts.width.zip(facts.height), facts, thumbhash: None, problem: Some(why) }
}

pub(super) fn unseen(error: WorkerError) -> Unseen {
    let words = error.to_string();
    if error.may_retry() { Unseen::Later(words) } else { Unseen::ForGood(words) }
}

/// The original cannot be read. That is the verification's affair; the picture is made when it is mended.
pub(super) fn unreadable(error: vault::Error) -> Unseen {
    Unseen::Later(format!("its bytes cannot be read: {error}"))
}

/// There is no room for a rendition, or the disk failed.
pub(super) fn not_kept(error: vault::Error) -> Unseen {
    Unseen::Later(format!("what was made of it could not be kept: {error}"))
}
