//! `GET /api/v1/protection`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::Protection;

use crate::convert;
use crate::problem::Answer;
use crate::signed::Signed;

/// How well the caller's pictures are kept.
///
/// Those of all Spaces that the caller can see. Counting reads a row for each: ask for it to show it, not
/// in a loop.
#[utoipa::path(
    get,
    path = "/api/v1/protection",
    operation_id = "show_protection",
    tag = "assets",
    responses(
        (status = 200, description = "How many there are, and what is known of their bytes", body = Protection),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_protection(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
) -> Answer<Json<Protection>> {
    Ok(Json(convert::assets::protection(library.protection(&caller).await?)))
}
