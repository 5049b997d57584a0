//! `GET /api/v1/entries/{id}/files`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::EntryId;
use library::Library;
use wire::{FileBelow, Page, PageQuery};

use crate::paging::page;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// All files below a folder.
///
/// At any depth, folder by folder.
#[utoipa::path(
    get,
    path = "/api/v1/entries/{id}/files",
    operation_id = "list_files_below",
    tag = "entries",
    params(("id" = EntryId, Path), PageQuery),
    responses(
        (status = 200, description = "All files below a folder", body = Page<FileBelow>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_files_below(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<EntryId>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<FileBelow>>> {
    let listed = library.files_below(&caller, id, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(paging::to_wire(listed, convert::entries::below)))
}
