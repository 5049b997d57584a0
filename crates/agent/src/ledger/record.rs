//! What the ledger keeps of one item, and its compact form.

use domain::{AssetId, ContentHash, EntryId, Hashes, Sha1Hash, TimestampMs, UploadId};

use crate::sources::{Facts, FileId, LocalId, SourceId};

/// Which item of this device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// Its source.
    pub source: SourceId,
    /// Its place below it.
    pub local: LocalId,
}

impl ItemKey {
    /// The key as the ledger sorts it: by source, then in the order of a scan.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        source_prefix(self.source).into_iter().chain(self.local.as_bytes().iter().copied()).collect()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (source, local) = bytes.split_first_chunk::<4>()?;
        Some(Self { source: SourceId(u32::from_be_bytes(*source)), local: LocalId::from_bytes(local) })
    }
}

pub(super) const fn source_prefix(source: SourceId) -> [u8; 4] {
    source.0.to_be_bytes()
}

/// What is known of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The version that the rest is about.
    pub facts: Facts,
    /// Its hashes, once read.
    pub hashes: Option<Hashes>,
    /// How far it got.
    pub state: State,
}

/// How far an item got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A scan met it.
    Seen,
    /// It was read and hashed.
    Hashed,
    /// The hub wants it.
    Offered,
    /// Its bytes are going, in pieces.
    Uploading(UploadId),
    /// It is on the hub. Only an answer of the hub makes this true.
    Stored {
        /// Its entry on the hub.
        entry: EntryId,
        /// Its asset, when it is a picture or video.
        asset: Option<AssetId>,
    },
    /// It was deleted on the hub and stays deleted.
    DeletedEarlier,
    /// It did not work.
    Failed {
        /// In words.
        why: String,
        /// It will hardly work until the item or the hub changes: only a run that a person starts, or one
        /// that compares everything, tries again.
        permanent: bool,
        /// When an automatic run may try again.
        retry_at_ms: TimestampMs,
    },
}

/// The form's version, so that another program can tell it apart: an earlier one takes what it cannot
/// read for an item that it never saw.
const FORM: u8 = 2;
/// The form before the system's time of change was kept; the rest is the same.
const FORM_WITHOUT_CHANGE: u8 = 1;
const HAS_HASHES: u8 = 1;
const HAS_FILE: u8 = 2;
const HAS_CHANGE: u8 = 4;

impl Record {
    /// The record as bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(144);
        let has_hashes = if self.hashes.is_some() { HAS_HASHES } else { 0 };
        let has_file = if self.facts.file.is_some() { HAS_FILE } else { 0 };
        let has_change = if self.facts.changed_at_ns.is_some() { HAS_CHANGE } else { 0 };
        bytes.extend([FORM, has_hashes | has_file | has_change]);
        bytes.extend(self.facts.size_bytes.to_le_bytes());
        bytes.extend(self.facts.modified_at_ns.to_le_bytes());
        bytes.extend(self.facts.changed_at_ns.iter().flat_map(|changed| changed.to_le_bytes()));
        if let Some(file) = self.facts.file {
            bytes.extend(file.device.to_le_bytes());
            bytes.extend(file.inode.to_le_bytes());
        }
        if let Some(hashes) = self.hashes {
            bytes.extend(hashes.sha256.as_bytes());
            bytes.extend(hashes.sha1.as_bytes());
        }
        self.state.write(&mut bytes);
        bytes
    }

    /// Reads a record; `None` when it is not one. The caller then treats the item as never seen.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        let [form, flags] = rest.array()?;
        if !matches!(form, FORM | FORM_WITHOUT_CHANGE) {
            return None;
        }
        let size_bytes = u64::from_le_bytes(rest.array()?);
        let modified_at_ns = i64::from_le_bytes(rest.array()?);
        let changed_at_ns =
            if flags & HAS_CHANGE == 0 { None } else { Some(i64::from_le_bytes(rest.array()?)) };
        let file = if flags & HAS_FILE == 0 {
            None
        } else {
            let device = u64::from_le_bytes(rest.array()?);
            Some(FileId { device, inode: u64::from_le_bytes(rest.array()?) })
        };
        let hashes = if flags & HAS_HASHES == 0 {
            None
        } else {
            let sha256 = ContentHash::from_bytes(rest.array()?);
            Some(Hashes { sha256, sha1: Sha1Hash::from_bytes(rest.array()?), size_bytes })
        };
        let state = State::read(rest)?;
        Some(Self { facts: Facts { size_bytes, modified_at_ns, changed_at_ns, file }, hashes, state })
    }
}

impl State {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Seen => bytes.push(0),
            Self::Hashed => bytes.push(1),
            Self::Offered => bytes.push(2),
            Self::Uploading(upload) => {
                bytes.push(3);
                bytes.extend(upload.as_bytes());
            }
            Self::Stored { entry, asset } => {
                bytes.push(4);
                bytes.extend(entry.as_bytes());
                bytes.extend(asset.iter().flat_map(|asset| *asset.as_bytes()));
            }
            Self::DeletedEarlier => bytes.push(5),
            Self::Failed { why, permanent, retry_at_ms } => {
                bytes.extend([6, u8::from(*permanent)]);
                bytes.extend(retry_at_ms.to_le_bytes());
                bytes.extend(why.as_bytes());
            }
        }
    }

    fn read(mut rest: Rest<'_>) -> Option<Self> {
        let [kind] = rest.array()?;
        Some(match kind {
            0 => Self::Seen,
            1 => Self::Hashed,
            2 => Self::Offered,
            3 => Self::Uploading(UploadId::from_bytes(rest.array()?)),
            4 => {
                let entry = EntryId::from_bytes(rest.array()?);
                let asset = if rest.0.is_empty() { None } else { Some(AssetId::from_bytes(rest.array()?)) };
                Self::Stored { entry, asset }
            }
            5 => Self::DeletedEarlier,
            6 => {
                let [permanent] = rest.array()?;
                let retry_at_ms = i64::from_le_bytes(rest.array()?);
                Self::Failed { why: rest.text()?, permanent: permanent != 0, retry_at_ms }
            }
            _ => return None,
        })
    }
}

/// Bytes that are still to be read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn array<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (first, rest) = self.0.split_first_chunk::<LENGTH>()?;
        self.0 = rest;
        Some(*first)
    }

    fn text(self) -> Option<String> {
        std::str::from_utf8(self.0).ok().map(str::to_owned)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use domain::TwinHasher;
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn any_state() -> impl Strategy<Value = State> {
        prop_oneof![
            Just(State::Seen),
            Just(State::Hashed),
            Just(State::Offered),
            any::<[u8; 16]>().prop_map(|id| State::Uploading(UploadId::from_bytes(id))),
            (any::<[u8; 16]>(), any::<Option<[u8; 16]>>()).prop_map(|(entry, asset)| State::Stored {
                entry: EntryId::from_bytes(entry),
                asset: asset.map(AssetId::from_bytes),
            }),
            Just(State::DeletedEarlier),
            (".{0,40}", any::<bool>(), any::<i64>())
                .prop_map(|(why, permanent, retry_at_ms)| State::Failed { why, permanent, retry_at_ms }),
        ]
    }

    pub(crate) fn any_record() -> impl Strategy<Value = Record> {
        let facts = (any::<u64>(), any::<i64>(), any::<Option<i64>>(), any::<Option<(u64, u64)>>());
        (facts, any::<Option<Vec<u8>>>(), any_state()).prop_map(
            |((size_bytes, modified_at_ns, changed_at_ns, file), seed, state)| {
                let file = file.map(|(device, inode)| FileId { device, inode });
                let hashes = seed.map(|seed| Hashes { size_bytes, ..TwinHasher::of(&seed) });
                Record { facts: Facts { size_bytes, modified_at_ns, changed_at_ns, file }, hashes, state }
            },
        )
    }

    proptest! {
        #[test]
        fn a_record_comes_back_as_it_was(record in any_record()) {
            prop_assert_eq!(Record::from_bytes(&record.to_bytes()), Some(record));
        }

        #[test]
        fn damage_is_no_panic(bytes: Vec<u8>, record in any_record(), cut in 0usize..200) {
            let _ = Record::from_bytes(&bytes);
            let whole = record.to_bytes();
            let _ = Record::from_bytes(&whole[..cut.min(whole.len())]);
        }

        #[test]
        fn keys_sort_like_scans(a: (u32, Vec<u8>), b: (u32, Vec<u8>)) {
            let key = |(source, local): (u32, Vec<u8>)| ItemKey {
                source: SourceId(source),
                local: LocalId::from_bytes(&local),
            };
            let (a, b) = (key(a), key(b));
            prop_assert_eq!(a.cmp(&b), a.to_bytes().cmp(&b.to_bytes()));
            prop_assert_eq!(ItemKey::from_bytes(&a.to_bytes()), Some(a));
        }
    }

    fn stored_item() -> Record {
        let facts = Facts {
            size_bytes: 1,
            modified_at_ns: 1,
            changed_at_ns: Some(2),
            file: Some(FileId { device: 1, inode: 1 }),
        };
        let state =
            State::Stored { entry: EntryId::from_bytes([1; 16]), asset: Some(AssetId::from_bytes([2; 16])) };
        Record { facts, hashes: Some(TwinHasher::of(b"x")), state }
    }

    #[test]
    fn a_stored_item_is_small() {
        assert!(stored_item().to_bytes().len() < 130);
    }

    #[test]
    fn a_record_of_an_earlier_version_is_read_without_the_time_that_it_does_not_have() {
        let whole = stored_item();
        let mut earlier = Record { facts: Facts { changed_at_ns: None, ..whole.facts }, ..whole.clone() };
        let mut bytes = earlier.to_bytes();
        assert_eq!(bytes[0], FORM);
        bytes[0] = 1;
        assert_eq!(Record::from_bytes(&bytes), Some(earlier.clone()));
        assert!(earlier.facts.same_version(&whole.facts), "and is not hashed again for that");
        earlier.facts.changed_at_ns = Some(1);
        assert!(!earlier.facts.same_version(&whole.facts));
        bytes[0] = 3;
        assert_eq!(Record::from_bytes(&bytes), None, "what a later version wrote is not guessed at");
    }
}
