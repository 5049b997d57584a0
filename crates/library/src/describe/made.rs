//! What an asset is shown with: made when it came, or now, when it is asked for.

use catalog::descriptions;
use domain::AssetId;
use media::facts::Facts;
use vault::{Rendition, RenditionKind};

use super::job::Unseen;
use super::subject::Subject;
use super::{MediaParts, films};
use crate::browse::visible_asset;
use crate::error::{Error, Result};
use crate::{Caller, Content, Library};

pub use vault::RenditionKind as MadeKind;

/// Stills that every browser shows as they are.
const SHOWN_EVERYWHERE: &[&str] =
    &["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp"];

impl Library {
    /// What an asset is shown with. [`RenditionKind::FullSize`] and [`RenditionKind::Playback`] are the
    /// original itself where every browser shows it. [`Error::NotMade`] says why there is none, in words.
    pub async fn made(&self, caller: &Caller, id: AssetId, kind: RenditionKind) -> Result<Content> {
        let user_id = caller.user_id;
        let found = self.catalog.read(move |tx| {
            Box::pin(async move {
                visible_asset(tx, user_id, id).await?;
                Ok::<_, Error>(descriptions::get(tx, id).await?)
            })
        });
        let described = found.await?;
        let subject = self.subject(id).await?.ok_or(Error::NotFound("picture or video"))?;
        let facts = described.as_ref().and_then(|found| serde_json::from_str::<Facts>(&found.facts).ok());
        if is_shown_as_it_is(kind, &subject, facts.as_ref()) {
            return self.asset_content(caller, id).await;
        }
        let rendition = Rendition { of: subject.sha256, kind };
        let parts = self.describing.parts.as_ref().ok_or_else(nobody_looks)?;
        if parts.renditions.size_of(rendition).await?.is_none() {
            self.make(parts, &subject, kind, described.and_then(|found| found.problem)).await?;
        }
        let size_bytes = parts.renditions.size_of(rendition).await?.ok_or_else(not_yet)?;
        Ok(Content::made(rendition, size_bytes, &subject.name))
    }

    /// Makes what can be made at once; says of the rest whether it will come.
    async fn make(
        &self,
        parts: &MediaParts,
        subject: &Subject,
        kind: RenditionKind,
        problem: Option<String>,
    ) -> Result<()> {
        if let Some(why) = problem {
            return Err(Error::NotMade { why, is_final: true });
        }
        let made = match kind {
            // They come with the description. Lost ones are made again.
            RenditionKind::Thumbnail | RenditionKind::Preview => {
                self.ask_to_describe_now(subject.id).await?;
                return Err(not_yet());
            }
            RenditionKind::FullSize => self.make_full_size(parts, subject).await,
            RenditionKind::HoverClip => self.make_hover_clip(parts, subject).await,
            RenditionKind::Playback => self.make_playback(parts, subject).await,
        };
        made.map_err(|unseen| match unseen {
            Unseen::ForGood(why) => Error::NotMade { why, is_final: true },
            Unseen::Later(why) => Error::NotMade { why, is_final: false },
        })
    }
}

/// Whether browsers show the original.
fn is_shown_as_it_is(kind: RenditionKind, subject: &Subject, facts: Option<&Facts>) -> bool {
    match kind {
        RenditionKind::FullSize => SHOWN_EVERYWHERE.contains(&subject.content_type.as_str()),
        RenditionKind::Playback => films::plays_everywhere(&subject.content_type, facts),
        RenditionKind::Thumbnail | RenditionKind::Preview | RenditionKind::HoverClip => false,
    }
}

fn nobody_looks() -> Error {
    Error::NotMade { why: "this hub does not look into pictures".to_owned(), is_final: true }
}

fn not_yet() -> Error {
    Error::NotMade { why: "it has just arrived and is being looked into".to_owned(), is_final: false }
}
