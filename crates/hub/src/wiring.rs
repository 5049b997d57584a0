//! Puts catalog, vault and library together.

use std::sync::Arc;

use catalog::Catalog;
use domain::{Clock, OsRandom, SystemClock};
use library::describe::MediaParts;
use library::{Library, Settings};
use vault::{DiskVault, Vault};

use crate::HubError;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::media_parts;

/// What a hub runs on.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The use cases.
    pub library: Arc<Library>,
    /// The metadata below them: it has to be closed at the end.
    pub catalog: Catalog,
    /// The bytes below them.
    pub vault: Arc<dyn Vault>,
}

impl Parts {
    /// Opens everything in this data folder, making what is missing, with the machine's clock. Nothing
    /// is looked into: for commands.
    pub async fn open(config: &Config, data: &DataDir) -> Result<Self, HubError> {
        Self::open_with(config, data, None).await
    }

    /// [`Parts::open`], for a hub that also looks into what arrives.
    pub async fn open_to_serve(config: &Config, data: &DataDir) -> Result<Self, HubError> {
        Self::open_with(config, data, media_parts::open(data).await).await
    }

    async fn open_with(config: &Config, data: &DataDir, media: Option<MediaParts>) -> Result<Self, HubError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let catalog =
            Catalog::open(&catalog_url(config, data), clock.clone()).await.map_err(HubError::Catalog)?;
        let vault: Arc<dyn Vault> =
            Arc::new(DiskVault::open(&data.vault(), clock.clone()).map_err(HubError::Vault)?);
        let parts = library::Parts {
            catalog: catalog.clone(),
            vault: vault.clone(),
            clock,
            random: Arc::new(OsRandom),
            media,
        };
        let library = Library::open(parts, library_settings(config)).await?;
        Ok(Self { library, catalog, vault })
    }
}

/// The catalog's address: the one in the settings, otherwise a file in the data folder.
pub fn catalog_url(config: &Config, data: &DataDir) -> String {
    match &config.catalog.url {
        Some(url) => url.clone(),
        None => format!("sqlite://{}", data.catalog_file().display()),
    }
}

/// What the settings say about the use cases.
pub fn library_settings(config: &Config) -> Settings {
    Settings {
        trash_days: config.trash.days,
        upload_expiry_hours: config.uploads.expiry_hours,
        session_days: config.sessions.days,
        keep_free_bytes: config.uploads.keep_free_bytes(),
        body_stall_seconds: config.uploads.stall_seconds,
        sweep_grace_hours: config.uploads.sweep_grace_hours,
        on_demand_bytes: config.media.on_demand_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_defaults_agree() {
        assert_eq!(library_settings(&Config::default()), Settings::default());
    }
}
