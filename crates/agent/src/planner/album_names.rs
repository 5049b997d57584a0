//! What a device album is called. Once given, a name stays: it is also a folder on the hub.

use std::collections::{BTreeMap, HashSet};

use domain::Name;

use crate::sources::{LocalId, SourceId};

/// The names that albums have, and names for new ones.
#[derive(Debug, Default)]
pub struct AlbumNames {
    names: BTreeMap<(SourceId, LocalId), String>,
    taken: HashSet<String>,
    new: Vec<((SourceId, LocalId), String)>,
}

impl AlbumNames {
    /// Starts from the names that were given before.
    pub fn new(names: BTreeMap<(SourceId, LocalId), String>) -> Self {
        let taken = names.values().map(|name| key_of(name)).collect();
        Self { names, taken, new: Vec::new() }
    }

    /// An album's name: its path below the source, or the source's own name for the root. When another
    /// album has that name already, the source's name is added, then a number.
    pub fn name(&mut self, source: SourceId, folder: &LocalId, source_name: &str) -> String {
        let place = (source, folder.clone());
        if let Some(name) = self.names.get(&place) {
            return name.clone();
        }
        let plain = if folder.is_root() { source_name.to_owned() } else { folder.to_string() };
        let labelled = format!("{plain} ({source_name})");
        let numbered = (2u64..).map(|number| format!("{plain} ({source_name} {number})"));
        let candidates = std::iter::once(plain.clone()).chain(std::iter::once(labelled)).chain(numbered);
        let free = candidates.into_iter().find(|name| !self.taken.contains(&key_of(name)));
        let name = free.unwrap_or(plain);
        self.taken.insert(key_of(&name));
        self.names.insert(place.clone(), name.clone());
        self.new.push((place, name.clone()));
        name
    }

    /// The names given since the start, to be remembered.
    pub fn into_new(self) -> Vec<((SourceId, LocalId), String)> {
        self.new
    }
}

/// The form in which names are compared: the same as the hub's, so that two device albums are never
/// one folder there.
fn key_of(path: &str) -> String {
    let compared = |part: &str| Name::new(part).map_or_else(|_| part.to_owned(), |name| name.key());
    path.split('/').map(compared).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: SourceId = SourceId(1);
    const DISK: SourceId = SourceId(2);

    #[test]
    fn names_are_paths_and_stay_distinct() {
        let mut names = AlbumNames::default();
        let trips = LocalId::from_slashes("Trips/2026");
        assert_eq!(names.name(CARD, &LocalId::root(), "Pictures"), "Pictures");
        assert_eq!(names.name(CARD, &trips, "Pictures"), "Trips/2026");
        assert_eq!(names.name(CARD, &LocalId::from_slashes("Pictures"), "Pictures"), "Pictures (Pictures)");
        assert_eq!(names.name(DISK, &trips, "Old disk"), "Trips/2026 (Old disk)");
        assert_eq!(names.name(SourceId(3), &trips, "Old disk"), "Trips/2026 (Old disk 2)");
        assert_eq!(names.name(CARD, &trips, "Pictures"), "Trips/2026");
        assert_eq!(names.into_new().len(), 5);
    }

    #[test]
    fn a_name_once_given_stays_whoever_comes_first_later() {
        let trips = LocalId::from_slashes("Trips");
        let before = BTreeMap::from([((DISK, trips.clone()), "Trips".to_owned())]);
        let mut names = AlbumNames::new(before);
        assert_eq!(names.name(CARD, &trips, "Card"), "Trips (Card)");
        assert_eq!(names.name(DISK, &trips, "Disk"), "Trips");
    }

    #[test]
    fn twins_of_unicode_and_names_that_are_no_text_are_told_apart() {
        let mut names = AlbumNames::default();
        let composed = names.name(CARD, &LocalId::from_slashes("caf\u{e9}"), "P");
        let decomposed = names.name(CARD, &LocalId::from_slashes("cafe\u{301}"), "P");
        assert_ne!(key_of(&composed), key_of(&decomposed));
        let one = names.name(CARD, &LocalId::from_bytes(b"\xff"), "P");
        let other = names.name(CARD, &LocalId::from_bytes(b"\xfe"), "P");
        assert_ne!(one, other);
    }
}
