//! Pictures and videos. One endpoint per file.

mod download_asset;
mod download_rendition;
mod join_item;
mod lead_item;
mod list_asset_entries;
mod list_assets;
mod list_suggestions;
mod search_assets;
mod show_asset;
mod show_facts;
mod show_map;
mod show_protection;
mod split_item;
mod trash_assets;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(list_assets::list_assets))
        .routes(routes!(search_assets::search_assets))
        .routes(routes!(list_suggestions::list_suggestions))
        .routes(routes!(show_map::show_map))
        .routes(routes!(show_asset::show_asset))
        .routes(routes!(download_asset::download_asset))
        .routes(routes!(list_asset_entries::list_asset_entries))
        .routes(routes!(trash_assets::trash_assets))
        .routes(routes!(show_facts::show_facts))
        .routes(routes!(show_protection::show_protection))
        .routes(routes!(download_rendition::download_rendition))
        .routes(routes!(split_item::split_item))
        .routes(routes!(join_item::join_item))
        .routes(routes!(lead_item::lead_item))
}
