//! What a reread showed, written down and told to everybody who has the content.

use catalog::blobs::{self, Blob};
use catalog::changes::{self, ChangeKind, NewChange};
use catalog::{Catalog, Tx};
use domain::{ContentHash, TimestampMs};

use crate::error::{Error, Result};

/// Writes the proof down. Who was told that content is damaged hears that it is not, or not any more
/// (its keeper brought the bytes back from a copy).
pub(crate) async fn note_proven(
    catalog: &Catalog,
    proven: Vec<ContentHash>,
    now_ms: TimestampMs,
) -> Result<()> {
    if proven.is_empty() {
        return Ok(());
    }
    catalog
        .write(move |tx| {
            Box::pin(async move {
                let mut news = Vec::new();
                for &sha256 in &proven {
                    let damaged = |blob: Blob| blob.damaged_at_ms.is_some();
                    if blobs::get(tx, sha256).await?.is_some_and(damaged) {
                        news.extend(news_of(tx, sha256, ChangeKind::ContentRepaired, now_ms).await?);
                    }
                }
                blobs::mark_proven(tx, &proven, now_ms).await?;
                changes::append_many(tx, &news).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Writes damage down and tells everybody who has the content, once.
pub(crate) async fn note_damaged(catalog: &Catalog, sha256: ContentHash, now_ms: TimestampMs) -> Result<()> {
    catalog.write(move |tx| Box::pin(mark_damaged(tx, sha256, now_ms))).await
}

/// The same in a transaction that does more.
pub(super) async fn mark_damaged(tx: &mut Tx, sha256: ContentHash, now_ms: TimestampMs) -> Result<()> {
    if blobs::mark_damaged(tx, sha256, now_ms).await? {
        let told = news_of(tx, sha256, ChangeKind::ContentDamaged, now_ms).await?;
        changes::append_many(tx, &told).await?;
    }
    Ok(())
}

/// One change for each Space that has the content.
async fn news_of(
    tx: &mut Tx,
    sha256: ContentHash,
    kind: ChangeKind,
    now_ms: TimestampMs,
) -> Result<Vec<NewChange>> {
    let spaces = blobs::live_in(tx, sha256).await?;
    let change = |space_id| NewChange {
        space_id: Some(space_id),
        sha256: Some(sha256),
        ..NewChange::new(kind, now_ms)
    };
    Ok(spaces.into_iter().map(change).collect())
}
