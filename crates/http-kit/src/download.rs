//! Answers downloads of kept content, the same way in every dialect.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::TryStreamExt as _;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use library::{Content, Error, Library};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Refusal;
use crate::ranges::{Selection, select};

/// What RFC 8187 lets stand unescaped in `filename*`.
const FILENAME_SAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How long whoever asked may use a copy. Nobody in between keeps one: what is behind the address may
/// change hands by rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Ask each time whether it still holds.
    AskFirst,
    /// Never ask again: the address names these very bytes (RFC 8246). For a year, which is what caches
    /// take for "for ever" since RFC 2616 §14.21.
    ForEver,
}

impl Caching {
    const fn header(self) -> &'static str {
        match self {
            Self::AskFirst => "private, no-cache",
            Self::ForEver => "private, max-age=31536000, immutable",
        }
    }
}

/// The answer to a `GET` or `HEAD` for this content. The stream ends with an error, and so with a
/// broken connection, when the stored bytes turn out to be fewer than promised.
///
/// A condition that does not hold and a range outside are answered with status and headers; the
/// words are a [`Refusal`] among the response's extensions, for the adapter to render.
pub async fn respond(
    library: &Library,
    content: Content,
    caching: Caching,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Error> {
    let tag = format!("\"{}\"", content.tag());
    let (status, range) = match select(headers, &tag, content.size_bytes) {
        Selection::Whole => (StatusCode::OK, 0..content.size_bytes),
        Selection::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Selection::NotModified => return Ok(not_modified(&tag, caching)),
        Selection::ConditionFailed => return Ok(condition_failed(&tag)),
        Selection::Outside => return Ok(outside(content.size_bytes, &tag)),
    };
    // Opened for HEAD, too: it must not promise what GET cannot keep.
    let bytes = library.read_content(&content, range.clone()).await?;
    let body = if *method == Method::HEAD {
        Body::empty()
    } else {
        Body::from_stream(bytes.map_err(std::io::Error::other))
    };
    let mut response = (status, body).into_response();
    let out = response.headers_mut();
    set(out, CONTENT_LENGTH, &(range.end - range.start).to_string());
    set(out, CONTENT_TYPE, &content.content_type);
    set(out, ETAG, &tag);
    set(out, ACCEPT_RANGES, "bytes");
    set(out, CACHE_CONTROL, caching.header());
    set(out, X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Even shown in a frame or a tab, kept content runs nothing.
    set(out, CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    set(out, CONTENT_DISPOSITION, &disposition(&content));
    if status == StatusCode::PARTIAL_CONTENT {
        set(
            out,
            CONTENT_RANGE,
            &format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), content.size_bytes),
        );
    }
    Ok(response)
}

fn disposition(content: &Content) -> String {
    let kind = if content.safe_inline { "inline" } else { "attachment" };
    format!("{kind}; filename*=UTF-8''{}", utf8_percent_encode(&content.name, FILENAME_SAFE))
}

/// Says of caching what 200 would have said (RFC 9110 §15.4.5).
fn not_modified(tag: &str, caching: Caching) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    set(response.headers_mut(), ETAG, tag);
    set(response.headers_mut(), CACHE_CONTROL, caching.header());
    response
}

fn condition_failed(tag: &str) -> Response {
    let why = "the file is another one than the condition names";
    refused(Refusal::new(StatusCode::PRECONDITION_FAILED, "condition-failed", why), tag)
}

fn outside(size_bytes: u64, tag: &str) -> Response {
    let mut response = refused(Refusal::from(&Error::RangeOutside { size_bytes }), tag);
    set(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{size_bytes}"));
    response
}

fn refused(refusal: Refusal, tag: &str) -> Response {
    let mut response = refusal.status.into_response();
    set(response.headers_mut(), ETAG, tag);
    response.extensions_mut().insert(refusal);
    response
}

/// Everything that is set here is plain ASCII; what is not would be our own fault, and is left out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
