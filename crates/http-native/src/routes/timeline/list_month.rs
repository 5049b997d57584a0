//! `GET /api/v1/timeline/{month}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{AssetQuery, TimelinePage};

use crate::convert;
use crate::paging::page;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;

/// The pictures and videos of a month.
///
/// Newest first by the taker's clock, of one Space or of all, as columns. The month is written like
/// `2024-07`; `none` stands for what has no month yet.
#[utoipa::path(
    get,
    path = "/api/v1/timeline/{month}",
    operation_id = "list_month",
    tag = "timeline",
    params(("month" = String, Path, description = "Such as 2024-07, or none"), AssetQuery),
    responses(
        (status = 200, description = "The pictures and videos of a month", body = TimelinePage),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_month(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(month): PathParams<String>,
    QueryParams(query): QueryParams<AssetQuery>,
) -> Answer<Json<TimelinePage>> {
    let month = convert::timeline::month(&month)?;
    let wanted = page(query.after.as_deref(), query.limit)?;
    let listed = library.month(&caller, query.space, month, wanted).await?;
    Ok(Json(convert::timeline::page(listed)))
}
