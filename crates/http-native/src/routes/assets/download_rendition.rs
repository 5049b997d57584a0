//! `GET /api/v1/assets/{id}/renditions/{kind}`

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::AssetId;
use http::{HeaderMap, Method};
use http_kit::download::{self, Caching};
use library::Library;
use serde::Deserialize;
use wire::RenditionKind;

use crate::convert;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;

/// Which rendition of its kind is meant.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct VersionQuery {
    /// As the hub's links and the timeline's `version` have it. With it the answer may be kept for ever.
    v: Option<String>,
}

/// Downloads what a picture or video is shown with.
///
/// With `Range`, `ETag`, `If-None-Match` and `If-Range`; `HEAD` works as well. Thumbnails and previews
/// come soon after their original; the rest is made when it is first asked for, which may take a while.
#[utoipa::path(
    get,
    path = "/api/v1/assets/{id}/renditions/{kind}",
    operation_id = "download_rendition",
    tag = "assets",
    params(("id" = AssetId, Path), ("kind" = RenditionKind, Path), VersionQuery),
    responses(
        (status = 200, description = "The whole rendition", content_type = "application/octet-stream"),
        (status = 206, description = "The wanted range", content_type = "application/octet-stream"),
        (status = 304, description = "The caller has it already"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, not the caller's to see, or nothing that can be shown", body = wire::Problem, content_type = "application/problem+json"),
        (status = 412, description = "If-Match names another file", body = wire::Problem, content_type = "application/problem+json"),
        (status = 416, description = "The range lies outside the file"),
        (status = 500, description = "The stored bytes are damaged or missing", body = wire::Problem, content_type = "application/problem+json"),
        (status = 503, description = "It is not made yet", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn download_rendition(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams((id, kind)): PathParams<(AssetId, RenditionKind)>,
    QueryParams(VersionQuery { v: version }): QueryParams<VersionQuery>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let content = library.made(&caller, id, convert::facts::rendition_kind(kind)).await?;
    let caching = if version.is_some() { Caching::ForEver } else { Caching::AskFirst };
    Ok(download::respond(&library, content, caching, &method, &headers).await?)
}
