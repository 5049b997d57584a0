//! Folders, files and the trash. One endpoint per file.

mod add_folder;
mod change_entry;
mod download_entry;
mod list_children;
mod list_files_below;
mod purge_entry;
mod restore_entry;
mod show_entry;
mod trash_entry;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(show_entry::show_entry, change_entry::change_entry, trash_entry::trash_entry))
        .routes(routes!(list_children::list_children))
        .routes(routes!(list_files_below::list_files_below))
        .routes(routes!(add_folder::add_folder))
        .routes(routes!(restore_entry::restore_entry))
        .routes(routes!(purge_entry::purge_entry))
        .routes(routes!(download_entry::download_entry))
}
