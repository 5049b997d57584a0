//! `PATCH /api/v1/devices/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::DeviceId;
use library::Library;
use wire::{Device, DevicePatch};

use crate::convert;
use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Renames a device.
///
/// Its folder keeps its name.
#[utoipa::path(
    patch,
    path = "/api/v1/devices/{id}",
    operation_id = "rename_device",
    tag = "devices",
    params(("id" = DeviceId, Path)),
    request_body = DevicePatch,
    responses(
        (status = 200, description = "Renames a device", body = Device),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn rename_device(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<DeviceId>,
    JsonBody(body): JsonBody<DevicePatch>,
) -> Answer<Json<Device>> {
    Ok(Json(convert::devices::device(library.rename_device(&caller, id, body.name).await?)))
}
