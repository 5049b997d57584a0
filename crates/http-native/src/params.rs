//! Parameters in paths and queries, refused in words when they are wrong.

use axum::extract::{FromRequestParts, Path, Query};
use domain::FolderPath;
use http::StatusCode;
use http::request::Parts;
use http_kit::Refusal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::problem::Refused;

/// Ids in a path. One that is no id names nothing that exists.
#[derive(Debug)]
pub(crate) struct PathParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParams<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(value)| Self(value)).map_err(|_| {
            Refusal::new(StatusCode::NOT_FOUND, "not-found", "there is nothing at this address").into()
        })
    }
}

/// Parameters of a query.
#[derive(Debug)]
pub(crate) struct QueryParams<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let found = Query::<T>::from_request_parts(parts, state).await;
        found.map(|Query(value)| Self(value)).map_err(|rejection| {
            Refusal::new(StatusCode::BAD_REQUEST, "invalid", rejection.body_text()).into()
        })
    }
}

/// Which path is looked up.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PathQuery {
    /// Names from the Space's root down, joined by `/`; empty for the root.
    #[serde(default)]
    pub(crate) path: FolderPath,
}
