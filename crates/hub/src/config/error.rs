//! What can be wrong with settings, in words that name the key, where it stands and what would be right.

use std::path::PathBuf;

use super::Origin;

/// Why the settings cannot be used. Trying again without changing them does not help.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("the settings in {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{} is not written as TOML wants it:\n{source}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A key that does not exist.
    #[error("{origin}: there is no setting \"{key}\"{}", hint(nearest.as_deref(), known))]
    UnknownKey {
        /// Where it stands.
        origin: Origin,
        /// As written.
        key: String,
        /// What was most likely meant.
        nearest: Option<String>,
        /// What there is instead.
        known: Vec<String>,
    },
    /// A value that cannot work.
    #[error("{origin}: \"{key}\" {why}")]
    Wrong {
        /// Where it stands.
        origin: Origin,
        /// The key.
        key: String,
        /// What would be right.
        why: String,
    },
    /// The file in the data folder names another data folder.
    #[error(
        "{}: \"data.dir\" says {}, but this file is read because it lies in the data folder; \
         choose the folder with --data or ALBUMEN_DATA_DIR, or name the file with --config",
        path.display(),
        dir.display()
    )]
    MovesItself {
        /// The file.
        path: PathBuf,
        /// The folder that it names.
        dir: PathBuf,
    },
}

fn hint(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(nearest) => format!("; did you mean \"{nearest}\"?"),
        None => format!("; there are: {}", known.join(", ")),
    }
}
