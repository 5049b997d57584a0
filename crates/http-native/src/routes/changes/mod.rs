//! The change feed. One endpoint per file.

mod list_changes;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new().routes(routes!(list_changes::list_changes))
}
