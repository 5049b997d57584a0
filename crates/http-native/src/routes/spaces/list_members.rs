//! `GET /api/v1/spaces/{id}/members`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::SpaceId;
use library::Library;
use wire::{Page, PageQuery, SpaceMember};

use crate::paging::page;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// The members of a Space.
///
/// By name.
#[utoipa::path(
    get,
    path = "/api/v1/spaces/{id}/members",
    operation_id = "list_members",
    tag = "spaces",
    params(("id" = SpaceId, Path), PageQuery),
    responses(
        (status = 200, description = "The members of a Space", body = Page<SpaceMember>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_members(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<SpaceId>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<SpaceMember>>> {
    let listed = library.space_members(&caller, id, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(paging::to_wire(listed, convert::spaces::member)))
}
