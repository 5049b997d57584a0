//! `POST /api/v1/folders`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::{Entry, NewFolder};

use crate::convert;
use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes a folder.
///
/// In a folder that the caller may change.
#[utoipa::path(
    post,
    path = "/api/v1/folders",
    operation_id = "add_folder",
    tag = "entries",
    request_body = NewFolder,
    responses(
        (status = 201, description = "Makes a folder", body = Entry),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_folder(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<NewFolder>,
) -> Answer<(StatusCode, Json<Entry>)> {
    let made = library.add_folder(&caller, body.parent_id, body.name).await?;
    Ok((StatusCode::CREATED, Json(convert::entries::entry(made))))
}
