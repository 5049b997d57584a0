//! `POST /tus`: begins an upload, with or without its first bytes.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use library::{Library, NewUpload, UploadState};

use super::{ROOT, headers as tus, metadata};
use crate::body::body_stream;
use crate::problem::Answer;
use crate::signed::Signed;

/// Up to this length a file that comes with its creation is received in one go and leaves no trace
/// when the connection breaks; a longer one can be resumed, which costs one more transaction.
const IN_ONE_GO_BYTES: u64 = 16 * 1024 * 1024;

/// Answers 201 with `Location`; with bytes also `Upload-Offset`, and when they were all of them
/// what became of the file.
pub(super) async fn begin(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    request: Request,
) -> Answer<Response> {
    let headers = request.headers();
    let new = NewUpload {
        length: tus::bytes(headers, "upload-length")?,
        file: metadata::from_tus(headers)?,
        metadata: raw_metadata(headers),
    };
    let checksum = tus::checksum(headers)?;
    if !tus::carries_chunk(headers) {
        return Ok(created(&library.begin(&caller, new).await?));
    }
    let whole = request.body().size_hint().exact() == Some(new.length);
    let body = body_stream(request.into_body());
    if whole && new.length <= IN_ONE_GO_BYTES {
        return Ok(created(&library.receive_whole(&caller, new, checksum, body).await?));
    }
    let begun = library.begin(&caller, new).await?;
    Ok(created(&library.append(&caller, begun.id, 0, checksum, body).await?))
}

fn raw_metadata(headers: &HeaderMap) -> Option<String> {
    headers.get("upload-metadata").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn created(state: &UploadState) -> Response {
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    tus::insert(headers, header::LOCATION, &format!("{ROOT}/{}", state.id));
    tus::write_state(headers, state);
    response
}
