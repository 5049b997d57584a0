//! Offer: "I have these; which do you want?" One round trip for up to a thousand items, two
//! queries for each five hundred, none per item.

use catalog::offers;
use domain::{Action, ContentHash, SpaceId};

use super::BATCH_MAX;
use super::begin::minds_deletion;
use crate::error::{Error, Result};
use crate::{Caller, Library, spaces};

/// What to do with an offered item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAnswer {
    /// The bytes are here and the caller may read them already: file it, send nothing.
    Held,
    /// Send it. Says nothing about whether somebody else has it.
    Send,
    /// Was in this Space and was deleted.
    DeletedEarlier,
}

impl Library {
    /// Answers for each hash in its order. Content of Spaces that the caller cannot see is answered
    /// `Send`, like content that nobody has: an offer must not tell what others keep. So is content
    /// whose bytes are known to be damaged: sending it again mends it.
    pub async fn offer(
        &self,
        caller: &Caller,
        space_id: Option<SpaceId>,
        hashes: Vec<ContentHash>,
    ) -> Result<Vec<OfferAnswer>> {
        if hashes.len() > BATCH_MAX {
            return Err(Error::invalid("hashes", format!("at most {BATCH_MAX} hashes fit into one offer")));
        }
        let user_id = caller.user_id;
        let minds_deletion = minds_deletion(caller, false);
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let space = spaces::demand_or_own(tx, user_id, space_id, Action::Change).await?.space;
                    let readable = spaces::readable(tx, user_id).await?;
                    let rows = offers::answers(tx, space.id, &readable, &hashes).await?;
                    Ok(rows.iter().map(|row| answer(row, minds_deletion)).collect())
                })
            })
            .await
    }
}

fn answer(row: &offers::OfferRow, minds_deletion: bool) -> OfferAnswer {
    if row.damaged {
        return OfferAnswer::Send;
    }
    if row.here {
        return OfferAnswer::Held;
    }
    if row.deleted_here && minds_deletion {
        return OfferAnswer::DeletedEarlier;
    }
    if row.elsewhere.is_some() { OfferAnswer::Held } else { OfferAnswer::Send }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let elsewhere = Some(SpaceId::from_bytes([1; 16]));
        let row = |here, elsewhere, deleted_here, damaged| offers::OfferRow {
            sha256: ContentHash::from_bytes([0; 32]),
            here,
            elsewhere,
            deleted_here,
            damaged,
        };
        let table = [
            (row(false, None, false, false), true, OfferAnswer::Send),
            (row(true, None, false, false), true, OfferAnswer::Held),
            (row(true, None, true, false), true, OfferAnswer::Held),
            (row(false, elsewhere, false, false), true, OfferAnswer::Held),
            (row(false, elsewhere, true, false), true, OfferAnswer::DeletedEarlier),
            (row(false, None, true, false), true, OfferAnswer::DeletedEarlier),
            (row(false, None, true, false), false, OfferAnswer::Send),
            (row(true, None, false, true), true, OfferAnswer::Send),
        ];
        for (row, minds_deletion, expected) in table {
            assert_eq!(answer(&row, minds_deletion), expected, "{row:?}");
        }
    }
}
