//! `/api/v1`, by noun.

mod accounts;
mod albums;
mod assets;
mod changes;
mod devices;
mod entries;
mod ingest;
mod media;
pub(crate) mod openapi;
mod spaces;
mod timeline;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the API.
pub(crate) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(albums::router())
        .merge(assets::router())
        .merge(changes::router())
        .merge(devices::router())
        .merge(entries::router())
        .merge(ingest::router())
        .merge(media::router())
        .merge(spaces::router())
        .merge(timeline::router())
}
