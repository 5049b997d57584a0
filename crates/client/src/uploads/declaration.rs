//! What is said about a file before its bytes, and how it is written into headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{ContentHash, FolderPath, Name, Sha1Hash, SpaceId, TimestampMs};
use http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use wire::metadata;

/// What stays readable in a percent-encoded header.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// What a device says about a file before it sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The file's name.
    pub name: Name,
    /// The bytes of a name that is not UTF-8.
    pub name_raw: Option<Vec<u8>>,
    /// The SHA-256 that the hub must find.
    pub sha256: Option<ContentHash>,
    /// The SHA-1 that the hub must find.
    pub sha1: Option<Sha1Hash>,
    /// When the file was last changed.
    pub modified_at_ms: Option<TimestampMs>,
    /// The Space; the caller's own when absent.
    pub space_id: Option<SpaceId>,
    /// The folder below the Space; the device's default when absent.
    pub folder: Option<FolderPath>,
    /// The device album, which names the default folder and the hub album.
    pub album: Option<String>,
    /// Store it even though it was deleted there earlier.
    pub send_again: bool,
}

impl Declaration {
    /// A file of which only the name is told.
    pub fn named(name: Name) -> Self {
        Self {
            name,
            name_raw: None,
            sha256: None,
            sha1: None,
            modified_at_ms: None,
            space_id: None,
            folder: None,
            album: None,
            send_again: false,
        }
    }

    /// Key and text of everything but the raw name, in one order.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![(metadata::FILENAME, self.name.to_string())];
        let mut add = |key, value: Option<String>| fields.extend(value.map(|value| (key, value)));
        add(metadata::SHA256, self.sha256.map(|sum| sum.to_string()));
        add(metadata::SHA1, self.sha1.map(|sum| sum.to_string()));
        add(metadata::MODIFIED_AT_MS, self.modified_at_ms.map(|at| at.to_string()));
        add(metadata::SPACE, self.space_id.map(|id| id.to_string()));
        add(metadata::FOLDER, self.folder.as_ref().map(ToString::to_string));
        add(metadata::ALBUM, self.album.clone());
        add(metadata::SEND_AGAIN, self.send_again.then(|| "true".to_owned()));
        fields
    }

    /// tus's `Upload-Metadata`: `key base64,key base64`.
    pub(crate) fn tus_metadata(&self) -> HeaderValue {
        let raw = self.name_raw.iter().map(|raw| (metadata::FILENAME_RAW, raw.clone()));
        let pairs: Vec<String> = self
            .fields()
            .into_iter()
            .map(|(key, text)| (key, text.into_bytes()))
            .chain(raw)
            .map(|(key, bytes)| format!("{key} {}", STANDARD.encode(bytes)))
            .collect();
        ascii(&pairs.join(","))
    }

    /// The same for a `PUT`: `Albumen-<Key>`, percent-encoded.
    pub(crate) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let raw = self.name_raw.iter().map(|raw| (metadata::FILENAME_RAW, STANDARD.encode(raw)));
        self.fields()
            .into_iter()
            .chain(raw)
            .filter_map(|(key, text)| {
                let name = HeaderName::try_from(format!("albumen-{key}")).ok()?;
                Some((name, ascii(&utf8_percent_encode(&text, ENCODED).to_string())))
            })
            .collect()
    }
}

/// What the hub percent-encoded.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Text that base64 or percent-encoding has made harmless, so this never falls back.
fn ascii(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd() -> Declaration {
        Declaration {
            name_raw: Some(b"br\xc3\x28.jpg".to_vec()),
            modified_at_ms: Some(-5),
            folder: Some("Trips/2026".parse().unwrap()),
            album: Some("Größe, 50%".into()),
            send_again: true,
            ..Declaration::named(Name::new("two\nlines 🦊.jpg").unwrap())
        }
    }

    #[test]
    fn tus_metadata_holds_every_field_in_base64() {
        let text = odd().tus_metadata();
        let pairs: Vec<(&str, Vec<u8>)> = text
            .to_str()
            .unwrap()
            .split(',')
            .map(|pair| pair.split_once(' ').unwrap())
            .map(|(key, value)| (key, STANDARD.decode(value).unwrap()))
            .collect();
        let expected: [(&str, &[u8]); 6] = [
            ("filename", "two\nlines 🦊.jpg".as_bytes()),
            ("modified-at-ms", b"-5"),
            ("folder", b"Trips/2026"),
            ("album", "Größe, 50%".as_bytes()),
            ("send-again", b"true"),
            ("filename-raw", b"br\xc3\x28.jpg"),
        ];
        assert_eq!(pairs, expected.map(|(key, value)| (key, value.to_vec())));
    }

    #[test]
    fn headers_survive_odd_names_and_come_back() {
        let headers = odd().headers();
        let text = |name: &str| headers.iter().find(|(key, _)| key == name).unwrap().1.to_str().unwrap();
        assert_eq!(text("albumen-filename"), "two%0Alines%20%F0%9F%A6%8A.jpg");
        assert_eq!(decode(text("albumen-filename")), "two\nlines 🦊.jpg");
        assert_eq!(decode(text("albumen-album")), "Größe, 50%");
        assert_eq!(text("albumen-folder"), "Trips/2026");
        assert_eq!(text("albumen-send-again"), "true");
        assert_eq!(STANDARD.decode(decode(text("albumen-filename-raw"))).unwrap(), b"br\xc3\x28.jpg");
    }
}
