//! `POST /api/v1/albums`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::{Album, NewAlbum};

use crate::convert;
use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes an empty album.
///
/// In a Space that the caller may change.
#[utoipa::path(
    post,
    path = "/api/v1/albums",
    operation_id = "add_album",
    tag = "albums",
    request_body = NewAlbum,
    responses(
        (status = 201, description = "Makes an empty album", body = Album),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_album(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<NewAlbum>,
) -> Answer<(StatusCode, Json<Album>)> {
    let album = library.add_album(&caller, body.space_id, body.name).await?;
    Ok((StatusCode::CREATED, Json(convert::albums::album(album))))
}
