//! Where in a Space's tree something belongs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::name::{Name, NameError};

/// How deep a tree may be. Deeper paths are a mistake or an attack.
pub const PATH_MAX_DEPTH: usize = 64;

/// Why a text cannot be a folder path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A path below a Space never starts at a machine's root.
    #[error("the folder \"{0}\" starts with \"/\"; write it relative to its Space, such as \"Trips/2026\"")]
    Absolute(String),
    /// One of its names cannot be one.
    #[error("the folder \"{path}\" is not possible: {source}")]
    Name {
        /// The whole path as it came.
        path: String,
        /// What is wrong with the name.
        source: NameError,
    },
    /// Deeper than [`PATH_MAX_DEPTH`].
    #[error("the folder is {0} levels deep; at most {PATH_MAX_DEPTH} are kept")]
    TooDeep(usize),
}

/// The names from a Space's root down to a folder. Empty means the root itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderPath(Vec<Name>);

impl FolderPath {
    /// A path of names that are known to be names.
    pub fn new(names: Vec<Name>) -> Result<Self, PathError> {
        if names.len() > PATH_MAX_DEPTH {
            return Err(PathError::TooDeep(names.len()));
        }
        Ok(Self(names))
    }

    /// The names, outermost first.
    pub fn names(&self) -> &[Name] {
        &self.0
    }

    /// Whether this is the Space's root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("/")?;
            }
            f.write_str(name.as_str())?;
        }
        Ok(())
    }
}

impl FromStr for FolderPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.starts_with('/') {
            return Err(PathError::Absolute(text.to_owned()));
        }
        let names = text
            .split('/')
            .map(Name::new)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|source| PathError::Name { path: text.to_owned(), source })?;
        Self::new(names)
    }
}

impl Serialize for FolderPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FolderPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_there_and_back() {
        let path: FolderPath = "Album Backup/laptop/Trips 🏔".parse().unwrap();
        assert_eq!(path.names().len(), 3);
        assert_eq!(path.to_string(), "Album Backup/laptop/Trips 🏔");
        assert!("".parse::<FolderPath>().unwrap().is_root());
    }

    #[test]
    fn climbing_out_is_refused_in_words() {
        for bad in ["..", "a/../b", "a//b", "a/./b", "a/"] {
            assert!(bad.parse::<FolderPath>().is_err(), "{bad} must be refused");
        }
        let error = "/etc/passwd".parse::<FolderPath>().unwrap_err();
        assert!(error.to_string().contains("relative to its Space"));
        assert!(vec!["x"; 65].join("/").parse::<FolderPath>().is_err());
    }
}
