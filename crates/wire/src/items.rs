//! Pictures and videos that are one item.

use domain::{AssetId, EntryId};
use serde::{Deserialize, Serialize};

use crate::AssetKind;

/// What a part is to the picture or video that leads its item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PartRole {
    /// The seconds around a live photo.
    Film,
    /// What the sensor saw, beside the finished picture.
    Raw,
    /// The picture before it was edited.
    Original,
    /// An edited version.
    Edited,
    /// Another picture of the same burst.
    Burst,
    /// The same picture in another form, or what a person joined; anything that this version does not know.
    #[serde(other)]
    Version,
}

/// How it was found that two belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PartRule {
    /// A person said so.
    Person,
    /// Both halves of a live photo have the same identifier in them.
    LiveId,
    /// A burst's pictures have the same identifier in them, or the camera named them so.
    Burst,
    /// Same folder and name, one of them a short film of the same moment.
    LiveName,
    /// Same folder and name, one of them raw, of the same moment.
    RawName,
    /// Same folder, and the name says that it is an edited version.
    EditedName,
    /// Anything that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Whose part a picture or video is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartOf {
    /// The asset that leads the item, which lists show.
    pub lead_id: AssetId,
    /// What it is to the lead.
    pub role: PartRole,
    /// How that was found.
    pub found_by: PartRule,
}

/// A part of an item. It is an asset like others: it can be downloaded, shown and played by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// The asset.
    pub id: AssetId,
    /// Picture or video.
    pub kind: AssetKind,
    /// What it is to the lead.
    pub role: PartRole,
    /// How that was found.
    pub found_by: PartRule,
    /// What one of its files is called; empty when it has none.
    pub name: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
}

/// A file beside a picture that says what was done to it, such as an `.AAE` or an `.XMP`. It is no picture
/// itself; its entry has the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdjustmentsFile {
    /// The file.
    pub entry_id: EntryId,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
}

/// Which pictures and videos join an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinItem {
    /// Assets of the same Space, 1 to 1 000; each brings along what belongs to it.
    pub asset_ids: Vec<AssetId>,
}

/// What an item has besides what is shown of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemMarks {
    /// The film of a live photo: the asset to play.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub film_id: Option<AssetId>,
    /// Whether there is a raw file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub raw: bool,
    /// Whether there is another version: the original, an edited one, or what a person joined.
    #[serde(default, skip_serializing_if = "is_false")]
    pub versions: bool,
    /// How many pictures the burst has, the shown one counted; absent when it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_newer_hub_are_still_understood() {
        let newer = serde_json::json!({
            "lead_id": AssetId::from_bytes([1; 16]), "role": "hologram", "found_by": "the-stars",
        });
        let part: PartOf = serde_json::from_value(newer).unwrap();
        assert_eq!((part.role, part.found_by), (PartRole::Version, PartRule::Unknown));
    }

    #[test]
    fn marks_say_only_what_is_there() {
        let json = |marks| serde_json::to_string(&marks).unwrap();
        assert_eq!(json(ItemMarks { raw: true, ..ItemMarks::default() }), r#"{"raw":true}"#);
        assert_eq!(json(ItemMarks { burst: Some(12), ..ItemMarks::default() }), r#"{"burst":12}"#);
        assert_eq!(serde_json::from_str::<ItemMarks>("{}").unwrap(), ItemMarks::default());
    }
}
