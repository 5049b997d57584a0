//! `GET /api/v1/spaces`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Page, Space};

use crate::convert;
use crate::problem::Answer;
use crate::signed::Signed;

/// The Spaces that the caller can see.
///
/// Oldest first. There are few, so they come in one page.
#[utoipa::path(
    get,
    path = "/api/v1/spaces",
    operation_id = "list_spaces",
    tag = "spaces",
    responses(
        (status = 200, description = "The Spaces that the caller can see", body = Page<Space>),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_spaces(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
) -> Answer<Json<Page<Space>>> {
    let items = library.spaces(&caller).await?.into_iter().map(convert::spaces::space).collect();
    Ok(Json(Page { items, next: None }))
}
