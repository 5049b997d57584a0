//! "Stored" in headers and JSON, the same for tus and `PUT`.

use http::{HeaderMap, HeaderName, HeaderValue};
use library::Stored;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use wire::headers as name;

/// Writes what became of a finished upload.
pub(crate) fn write_stored(headers: &mut HeaderMap, stored: &Stored) {
    let mut set = |header: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(header), value);
        }
    };
    set(name::ENTRY, stored.entry_id.to_string());
    set(name::SHA256, stored.sha256.to_string());
    set(name::NAME, utf8_percent_encode(stored.name.as_str(), NON_ALPHANUMERIC).to_string());
    set(name::ALREADY_HELD, stored.already_held.to_string());
    if let Some(asset_id) = stored.asset_id {
        set(name::ASSET, asset_id.to_string());
    }
}

/// The same as JSON.
pub(crate) fn to_wire(stored: Stored) -> wire::Stored {
    wire::Stored {
        entry_id: stored.entry_id,
        asset_id: stored.asset_id,
        sha256: stored.sha256,
        name: stored.name,
        already_held: stored.already_held,
    }
}
