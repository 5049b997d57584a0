//! Offers, filings and what a finished upload answers. The bytes themselves go by tus or `PUT`.

use domain::{AssetId, ContentHash, EntryId, FolderPath, Name, SpaceId, TimestampMs};
use serde::{Deserialize, Serialize};

/// How many items one offer or filing may carry.
pub const BATCH_MAX: usize = 1000;

/// "I have these; which do you want?"
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferRequest {
    /// The Space that the items would go to; absent for the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_id: Option<SpaceId>,
    /// At most [`BATCH_MAX`].
    pub hashes: Vec<ContentHash>,
}

/// What to do with an offered item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OfferAnswer {
    /// The hub has the bytes and the caller may read them already: file it, send nothing.
    Held,
    /// Send it. Says nothing about whether somebody else has it.
    Send,
    /// Was in this Space and was deleted; send it only when its owner asks for that.
    DeletedEarlier,
}

/// The answers, in the order of the hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferReply {
    /// One for each hash.
    pub answers: Vec<OfferAnswer>,
}

/// Where held content should also appear: nothing is sent, an entry is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilingRequest {
    /// The Space; absent for the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_id: Option<SpaceId>,
    /// At most [`BATCH_MAX`].
    pub items: Vec<Filing>,
}

/// One item to file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Filing {
    /// Content that an offer called held.
    pub sha256: ContentHash,
    /// The folder; absent for the device's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderPath>,
    /// The device album; names the default folder and the hub album that the asset joins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// The file's name.
    pub name: Name,
    /// The bytes of a name that is not plain ASCII, in base64, so that it comes back exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_raw: Option<String>,
    /// When the file was last changed on its device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at_ms: Option<TimestampMs>,
}

/// What became of one filing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum FilingOutcome {
    /// It is filed, or was already.
    Stored(Stored),
    /// It is not filed.
    NotHeld {
        /// Why it cannot be filed there, in words for the person: something stands in the way. Absent: the
        /// hub no longer holds it, offer it again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    /// It was deleted between offer and filing.
    DeletedEarlier,
}

/// The outcomes, in the order of the filings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilingReply {
    /// One for each filing.
    pub outcomes: Vec<FilingOutcome>,
}

/// The only "stored": bytes durable and row committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stored {
    /// The file's entry.
    pub entry_id: EntryId,
    /// Its asset, when it is a picture or video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_id: Option<AssetId>,
    /// The bytes' name.
    pub sha256: ContentHash,
    /// The name it got: a number is added when other bytes have the wanted name already.
    pub name: String,
    /// Whether the hub had the content in this Space before.
    pub already_held: bool,
}

/// Names of the keys in tus's `Upload-Metadata`; for `PUT /api/v1/files` the same as headers
/// `Albumen-<Key>` with percent-encoded UTF-8.
pub mod metadata {
    /// The file's name as text.
    pub const FILENAME: &str = "filename";
    /// The bytes of a name that is not plain ASCII (in the `PUT` header: base64 of them), so that it comes
    /// back exactly: it may be no UTF-8, or need a number on the hub.
    pub const FILENAME_RAW: &str = "filename-raw";
    /// Declared SHA-256 of the whole file, hexadecimal.
    pub const SHA256: &str = "sha256";
    /// Declared SHA-1 of the whole file, hexadecimal.
    pub const SHA1: &str = "sha1";
    /// When the file was last changed, milliseconds since 1970.
    pub const MODIFIED_AT_MS: &str = "modified-at-ms";
    /// Space id; absent for the caller's own.
    pub const SPACE: &str = "space";
    /// Folder path below the Space.
    pub const FOLDER: &str = "folder";
    /// Device album; names the default folder and the hub album.
    pub const ALBUM: &str = "album";
    /// `true`: store it even though it was deleted here earlier.
    pub const SEND_AGAIN: &str = "send-again";
}

/// Headers of a finished upload's answers.
pub mod headers {
    /// The entry's id.
    pub const ENTRY: &str = "albumen-entry";
    /// The asset's id, for pictures and videos.
    pub const ASSET: &str = "albumen-asset";
    /// The content's SHA-256.
    pub const SHA256: &str = "albumen-sha256";
    /// The name that it got, percent-encoded.
    pub const NAME: &str = "albumen-name";
    /// `true` when the Space had the content before.
    pub const ALREADY_HELD: &str = "albumen-already-held";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_says_what_it_is_beside_its_fields() {
        let json = serde_json::to_value(FilingOutcome::NotHeld { refused: None }).unwrap();
        assert_eq!(json, serde_json::json!({"outcome": "not-held"}));
        let older: FilingOutcome = serde_json::from_value(json).unwrap();
        assert_eq!(older, FilingOutcome::NotHeld { refused: None });
        let refused = FilingOutcome::NotHeld { refused: Some("in the way".to_owned()) };
        let json = serde_json::to_value(&refused).unwrap();
        assert_eq!(json, serde_json::json!({"outcome": "not-held", "refused": "in the way"}));
        assert_eq!(serde_json::from_value::<FilingOutcome>(json).unwrap(), refused);
    }

    #[test]
    fn a_newer_hub_may_add_fields_and_kinds() {
        let reply: OfferReply = serde_json::from_str(r#"{"answers":["held","send"],"later":1}"#).unwrap();
        assert_eq!(reply.answers, [OfferAnswer::Held, OfferAnswer::Send]);
        let kind: crate::ChangeKind = serde_json::from_str(r#""something-new""#).unwrap();
        assert_eq!(kind, crate::ChangeKind::Unknown);
        let code: crate::ProblemCode = serde_json::from_str(r#""something-new""#).unwrap();
        assert_eq!(code, crate::ProblemCode::Unknown);
    }
}
