//! The folder that holds everything a hub keeps.
//!
//! ```text
//! DIR/albumen.toml     settings, if somebody wrote some
//! DIR/catalog.db       the catalog, unless it is on a PostgreSQL server
//! DIR/vault/           the bytes
//! DIR/hub.lock         held by the one hub that runs on this folder
//! ```

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The folder is not there and cannot be made.
    #[error("the data folder {} cannot be made: {source}; choose another one with --data", path.display())]
    NotMade {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The lock file cannot be written.
    #[error("the data folder {} cannot be written to: {source}", path.display())]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No hub has run on it yet.
    #[error("there is no hub in {}; name its folder with --data", path.display())]
    NoHub {
        /// The folder.
        path: PathBuf,
    },
    /// Another hub runs on it.
    #[error(
        "another hub{} is running on {}; stop it first, or give this one a folder of its own with --data",
        number(*process_id),
        path.display()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The other hub's process, if it left its number.
        process_id: Option<u32>,
    },
}

fn number(process_id: Option<u32>) -> String {
    process_id.map_or_else(String::new, |id| format!(" (process {id})"))
}

/// An existing data folder.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Makes the folder if it is missing. Nothing in it is touched.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        std::fs::create_dir_all(path)
            .map_err(|source| DataDirError::NotMade { path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// The names of things in a folder that may not be there.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// A folder in which a hub has run before. [`DataDirError::NoHub`] otherwise.
    pub fn existing(path: &Path) -> Result<Self, DataDirError> {
        let data = Self(path.to_owned());
        if data.vault().is_dir() { Ok(data) } else { Err(DataDirError::NoHub { path: path.to_owned() }) }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where the bytes are.
    pub fn vault(&self) -> PathBuf {
        self.0.join("vault")
    }

    /// The catalog's file, when the catalog is a file.
    pub fn catalog_file(&self) -> PathBuf {
        self.0.join("catalog.db")
    }

    /// Takes the folder for this process, for as long as the lock lives; it also ends with the
    /// process, however that ends. [`DataDirError::InUse`] when another hub has it.
    pub fn lock(&self) -> Result<Lock, DataDirError> {
        let cannot = |source| DataDirError::NotWritable { path: self.0.clone(), source };
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(self.lock_file()).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Only for the words; without the number they still tell enough.
                let _ = file.read_to_string(&mut text);
                return Err(DataDirError::InUse {
                    path: self.0.clone(),
                    process_id: text.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(cannot(source)),
        }
        file.set_len(0).map_err(cannot)?;
        file.rewind().map_err(cannot)?;
        writeln!(file, "{}", std::process::id()).map_err(cannot)?;
        Ok(Lock { _file: file })
    }

    fn lock_file(&self) -> PathBuf {
        self.0.join("hub.lock")
    }
}

/// The folder belongs to this process while this lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lock_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("a/b")).unwrap();
        let lock = data.lock().unwrap();
        let refused = data.lock().unwrap_err().to_string();
        assert!(refused.starts_with("another hub (process "), "{refused}");
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        assert!(refused.ends_with("with --data"), "{refused}");
        drop(lock);
        data.lock().unwrap();
    }

    #[test]
    fn a_file_in_the_way_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        File::create(&path).unwrap();
        let refused = DataDir::existing(dir.path()).unwrap_err().to_string();
        assert!(refused.starts_with("there is no hub in "), "{refused}");
        let refused = DataDir::open(&path).unwrap_err().to_string();
        assert!(refused.contains("cannot be made") && refused.contains("--data"), "{refused}");
    }
}
