//! `POST /api/v1/offers`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{OfferAnswer, OfferReply, OfferRequest};

use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// "I have these; which do you want?".
///
/// Up to 1000 hashes in one round trip.
#[utoipa::path(
    post,
    path = "/api/v1/offers",
    operation_id = "offer",
    tag = "ingest",
    request_body = OfferRequest,
    responses(
        (status = 200, description = "I have these; which do you want?", body = OfferReply),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn offer(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<OfferRequest>,
) -> Answer<Json<OfferReply>> {
    let answers = library.offer(&caller, body.space_id, body.hashes).await?;
    Ok(Json(OfferReply { answers: answers.into_iter().map(to_wire).collect() }))
}

const fn to_wire(answer: library::OfferAnswer) -> OfferAnswer {
    match answer {
        library::OfferAnswer::Held => OfferAnswer::Held,
        library::OfferAnswer::Send => OfferAnswer::Send,
        library::OfferAnswer::DeletedEarlier => OfferAnswer::DeletedEarlier,
    }
}
