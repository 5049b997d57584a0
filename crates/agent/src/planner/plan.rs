//! What is to be done, as data.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{ContentHash, TimestampMs};
use serde::{Deserialize, Serialize};

use super::{Album, AlbumIndex, Work};
use crate::ledger::ItemKey;
use crate::policy::Reason;

/// Why nothing is done with an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is also in an excluded album of this name.
    Excluded(Arc<str>),
    /// It was deleted on the hub.
    DeletedEarlier,
    /// A link that leads nowhere.
    LeadsNowhere,
    /// It vanished before it could be read or sent.
    Vanished,
    /// A setting says that it is not backed up: which, in words.
    Unwanted(Arc<str>),
    /// It waits for something that a person chose.
    Waiting(Reason),
    /// It does not work.
    Failed {
        /// In words.
        why: Arc<str>,
        /// Trying again hardly helps until something changes.
        permanent: bool,
    },
}

impl Verdict {
    /// Whether the item is unsafe. Everything else is somebody's decision, or has no bytes.
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Waiting(_))
    }

    /// In words.
    pub fn words(&self) -> Arc<str> {
        match self {
            Self::Excluded(album) => format!("it is also in \"{album}\", which is excluded").into(),
            Self::DeletedEarlier => "deleted on the hub earlier; not sent again".into(),
            Self::LeadsNowhere => "a link that leads nowhere".into(),
            Self::Vanished => "it was deleted on this device before it could be sent".into(),
            Self::Unwanted(why) | Self::Failed { why, .. } => why.clone(),
            Self::Waiting(reason) => reason.words().into(),
        }
    }
}

/// An item that nothing is done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub key: ItemKey,
    /// Its album, where it has one.
    pub album: Option<AlbumIndex>,
    /// Why.
    pub verdict: Verdict,
}

/// What is to be done, newest items first in each list. Each chosen item stands in exactly one place.
#[derive(Debug, Default)]
pub struct Plan {
    /// The albums that the scan met.
    pub albums: Vec<Album>,
    /// Items of excluded albums that must be hashed before anything is offered: one of the chosen
    /// items has the same length and may be the same picture.
    pub hash_excluded: Vec<Work>,
    /// Content that is known to be excluded, with the album.
    pub excluded_contents: HashMap<ContentHash, AlbumIndex>,
    /// Lengths of excluded items that were never read and cannot be read now, with their album.
    pub excluded_sizes: HashMap<u64, AlbumIndex>,
    /// Everything is offered again, also what the hub is known to have.
    pub compares_all: bool,
    /// Items to read and hash, then to offer.
    pub hash: Vec<Work>,
    /// Items to offer.
    pub offer: Vec<Work>,
    /// Items that the hub had, to be offered again for comparison only.
    pub compare: Vec<Work>,
    /// Items that nothing is done with.
    pub refused: Vec<Refused>,
    /// Items that are chosen, and what could not be looked at.
    pub chosen: u64,
    /// Their bytes.
    pub chosen_bytes: u64,
    /// Items of these that are on the hub.
    pub safe: u64,
    /// Their bytes.
    pub safe_bytes: u64,
    /// Files that are no pictures or videos.
    pub left_out: u64,
    /// When the first of what rests or settles may be tried.
    pub again_at_ms: Option<TimestampMs>,
}

/// A plan in numbers, for `--dry-run`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSummary {
    /// Items that are chosen.
    pub chosen: u64,
    /// Their bytes.
    pub chosen_bytes: u64,
    /// Items that are on the hub, as far as is known here.
    pub safe: u64,
    /// Items that must be read and hashed first.
    pub to_hash: u64,
    /// Their bytes.
    pub to_hash_bytes: u64,
    /// Items that will be offered to the hub, the ones to hash included.
    pub to_offer: u64,
    /// Their bytes: at most this much is sent.
    pub to_offer_bytes: u64,
    /// Items that will only be compared with what the hub has.
    pub to_compare: u64,
    /// Items that somebody decided against.
    pub skipped: u64,
    /// Items that wait for something that a person chose.
    #[serde(default)]
    pub waiting: u64,
    /// Items that do not work.
    pub failed: u64,
    /// Files that are no pictures or videos.
    pub left_out: u64,
}

impl Plan {
    /// Notes an item that was not counted as chosen yet.
    pub(super) fn refuse(&mut self, refused: Refused) {
        // What lost against an excluded album was chosen and counted before.
        if !matches!(refused.verdict, Verdict::Excluded(_)) {
            self.chosen += 1;
        }
        self.refused.push(refused);
    }

    /// Notes an item that was counted already.
    pub(super) fn refuse_counted(&mut self, refused: Refused) {
        self.refused.push(refused);
    }

    /// Notes that something may be tried then.
    pub(super) fn try_again_at(&mut self, at_ms: TimestampMs) {
        self.again_at_ms = Some(self.again_at_ms.map_or(at_ms, |before_ms| before_ms.min(at_ms)));
    }

    /// The plan in numbers.
    pub fn summary(&self) -> PlanSummary {
        let bytes = |list: &[Work]| list.iter().map(|work| work.facts.size_bytes).sum::<u64>();
        let count = |which: fn(&Verdict) -> bool| {
            self.refused.iter().filter(|refused| which(&refused.verdict)).count() as u64
        };
        let waiting = count(|verdict| matches!(verdict, Verdict::Waiting(_)));
        let failed = count(Verdict::is_failure) - waiting;
        PlanSummary {
            chosen: self.chosen,
            chosen_bytes: self.chosen_bytes,
            safe: self.safe,
            to_hash: self.hash.len() as u64,
            to_hash_bytes: bytes(&self.hash),
            to_offer: (self.hash.len() + self.offer.len()) as u64,
            to_offer_bytes: bytes(&self.hash) + bytes(&self.offer),
            to_compare: self.compare.len() as u64,
            skipped: self.refused.len() as u64 - failed - waiting,
            waiting,
            failed,
            left_out: self.left_out,
        }
    }
}
