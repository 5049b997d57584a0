//! The albums of this device, as a person chooses among them.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::ledger::{Ledger, LedgerError};
use crate::planner::AlbumNames;
use crate::settings::{AlbumState, Settings};
use crate::sources::{Glimpse, LocalId, Source, SourceId};

/// One device album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAlbum {
    /// Its source.
    pub source: SourceId,
    /// Its folder below the source.
    pub folder: LocalId,
    /// Its name, the same on this device and on the hub.
    pub name: Arc<str>,
    /// Its whole path.
    pub place: String,
    /// What its owner decided.
    pub state: AlbumState,
    /// How many items it holds; 0 while its source or its disk is away, or it cannot be read.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// All albums, and the sources that could not be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Albums {
    /// In the order of their sources and folders.
    pub albums: Vec<ListedAlbum>,
    /// Sources that are away.
    pub away: Vec<AwaySource>,
}

/// A source that cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaySource {
    /// Where it is.
    pub place: String,
    /// What the system said.
    pub reason: String,
}

/// Looks at all sources and lists their albums. New albums get their names here as in a backup, and
/// keep them. Of a source that is away the albums that are known are listed without items. So are
/// folders that cannot be read and albums whose items are missing, until a backup found that they were
/// deleted: a backup may ask about them, and a person must be able to decide. Blocks.
pub fn list(
    sources: &[Arc<dyn Source>],
    settings: &Settings,
    ledger: &Ledger,
) -> Result<Albums, LedgerError> {
    let known = ledger.album_names()?;
    let mut names = AlbumNames::new(known.clone());
    let mut listed = Albums::default();
    for source in sources {
        let id = source.id();
        let counts = match count(source.as_ref()) {
            Ok(mut counts) => {
                for row in ledger.known(id)? {
                    let (item, _) = row?;
                    counts.entry(item.folder()).or_default();
                }
                counts
            }
            Err(error) => {
                listed.away.push(AwaySource { place: source.place(), reason: error.to_string() });
                let folders = known.keys().filter(|(known, _)| *known == id);
                folders.map(|(_, folder)| (folder.clone(), (0, 0))).collect()
            }
        };
        for (folder, (items, bytes)) in counts {
            let name = names.name(id, &folder, &source.name()).into();
            let (place, state) = (source.describe(&folder), settings.album_state(id, &folder));
            listed.albums.push(ListedAlbum { source: id, folder, name, place, state, items, bytes });
        }
    }
    ledger.name_albums(&names.into_new())?;
    Ok(listed)
}

/// Items and bytes of each folder of a source, in the order of a scan.
fn count(source: &dyn Source) -> io::Result<BTreeMap<LocalId, (u64, u64)>> {
    let mut counts: BTreeMap<LocalId, (u64, u64)> = BTreeMap::new();
    for glimpse in source.scan() {
        match glimpse? {
            Glimpse::Item(sighting) => {
                let (items, bytes) = counts.entry(sighting.local.folder()).or_default();
                *items += 1;
                *bytes += sighting.facts.size_bytes;
            }
            Glimpse::UnreadableFolder(folder, _) => {
                counts.entry(folder).or_default();
            }
            Glimpse::LeftOut(_) | Glimpse::LeadsNowhere(_) | Glimpse::Unreadable(..) => {}
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use domain::{Ids, OsRandom, SystemClock};

    use super::*;
    use crate::ledger::{ItemKey, Record, State, Write};
    use crate::sources::fake::FakeSource;

    #[test]
    fn albums_have_counts_states_and_lasting_names() {
        let mut settings = Settings::new(&Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)));
        let ledger = Ledger::in_memory().unwrap();
        let source = FakeSource::new(SourceId(1));
        source.put("Camera/a.jpg", b"abc", 1);
        source.put("Camera/b.jpg", b"de", 1);
        source.put("c.jpg", b"", 1);
        settings.set_album_state(SourceId(1), &LocalId::from_slashes("Camera"), AlbumState::Exclude);
        let sources: [Arc<dyn Source>; 1] = [Arc::new(source.clone())];
        let listed = list(&sources, &settings, &ledger).unwrap();
        let rows: Vec<_> =
            listed.albums.iter().map(|album| (&*album.name, album.items, album.bytes, album.state)).collect();
        assert_eq!(rows, [("Fake 1", 1, 0, AlbumState::Include), ("Camera", 2, 5, AlbumState::Exclude)]);

        source.set_away(true);
        let listed = list(&sources, &settings, &ledger).unwrap();
        assert_eq!((listed.albums.len(), listed.albums[1].items, listed.away.len()), (2, 0, 1));
        assert_eq!(&*listed.albums[1].name, "Camera");
    }

    #[test]
    fn what_a_backup_asks_about_can_be_decided_about() {
        let settings = Settings::new(&Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)));
        let ledger = Ledger::in_memory().unwrap();
        let source = FakeSource::new(SourceId(1));
        source.put("Camera/a.jpg", b"abc", 1);
        source.mount("Card", 2);
        source.put("Card/b.jpg", b"de", 1);
        source.set_folder_unreadable("closed", true);
        let sources: [Arc<dyn Source>; 1] = [Arc::new(source.clone())];
        let key = ItemKey { source: SourceId(1), local: LocalId::from_slashes("Card/b.jpg") };
        let facts = source.facts(&key.local).unwrap();
        ledger.record(&[(key, Write::Set(Record { facts, hashes: None, state: State::Seen }))]).unwrap();
        source.unmount("Card");
        let listed = list(&sources, &settings, &ledger).unwrap();
        let rows: Vec<_> = listed.albums.iter().map(|album| (&*album.name, album.items)).collect();
        assert_eq!(rows, [("Camera", 1), ("Card", 0), ("closed", 0)]);
    }
}
