//! The caller of a request. A handler that takes [`Signed`] cannot forget to ask who is calling.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use http_kit::session::secret_of_call;
use http_kit::{CallerSlot, client_address};
use library::{Caller, Library};

use crate::problem::Refused;

/// A caller whose token, or whose session in a browser, was checked.
#[derive(Debug, Clone)]
pub(crate) struct Signed(pub(crate) Caller);

impl<S> FromRequestParts<S> for Signed
where
    S: Send + Sync,
    Arc<Library>: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let library = Arc::<Library>::from_ref(state);
        let secret = secret_of_call(&parts.method, &parts.headers).unwrap_or_default();
        let address = client_address(&parts.extensions);
        let caller = library.authenticate(secret, &address).await?;
        if let Some(slot) = parts.extensions.get::<CallerSlot>() {
            slot.fill(match &caller.device {
                Some(device) => format!("{}@{}", caller.user_name, device.name),
                None => caller.user_name.to_string(),
            });
        }
        Ok(Self(caller))
    }
}
