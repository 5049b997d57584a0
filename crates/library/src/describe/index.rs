//! By what pictures are found, written down again for those that an older program wrote down. It needs only what
//! is known of them: no picture is looked into again.

use catalog::descriptions::{self, ToIndex};
use tracing::info;

use super::finding;
use crate::Library;
use crate::error::{Error, Result};

/// Which version of finding this program has. Greater than in the program before when names of places, cameras or
/// words came out otherwise.
pub(super) const INDEXED_BY: i64 = 1;

/// How many pictures are written down in one transaction: uploads wait for that long.
const BATCH: u32 = 100;

impl Library {
    /// Writes down again by what the pictures are found that an older program wrote down; says how many.
    pub async fn index_what_is_older(&self) -> Result<u64> {
        let mut indexed = 0;
        loop {
            let older =
                self.catalog.read(|tx| Box::pin(descriptions::to_index(tx, INDEXED_BY, BATCH))).await?;
            if older.is_empty() {
                break;
            }
            indexed += older.len() as u64;
            self.index(older).await?;
        }
        if indexed > 0 {
            info!(indexed, "{indexed} pictures and videos can be found by more than before");
        }
        Ok(indexed)
    }

    async fn index(&self, older: Vec<ToIndex>) -> Result<()> {
        let found: Vec<_> = older
            .into_iter()
            .map(|one| {
                (one.asset_id, finding::findable(&serde_json::from_str(&one.facts).unwrap_or_default()))
            })
            .collect();
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    for (asset_id, by) in &found {
                        descriptions::index(tx, *asset_id, by).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}
