//! How another command asks the running engine for a round: by a file, which the engine takes away.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::durable;

const WISH_FILE: &str = "wish.json";

/// What somebody wishes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// A person asks, so that also what rests is tried.
    pub asked: bool,
    /// Send whatever the settings say about network, power and time.
    #[serde(default)]
    pub anyway: bool,
    /// Compare everything with the hub.
    #[serde(default)]
    pub verify: bool,
}

impl Wish {
    /// The file's name.
    pub const FILE: &'static str = WISH_FILE;

    /// Nobody asked: the engine's own round.
    pub fn by_itself() -> Self {
        Self::default()
    }

    /// Leaves the wish for the engine that looks after this folder.
    pub fn leave(&self, folder: &Path) -> io::Result<()> {
        durable::replace_lightly(&folder.join(WISH_FILE), &serde_json::to_vec(self)?)
    }

    /// Takes a wish that was left. One that cannot be read is a plain one.
    pub(super) fn take(folder: &Path) -> Option<Self> {
        let path = folder.join(WISH_FILE);
        let text = std::fs::read(&path).ok()?;
        std::fs::remove_file(&path).ok()?;
        Some(serde_json::from_slice(&text).unwrap_or(Self { asked: true, ..Self::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Wish::take(folder.path()), None);
        let wish = Wish { asked: true, anyway: true, verify: false };
        wish.leave(folder.path()).unwrap();
        assert_eq!(Wish::take(folder.path()), Some(wish));
        assert_eq!(Wish::take(folder.path()), None);
    }
}
