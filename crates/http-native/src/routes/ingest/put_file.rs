//! `PUT /api/v1/files`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http_body::Body as _;
use library::Library;
use wire::Stored;

use crate::body::body_stream;
use crate::problem::Answer;
use crate::signed::Signed;
use crate::stored::{to_wire, write_stored};
use crate::tus::metadata;

/// Stores a whole file in one request.
///
/// The body is the file. What tus says in `Upload-Metadata` is said in headers `Albumen-Filename`,
/// `Albumen-Sha256`, `Albumen-Modified-At-Ms` and so on, percent-encoded. Sending it again is harmless.
#[utoipa::path(
    put,
    path = "/api/v1/files",
    operation_id = "put_file",
    tag = "ingest",
    request_body(content_type = "application/octet-stream", description = "The file's bytes"),
    responses(
        (status = 200, description = "It was stored before", body = Stored),
        (status = 201, description = "It is stored", body = Stored),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was deleted here earlier", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Other bytes than declared; they were thrown away", body = wire::Problem, content_type = "application/problem+json"),
        (status = 507, description = "The hub's disk is full", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn put_file(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    request: Request,
) -> Answer<Response> {
    let file = metadata::from_headers(request.headers())?;
    let length = request.body().size_hint().exact();
    let stored = library.put(&caller, file, length, body_stream(request.into_body())).await?;
    let status = if stored.already_held { StatusCode::OK } else { StatusCode::CREATED };
    let mut response = (status, ()).into_response();
    write_stored(response.headers_mut(), &stored);
    let headers = std::mem::take(response.headers_mut());
    Ok((status, headers, Json(to_wire(stored))).into_response())
}
