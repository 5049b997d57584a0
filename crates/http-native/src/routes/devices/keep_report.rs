//! `PUT /api/v1/devices/current/report`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::DeviceReport;

use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// What a device says about its run.
///
/// Shown in the list of devices.
#[utoipa::path(
    put,
    path = "/api/v1/devices/current/report",
    operation_id = "keep_report",
    tag = "devices",
    request_body = DeviceReport,
    responses(
        (status = 204, description = "Done"),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn keep_report(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<DeviceReport>,
) -> Answer<StatusCode> {
    let report = serde_json::to_string(&body).map_err(|error| library::Error::Internal(error.into()))?;
    library.keep_report(&caller, report).await?;
    Ok(StatusCode::NO_CONTENT)
}
