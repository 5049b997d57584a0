//! Looking at videos.

use std::path::{Path, PathBuf};

use domain::ContentHash;
use futures_util::StreamExt as _;
use media::facts::Facts;
use media::look::{self, Look as LookAtStill, Seen};
use media::sandbox::{Body, Done};
use media::video::{VideoError, VideoTools};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use vault::{Rendition, RenditionKind};

use super::job::Unseen;
use super::stills::{not_kept, unreadable, unseen, unshown};
use super::subject::Subject;
use super::{Look, MediaParts};
use crate::Library;

const NO_TOOLS: &str = "videos cannot be shown on this hub: ffmpeg is not installed";

/// A video as a file that tools can open.
pub(super) struct Film {
    pub(super) path: PathBuf,
    /// Where tools may write; gone when it is dropped.
    pub(super) scratch: TempDir,
}

impl Library {
    /// Facts, a picture that stands for the video, and a few seconds of it.
    pub(super) async fn look_at_film(&self, parts: &MediaParts, subject: &Subject) -> Result<Look, Unseen> {
        let film = self.film(parts, subject.sha256, subject.size_bytes).await?;
        let known = self.known(subject).await;
        let program = parts.launcher.program().map_err(|error| Unseen::Later(error.to_string()))?;
        let facts = look::film_facts(&parts.launcher, &program, &film.path, &known).await;
        // What died of reading its facts may still be shown.
        let facts = facts.unwrap_or_default();
        let Some(tools) = &parts.video_tools else { return Ok(unshown(facts, NO_TOOLS.to_owned())) };
        let shown = self.show_film(parts, tools, subject, &film).await;
        match shown {
            Ok((size, thumbhash)) => {
                Ok(Look { facts, size: Some(size), thumbhash: Some(thumbhash), problem: None })
            }
            Err(Unseen::ForGood(why)) => Ok(unshown(facts, why)),
            Err(later) => Err(later),
        }
    }

    async fn show_film(
        &self,
        parts: &MediaParts,
        tools: &VideoTools,
        subject: &Subject,
        film: &Film,
    ) -> Result<((u32, u32), Vec<u8>), Unseen> {
        let probed = tools.probe(&film.path).await.map_err(unmade)?;
        let poster = tools.poster(&film.path, &probed, film.scratch.path()).await.map_err(unmade)?;
        // A few megabytes: one frame.
        let picture = tokio::fs::read(&poster.path).await;
        let picture = picture.map_err(|error| Unseen::Later(error.to_string()))?;
        let nothing_known = look::Known::default();
        let asked = parts.workers.run::<LookAtStill>(&nothing_known, Body::whole(picture));
        let Done { answer: Seen { shown, .. }, parts: made } = asked.await.map_err(unseen)?;
        let shown = shown.map_err(Unseen::ForGood)?;
        self.keep_pictures(parts, subject, made).await?;
        Ok(((probed.width, probed.height), shown.thumbhash))
    }

    /// Makes the few seconds that are shown while a pointer rests on the video.
    pub(super) async fn make_hover_clip(&self, parts: &MediaParts, subject: &Subject) -> Result<(), Unseen> {
        let (tools, film) = self.tools_and_film(parts, subject).await?;
        let probed = tools.probe(&film.path).await.map_err(unmade)?;
        let clip = tools.hover_clip(&film.path, &probed, film.scratch.path()).await.map_err(unmade)?;
        let rendition = Rendition { of: subject.sha256, kind: RenditionKind::HoverClip };
        parts.renditions.adopt(rendition, &clip.path).await.map_err(not_kept)
    }

    /// Makes the version that every browser plays.
    pub(super) async fn make_playback(&self, parts: &MediaParts, subject: &Subject) -> Result<(), Unseen> {
        let (tools, film) = self.tools_and_film(parts, subject).await?;
        let probed = tools.probe(&film.path).await.map_err(unmade)?;
        let made = tools.playback(&film.path, &probed, film.scratch.path(), |_done_ms| ()).await;
        let rendition = Rendition { of: subject.sha256, kind: RenditionKind::Playback };
        parts.renditions.adopt(rendition, &made.map_err(unmade)?.path).await.map_err(not_kept)
    }

    async fn tools_and_film<'a>(
        &self,
        parts: &'a MediaParts,
        subject: &Subject,
    ) -> Result<(&'a VideoTools, Film), Unseen> {
        let tools = parts.video_tools.as_ref().ok_or_else(|| Unseen::ForGood(NO_TOOLS.to_owned()))?;
        Ok((tools, self.film(parts, subject.sha256, subject.size_bytes).await?))
    }

    /// The video where it lies, or, where blobs are not files, a copy in the scratch folder.
    async fn film(&self, parts: &MediaParts, sha256: ContentHash, size_bytes: u64) -> Result<Film, Unseen> {
        let scratch = parts.renditions.scratch().await.map_err(not_kept)?;
        let path = match self.vault.file_of(sha256) {
            Some(path) => path,
            None => self.copied(sha256, size_bytes, scratch.path()).await?,
        };
        Ok(Film { path, scratch })
    }

    async fn copied(&self, sha256: ContentHash, size_bytes: u64, scratch: &Path) -> Result<PathBuf, Unseen> {
        let failed = |error: std::io::Error| Unseen::Later(error.to_string());
        let path = scratch.join("original");
        let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
        let bytes = vault::read_known(&*self.vault, sha256, size_bytes, 0..size_bytes).await;
        let mut bytes = bytes.map_err(unreadable)?;
        while let Some(piece) = bytes.next().await {
            file.write_all(&piece.map_err(unreadable)?).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok(path)
    }
}

/// Whether every browser plays a video as it is: H.264 with 8 bits and AAC in MP4, by what the file says
/// of itself. In doubt it does not.
pub(super) fn plays_everywhere(content_type: &str, facts: Option<&Facts>) -> bool {
    let Some(video) = facts.and_then(|facts| facts.video.as_ref()) else { return false };
    let sound = video.audio_codec.as_deref();
    content_type == "video/mp4"
        && video.video_codec.as_deref() == Some("h264")
        && (!video.has_audio || matches!(sound, Some("aac" | "mp3")))
}

fn unmade(error: VideoError) -> Unseen {
    let words = error.to_string();
    if error.may_retry() { Unseen::Later(words) } else { Unseen::ForGood(words) }
}
