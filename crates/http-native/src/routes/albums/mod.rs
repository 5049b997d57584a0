//! Albums. One endpoint per file.

mod add_album;
mod add_album_assets;
mod delete_album;
mod list_album_assets;
mod list_album_moments;
mod list_albums;
mod remove_album_assets;
mod rename_album;
mod show_album;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(list_albums::list_albums, add_album::add_album))
        .routes(routes!(show_album::show_album, rename_album::rename_album, delete_album::delete_album))
        .routes(routes!(list_album_assets::list_album_assets, add_album_assets::add_album_assets))
        .routes(routes!(list_album_moments::list_album_moments))
        .routes(routes!(remove_album_assets::remove_album_assets))
}
