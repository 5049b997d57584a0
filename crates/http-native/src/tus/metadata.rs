//! What a file's declaration looks like in `Upload-Metadata` (tus 1.0, creation) and in the
//! `Albumen-…` headers of a one-shot `PUT`.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Name;
use http::HeaderMap;
use http_kit::Refusal;
use library::{DeviceAlbum, FileDeclaration};
use percent_encoding::percent_decode_str;
use wire::metadata as key;

use crate::problem::Refused;

/// What a file is called when nobody says.
const UNNAMED: &str = "unnamed";

/// The longest `Upload-Metadata`: it is kept with the upload and told back. The longest names and a
/// deep folder fit several times.
const METADATA_MAX_BYTES: usize = 24 * 1024;

/// Every key that means something; others are passed over, as tus asks.
const KEYS: [(&str, &str); 9] = [
    (key::FILENAME, "albumen-filename"),
    (key::FILENAME_RAW, "albumen-filename-raw"),
    (key::SHA256, "albumen-sha256"),
    (key::SHA1, "albumen-sha1"),
    (key::MODIFIED_AT_MS, "albumen-modified-at-ms"),
    (key::SPACE, "albumen-space"),
    (key::FOLDER, "albumen-folder"),
    (key::ALBUM, "albumen-album"),
    (key::SEND_AGAIN, "albumen-send-again"),
];

/// Values by key, decoded to bytes.
type Values = HashMap<&'static str, Vec<u8>>;

/// Reads `Upload-Metadata: filename aW1nLmpwZw==,sha256 …`. No header declares nothing.
pub(crate) fn from_tus(headers: &HeaderMap) -> Result<FileDeclaration, Refused> {
    let mut values = Values::new();
    for header in headers.get_all("upload-metadata") {
        if header.len() > METADATA_MAX_BYTES {
            let why = format!("it is {} bytes long; at most {METADATA_MAX_BYTES} are kept", header.len());
            return Err(Refusal::invalid("upload-metadata", why).into());
        }
        let text = header.to_str().map_err(|_| Refusal::invalid("upload-metadata", "it is not ASCII"))?;
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, encoded) = pair.split_once(' ').unwrap_or((pair, ""));
            let Some(&(known, _)) = KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) else {
                continue;
            };
            let value = STANDARD.decode(encoded.trim()).map_err(|_| {
                Refusal::invalid("upload-metadata", format!("the value of \"{known}\" is not base64"))
            })?;
            values.insert(known, value);
        }
    }
    declaration(values)
}

/// Reads `Albumen-Filename: img.jpg` and its siblings, percent-encoded.
pub(crate) fn from_headers(headers: &HeaderMap) -> Result<FileDeclaration, Refused> {
    let mut values = Values::new();
    for (known, header) in KEYS {
        let Some(value) = headers.get(header) else { continue };
        let text = value.to_str().map_err(|_| {
            Refusal::invalid(known, format!("the header {header} is not ASCII; percent-encode its UTF-8"))
        })?;
        values.insert(known, percent_decode_str(text).collect());
    }
    if let Some(raw) = values.get_mut(key::FILENAME_RAW) {
        *raw = STANDARD.decode(&raw).map_err(|_| Refusal::invalid(key::FILENAME_RAW, "it is not base64"))?;
    }
    declaration(values)
}

fn declaration(mut values: Values) -> Result<FileDeclaration, Refused> {
    let name_raw = values.remove(key::FILENAME_RAW);
    let texts: HashMap<&'static str, String> = values
        .into_iter()
        .map(|(known, bytes)| match String::from_utf8(bytes) {
            Ok(text) => Ok((known, text)),
            Err(_) => {
                Err(Refused::from(Refusal::invalid(known, format!("the value of \"{known}\" is not UTF-8"))))
            }
        })
        .collect::<Result<_, _>>()?;
    let name = texts.get(key::FILENAME).map_or(UNNAMED, String::as_str);
    let declared = FileDeclaration {
        space_id: parsed(&texts, key::SPACE)?,
        folder: parsed(&texts, key::FOLDER)?,
        album: texts.get(key::ALBUM).map(|text| DeviceAlbum::parse(text)).transpose()?,
        name_raw,
        sha256: parsed(&texts, key::SHA256)?,
        sha1: parsed(&texts, key::SHA1)?,
        modified_at_ms: parsed(&texts, key::MODIFIED_AT_MS)?,
        send_again: parsed(&texts, key::SEND_AGAIN)?.unwrap_or(false),
        ..FileDeclaration::named(Name::new(name).map_err(|why| invalid(key::FILENAME, why))?)
    };
    Ok(declared.checked()?)
}

fn parsed<T: std::str::FromStr<Err: ToString>>(
    texts: &HashMap<&'static str, String>,
    known: &'static str,
) -> Result<Option<T>, Refused> {
    texts.get(known).map(|text| text.parse().map_err(|why| invalid(known, why))).transpose()
}

fn invalid(field: &'static str, why: impl ToString) -> Refused {
    Refusal::invalid(field, format!("\"{field}\" is wrong: {}", why.to_string())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tus(text: &str) -> Result<FileDeclaration, Refused> {
        let mut headers = HeaderMap::new();
        headers.insert("upload-metadata", text.parse().unwrap());
        from_tus(&headers)
    }

    fn pair(name: &str, value: &str) -> String {
        format!("{name} {}", STANDARD.encode(value))
    }

    #[test]
    fn what_tus_clients_send_by_themselves_is_understood() {
        let declared = tus(&format!(
            "{}, {},is_confidential",
            pair("filename", "two\nlines 🦊.jpg"),
            pair("filetype", "image/jpeg")
        ));
        assert_eq!(declared.unwrap().name.as_str(), "two\nlines 🦊.jpg");
        assert_eq!(from_tus(&HeaderMap::new()).unwrap().name.as_str(), UNNAMED);
    }

    #[test]
    fn climbing_and_nonsense_are_refused_with_the_field() {
        let table = [
            (pair("filename", "../../etc/passwd"), "filename"),
            (pair("filename", ".."), "filename"),
            (pair("folder", "/etc"), "folder"),
            (pair("folder", "a/../../b"), "folder"),
            (pair("album", "../x"), "album"),
            (pair("sha256", "abc"), "sha256"),
            (pair("space", "7"), "space"),
            (pair("modified-at-ms", "yesterday"), "modified-at-ms"),
            ("filename !!!".to_owned(), "upload-metadata"),
        ];
        for (text, field) in table {
            let refused = tus(&text).unwrap_err();
            assert_eq!(refused.refusal().status.as_u16(), 400, "{text}");
            assert_eq!(refused.refusal().field, Some(field), "{text}");
        }
    }

    #[test]
    fn headers_say_the_same_percent_encoded() {
        let mut headers = HeaderMap::new();
        headers.insert("albumen-filename", "caf%C3%A9.jpg".parse().unwrap());
        headers.insert("albumen-filename-raw", "Y2Fm6S5qcGc=".parse().unwrap());
        headers.insert("albumen-album", "Trips%2F2026".parse().unwrap());
        headers.insert("albumen-modified-at-ms", "1700000000000".parse().unwrap());
        let declared = from_headers(&headers).unwrap();
        assert_eq!(declared.name.as_str(), "café.jpg");
        assert_eq!(declared.name_raw.as_deref(), Some(&b"caf\xe9.jpg"[..]));
        assert_eq!(declared.modified_at_ms, Some(1_700_000_000_000));
        assert_eq!(declared.album.unwrap().names().len(), 2);
    }
}
