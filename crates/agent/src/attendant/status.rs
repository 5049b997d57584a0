//! What `albumen run` writes down for whoever asks: one small file with the state, rewritten when that
//! changes, and one with every item that is not on the hub, rewritten when a look is over. Both are
//! replaced, never changed; they can be lost without harm.

use std::io;
use std::path::Path;

use domain::TimestampMs;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::policy::Reason;
use crate::report::{NotStored, Outcome};

const STATUS_FILE: &str = "status.json";
const ITEMS_FILE: &str = "items.json";

/// What the engine is doing: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Phase {
    /// No hub, or no folders.
    NotSetUp,
    /// Looking at the folders.
    Looking {
        /// Items so far.
        seen: u64,
    },
    /// Sending, or finding out what to send.
    BackingUp {
        /// Items that are safe.
        done: u64,
        /// Items that are chosen.
        of: u64,
        /// What is on its way.
        item: Option<String>,
    },
    /// Something is not sent now.
    Waiting {
        /// For what.
        reason: Reason,
    },
    /// Only a person can help.
    NeedsYou {
        /// With what, in words.
        why: String,
    },
    /// Everything chosen is on the hub, and the hub said so.
    AllSafe {
        /// When.
        checked_at_ms: TimestampMs,
    },
    /// The hub does not answer.
    HubAway {
        /// What the network says.
        why: String,
    },
    /// Something does not work here; it is tried again.
    Troubled {
        /// What, in words.
        why: String,
    },
    /// Nobody looks after the device: the engine ended.
    Stopped,
}

/// Lengths of the lists in [`Items`], and how many items are safe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCounts {
    /// Items on the hub.
    pub safe: u64,
    /// Items that wait for something that a person chose.
    pub waiting: u64,
    /// Items that are not safe for another reason.
    pub failed: u64,
    /// Items that somebody decided against.
    pub skipped: u64,
}

/// Every chosen item that is not on the hub, and every one that somebody decided against.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items {
    /// They wait for something that a person chose.
    pub waiting: Vec<NotStored>,
    /// They are not safe for another reason.
    pub failed: Vec<NotStored>,
    /// Somebody decided against them.
    pub skipped: Vec<NotStored>,
}

impl Items {
    /// Sorts what a look came to; the numbers are the lengths of the lists.
    pub fn of(outcome: &Outcome) -> (Self, ItemCounts) {
        let (waiting, failed): (Vec<_>, Vec<_>) =
            outcome.failed.iter().cloned().partition(|item| item.waits_for().is_some());
        let items = Self { waiting, failed, skipped: outcome.skipped.clone() };
        let counts = ItemCounts {
            safe: outcome.safe(),
            waiting: items.waiting.len() as u64,
            failed: items.failed.len() as u64,
            skipped: items.skipped.len() as u64,
        };
        (items, counts)
    }

    /// Reads what the last look came to; `None` before the first.
    pub fn read(folder: &Path) -> Option<Self> {
        read(&folder.join(ITEMS_FILE))
    }

    /// Writes them down for whoever asks.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        write(&folder.join(ITEMS_FILE), self)
    }
}

/// Everything that is told of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveStatus {
    /// The engine's process.
    pub process: u32,
    /// What it is doing.
    #[serde(flatten)]
    pub phase: Phase,
    /// Since when.
    pub since_ms: TimestampMs,
    /// Network and power, in words.
    pub conditions: String,
    /// What the last look came to; `None` before the first.
    pub counts: Option<ItemCounts>,
    /// When everything was last safe and confirmed.
    pub last_success_ms: Option<TimestampMs>,
    /// When the engine looks again by itself, unless something wakes it earlier.
    pub next_look_ms: Option<TimestampMs>,
    /// Why then, in words.
    pub next_look_why: Option<String>,
}

impl LiveStatus {
    /// Reads what an engine wrote last; `None` where there is none. Whether it still runs is told by the
    /// lock alone.
    pub fn read(folder: &Path) -> Option<Self> {
        read(&folder.join(STATUS_FILE))
    }

    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        write(&folder.join(STATUS_FILE), self)
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn write(path: &Path, what: &impl Serialize) -> io::Result<()> {
    durable::replace_lightly(path, &serde_json::to_vec(what)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(reason: &str) -> NotStored {
        NotStored { album: "a".into(), item: "b".into(), reason: reason.into(), permanent: false }
    }

    #[test]
    fn what_waits_is_told_from_what_failed_and_the_numbers_are_the_lengths() {
        let outcome = Outcome {
            stored: 2,
            already_held: 3,
            failed: vec![
                item(Reason::MobileNetwork.words()),
                item("it cannot be read"),
                item(Reason::Fresh.words()),
            ],
            skipped: vec![item("older")],
            ..Outcome::default()
        };
        let (items, counts) = Items::of(&outcome);
        assert_eq!(counts, ItemCounts { safe: 5, waiting: 2, failed: 1, skipped: 1 });
        assert_eq!(items.failed, [item("it cannot be read")]);
    }

    #[test]
    fn a_status_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert!(LiveStatus::read(folder.path()).is_none() && Items::read(folder.path()).is_none());
        for phase in [
            Phase::NotSetUp,
            Phase::BackingUp { done: 28, of: 2273, item: Some("/p/IMG_2041.MOV".into()) },
            Phase::Waiting { reason: Reason::MeteredNetwork },
            Phase::AllSafe { checked_at_ms: 5 },
        ] {
            let status = LiveStatus {
                process: 7,
                phase,
                since_ms: 1,
                conditions: "Wi-Fi".into(),
                counts: Some(ItemCounts::default()),
                last_success_ms: None,
                next_look_ms: Some(9),
                next_look_why: Some("the regular look".into()),
            };
            status.write(folder.path()).unwrap();
            assert_eq!(LiveStatus::read(folder.path()), Some(status));
        }
        let items = Items { waiting: vec![item("x")], ..Items::default() };
        items.write(folder.path()).unwrap();
        assert_eq!(Items::read(folder.path()), Some(items));
    }
}
