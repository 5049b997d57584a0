//! The change feed as one person may see it.

use catalog::changes::{self, ChangePage, Viewer};

use crate::error::{Error, Result};
use crate::{Caller, Library, spaces};

impl Library {
    /// What happened behind the place `after`, oldest first, at most `limit` changes. With
    /// `content_only` just what a device asks to know whether its items are still safe.
    pub async fn changes(
        &self,
        caller: &Caller,
        after: i64,
        content_only: bool,
        limit: u32,
    ) -> Result<ChangePage> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let readable = spaces::readable(tx, user_id).await?;
                    let viewer = Viewer { user_id, spaces: &readable, content_only };
                    Ok::<_, Error>(changes::after(tx, after, limit, &viewer).await?)
                })
            })
            .await
    }
}
