//! `HEAD /tus/{id}`: how far an upload is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use domain::UploadId;
use http::{HeaderName, HeaderValue, StatusCode, header};
use library::{Error, Library};

use super::headers as tus;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Answers 200 with `Upload-Offset` and `Upload-Length`. What it acknowledges is durable.
pub(super) async fn offset(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<String>,
) -> Answer<Response> {
    let state = library.upload_state(&caller, upload_id(&id)?).await?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert("upload-length", HeaderValue::from(state.length));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(metadata) = &state.metadata {
        tus::insert(headers, HeaderName::from_static("upload-metadata"), metadata);
    }
    tus::write_state(headers, &state);
    Ok(response)
}

/// An id that is none is an upload that is not there.
pub(super) fn upload_id(text: &str) -> Result<UploadId, Error> {
    text.parse().map_err(|_| Error::NotFound("upload"))
}
