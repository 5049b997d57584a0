//! Whether the hub lives (`/healthz`) and whether it can take pictures (`/readyz`).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use library::{Library, Readiness};

use crate::problem;

/// `GET /healthz`: 200 as long as the process answers at all. Restart it when it does not.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: 200 when catalog and vault can be written to, 503 with words when not.
/// Restarting does not help then; keep devices away until it is ready.
pub(crate) async fn ready(State(library): State<Arc<Library>>) -> Response {
    let readiness = library.ready().await;
    if readiness.is_ready() {
        return "ready\n".into_response();
    }
    problem::unavailable(&words(&readiness))
}

fn words(readiness: &Readiness) -> String {
    let parts = [("the catalog", &readiness.catalog), ("the folder of the pictures", &readiness.vault)];
    let wrong: Vec<String> =
        parts.iter().filter_map(|(part, why)| Some(format!("{part}: {}", why.as_ref()?))).collect();
    wrong.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_part_is_not_ready() {
        let readiness = Readiness { catalog: Some("does not answer".to_owned()), vault: None };
        assert_eq!(words(&readiness), "the catalog: does not answer");
        let both = Readiness { vault: Some("is full".to_owned()), ..readiness };
        assert_eq!(words(&both), "the catalog: does not answer; the folder of the pictures: is full");
    }
}
