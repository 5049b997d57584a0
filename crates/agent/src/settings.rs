//! What a person chose on this device: the hub, the sources, the state of each album.
//!
//! One small JSON file, `settings.json`, in the device's folder. It is replaced durably and holds the
//! device's token, so only its owner may read it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{DeviceId, HubId, Ids, InstallationId, Name};
use serde::{Deserialize, Serialize};

use crate::durable;
use crate::preferences::Preferences;
use crate::sources::folder::FolderSource;
use crate::sources::{LocalId, Source, SourceId};

/// The file's name in the device's folder.
pub const SETTINGS_FILE: &str = "settings.json";

/// Why settings cannot be read, written or changed that way, in words for a person.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read or written.
    #[error("the settings in \"{path}\" cannot be {verb}: {source}")]
    Io {
        /// Where they are.
        path: String,
        /// What was tried.
        verb: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is not what this program wrote.
    #[error("the settings in \"{path}\" are damaged: {source}")]
    Damaged {
        /// Where they are.
        path: String,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// No such folder.
    #[error("\"{0}\" is not a folder that can be opened: {1}")]
    NotAFolder(String, #[source] io::Error),
    /// It is one of the sources already.
    #[error("\"{0}\" is a source already")]
    SourceThere(String),
    /// It is none of the sources.
    #[error("\"{0}\" is not one of the sources")]
    NoSuchSource(String),
}

/// Whether an album's items are backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlbumState {
    /// Its items are chosen.
    #[default]
    Include,
    /// Its items are not chosen, and are not backed up through other albums either.
    Exclude,
    /// Its items are not chosen; other albums may choose them.
    Neutral,
}

impl AlbumState {
    /// The word that files and the command line write.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Include => "include",
            Self::Exclude => "exclude",
            Self::Neutral => "neutral",
        }
    }
}

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides a text from logs.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The hub of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The hub's address, such as `http://192.168.1.20:8080`.
    pub url: String,
    /// The account that the device belongs to.
    pub user: String,
    /// The device's token.
    pub token: Secret,
    /// What the hub calls this device; names its folder below `Album Backup`.
    pub device_name: Name,
    /// The device's id on the hub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// The hub that was there when the device connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_id: Option<HubId>,
}

/// One source as chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSettings {
    /// Its id, never reused.
    pub id: SourceId,
    /// The folder, whole.
    pub path: PathText,
    /// Also files that are no pictures or videos by their names.
    #[serde(default)]
    pub all_files: bool,
    /// What albums are that nobody decided about. A person pointed at this folder, so they are
    /// included, and new ones join by themselves.
    #[serde(default)]
    pub new_albums: AlbumState,
}

/// Somebody's decision about one album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AlbumChoice {
    source: SourceId,
    folder: PathText,
    state: AlbumState,
}

/// A path in JSON: text, or its bytes where it is no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathText {
    /// As nearly all are.
    Text(String),
    /// Bytes that are not UTF-8.
    Bytes(Vec<u8>),
}

impl PathText {
    fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The path that it stands for.
    pub fn to_path(&self) -> PathBuf {
        PathBuf::from(crate::sources::os_name(self.as_bytes()))
    }
}

/// Everything that a person chose on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// This installation, made on first use. A copied folder is another device's memory, which the
    /// hub can tell by it.
    pub installation: InstallationId,
    /// The hub, once connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
    /// When, over which network, and what is backed up.
    #[serde(default, skip_serializing_if = "Preferences::is_default")]
    pub preferences: Preferences,
    #[serde(default)]
    sources: Vec<SourceSettings>,
    #[serde(default)]
    last_source: u32,
    #[serde(default)]
    albums: Vec<AlbumChoice>,
    /// Sources that were taken out and had decisions about their albums.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    removed: Vec<RemovedSource>,
}

/// A source that was taken out. What was decided about its albums holds again when it comes back: what its
/// owner keeps back is not backed up because of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RemovedSource {
    id: SourceId,
    path: PathText,
}

impl Settings {
    /// Settings of a device that is used for the first time.
    pub fn new(ids: &Ids) -> Self {
        Self {
            installation: ids.fresh(),
            connection: None,
            preferences: Preferences::default(),
            sources: Vec::new(),
            last_source: 0,
            albums: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Reads the settings in the device's folder; `None` when there are none yet.
    pub fn load(folder: &Path) -> Result<Option<Self>, SettingsError> {
        let path = folder.join(SETTINGS_FILE);
        let shown = path.display().to_string();
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|source| SettingsError::Damaged { path: shown, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SettingsError::Io { path: shown, verb: "read", source }),
        }
    }

    /// Writes the settings durably, and makes the device's folder when needed. On an error the old
    /// settings are as they were.
    pub fn save(&self, folder: &Path) -> Result<(), SettingsError> {
        let path = folder.join(SETTINGS_FILE);
        let failed = |source| SettingsError::Io { path: path.display().to_string(), verb: "written", source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        fs::create_dir_all(folder).map_err(failed)?;
        durable::replace(&path, &text).map_err(failed)
    }

    /// The sources, in the order in which they were added.
    pub fn sources(&self) -> &[SourceSettings] {
        &self.sources
    }

    /// Adds a folder. Its links are resolved first, so that one folder is one source. What was decided about
    /// its albums before it was taken out holds again.
    pub fn add_source(&mut self, path: &Path, all_files: bool) -> Result<SourceId, SettingsError> {
        let shown = path.display().to_string();
        let whole = fs::canonicalize(path)
            .and_then(|whole| fs::read_dir(&whole).map(|_| whole))
            .map_err(|error| SettingsError::NotAFolder(shown.clone(), error))?;
        let path = PathText::from_bytes(crate::sources::name_bytes(whole.as_os_str()));
        if self.sources.iter().any(|source| source.path == path) {
            return Err(SettingsError::SourceThere(shown));
        }
        self.last_source += 1;
        let id = SourceId(self.last_source);
        if let Some(at) = self.removed.iter().position(|removed| removed.path == path) {
            let before = self.removed.remove(at).id;
            let choices = self.albums.iter_mut().filter(|choice| choice.source == before);
            choices.for_each(|choice| choice.source = id);
        }
        self.sources.push(SourceSettings { id, path, all_files, new_albums: AlbumState::Include });
        Ok(id)
    }

    /// Takes a source out. Nothing is deleted anywhere; the decisions about its albums are kept for when it
    /// is added again. Works also when the folder is gone, by the path as it was listed.
    pub fn remove_source(&mut self, path: &Path) -> Result<SourceId, SettingsError> {
        let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let at = self
            .sources
            .iter()
            .position(|source| source.path.to_path() == whole || source.path.to_path() == path)
            .ok_or_else(|| SettingsError::NoSuchSource(path.display().to_string()))?;
        let removed = self.sources.remove(at);
        if self.albums.iter().any(|choice| choice.source == removed.id) {
            self.removed.push(RemovedSource { id: removed.id, path: removed.path });
        }
        Ok(removed.id)
    }

    /// What an album is.
    pub fn album_state(&self, source: SourceId, folder: &LocalId) -> AlbumState {
        let folder = PathText::from_bytes(folder.as_bytes());
        let chosen = self.albums.iter().find(|choice| choice.source == source && choice.folder == folder);
        let default = || self.sources.iter().find(|known| known.id == source).map(|known| known.new_albums);
        chosen.map(|choice| choice.state).or_else(default).unwrap_or_default()
    }

    /// Whether this folder, or an album below it that was decided about by name, is chosen.
    pub fn chooses_within(&self, source: SourceId, folder: &LocalId) -> bool {
        let mut below = self.albums.iter().filter(|choice| {
            let chosen = LocalId::from_bytes(choice.folder.as_bytes());
            choice.source == source && chosen.is_within(folder)
        });
        self.album_state(source, folder) == AlbumState::Include
            || below.any(|choice| choice.state == AlbumState::Include)
    }

    /// Decides about an album.
    pub fn set_album_state(&mut self, source: SourceId, folder: &LocalId, state: AlbumState) {
        let folder = PathText::from_bytes(folder.as_bytes());
        self.albums.retain(|choice| choice.source != source || choice.folder != folder);
        self.albums.push(AlbumChoice { source, folder, state });
    }

    /// Opens the sources for scanning.
    pub fn open_sources(&self) -> Vec<Arc<dyn Source>> {
        self.sources
            .iter()
            .map(|source| -> Arc<dyn Source> {
                Arc::new(FolderSource::new(source.id, source.path.to_path(), source.all_files))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::{OsRandom, SystemClock};

    use super::*;

    fn fresh() -> Settings {
        Settings::new(&Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)))
    }

    #[test]
    fn settings_come_back_as_they_were_also_with_names_that_are_no_text() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Settings::load(folder.path()).unwrap().is_none());
        let mut settings = fresh();
        let id = settings.add_source(folder.path(), true).unwrap();
        let odd = LocalId::from_bytes(b"Tr\xffps");
        settings.set_album_state(id, &odd, AlbumState::Exclude);
        settings.connection = Some(Connection {
            url: "http://hub:1".into(),
            user: "anna".into(),
            token: Secret::new("hush"),
            device_name: Name::lenient("laptop"),
            device_id: None,
            hub_id: None,
        });
        settings.save(&folder.path().join("new/folder")).unwrap();
        let read = Settings::load(&folder.path().join("new/folder")).unwrap().unwrap();
        assert_eq!(read, settings);
        assert_eq!(read.album_state(id, &odd), AlbumState::Exclude);
        assert_eq!(
            read.album_state(id, &LocalId::root()),
            AlbumState::Include,
            "new albums join by themselves"
        );
        assert!(!format!("{read:?}").contains("hush"));
    }

    #[test]
    fn a_source_is_added_once_and_its_id_is_never_given_again() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut settings = fresh();
        let first = settings.add_source(a.path(), false).unwrap();
        let again = settings.add_source(&a.path().join("."), false).unwrap_err();
        assert!(matches!(again, SettingsError::SourceThere(_)));
        assert_eq!(settings.remove_source(a.path()).unwrap(), first);
        assert!(matches!(settings.remove_source(a.path()), Err(SettingsError::NoSuchSource(_))));
        assert_ne!(settings.add_source(b.path(), false).unwrap(), first);
        assert!(settings.add_source(&a.path().join("missing"), false).is_err());
    }

    #[test]
    fn what_was_decided_about_albums_holds_again_when_their_source_comes_back() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folder = LocalId::from_slashes("Private");
        let mut settings = fresh();
        let mut id = settings.add_source(a.path(), false).unwrap();
        settings.set_album_state(id, &folder, AlbumState::Exclude);
        for _ in 0..2 {
            settings.remove_source(a.path()).unwrap();
            let other = settings.add_source(b.path(), false).unwrap();
            assert_eq!(settings.album_state(other, &folder), AlbumState::Include, "another folder");
            settings.remove_source(b.path()).unwrap();
            let home = tempfile::tempdir().unwrap();
            settings.save(home.path()).unwrap();
            settings = Settings::load(home.path()).unwrap().unwrap();
            let again = settings.add_source(a.path(), true).unwrap();
            assert_ne!(again, id);
            assert_eq!(settings.album_state(again, &folder), AlbumState::Exclude);
            id = again;
        }
        assert!(settings.removed.is_empty() && settings.albums.len() == 1);
    }

    #[test]
    fn a_source_whose_folder_is_gone_can_still_be_removed() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("card");
        fs::create_dir(&path).unwrap();
        let whole = fs::canonicalize(&path).unwrap();
        let mut settings = fresh();
        settings.add_source(&path, false).unwrap();
        fs::remove_dir(&path).unwrap();
        assert!(settings.remove_source(&whole).is_ok());
        assert!(settings.sources().is_empty());
    }

    #[test]
    fn damaged_settings_name_their_file() {
        let folder = tempfile::tempdir().unwrap();
        durable::replace(&folder.path().join(SETTINGS_FILE), b"{not json").unwrap();
        let error = Settings::load(folder.path()).unwrap_err();
        assert!(error.to_string().contains("settings.json") && error.to_string().contains("damaged"));
    }
}
