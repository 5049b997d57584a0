//! `GET /api/v1/entries/{id}/content`

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::EntryId;
use http::{HeaderMap, Method};
use http_kit::download::{self, Caching};
use library::Library;

use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Downloads a file.
///
/// With `Range`, `ETag`, `If-None-Match` and `If-Range`; `HEAD` works as well. The type comes from the
/// bytes; what a browser would run comes as an attachment.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{id}/content",
    operation_id = "download_entry",
    tag = "entries",
    params(("id" = EntryId, Path)),
    responses(
        (status = 200, description = "The whole file", content_type = "application/octet-stream"),
        (status = 206, description = "The wanted range", content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it already"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "A folder has no content", body = wire::Problem, content_type = "application/problem+json"),
        (status = 412, description = "If-Match names another file", body = wire::Problem, content_type = "application/problem+json"),
        (status = 416, description = "The range lies outside the file"),
        (status = 500, description = "The stored bytes are damaged or missing", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn download_entry(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<EntryId>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let content = library.entry_content(&caller, id).await?;
    Ok(download::respond(&library, content, Caching::AskFirst, &method, &headers).await?)
}
