//! `GET /api/v1/assets/suggestions`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Suggestions, TimelineQuery};

use crate::convert;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// What a search box offers.
///
/// The cameras and places with most pictures and videos, of one Space or of all.
#[utoipa::path(
    get,
    path = "/api/v1/assets/suggestions",
    operation_id = "list_suggestions",
    tag = "assets",
    params(TimelineQuery),
    responses(
        (status = 200, description = "Cameras and places", body = Suggestions),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_suggestions(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<TimelineQuery>,
) -> Answer<Json<Suggestions>> {
    Ok(Json(convert::search::suggestions(library.suggestions(&caller, query.space).await?)))
}
