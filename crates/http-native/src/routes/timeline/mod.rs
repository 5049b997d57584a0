//! Pictures and videos by month. One endpoint per file.

mod list_month;
mod list_months;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new().routes(routes!(list_months::list_months)).routes(routes!(list_month::list_month))
}
