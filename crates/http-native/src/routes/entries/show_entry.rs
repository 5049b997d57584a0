//! `GET /api/v1/entries/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::EntryId;
use library::Library;
use wire::EntryWithPath;

use crate::convert;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// A folder or file.
///
/// Live or in the trash, with the folder that it is in.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{id}",
    operation_id = "show_entry",
    tag = "entries",
    params(("id" = EntryId, Path)),
    responses(
        (status = 200, description = "A folder or file", body = EntryWithPath),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_entry(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<EntryId>,
) -> Answer<Json<EntryWithPath>> {
    Ok(Json(convert::entries::with_path(library.entry(&caller, id).await?)))
}
