//! Set-up, login, people and tokens. One endpoint per file.

mod add_token;
mod add_user;
mod begin_session;
mod change_password;
mod end_other_sessions;
mod list_tokens;
mod list_users;
mod login;
mod logout;
mod me;
mod revoke_token;
mod set_up;
mod setup_state;

use std::sync::Arc;

use library::Library;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Arc<Library>> {
    OpenApiRouter::new()
        .routes(routes!(setup_state::setup_state, set_up::set_up))
        .routes(routes!(login::login))
        .routes(routes!(logout::logout))
        .routes(routes!(begin_session::begin_session))
        .routes(routes!(end_other_sessions::end_other_sessions))
        .routes(routes!(me::me))
        .routes(routes!(change_password::change_password))
        .routes(routes!(list_tokens::list_tokens, add_token::add_token))
        .routes(routes!(revoke_token::revoke_token))
        .routes(routes!(list_users::list_users, add_user::add_user))
}
