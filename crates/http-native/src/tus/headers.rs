//! Reading and writing tus's headers.

use std::time::{Duration, UNIX_EPOCH};

use domain::{ContentHash, Sha1Hash, TimestampMs};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_kit::Refusal;
use library::{ChunkChecksum, UploadState};

use crate::problem::Answer;
use crate::stored::write_stored;

/// The media type of a chunk.
const CHUNK_TYPE: &str = "application/offset+octet-stream";

/// Reads a header that must be a whole number of bytes.
pub(super) fn bytes(headers: &HeaderMap, name: &'static str) -> Answer<u64> {
    let value =
        headers.get(name).ok_or_else(|| Refusal::invalid(name, format!("the header {name} is missing")))?;
    value
        .to_str()
        .ok()
        // `parse` alone would take "+5".
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            Refusal::invalid(name, format!("the header {name} must be a whole number of bytes")).into()
        })
}

/// Whether the request carries a chunk.
pub(super) fn carries_chunk(headers: &HeaderMap) -> bool {
    headers.get(http::header::CONTENT_TYPE).is_some_and(|value| value == CHUNK_TYPE)
}

/// Refuses a `PATCH` of another media type, as tus asks.
pub(super) fn expect_chunk(headers: &HeaderMap) -> Answer<()> {
    if carries_chunk(headers) {
        return Ok(());
    }
    let why = format!("a chunk is sent as \"Content-Type: {CHUNK_TYPE}\"");
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type", why).into())
}

/// Reads `Upload-Checksum: sha1 BASE64`.
pub(super) fn checksum(headers: &HeaderMap) -> Answer<Option<ChunkChecksum>> {
    const NAME: &str = "upload-checksum";
    let Some(value) = headers.get(NAME) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let wrong = |why: String| Refusal::invalid(NAME, why);
    let (algorithm, digest) =
        text.split_once(' ').ok_or_else(|| wrong("it must read \"ALGORITHM BASE64\"".into()))?;
    let checksum = match algorithm.to_ascii_lowercase().as_str() {
        "sha1" => ChunkChecksum::Sha1(Sha1Hash::from_base64(digest).map_err(|why| wrong(why.to_string()))?),
        "sha256" => {
            ChunkChecksum::Sha256(ContentHash::from_base64(digest).map_err(|why| wrong(why.to_string()))?)
        }
        _ => return Err(wrong("known algorithms are sha1 and sha256".into()).into()),
    };
    Ok(Some(checksum))
}

/// Says how far an upload is, until when it waits, and what became of it.
pub(super) fn write_state(headers: &mut HeaderMap, state: &UploadState) {
    headers.insert("upload-offset", HeaderValue::from(state.offset));
    insert(headers, HeaderName::from_static("upload-expires"), &http_date(state.expires_at_ms));
    if let Some(stored) = &state.stored {
        write_stored(headers, stored);
    }
}

/// Puts a value into a header when it is one.
pub(super) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
fn http_date(at_ms: TimestampMs) -> String {
    let since_epoch = Duration::from_millis(u64::try_from(at_ms).unwrap_or(0));
    httpdate::fmt_http_date(UNIX_EPOCH + since_epoch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn numbers_are_whole_and_plain() {
        assert_eq!(bytes(&with("upload-offset", "42"), "upload-offset").unwrap(), 42);
        for bad in ["-1", "+1", "1.5", "", "x", "99999999999999999999999"] {
            let refused = bytes(&with("upload-offset", bad), "upload-offset").unwrap_err();
            assert_eq!(refused.refusal().field, Some("upload-offset"), "{bad:?}");
        }
        assert!(bytes(&HeaderMap::new(), "upload-offset").is_err());
    }

    #[test]
    fn checksums_of_both_kinds_are_read_and_others_named() {
        let sha1 = checksum(&with("upload-checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=")).unwrap();
        assert!(matches!(sha1, Some(ChunkChecksum::Sha1(_))));
        assert_eq!(checksum(&HeaderMap::new()).unwrap(), None);
        for bad in ["md5 abc=", "sha1", "sha256 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="] {
            assert!(checksum(&with("upload-checksum", bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_as_http_writes_them() {
        assert_eq!(http_date(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(1_709_164_800_000), "Thu, 29 Feb 2024 00:00:00 GMT");
    }
}
