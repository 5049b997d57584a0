//! Devices. One endpoint per file.

mod keep_report;
mod list_devices;
mod rename_device;
mod retire_device;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(list_devices::list_devices))
        .routes(routes!(rename_device::rename_device, retire_device::retire_device))
        .routes(routes!(keep_report::keep_report))
}
