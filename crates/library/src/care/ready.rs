//! Whether the hub can do its work right now.

use crate::Library;
use crate::error::Error;

/// What `/readyz` and `doctor` say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// What is wrong with the catalog, in words.
    pub catalog: Option<String>,
    /// What is wrong with the vault, in words.
    pub vault: Option<String>,
}

impl Readiness {
    /// Whether pictures can come in.
    pub const fn is_ready(&self) -> bool {
        self.catalog.is_none() && self.vault.is_none()
    }
}

impl Library {
    /// Asks both catalog and vault whether they can be written to.
    pub async fn ready(&self) -> Readiness {
        let (catalog, vault) = tokio::join!(self.catalog.ready(), self.vault.check());
        Readiness {
            catalog: catalog.err().map(|error| Error::from(error).to_string()),
            vault: vault.err().map(|error| Error::from(error).to_string()),
        }
    }
}
