//! What a device says about a file before it sends the bytes.

use domain::{ContentHash, FolderPath, Name, Sha1Hash, SpaceId, TimestampMs};

use crate::caller::{Caller, CallingDevice};
use crate::error::{Error, Result};

/// The folder above the devices' folders.
const BACKUP_FOLDER: &str = "Album Backup";

/// The folder for files that no device brought and that name no folder.
const UPLOADS_FOLDER: &str = "Uploads";

/// The longest raw name that is kept, in bytes.
const RAW_NAME_MAX_BYTES: usize = 1000;

/// What is declared about a file. Everything but the name may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDeclaration {
    /// The Space; `None` for the caller's own.
    pub space_id: Option<SpaceId>,
    /// The folder below the Space; `None` for the default one.
    pub folder: Option<FolderPath>,
    /// The device album: names the default folder and the hub album that the asset joins.
    pub album: Option<DeviceAlbum>,
    /// The file's name.
    pub name: Name,
    /// The bytes of a name that was not UTF-8.
    pub name_raw: Option<Vec<u8>>,
    /// What the bytes must hash to.
    pub sha256: Option<ContentHash>,
    /// What the bytes must hash to.
    pub sha1: Option<Sha1Hash>,
    /// When the file was last changed on its device.
    pub modified_at_ms: Option<TimestampMs>,
    /// Store it even though it was deleted here earlier.
    pub send_again: bool,
}

impl FileDeclaration {
    /// Declares nothing but a name.
    pub fn named(name: Name) -> Self {
        Self {
            space_id: None,
            folder: None,
            album: None,
            name,
            name_raw: None,
            sha256: None,
            sha1: None,
            modified_at_ms: None,
            send_again: false,
        }
    }

    /// The same with the raw name checked.
    pub fn checked(self) -> Result<Self> {
        if self.name_raw.as_ref().is_some_and(|raw| !is_raw_name(raw)) {
            return Err(Error::invalid(
                "filename-raw",
                format!("a raw name has 1 to {RAW_NAME_MAX_BYTES} bytes without \"/\" and NUL"),
            ));
        }
        Ok(self)
    }

    /// The folder that the file goes to.
    pub fn folder_for(&self, caller: &Caller) -> Result<FolderPath> {
        match (&self.folder, &caller.device) {
            (Some(folder), _) => Ok(folder.clone()),
            (None, Some(device)) => device_folder(device, self.album.as_ref()),
            (None, None) => Ok(FolderPath::new(vec![Name::new(UPLOADS_FOLDER)?])?),
        }
    }
}

/// An album's name on its device. Albums inside albums are written with `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAlbum {
    path: FolderPath,
}

impl DeviceAlbum {
    /// Reads `Trips/2026`.
    pub fn parse(text: &str) -> Result<Self> {
        let path: FolderPath = text.parse().map_err(|why| Error::invalid("album", why))?;
        if path.is_root() {
            return Err(Error::invalid("album", "an album's name cannot be empty"));
        }
        Ok(Self { path })
    }

    /// The names from the outermost album to this one.
    pub fn names(&self) -> &[Name] {
        self.path.names()
    }

    /// What the hub album is called: the same path in one name, with a division slash (U+2215)
    /// because names cannot hold `/`.
    pub fn hub_name(&self) -> Name {
        let joined: Vec<&str> = self.path.names().iter().map(Name::as_str).collect();
        Name::lenient(&joined.join(" \u{2215} "))
    }
}

/// Whether these bytes can be the name of one file on some device.
fn is_raw_name(raw: &[u8]) -> bool {
    !raw.is_empty() && raw.len() <= RAW_NAME_MAX_BYTES && !raw.contains(&b'/') && !raw.contains(&0)
}

/// `Album Backup / DEVICE NAME / ALBUM`.
fn device_folder(device: &CallingDevice, album: Option<&DeviceAlbum>) -> Result<FolderPath> {
    let mut names = vec![Name::new(BACKUP_FOLDER)?, device.name.clone()];
    names.extend(album.into_iter().flat_map(|album| album.names().iter().cloned()));
    Ok(FolderPath::new(names)?)
}

#[cfg(test)]
mod tests {
    use domain::{DeviceId, Role, TokenId, UserId};

    use super::*;

    fn caller(device: Option<&str>) -> Caller {
        Caller {
            user_id: UserId::from_bytes([1; 16]),
            user_name: Name::new("sam").unwrap(),
            role: Role::Member,
            token_id: TokenId::from_bytes([2; 16]),
            device: device.map(|name| CallingDevice {
                id: DeviceId::from_bytes([3; 16]),
                name: Name::new(name).unwrap(),
            }),
        }
    }

    fn declared(folder: Option<&str>, album: Option<&str>) -> FileDeclaration {
        FileDeclaration {
            folder: folder.map(|text| text.parse().unwrap()),
            album: album.map(|text| DeviceAlbum::parse(text).unwrap()),
            ..FileDeclaration::named(Name::new("a.jpg").unwrap())
        }
    }

    #[test]
    fn where_a_file_goes_by_itself() {
        let table = [
            (Some("laptop"), None, Some("Trips/2026"), "Album Backup/laptop/Trips/2026"),
            (Some("laptop"), None, None, "Album Backup/laptop"),
            (Some("laptop"), Some("Elsewhere"), Some("Trips"), "Elsewhere"),
            (None, None, Some("Trips"), "Uploads"),
            (None, Some(""), None, ""),
        ];
        for (device, folder, album, expected) in table {
            let path = declared(folder, album).folder_for(&caller(device)).unwrap();
            assert_eq!(path.to_string(), expected);
        }
    }

    #[test]
    fn albums_cannot_climb() {
        for bad in ["", "..", "a/../b", "/etc"] {
            assert!(DeviceAlbum::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(DeviceAlbum::parse("Trips/2026").unwrap().hub_name().as_str(), "Trips \u{2215} 2026");
    }

    #[test]
    fn raw_names_are_bytes_of_one_name() {
        let with = |raw: &[u8]| {
            FileDeclaration { name_raw: Some(raw.to_vec()), ..declared(None, None) }.checked().is_ok()
        };
        assert!(with(b"caf\xe9.jpg"));
        assert!(!with(b"a/b"));
        assert!(!with(b""));
        assert!(!with(&[b'x'; 1001]));
    }
}
