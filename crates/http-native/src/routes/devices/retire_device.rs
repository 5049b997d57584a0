//! `DELETE /api/v1/devices/{id}`

use std::sync::Arc;

use axum::extract::State;
use domain::DeviceId;
use http::StatusCode;
use library::Library;

use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Retires a device.
///
/// Its tokens stop working; what it brought stays.
#[utoipa::path(
    delete,
    path = "/api/v1/devices/{id}",
    operation_id = "retire_device",
    tag = "devices",
    params(("id" = DeviceId, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn retire_device(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<DeviceId>,
) -> Answer<StatusCode> {
    library.retire_device(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
