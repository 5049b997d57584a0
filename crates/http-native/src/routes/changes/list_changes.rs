//! `GET /api/v1/changes`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{ChangePage, ChangeQuery};

use crate::convert;
use crate::paging::{LIMIT_MAX, rows};
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// The change feed.
///
/// Oldest first, behind a place that the caller remembers.
#[utoipa::path(
    get,
    path = "/api/v1/changes",
    operation_id = "list_changes",
    tag = "changes",
    params(ChangeQuery),
    responses(
        (status = 200, description = "The change feed", body = ChangePage),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_changes(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<ChangeQuery>,
) -> Answer<Json<ChangePage>> {
    let limit = rows(query.limit, LIMIT_MAX)?;
    let after = query.after.unwrap_or(0).max(0);
    let found = library.changes(&caller, after, query.content_only.unwrap_or(false), limit).await?;
    Ok(Json(convert::changes::page(found, after, library.hub_id())))
}
