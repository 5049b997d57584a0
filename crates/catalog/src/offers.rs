//! "I have these hashes, which do you want?"

use std::collections::HashMap;

use domain::{ContentHash, SpaceId};

use crate::error::Result;
use crate::sql::offers as sql;
use crate::tx::{LIST_MAX, Tx, query};

/// What the catalog knows of one offered hash, as far as the caller may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferRow {
    /// The offered hash.
    pub sha256: ContentHash,
    /// A live entry of the asked Space has it.
    pub here: bool,
    /// A live entry of one of the other readable Spaces has it; that Space.
    pub elsewhere: Option<SpaceId>,
    /// It was deleted in the asked Space and is remembered.
    pub deleted_here: bool,
    /// Its bytes are known to be damaged or missing: worth sending again. Only said of content
    /// that the caller can read anyway.
    pub damaged: bool,
}

/// One row per hash, in the order of `hashes` (repeats too). Two queries per 500 hashes.
/// `readable_spaces` are the Spaces whose content the caller may already read; `space_id` counts as
/// readable whether it is among them or not.
pub async fn answers(
    tx: &mut Tx,
    space_id: SpaceId,
    readable_spaces: &[SpaceId],
    hashes: &[ContentHash],
) -> Result<Vec<OfferRow>> {
    let mut known: HashMap<ContentHash, Known> = HashMap::new();
    let mut spaces = vec![space_id];
    spaces.extend(readable_spaces.iter().copied().filter(|&readable| readable != space_id));
    for chunk in hashes.chunks(LIST_MAX) {
        let rows =
            query(sql::LIVE).rows(1, spaces.iter().map(|&space| space.into())).list(chunk).all(tx).await?;
        for row in &rows {
            let known = known.entry(row.key("sha256")?).or_default();
            let live_in: SpaceId = row.key("space_id")?;
            known.damaged = row.number_or_none("damaged_at_ms")?.is_some();
            if live_in == space_id {
                known.here = true;
            } else {
                known.elsewhere = Some(live_in);
            }
        }
        for row in &query(sql::DELETED).bind(space_id).list(chunk).all(tx).await? {
            known.entry(row.key("sha256")?).or_default().deleted_here = true;
        }
    }
    Ok(hashes
        .iter()
        .map(|&sha256| {
            let Known { here, elsewhere, deleted_here, damaged } =
                known.get(&sha256).copied().unwrap_or_default();
            OfferRow { sha256, here, elsewhere, deleted_here, damaged }
        })
        .collect())
}

/// What is known of a hash besides itself.
#[derive(Clone, Copy, Default)]
struct Known {
    here: bool,
    elsewhere: Option<SpaceId>,
    deleted_here: bool,
    damaged: bool,
}
