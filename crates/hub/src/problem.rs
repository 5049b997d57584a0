//! The two refusals that no dialect gives, because they come from outside of all of them:
//! `application/problem+json` (RFC 9457) in the form that `docs/api.md` describes.

use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::json;

/// How long to wait before asking again a hub that is not ready, in seconds.
const ASK_AGAIN_SECONDS: u64 = 5;

/// 500: a fault of ours. The log has a line with this request's id.
pub(crate) fn internal(request_id: Option<&str>) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let problem = json!({
        "status": status.as_u16(),
        "code": "internal",
        "title": "A fault of the hub",
        "detail": "something went wrong inside the hub; its log says more",
        "retryable": false,
        "request_id": request_id,
    });
    answer(status, &problem)
}

/// 503: not right now, and why.
pub(crate) fn unavailable(detail: &str) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let problem = json!({
        "status": status.as_u16(),
        "code": "unavailable",
        "title": "Not right now",
        "detail": detail,
        "retryable": true,
        "retry_after_seconds": ASK_AGAIN_SECONDS,
    });
    let mut response = answer(status, &problem);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(ASK_AGAIN_SECONDS));
    response
}

fn answer(status: StatusCode, problem: &serde_json::Value) -> Response {
    (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}
