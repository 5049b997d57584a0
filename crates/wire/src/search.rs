//! Searching pictures and videos.

use domain::{AlbumId, AssetId, SpaceId};
use serde::{Deserialize, Serialize};

use crate::AssetKind;

/// What is searched for. Everything that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct SearchQuery {
    /// Words, each perhaps only its beginning: of file names, captions, keywords, cameras, places and albums. At
    /// most 32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// The first day, such as `2024-07-01`, on the taker's calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Pictures or videos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AssetKind>,
    /// A content type, such as `image/heic`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// A camera, by its name in the suggestions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
    /// A place, by its name in the suggestions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// An album.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<AlbumId>,
    /// Whether it must be known where it was taken, or must not be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_place: Option<bool>,
    /// A rectangle of degrees as `west,south,east,north`; west is greater than east across the 180th meridian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<String>,
    /// Only this Space; absent for all that the caller can see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// `next` of the page before; absent for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many rows; 1 to 1000, 200 when absent. There may be fewer, also none, while there is a next
    /// page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What a search box offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestions {
    /// The cameras with most pictures, at most 100.
    pub cameras: Vec<Suggestion>,
    /// The places with most pictures, at most 100.
    pub places: Vec<Suggestion>,
}

/// A camera or a place to search for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    /// What to search by.
    pub name: String,
    /// How many pictures and videos.
    pub assets: u64,
}

/// Which part of a map is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct MapQuery {
    /// A rectangle of degrees as `west,south,east,north`; west is greater than east across the 180th meridian.
    /// Absent for the whole world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bbox: Option<String>,
    /// Only this Space; absent for all that the caller can see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space: Option<SpaceId>,
    /// At most this many points; 1 to 500, 200 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
}

/// Points of a map as columns: the first value of each belongs to the first point, and so on. Where there are more
/// pictures than points may be, a point stands for all of a square.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MapPoints {
    /// Degrees, north positive.
    pub latitude: Vec<f64>,
    /// Degrees, east positive.
    pub longitude: Vec<f64>,
    /// How many pictures and videos each point stands for; those with most come first.
    pub assets: Vec<u64>,
    /// One of them.
    pub id: Vec<AssetId>,
}
