//! Refusals as `application/problem+json` (RFC 9457).

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use http_kit::refusal::log_fault;
use http_kit::{Refusal, RequestId};
use wire::{Problem, ProblemCode};

/// What a handler answers when it cannot do what was asked. [`render_problems`] writes its body.
#[derive(Debug, Clone)]
pub(crate) struct Refused(Box<Refusal>);

/// The result of a handler.
pub(crate) type Answer<T> = Result<T, Refused>;

impl Refused {
    /// Why.
    #[cfg(test)]
    pub(crate) const fn refusal(&self) -> &Refusal {
        &self.0
    }
}

impl From<library::Error> for Refused {
    fn from(error: library::Error) -> Self {
        log_fault(&error);
        Self(Box::new(Refusal::from(&error)))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(Box::new(refusal))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(*self.0);
        response
    }
}

/// Middleware: gives every refusal its body, with the request's id, so that a person can find the
/// line in the log.
pub(crate) async fn render_problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.to_string());
    let mut response = next.run(request).await;
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    let body = serde_json::to_vec(&to_wire(&refusal, id)).unwrap_or_default();
    *response.body_mut() = body.into();
    let headers = response.headers_mut();
    headers.remove(http::header::CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = refusal.retry_after_seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if refusal.status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn to_wire(refusal: &Refusal, request_id: Option<String>) -> Problem {
    let code = serde_json::from_value::<ProblemCode>(refusal.code.into()).unwrap_or(ProblemCode::Unknown);
    Problem {
        status: refusal.status.as_u16(),
        code,
        title: title(code).to_owned(),
        detail: refusal.detail.clone(),
        retryable: refusal.retryable,
        field: refusal.field.map(str::to_owned),
        expected: refusal.expected.clone(),
        actual: refusal.actual.clone(),
        retry_after_seconds: refusal.retry_after_seconds,
        request_id,
    }
}

const fn title(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::Invalid => "The request does not make sense",
        ProblemCode::SignInAgain => "Sign in again",
        ProblemCode::Forbidden => "Not allowed",
        ProblemCode::NotFound => "Not there",
        ProblemCode::NotShown => "Cannot be shown",
        ProblemCode::MethodNotAllowed => "This address does not know that method",
        ProblemCode::NameTaken => "The name is taken",
        ProblemCode::Conflict => "Not possible as things stand",
        ProblemCode::DeletedEarlier => "Deleted here earlier",
        ProblemCode::OffsetMismatch => "The upload goes on elsewhere",
        ProblemCode::UploadGone => "The upload has ended",
        ProblemCode::ConditionFailed => "A condition does not hold",
        ProblemCode::TooLarge => "Too large",
        ProblemCode::WrongType => "Wrong content type",
        ProblemCode::RangeOutside => "The range lies outside the file",
        ProblemCode::HashMismatch => "Other bytes than declared",
        ProblemCode::LengthMismatch => "More or fewer bytes than declared",
        ProblemCode::UploadBusy => "Somebody else is writing",
        ProblemCode::SlowDown => "Too many attempts",
        ProblemCode::ChunkMismatch => "The chunk does not match its checksum",
        ProblemCode::Unavailable => "Not right now",
        ProblemCode::NotMadeYet => "Not made yet",
        ProblemCode::StorageFull => "The hub's disk is full",
        ProblemCode::Damaged => "Stored bytes are damaged",
        _ => "A fault of the hub",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_problem_has_code_words_and_headers() {
        let app = Router::new()
            .route("/", get(|| async { Refused::from(library::Error::SlowDown { retry_after_seconds: 60 }) }))
            .layer(middleware::from_fn(render_problems));
        let mut request = Request::get("/").body(Body::empty()).unwrap();
        request.extensions_mut().insert(RequestId("r7".into()));
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[RETRY_AFTER], "60");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!((problem.code, problem.retryable), (ProblemCode::SlowDown, true));
        assert_eq!(problem.request_id.as_deref(), Some("r7"));
    }
}
