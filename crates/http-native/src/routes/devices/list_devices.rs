//! `GET /api/v1/devices`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Device, Page, PageQuery};

use crate::paging::page;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// The caller's devices.
///
/// By name, with their last contact; retired ones too.
#[utoipa::path(
    get,
    path = "/api/v1/devices",
    operation_id = "list_devices",
    tag = "devices",
    params(PageQuery),
    responses(
        (status = 200, description = "The caller's devices", body = Page<Device>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_devices(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<Device>>> {
    let listed = library.devices(&caller, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(paging::to_wire(listed, convert::devices::device)))
}
