//! One line for each request, documented in `docs/operating.md` like an interface. It is written
//! when the last byte of the reply has gone (or the connection broke), so that it tells the whole story.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};

/// The header that carries a request's id back to the caller.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Tells requests apart in the log and in problem replies: unique within one run of the hub.
#[derive(Debug, Clone)]
pub struct RequestId(pub Arc<str>);

/// Who turned out to be calling. The extractor that checks the token writes it once.
#[derive(Debug, Clone, Default)]
pub struct CallerSlot(Arc<std::sync::OnceLock<String>>);

impl CallerSlot {
    /// Remembers the caller for the log line, such as `sam@laptop`.
    pub fn fill(&self, caller: String) {
        // Only the first answer counts; a second one would be the same caller.
        let _ = self.0.set(caller);
    }
}

/// Makes request ids.
#[derive(Debug, Clone, Default)]
pub struct RequestIds(Arc<AtomicU64>);

impl RequestIds {
    fn fresh(&self) -> RequestId {
        RequestId(format!("r{:x}", self.0.fetch_add(1, Ordering::Relaxed)).into())
    }
}

/// The address that a request came from; `unknown` when the transport has none.
pub fn client_address(extensions: &http::Extensions) -> String {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_canonical().to_string())
}

/// Middleware: gives the request an id, counts its bytes both ways and writes its line at the end.
pub async fn log_request(State(ids): State<RequestIds>, mut request: Request, next: Next) -> Response {
    let id = ids.fresh();
    let line = Line {
        id: id.clone(),
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        route: request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()),
        address: client_address(request.extensions()),
        caller: CallerSlot::default(),
        bytes_in: Arc::default(),
        bytes_out: 0,
        status: StatusCode::INTERNAL_SERVER_ERROR,
        started: now(),
        ended: false,
    };
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(line.caller.clone());
    let counted = line.bytes_in.clone();
    let request = request.map(|body| Body::new(CountedBody { body, count: counted }));
    let mut guard = line;
    let mut response = next.run(request).await;
    guard.status = response.status();
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    // A server stops asking for more once the promised length has gone, so that is the end as well.
    let promised =
        response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| {
        // No byte of a body goes out for HEAD, whatever length its answer tells.
        guard.ended = body.is_end_stream() || guard.method == Method::HEAD;
        Body::new(LoggedBody { body, line: guard, promised })
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the log line measures how long a request took; nothing decides by it"
)]
fn now() -> Instant {
    Instant::now()
}

/// What the line will say. Written when it is dropped, whatever ended the request.
#[derive(Debug)]
struct Line {
    id: RequestId,
    method: Method,
    path: String,
    route: Option<String>,
    address: String,
    caller: CallerSlot,
    bytes_in: Arc<AtomicU64>,
    bytes_out: u64,
    status: StatusCode,
    started: Instant,
    ended: bool,
}

impl Drop for Line {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let status = self.status.as_u16();
        let route = self.route.as_deref().unwrap_or("none").to_owned();
        metrics::counter!("albumen_http_requests_total", "method" => self.method.to_string(), "route" => route.clone(), "status" => status.to_string())
            .increment(1);
        metrics::histogram!("albumen_http_request_seconds", "route" => route).record(elapsed.as_secs_f64());
        tracing::info!(
            target: "albumen::request",
            request = %self.id.0,
            method = %self.method,
            path = %self.path,
            status,
            caller = self.caller.0.get().map_or("-", String::as_str),
            address = %self.address,
            bytes_in = self.bytes_in.load(Ordering::Relaxed),
            bytes_out = self.bytes_out,
            duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            complete = self.ended,
            "{} {} {status}",
            self.method,
            self.path,
        );
    }
}

/// Counts the bytes of a request's body.
struct CountedBody {
    body: Body,
    count: Arc<AtomicU64>,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
        {
            self.count.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A reply's body that carries its log line to the end.
struct LoggedBody {
    body: Body,
    line: Line,
    promised: Option<u64>,
}

impl HttpBody for LoggedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                self.line.bytes_out += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
                let sent = self.line.bytes_out;
                self.line.ended |= self.body.is_end_stream() || self.promised == Some(sent);
            }
            Poll::Ready(None) => self.line.ended = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::Router;
    use axum::routing::post;
    use tower::ServiceExt as _;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// What the log says of one request to this app, as JSON, when its answer was read to the end.
    async fn line_of(app: Router, request: Request) -> serde_json::Value {
        let lines = Lines::default();
        let subscriber =
            tracing_subscriber::fmt().json().flatten_event(true).with_writer(lines.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let app = app.layer(axum::middleware::from_fn_with_state(RequestIds::default(), log_request));
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.headers()[REQUEST_ID], "r0");
        axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        serde_json::from_str(written.trim()).unwrap()
    }

    #[tokio::test]
    async fn a_line_tells_who_what_and_how_much() {
        let app = Router::new().route(
            "/things/{id}",
            post(|request: Request| async {
                request.extensions().get::<CallerSlot>().unwrap().fill("sam@laptop".into());
                axum::body::to_bytes(request.into_body(), 100).await.unwrap();
                "hello"
            }),
        );
        let line = line_of(app, Request::post("/things/7").body(Body::from("123")).unwrap()).await;
        assert_eq!(line["caller"], "sam@laptop");
        assert_eq!(line["path"], "/things/7");
        assert_eq!(
            (&line["status"], &line["bytes_in"], &line["bytes_out"]),
            (&200.into(), &3.into(), &5.into())
        );
        assert_eq!(line["complete"], true);
    }

    #[tokio::test]
    async fn a_refused_head_is_complete_although_its_words_do_not_go_out() {
        let words = |_: Response| async { (StatusCode::NOT_FOUND, "not here") };
        let app = Router::new()
            .route("/", axum::routing::get(|| async {}))
            .layer(axum::middleware::map_response(words));
        let line = line_of(app, Request::head("/").body(Body::empty()).unwrap()).await;
        assert_eq!((&line["status"], &line["bytes_out"]), (&404.into(), &0.into()));
        assert_eq!(line["complete"], true);
    }
}
