//! `OPTIONS /tus`: what this hub can do.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode};

use crate::signed::Signed;

/// What is offered beyond the core protocol.
const EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration";

/// Algorithms of `Upload-Checksum`.
const ALGORITHMS: &str = "sha1,sha256";

/// Answers 204 with the list of extensions. There is no limit on the size of an upload but the disk.
pub(super) async fn describe(_caller: Signed) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static(ALGORITHMS));
    response
}
