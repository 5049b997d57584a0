//! How an item is called below its source.

use std::fmt;
use std::path::PathBuf;

/// What stands between the names of a [`LocalId`]. No name can contain it, and it sorts before
/// everything else: the order of ids is the order of a walk that looks at each folder's entries by name.
const BETWEEN: u8 = 0;

/// An item (or folder) below its source: the bytes of its names, outermost first. Exact, also where a
/// name is not UTF-8. Empty means the source's own root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LocalId(Box<[u8]>);

impl LocalId {
    /// The source's own root.
    pub fn root() -> Self {
        Self::default()
    }

    /// Wraps bytes that came from [`LocalId::as_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes as the ledger keeps them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads names separated by `/`.
    pub fn from_slashes(path: &str) -> Self {
        Self(path.bytes().map(|byte| if byte == b'/' { BETWEEN } else { byte }).collect())
    }

    /// What is called `name` in this folder.
    #[must_use]
    pub fn child(&self, name: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(self.0.len() + name.len() + 1);
        bytes.extend_from_slice(&self.0);
        if !bytes.is_empty() {
            bytes.push(BETWEEN);
        }
        bytes.extend_from_slice(name);
        Self(bytes.into())
    }

    /// Its folder, which is its device album.
    #[must_use]
    pub fn folder(&self) -> Self {
        Self::from_bytes(self.folder_bytes())
    }

    /// The bytes of [`LocalId::folder`], without a copy.
    pub fn folder_bytes(&self) -> &[u8] {
        match self.0.iter().rposition(|&byte| byte == BETWEEN) {
            Some(at) => &self.0[..at],
            None => &[],
        }
    }

    /// The bytes of its own name; empty for the root.
    pub fn name_bytes(&self) -> &[u8] {
        match self.0.iter().rposition(|&byte| byte == BETWEEN) {
            Some(at) => &self.0[at + 1..],
            None => &self.0,
        }
    }

    /// Whether this is `folder` itself, or something below it.
    pub fn is_within(&self, folder: &Self) -> bool {
        let rest = self.0.strip_prefix(folder.as_bytes());
        rest.is_some_and(|rest| folder.is_root() || rest.first().is_none_or(|&byte| byte == BETWEEN))
    }

    /// Whether this is the source's own root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path below the source.
    pub fn to_path(&self) -> PathBuf {
        let mut path = PathBuf::new();
        for name in self.0.split(|&byte| byte == BETWEEN).filter(|name| !name.is_empty()) {
            path.push(os_name(name));
        }
        path
    }
}

/// Names separated by `/`, as text as far as they are text.
impl fmt::Display for LocalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slashed: Vec<u8> = self.0.iter().map(|&byte| if byte == BETWEEN { b'/' } else { byte }).collect();
        f.write_str(&String::from_utf8_lossy(&slashed))
    }
}

/// A name for this system from its bytes.
#[cfg(unix)]
pub(crate) fn os_name(bytes: &[u8]) -> std::ffi::OsString {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(bytes).to_owned()
}

/// A name for this system from its bytes.
#[cfg(not(unix))]
pub(crate) fn os_name(bytes: &[u8]) -> std::ffi::OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// The bytes of a name of this system.
#[cfg(unix)]
pub(crate) fn name_bytes(name: &std::ffi::OsStr) -> &[u8] {
    use std::os::unix::ffi::OsStrExt as _;
    name.as_bytes()
}

/// The bytes of a name of this system: UTF-8, with unpaired surrogates in the form that Rust keeps.
#[cfg(not(unix))]
pub(crate) fn name_bytes(name: &std::ffi::OsStr) -> &[u8] {
    name.as_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folders_and_names_come_apart() {
        let id = LocalId::root().child(b"Trips").child(b"2026").child(b"a\xff.jpg");
        assert_eq!(id.folder(), LocalId::from_slashes("Trips/2026"));
        assert_eq!(id.name_bytes(), b"a\xff.jpg");
        assert_eq!(id.to_string(), "Trips/2026/a\u{fffd}.jpg");
        assert!(LocalId::root().child(b"x").folder().is_root());
        assert!(LocalId::root().name_bytes().is_empty());
    }

    #[test]
    fn what_is_within_a_folder_is_told_from_what_only_begins_like_it() {
        let within = |id, folder| LocalId::from_slashes(id).is_within(&LocalId::from_slashes(folder));
        assert!(within("Trips", "Trips") && within("Trips/a/b.jpg", "Trips") && within("Trips", ""));
        assert!(!within("Trips 2/a.jpg", "Trips") && !within("Trips", "Trips/a") && !within("", "Trips"));
    }

    #[test]
    fn order_is_the_order_of_a_walk() {
        let walk = ["a/z.jpg", "a.jpg", "a1.jpg", "b/a/1.jpg", "b/b.jpg"].map(LocalId::from_slashes);
        assert!(walk.is_sorted(), "what is in folder a comes before a.jpg");
    }

    proptest! {
        #[test]
        fn a_path_is_the_same_names(names in prop::collection::vec("[a-z]{1,3}", 1..5)) {
            let id = names.iter().fold(LocalId::root(), |id, name| id.child(name.as_bytes()));
            prop_assert_eq!(id.to_path(), names.iter().collect::<PathBuf>());
            prop_assert_eq!(LocalId::from_bytes(id.as_bytes()), id);
        }
    }
}
