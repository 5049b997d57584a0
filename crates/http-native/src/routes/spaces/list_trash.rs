//! `GET /api/v1/spaces/{id}/trash`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::SpaceId;
use library::Library;
use wire::{Page, PageQuery, TrashedEntry};

use crate::paging::page;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// The deleted items of a Space.
///
/// Last deleted first. What went with a folder is not listed by itself.
#[utoipa::path(
    get,
    path = "/api/v1/spaces/{id}/trash",
    operation_id = "list_trash",
    tag = "spaces",
    params(("id" = SpaceId, Path), PageQuery),
    responses(
        (status = 200, description = "The deleted items of a Space", body = Page<TrashedEntry>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_trash(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<SpaceId>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<TrashedEntry>>> {
    let listed = library.list_trash(&caller, id, page(query.after.as_deref(), query.limit)?).await?;
    let convert = |entry| convert::entries::trashed(entry, |at_ms| library.purge_at_ms(at_ms));
    Ok(Json(paging::to_wire(listed, convert)))
}
