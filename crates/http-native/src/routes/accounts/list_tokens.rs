//! `GET /api/v1/tokens`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Page, PageQuery, Token};

use crate::paging::page;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// The caller's tokens.
///
/// Newest first; secrets are never shown again.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    operation_id = "list_tokens",
    tag = "accounts",
    params(PageQuery),
    responses(
        (status = 200, description = "The caller's tokens", body = Page<Token>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_tokens(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<Token>>> {
    let listed = library.tokens(&caller, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(paging::to_wire(listed, |token| convert::accounts::token(token, caller.token_id))))
}
