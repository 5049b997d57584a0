//! `POST /tus/{id}` with `X-HTTP-Method-Override`, for clients behind something that knows only
//! `GET` and `POST` (tus 1.0, "X-HTTP-Method-Override").

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http_kit::Refusal;
use library::Library;

use super::{append, offset, terminate};
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Does what the overriding method asks.
pub(super) async fn override_method(
    library: State<Arc<Library>>,
    caller: Signed,
    id: PathParams<String>,
    request: Request,
) -> Answer<Response> {
    let wanted = request.headers().get("x-http-method-override").and_then(|value| value.to_str().ok());
    match wanted.map(str::to_ascii_uppercase).as_deref() {
        Some("PATCH") => append::append(library, caller, id, request).await,
        Some("HEAD") => offset::offset(library, caller, id).await,
        Some("DELETE") => Ok(terminate::terminate(library, caller, id).await?.into_response()),
        _ => {
            let why = "an upload is written to with PATCH (or POST and X-HTTP-Method-Override: PATCH)";
            Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", why).into())
        }
    }
}
