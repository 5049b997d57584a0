//! What an asset is shown with: made when it came, or now, when it is asked for.

use catalog::assets::AssetKind;
use catalog::descriptions;
use domain::AssetId;
use media::facts::Facts;
use vault::{Rendition, RenditionKind};

use super::films;
use super::subject::Subject;
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
        match parts.renditions.size_of(rendition).await? {
            Some(size_bytes) => Ok(Content::made(rendition, size_bytes, &subject.name)),
            None => Err(self.not_made(&subject, kind, described.and_then(|found| found.problem)).await?),
        }
    }

    /// Says why there is none, and has it made when that can help.
    async fn not_made(
        &self,
        subject: &Subject,
        kind: RenditionKind,
        problem: Option<String>,
    ) -> Result<Error> {
        let why = problem.or_else(|| self.describing.failures.why(subject.sha256, kind));
        if let Some(why) = why.or_else(|| not_of_this_kind(kind, subject.kind)) {
            return Ok(Error::NotMade { why, is_final: true });
        }
        let why = match kind {
            // They come with the description. Lost ones are made again.
            RenditionKind::Thumbnail | RenditionKind::Preview => {
                self.ask_to_describe_now(subject.id).await?;
                "it has just arrived and is being looked into"
            }
            RenditionKind::FullSize | RenditionKind::HoverClip | RenditionKind::Playback => {
                self.ask_to_make(subject.id, kind).await?;
                "it is being made and will be here in a moment"
            }
        };
        Ok(Error::NotMade { why: why.to_owned(), is_final: false })
    }
}

/// Why a picture has no clip, and a video no full size.
fn not_of_this_kind(wanted: RenditionKind, kind: AssetKind) -> Option<String> {
    let words = match (wanted, kind) {
        (RenditionKind::FullSize, AssetKind::Video) => "a video has no full size; ask for its playback",
        (RenditionKind::HoverClip | RenditionKind::Playback, AssetKind::Picture) => {
            "only videos can be played"
        }
        _ => return None,
    };
    Some(words.to_owned())
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
