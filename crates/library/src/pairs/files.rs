//! An asset as the rules see it.

use catalog::assets::AssetKind;
use catalog::items::{Member, MemberPlace};
use domain::stem::{FileStem, Version, burst_name, file_stem};
use domain::{AssetId, EntryId, SpaceId, TimestampMs};
use media::facts::{Facts, Taken, TakenFrom};

/// Stills as cameras write them unfinished.
const RAW: &[&str] = &[
    "image/x-adobe-dng",
    "image/x-canon-cr2",
    "image/x-canon-cr3",
    "image/x-canon-crw",
    "image/x-fujifilm-raf",
    "image/x-nikon-nef",
    "image/x-olympus-orf",
    "image/x-panasonic-rw2",
    "image/x-sigma-x3f",
    "image/x-sony-arw",
];

/// An asset with all that the rules go by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct File {
    pub(super) id: AssetId,
    pub(super) space_id: SpaceId,
    pub(super) kind: AssetKind,
    pub(super) content_type: String,
    /// Whether somebody has looked into it. Before, nothing is guessed.
    pub(super) is_described: bool,
    pub(super) live_key: Option<String>,
    pub(super) burst_key: Option<String>,
    pub(super) chosen_at_ms: Option<TimestampMs>,
    pub(super) places: Vec<Place>,
    /// When it was taken, where that is known to the second.
    pub(super) taken: Option<Taken>,
    /// The day only, as the noon of it on the taker's clock.
    pub(super) day_ms: Option<i64>,
    /// Maker and model as they are compared: small letters and digits.
    pub(super) camera: Option<(String, String)>,
    pub(super) duration_ms: Option<u64>,
    /// When it came, for what is equal otherwise.
    pub(super) came_ms: TimestampMs,
}

/// Where one of its files is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) folder_id: EntryId,
    pub(super) name: String,
    pub(super) stem: FileStem,
    pub(super) modified_at_ms: Option<TimestampMs>,
}

impl File {
    pub(super) fn new(member: Member) -> Self {
        let facts =
            member.facts.as_deref().map(|facts| serde_json::from_str::<Facts>(facts).unwrap_or_default());
        let is_described = facts.is_some();
        let facts = facts.unwrap_or_default();
        let (taken, day_ms) = match facts.taken {
            Some(taken) if taken.is_day_only => (None, Some(taken.local_ms)),
            // Programs change these, and so does copying.
            Some(Taken { source: TakenFrom::Modified | TakenFrom::FileTime, .. }) | None => (None, None),
            taken => (taken, None),
        };
        Self {
            id: member.id,
            space_id: member.space_id,
            kind: member.kind,
            content_type: member.content_type,
            is_described,
            live_key: member.live_key,
            burst_key: member.burst_key,
            chosen_at_ms: member.chosen_at_ms,
            places: member.places.into_iter().map(Place::new).collect(),
            taken,
            day_ms,
            camera: facts.camera.and_then(|camera| {
                Some((compared(camera.make.as_deref().unwrap_or_default()), compared(&camera.model?)))
            }),
            duration_ms: facts.video.and_then(|video| video.duration_ms),
            came_ms: member.created_at_ms,
        }
    }

    pub(super) fn is_film(&self) -> bool {
        self.kind == AssetKind::Video
    }

    pub(super) fn is_raw(&self) -> bool {
        RAW.contains(&self.content_type.as_str())
    }

    /// Whether any of its names says that it is an edited version.
    pub(super) fn is_edited(&self) -> bool {
        self.places.iter().any(|place| place.stem.version != Version::AsTaken)
    }

    /// Whether its camera chose it to stand for its burst.
    pub(super) fn is_cover(&self) -> bool {
        self.places.iter().any(|place| burst_name(&place.name).is_some_and(|burst| burst.is_cover))
    }

    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.places.iter().any(|mine| other.places.iter().any(|place| place.folder_id == mine.folder_id))
    }
}

impl Place {
    fn new(place: MemberPlace) -> Self {
        Self {
            folder_id: place.folder_id,
            stem: file_stem(&place.name),
            name: place.name,
            modified_at_ms: place.modified_at_ms,
        }
    }
}

fn compared(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a burst's pictures share: said in the file, or by its name.
pub(crate) fn burst_key(facts: &Facts, name: &str) -> Option<String> {
    facts.burst_id.clone().or_else(|| burst_name(name).map(|burst| burst.key))
}
