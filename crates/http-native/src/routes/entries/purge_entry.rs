//! `DELETE /api/v1/trash/{id}`

use std::sync::Arc;

use axum::extract::State;
use domain::EntryId;
use http::StatusCode;
use library::Library;

use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Deletes a deleted item for good.
///
/// Before its time. That it was deleted is remembered.
#[utoipa::path(
    delete,
    path = "/api/v1/trash/{id}",
    operation_id = "purge_entry",
    tag = "entries",
    params(("id" = EntryId, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn purge_entry(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<EntryId>,
) -> Answer<StatusCode> {
    library.purge(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
