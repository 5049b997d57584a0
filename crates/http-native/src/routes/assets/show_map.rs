//! `GET /api/v1/assets/places`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http_kit::Refusal;
use library::{Library, POINTS_MAX};
use wire::{MapPoints, MapQuery};

use crate::convert;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// How many points there are when nobody says.
const POINTS: usize = 200;

/// Pictures and videos on a map.
///
/// What lies within a rectangle, of one Space or of all, as a bounded number of points: single pictures while they
/// are few, squares with counts otherwise.
#[utoipa::path(
    get,
    path = "/api/v1/assets/places",
    operation_id = "show_map",
    tag = "assets",
    params(MapQuery),
    responses(
        (status = 200, description = "Points, as columns", body = MapPoints),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_map(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<MapQuery>,
) -> Answer<Json<MapPoints>> {
    let within = convert::search::shown(query.bbox.as_deref())?;
    let most = match query.points.map(usize::try_from) {
        None => POINTS,
        Some(Ok(most @ 1..=POINTS_MAX)) => most,
        Some(_) => {
            return Err(Refusal::invalid("points", format!("a map has 1 to {POINTS_MAX} points")).into());
        }
    };
    let points = library.map(&caller, query.space, within, most).await?;
    Ok(Json(convert::search::points(points)))
}
