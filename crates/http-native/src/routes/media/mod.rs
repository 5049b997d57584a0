//! How the looking into pictures and videos goes. One endpoint per file.

mod show_status;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new().routes(routes!(show_status::show_status))
}
