//! Resumable uploads: tus 1.0.0 (<https://tus.io/protocols/resumable-upload>) with the extensions
//! creation, creation-with-upload, checksum, termination and expiration. One file per method.

mod append;
mod begin;
mod describe;
mod headers;
pub(crate) mod metadata;
mod offset;
mod override_method;
mod terminate;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{options, post};
use http::{HeaderValue, Method, StatusCode};
use http_kit::Refusal;
use library::Library;

use crate::problem::Refused;

/// The one version of the protocol that there is.
pub(crate) const VERSION: &str = "1.0.0";

/// Where uploads live.
pub(crate) const ROOT: &str = "/tus";

/// The methods of `/tus` and `/tus/{id}`.
pub(crate) fn router() -> Router<Arc<Library>> {
    Router::new()
        .route("/tus", options(describe::describe).post(begin::begin))
        .route(
            "/tus/{id}",
            post(override_method::override_method)
                .options(describe::describe)
                .head(offset::offset)
                .patch(append::append)
                .delete(terminate::terminate),
        )
        .layer(middleware::from_fn(speak_one_version))
}

/// Refuses clients that speak another version, and names ours in every reply.
async fn speak_one_version(request: Request, next: Next) -> Response {
    let spoken = request.headers().get("tus-resumable");
    let fits = request.method() == Method::OPTIONS || spoken.is_some_and(|version| version == VERSION);
    let mut response = if fits {
        next.run(request).await
    } else {
        let why = "this hub speaks tus 1.0.0; send the header \"Tus-Resumable: 1.0.0\"";
        Refused::from(Refusal::new(StatusCode::PRECONDITION_FAILED, "condition-failed", why)).into_response()
    };
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    response
}
