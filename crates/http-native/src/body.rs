//! A request's body as the library takes it.

use axum::body::Body;
use futures_util::{StreamExt as _, TryStreamExt as _};
use library::Cause;

/// The bytes in the order in which they arrive; nothing is gathered.
pub(crate) fn body_stream(body: Body) -> impl library::Body {
    body.into_data_stream().map_err(|error| Box::new(error) as Cause).boxed()
}
