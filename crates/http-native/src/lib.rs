//! Albumen's own door: `/api/v1` (JSON, OpenAPI) and `/tus`. A handler parses, calls **one** method
//! of the library and renders what it gives; it decides nothing.

mod address;
mod body;
mod convert;
mod json;
mod paging;
mod params;
mod problem;
mod routes;
mod signed;
mod stored;
mod tus;

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Extension, Router};
use http::{HeaderValue, StatusCode, header};
use http_kit::Refusal;
use library::Library;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use problem::{Answer, Refused};

/// The longest JSON body: a thousand filings with long names fit. Uploads are streamed and not limited by it.
const JSON_MAX_BYTES: usize = 8 * 1024 * 1024;

/// What the OpenAPI document says about itself; the paths come from the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Albumen",
        description = "The API of an Albumen hub. Uploads also go by tus 1.0 at /tus; docs/api.md tells how.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    // What stands in parameters alone: nothing else brings it along.
    components(schemas(wire::RenditionKind)),
    security(("bearer" = []), ("session" = [])),
)]
struct Document;

/// All routes over one library. The hub adds health, the request log and limits around it.
pub fn router(library: Arc<Library>) -> Router {
    let (api, document) = api().split_for_parts();
    let document = Arc::new(finished(document));
    api.merge(tus::router())
        .route(routes::openapi::PATH, axum::routing::get(routes::openapi::openapi).layer(Extension(document)))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn(never_cache))
        .layer(middleware::from_fn(problem::render_problems))
        .layer(DefaultBodyLimit::max(JSON_MAX_BYTES))
        .with_state(library)
}

/// Whether a path belongs to this door, also where there is nothing. The hub shows the web app at all
/// other addresses.
pub fn owns(path: &str) -> bool {
    ["/api", "/tus"]
        .iter()
        .any(|door| path.strip_prefix(door).is_some_and(|below| below.is_empty() || below.starts_with('/')))
}

/// The OpenAPI document as it is committed in `docs/openapi.json`.
pub fn openapi_json() -> String {
    let (_, document) = api().split_for_parts();
    let mut json = finished(document).to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

fn api() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::with_openapi(Document::openapi()).merge(routes::router())
}

fn finished(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let session =
        ApiKeyValue::with_description("albumen_session", "A browser's session, on the hub's own pages");
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    document
}

/// Answers of the API are about one caller at one moment; downloads say something else themselves.
async fn never_cache(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A stranger is not told which addresses exist: without a token every unknown one asks for it.
async fn not_found(_caller: signed::Signed) -> Answer<()> {
    Err(Refused::from(Refusal::new(StatusCode::NOT_FOUND, "not-found", "there is nothing at this address")))
}

async fn method_not_allowed(_caller: signed::Signed) -> Answer<()> {
    let why = "this address does not know that method";
    Err(Refused::from(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", why)))
}
