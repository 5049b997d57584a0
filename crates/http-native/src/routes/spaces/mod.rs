//! Spaces. One endpoint per file.

mod add_space;
mod list_members;
mod list_spaces;
mod list_trash;
mod look_up;
mod remove_member;
mod rename_space;
mod set_member;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(list_spaces::list_spaces, add_space::add_space))
        .routes(routes!(rename_space::rename_space))
        .routes(routes!(list_members::list_members))
        .routes(routes!(set_member::set_member, remove_member::remove_member))
        .routes(routes!(look_up::look_up))
        .routes(routes!(list_trash::list_trash))
}
