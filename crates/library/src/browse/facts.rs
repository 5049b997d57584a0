//! What looking into a picture or video found, as types.

use catalog::assets::Asset;
use catalog::descriptions::{self, Description};
use domain::{AssetId, TimestampMs};

use super::assets::visible_asset;
use crate::error::{Error, Result};
use crate::pairs::{FileOfItem, Item, Part, adjustments_of, item_of};
use crate::{Caller, Library};

pub use media::facts::{Camera, Exposure, Facts, MotionPhoto, Place, Taken, TakenFrom, VideoFacts};

/// A picture or video with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetFacts {
    /// The picture or video.
    pub asset: Asset,
    /// Its parts, when it leads an item.
    pub parts: Vec<Part>,
    /// What was done to it, as files that are no pictures.
    pub adjustments: Vec<FileOfItem>,
    /// What was found; `None` until somebody has looked.
    pub found: Option<Found>,
}

/// What one look found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// When it was.
    pub described_at_ms: TimestampMs,
    /// Why the asset cannot be shown, in words; `None` when it can.
    pub problem: Option<String>,
    /// Pixels across, as it is shown.
    pub width: Option<u32>,
    /// Pixels down, as it is shown.
    pub height: Option<u32>,
    /// How long a video runs.
    pub duration_ms: Option<u64>,
    /// A blurred miniature.
    pub thumbhash: Option<Vec<u8>>,
    /// When it was taken.
    pub taken_at_ms: TimestampMs,
    /// The same moment on the clock of whoever took it, as if that clock showed UTC.
    pub local_ms: TimestampMs,
    /// What the file says of itself.
    pub facts: Facts,
}

impl From<Description> for Found {
    fn from(found: Description) -> Self {
        Self {
            // Another program's facts that this one cannot read are as good as none; it looks again soon.
            facts: serde_json::from_str(&found.facts).unwrap_or_default(),
            described_at_ms: found.described_at_ms,
            problem: found.problem,
            width: found.width,
            height: found.height,
            duration_ms: found.duration_ms,
            thumbhash: found.thumbhash,
            taken_at_ms: found.taken_at_ms,
            local_ms: found.local_ms,
        }
    }
}

impl Library {
    /// A picture or video, live or in the trash, with what was found by looking into it.
    pub async fn asset_facts(&self, caller: &Caller, id: AssetId) -> Result<AssetFacts> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let asset = visible_asset(tx, user_id, id).await?;
                    let found = descriptions::get(tx, id).await?.map(Found::from);
                    let item = item_of(tx, asset).await?;
                    let adjustments = adjustments_of(tx, &item).await?;
                    let Item { asset, parts } = item;
                    Ok::<_, Error>(AssetFacts { asset, parts, adjustments, found })
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(facts: &str) -> Found {
        Found::from(Description {
            width: Some(4),
            height: Some(3),
            duration_ms: None,
            thumbhash: None,
            taken_at_ms: 1,
            local_ms: 2,
            facts: facts.to_owned(),
            problem: None,
            described_by: 1,
            described_at_ms: 3,
        })
    }

    #[test]
    fn facts_are_read_whole_and_what_later_programs_add_is_passed_over() {
        let text = serde_json::to_string(&Facts { rating: Some(4), ..Facts::default() }).unwrap();
        assert_eq!(found(&text).facts.rating, Some(4));
        assert_eq!(found(r#"{"rating": 4, "smell": "roses"}"#).facts.rating, Some(4));
    }

    #[test]
    fn facts_that_cannot_be_read_cost_no_more_than_themselves() {
        for text in ["", "null", "{\"rating\": \"many\"}"] {
            let found = found(text);
            assert_eq!((found.facts, found.width, found.local_ms), (Facts::default(), Some(4), 2), "{text}");
        }
    }
}
