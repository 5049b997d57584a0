//! `PATCH /tus/{id}`: the next bytes.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode};
use library::{Error, Library};

use super::headers as tus;
use super::offset::upload_id;
use crate::body::body_stream;
use crate::params::PathParams;
use crate::problem::{Answer, Refused};
use crate::signed::Signed;

/// Answers 204 with the new `Upload-Offset`; 409 with the hub's offset when the client's is another.
pub(super) async fn append(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<String>,
    request: Request,
) -> Answer<Response> {
    let headers = request.headers();
    tus::expect_chunk(headers)?;
    let offset = tus::bytes(headers, "upload-offset")?;
    let checksum = tus::checksum(headers)?;
    let body = body_stream(request.into_body());
    match library.append(&caller, upload_id(&id)?, offset, checksum, body).await {
        Ok(state) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            tus::write_state(response.headers_mut(), &state);
            Ok(response)
        }
        Err(error) => Ok(refused(error)),
    }
}

/// A wrong offset is answered with the right one, so that the client saves a question.
fn refused(error: Error) -> Response {
    let right = match &error {
        Error::OffsetMismatch { actual, .. } => Some(*actual),
        _ => None,
    };
    let mut response = Refused::from(error).into_response();
    if let Some(offset) = right {
        response.headers_mut().insert("upload-offset", HeaderValue::from(offset));
    }
    response
}
