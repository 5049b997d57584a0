//! Everything that the hub answers on its main listener.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use http_kit::request_log::{RequestIds, log_request};
use library::Library;

use crate::{health, panics};

/// The doors of a hub over this library, with the request log around all of them.
pub fn router(library: Arc<Library>) -> Router {
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(library.clone());
    http_native::router(library)
        .merge(health)
        .layer(from_fn(panics::answer_for_panic))
        .layer(from_fn_with_state(RequestIds::default(), log_request))
}
