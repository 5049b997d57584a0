//! Pictures and videos by month.

use domain::{AssetId, SpaceId, TimestampMs};
use serde::{Deserialize, Serialize};

use crate::{AssetKind, ItemMarks};

/// Whose months are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct TimelineQuery {
    /// Only this Space; absent for all that the caller can see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
}

/// How much a month has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineMonth {
    /// The month on the takers' calendars, such as `2024-07`; null for what came before months were
    /// kept and nobody has looked into since.
    pub month: Option<String>,
    /// How many items: pictures and videos, parts not counted.
    pub assets: u64,
}

/// A page of a month, newest first, as columns: the first value of each belongs to the first item, and
/// so on. An item is shown as what leads it. A row of names and values for each asset would be three times as long and slower to parse, and
/// a timeline reads many thousands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelinePage {
    /// The assets.
    pub id: Vec<AssetId>,
    /// Pictures or videos.
    pub kind: Vec<AssetKind>,
    /// When they were taken.
    pub taken_at_ms: Vec<TimestampMs>,
    /// What the taker's clock showed then, as if it showed UTC: what the order goes by.
    pub local_ms: Vec<TimestampMs>,
    /// Width by height as they are shown, rounded to three decimals; null until somebody has looked.
    pub ratio: Vec<Option<f64>>,
    /// How long a video runs; null for pictures.
    pub duration_ms: Vec<Option<u64>>,
    /// Blurred miniatures (<https://evanw.github.io/thumbhash/>) in base64; null where there is none.
    pub thumbhash: Vec<Option<String>>,
    /// What to put behind `?v=` of a rendition's address; null while there is nothing to show.
    pub version: Vec<Option<String>>,
    /// What their items have besides them: film, raw file, versions, a burst; null for what stands alone.
    #[serde(default)]
    pub marks: Vec<Option<ItemMarks>>,
    /// Pass it as `after` to get the next page; absent on the last one. Opaque: do not read into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
