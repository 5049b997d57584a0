//! Where a call comes from.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http_kit::client_address;

/// The caller's network address, for limits on guessing.
#[derive(Debug, Clone)]
pub(crate) struct Address(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(client_address(&parts.extensions)))
    }
}
