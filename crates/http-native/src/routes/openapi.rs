//! `GET /api/v1/openapi.json`

use std::sync::Arc;

use axum::{Extension, Json};
use utoipa::openapi::OpenApi;

use crate::signed::Signed;

/// Where the document is.
pub(crate) const PATH: &str = "/api/v1/openapi.json";

/// The document that describes this very API.
pub(crate) async fn openapi(_caller: Signed, Extension(document): Extension<Arc<OpenApi>>) -> Json<OpenApi> {
    Json(OpenApi::clone(&document))
}
