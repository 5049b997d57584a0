//! Everything that the hub answers on its main listener.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use http_kit::request_log::{RequestIds, log_request};
use library::Library;
use tower::ServiceExt as _;

use crate::{health, panics};

/// The doors of a hub over this library, with the request log around all of them.
pub fn router(library: Arc<Library>) -> Router {
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(library.clone());
    let native = http_native::router(library);
    native
        .clone()
        .reset_fallback()
        .merge(health)
        .fallback_service(beside_the_routes(native))
        .layer(from_fn(panics::answer_for_panic))
        .layer(from_fn_with_state(RequestIds::default(), log_request))
}

/// What is no route: below the API's addresses the API says so in its own words, everywhere else is the
/// web app.
fn beside_the_routes(native: Router) -> Router {
    let web = http_web::router();
    Router::new().fallback(move |request: Request| {
        let answers = if http_native::owns(request.uri().path()) { native } else { web };
        // It cannot fail: an error would be an answer.
        async { answers.oneshot(request).await.unwrap_or_else(|never| match never {}) }
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{StatusCode, header};

    use super::*;

    async fn ask(path: &str) -> (StatusCode, String) {
        let native = Router::new().fallback(|| async { (StatusCode::UNAUTHORIZED, "the API") });
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = beside_the_routes(native).oneshot(request).await.unwrap();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        (response.status(), kind)
    }

    #[tokio::test]
    async fn pages_are_the_web_apps_and_the_rest_of_the_api_is_the_apis() {
        for path in ["/api", "/api/", "/api/v2/me", "/tus/a/b"] {
            assert_eq!(ask(path).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
        for path in ["/", "/photos", "/apian", "/tusk"] {
            // With the app or without it: a page in either case.
            assert_eq!(ask(path).await.1, "text/html; charset=utf-8", "{path}");
        }
    }
}
