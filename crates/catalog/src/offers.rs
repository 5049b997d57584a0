//! "I have these hashes, which do you want?"

use domain::{ContentHash, SpaceId};

use crate::error::{Result, unfinished};
use crate::tx::Tx;

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
    unfinished((tx, space_id, readable_spaces, hashes))
}
