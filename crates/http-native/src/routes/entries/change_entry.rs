//! `PATCH /api/v1/entries/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::EntryId;
use library::Library;
use wire::{EntryPatch, EntryWithPath};

use crate::convert;
use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Renames or moves an entry.
///
/// Or both at once, within its Space.
#[utoipa::path(
    patch,
    path = "/api/v1/entries/{id}",
    operation_id = "change_entry",
    tag = "entries",
    params(("id" = EntryId, Path)),
    request_body = EntryPatch,
    responses(
        (status = 200, description = "Renames or moves an entry", body = EntryWithPath),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn change_entry(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<EntryId>,
    JsonBody(body): JsonBody<EntryPatch>,
) -> Answer<Json<EntryWithPath>> {
    let changed = library.change_entry(&caller, id, body.name, body.parent_id).await?;
    Ok(Json(convert::entries::with_path(changed)))
}
