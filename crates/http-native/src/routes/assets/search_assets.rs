//! `GET /api/v1/assets/search`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{SearchQuery, TimelinePage};

use crate::convert;
use crate::paging::page;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Search pictures and videos.
///
/// Newest first by the taker's clock, of one Space or of all, as columns like a month of the timeline. A page may be
/// short or empty while there is a next one.
#[utoipa::path(
    get,
    path = "/api/v1/assets/search",
    operation_id = "search_assets",
    tag = "assets",
    params(SearchQuery),
    responses(
        (status = 200, description = "The pictures and videos that were found", body = TimelinePage),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn search_assets(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<SearchQuery>,
) -> Answer<Json<TimelinePage>> {
    let wanted = page(query.after.as_deref(), query.limit)?;
    let sought = convert::search::sought(query)?;
    let listed = library.search(&caller, sought, wanted).await?;
    Ok(Json(convert::timeline::page(listed)))
}
