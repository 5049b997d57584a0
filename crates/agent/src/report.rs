//! What happens, for whoever watches: a terminal, a settings page, a phone's screen. Nothing is
//! printed here.

use std::fmt::Debug;
use std::sync::Arc;

use domain::TimestampMs;
use serde::{Deserialize, Serialize};

use crate::policy::Reason;

/// Something that happened. Items are named as a person would say them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Looking at a source; so many items seen so far in all sources.
    Looking {
        /// Where.
        place: String,
        /// Items so far.
        seen: u64,
    },
    /// Everything was looked at.
    Surveyed {
        /// Items that are chosen.
        chosen: u64,
        /// Their bytes.
        chosen_bytes: u64,
        /// Items of these that the hub holds already, as far as is known here.
        safe: u64,
        /// Their bytes.
        safe_bytes: u64,
        /// Files that are no pictures or videos.
        left_out: u64,
    },
    /// An item was read and hashed.
    Hashed {
        /// Which.
        item: Arc<str>,
        /// Its length.
        bytes: u64,
    },
    /// The hub answered which items it wants.
    Offered {
        /// Items that it has.
        held: u64,
        /// Items that it wants.
        send: u64,
        /// Items that were deleted there earlier.
        deleted_earlier: u64,
    },
    /// An item's bytes begin to go, or go on at an offset.
    Sending {
        /// Which.
        item: Arc<str>,
        /// Its length.
        bytes: u64,
        /// Where it goes on.
        from_byte: u64,
    },
    /// More bytes of an item went out.
    Sent {
        /// Which.
        item: Arc<str>,
        /// How many since the last event.
        bytes: u64,
    },
    /// An item is safe on the hub.
    Stored {
        /// Which.
        item: Arc<str>,
        /// Its length.
        bytes: u64,
        /// No bytes had to be sent.
        already_held: bool,
    },
    /// An item will not be backed up, by somebody's decision.
    Skipped(NotStored),
    /// An item is not safe.
    Failed(NotStored),
    /// An item did not work and is tried again.
    Retrying {
        /// Which.
        item: Arc<str>,
        /// In how long, milliseconds.
        in_ms: u64,
        /// What went wrong, in words.
        reason: String,
    },
    /// The hub does not answer; waiting.
    HubAway {
        /// What the network said.
        reason: String,
        /// The next try, milliseconds from now.
        retry_in_ms: u64,
    },
    /// The hub answers again.
    HubBack,
    /// The hub forgot or was replaced: everything is compared again.
    ComparingAll {
        /// Why, in words.
        reason: String,
    },
    /// A restore knows what it brings back.
    RestorePlanned {
        /// Files.
        files: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// More bytes of a restore were written.
    RestoreWrote {
        /// Of which file.
        item: Arc<str>,
        /// How many since the last event.
        bytes: u64,
    },
    /// A file is back.
    Restored {
        /// Which.
        item: Arc<str>,
        /// Where it is now.
        place: Arc<str>,
        /// Its length.
        bytes: u64,
        /// It was there already, byte for byte.
        kept: bool,
    },
    /// The run ended.
    Ended(Ending),
}

/// Takes events. Called from the engine's loop and its threads: be quick, do not block.
pub trait Reports: Send + Sync + Debug {
    /// Something happened.
    fn tell(&self, event: &Event);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Reports for Unwatched {
    fn tell(&self, _event: &Event) {}
}

/// An item that is not on the hub, with the reason in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotStored {
    /// Its device album.
    pub album: Arc<str>,
    /// Its whole path.
    pub item: Arc<str>,
    /// Why, in words.
    pub reason: Arc<str>,
    /// Trying again will not help unless something changes.
    pub permanent: bool,
}

impl NotStored {
    /// What it waits for, when it is not safe only because it waits for something that a person chose.
    pub fn waits_for(&self) -> Option<Reason> {
        Reason::of_words(&self.reason)
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Everything was tried.
    Complete,
    /// The hub did not answer for longer than the settings allow.
    HubAway,
    /// The hub refused the device's token.
    Revoked,
    /// The hub's disk is full: nothing more can be sent now.
    HubFull,
    /// Somebody stopped it.
    #[default]
    Stopped,
    /// The network, the power or the time of the day is not one that a person chose (any more).
    Waiting,
}

/// What a run came to. In JSON exactly the eight fields of the command line's last object.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Items that are chosen, and what could not be looked at. Always `stored + already_held +
    /// skipped + failed`.
    pub seen: u64,
    /// Items whose bytes this run brought to the hub.
    pub stored: u64,
    /// Items that were there before, or came through another item with the same bytes.
    pub already_held: u64,
    /// Items that somebody decided against, each with the reason.
    pub skipped: Vec<NotStored>,
    /// Items that are not safe, each with the reason.
    pub failed: Vec<NotStored>,
    /// Bytes of files that went over the network.
    pub bytes_sent: u64,
    /// Bytes of all items that are chosen.
    pub bytes_total: u64,
    /// How long it took.
    pub seconds: f64,
    /// How it ended.
    #[serde(skip)]
    pub ending: Ending,
    /// The hub said at the end of this run that it still holds what it held before and what came since.
    /// A hub that could not be asked has confirmed nothing.
    #[serde(skip)]
    pub confirmed: bool,
    /// Why it was not confirmed, in words.
    #[serde(skip)]
    pub doubt: Option<Arc<str>>,
    /// Files that were left out of the scan because they are no pictures or videos.
    #[serde(skip)]
    pub left_out: u64,
    /// When the first of what failed or settles may be tried again, by the device's clock.
    #[serde(skip)]
    pub again_at_ms: Option<TimestampMs>,
}

impl Outcome {
    /// Whether everything chosen is on the hub, and the hub said so in this run. What a person decided
    /// against (an excluded album, a picture deleted on the hub) is not chosen.
    pub fn all_safe(&self) -> bool {
        self.ending == Ending::Complete && self.confirmed && self.failed.is_empty()
    }

    /// The first reason why not everything is safe, in words that name the item; `None` when all is, or
    /// when the ending itself is the reason.
    pub fn why_not_safe(&self) -> Option<String> {
        if self.all_safe() {
            return None;
        }
        let failed = self.failed.first().map(|item| format!("{}: {}", item.item, item.reason));
        let doubt = || self.doubt.as_deref().map(str::to_owned);
        failed.filter(|_| self.ending == Ending::Complete).or_else(doubt)
    }

    /// Items that are on the hub.
    pub const fn safe(&self) -> u64 {
        self.stored + self.already_held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_has_exactly_the_promised_fields() {
        let json = serde_json::to_value(Outcome::default()).unwrap();
        let mut names: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        names.sort();
        let mut promised =
            ["seen", "stored", "already_held", "skipped", "failed", "bytes_sent", "bytes_total", "seconds"];
        promised.sort_unstable();
        assert_eq!(names, promised);
    }

    #[test]
    fn safe_is_said_only_when_nothing_is_left_and_the_hub_confirmed() {
        let item: Arc<str> = "a".into();
        let lost = NotStored { album: item.clone(), item: item.clone(), reason: item, permanent: false };
        let safe = Outcome { ending: Ending::Complete, confirmed: true, ..Outcome::default() };
        assert!(safe.all_safe());
        assert!(Outcome { skipped: vec![lost.clone()], ..safe.clone() }.all_safe());
        assert!(!Outcome { failed: vec![lost], ..safe.clone() }.all_safe());
        assert!(!Outcome { confirmed: false, ..safe.clone() }.all_safe());
        for ending in [Ending::HubAway, Ending::Revoked, Ending::HubFull, Ending::Stopped, Ending::Waiting] {
            assert!(!Outcome { ending, ..safe.clone() }.all_safe());
        }
    }
}
