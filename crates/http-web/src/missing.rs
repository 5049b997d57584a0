//! What a hub that was built without the web app says.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

const PAGE: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Albumen</title>
<h1>This hub has no web app in it</h1>
<p>The hub works, and devices can send to it. Its program was built without the web app, though.</p>
<p>To have it here: run <code>make build</code> in the project's folder (it needs Node 20.19 or newer), and start the hub again.</p>
";

/// The page, as something that is not there for now.
pub(crate) fn page() -> Response {
    let mut response = Response::new(Body::from(PAGE));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
