//! The web app's files, out of the hub's own program. What is shown in them comes through `/api/v1`, like
//! for anybody else: this crate knows no use case, and nothing here depends on who is asking.
//!
//! `npm run build` in `web/` puts the files into `built/app`, each large one a second and third time
//! compressed (`.br`, `.gz`). Without them the crate compiles all the same and says what is missing.

mod answer;
mod embedded;
mod missing;

use std::borrow::Cow;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;

/// A file of the web app.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Its bytes.
    pub(crate) bytes: Cow<'static, [u8]>,
    /// What tells it from its other versions, such as a hash.
    pub(crate) tag: String,
}

/// Where the files are.
pub(crate) trait Files: Send + Sync + 'static {
    /// The file at this path below the app's folder, such as `assets/index-a1b2.js`.
    fn file(&self, path: &str) -> Option<File>;
}

/// Serves the web app: its files, and for every other address the app itself, which finds its way by
/// the address.
pub fn router() -> Router {
    router_over(Arc::new(embedded::Embedded))
}

fn router_over(files: Arc<dyn Files>) -> Router {
    Router::new().fallback(serve).with_state(files)
}

async fn serve(State(files): State<Arc<dyn Files>>, request: Request) -> Response {
    answer::answer(&*files, request.method(), request.uri().path(), request.headers())
}
