//! `GET /api/v1/timeline`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Page, TimelineMonth, TimelineQuery};

use crate::convert;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// How many pictures and videos each month has.
///
/// Newest first, in one page, of one Space or of all; what came before months were kept
/// comes last.
#[utoipa::path(
    get,
    path = "/api/v1/timeline",
    operation_id = "list_months",
    tag = "timeline",
    params(TimelineQuery),
    responses(
        (status = 200, description = "How many pictures and videos each month has", body = Page<TimelineMonth>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_months(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<TimelineQuery>,
) -> Answer<Json<Page<TimelineMonth>>> {
    let months = library.months(&caller, query.space).await?;
    let items = months.into_iter().map(convert::timeline::month_count).collect();
    Ok(Json(Page { items, next: None }))
}
