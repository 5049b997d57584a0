//! A panic in one request is that request's misfortune and nobody else's.

use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use http_kit::RequestId;

use crate::problem;

/// Middleware: answers 500 where the inside panics. The panic itself is logged by its hook.
pub(crate) async fn answer_for_panic(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    // What a request shares with others is behind locks that recover, or in transactions.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => problem::internal(id.as_ref().map(|id| &*id.0)),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_problem_of_its_request_only() {
        let app = Router::new()
            .route("/panic", get(|| async { panic!("on purpose") as StatusCode }))
            .route("/fine", get(|| async { StatusCode::NO_CONTENT }))
            .layer(axum::middleware::from_fn(answer_for_panic));
        let ask = |path: &str| app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let response = ask("/panic").await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(ask("/fine").await.unwrap().status(), StatusCode::NO_CONTENT);
    }
}
