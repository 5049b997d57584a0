//! `GET /api/v1/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Page, PageQuery, User};

use crate::paging::page;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// All accounts.
///
/// By name; for owners and managers.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    operation_id = "list_users",
    tag = "accounts",
    params(PageQuery),
    responses(
        (status = 200, description = "All accounts", body = Page<User>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_users(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<User>>> {
    let listed = library.accounts(&caller, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(paging::to_wire(listed, convert::accounts::user)))
}
