//! `DELETE /tus/{id}`: the client has changed its mind.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use library::Library;

use super::offset::upload_id;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Answers 204; the staged bytes are gone, and the upload answers 410 from now on.
pub(super) async fn terminate(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<String>,
) -> Answer<StatusCode> {
    library.terminate(&caller, upload_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
