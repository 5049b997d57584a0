//! `POST /api/v1/filings`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_kit::Refusal;
use library::{DeviceAlbum, FileDeclaration, HeldFile, Library};
use wire::{Filing, FilingOutcome, FilingReply, FilingRequest};

use crate::json::JsonBody;
use crate::problem::{Answer, Refused};
use crate::signed::Signed;
use crate::stored::to_wire;

/// Files content that an offer called held.
///
/// Up to 1000 items; nothing is sent, entries are made. Filing the same again is harmless. An item that
/// something stands in the way of is answered `not-held` with the reason; the others are filed.
#[utoipa::path(
    post,
    path = "/api/v1/filings",
    operation_id = "file",
    tag = "ingest",
    request_body = FilingRequest,
    responses(
        (status = 200, description = "What became of each item", body = FilingReply),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn file(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<FilingRequest>,
) -> Answer<Json<FilingReply>> {
    let files = body.items.into_iter().map(held_file).collect::<Result<_, Refused>>()?;
    let outcomes = library.file(&caller, body.space_id, files).await?;
    Ok(Json(FilingReply { outcomes: outcomes.into_iter().map(outcome).collect() }))
}

fn held_file(filing: Filing) -> Result<HeldFile, Refused> {
    let name_raw = filing.name_raw.map(|raw| STANDARD.decode(raw)).transpose();
    let file = FileDeclaration {
        folder: filing.folder,
        album: filing.album.map(|album| DeviceAlbum::parse(&album)).transpose()?,
        name_raw: name_raw.map_err(|_| Refusal::invalid("name_raw", "it is not base64"))?,
        modified_at_ms: filing.modified_at_ms,
        ..FileDeclaration::named(filing.name)
    };
    Ok(HeldFile { sha256: filing.sha256, file })
}

fn outcome(outcome: library::FilingOutcome) -> FilingOutcome {
    match outcome {
        library::FilingOutcome::Stored(stored) => FilingOutcome::Stored(to_wire(stored)),
        library::FilingOutcome::NotHeld => FilingOutcome::NotHeld { refused: None },
        library::FilingOutcome::Refused(refusal) => {
            FilingOutcome::NotHeld { refused: Some(refusal.to_string()) }
        }
        library::FilingOutcome::DeletedEarlier => FilingOutcome::DeletedEarlier,
    }
}
