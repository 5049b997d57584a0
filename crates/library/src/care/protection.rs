//! How well the pictures are kept that somebody can see, for the line that everybody looks at first.

use catalog::protection::{self, Protection};

use crate::error::{Error, Result};
use crate::{Caller, Library, spaces};

impl Library {
    /// Counts the pictures and videos of all Spaces that the caller can see, and what is known of their
    /// bytes.
    pub async fn protection(&self, caller: &Caller) -> Result<Protection> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let seen = spaces::readable(tx, user_id).await?;
                    Ok::<_, Error>(protection::count(tx, &seen).await?)
                })
            })
            .await
    }
}
