//! What comes in, but for the bytes of tus. One endpoint per file.

mod file;
mod offer;
mod put_file;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(offer::offer))
        .routes(routes!(file::file))
        .routes(routes!(put_file::put_file))
}
