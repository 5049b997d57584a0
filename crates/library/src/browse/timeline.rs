//! Pictures and videos by month.

use catalog::timeline::{self, Moment, MonthCount};
use catalog::{Listed, Page};
use domain::{Month, SpaceId};

use super::assets::wanted_spaces;
use crate::error::Result;
use crate::{Caller, Library};

impl Library {
    /// How many pictures and videos each month has, newest first, in one Space or in all that the caller
    /// can see.
    pub async fn months(&self, caller: &Caller, space_id: Option<SpaceId>) -> Result<Vec<MonthCount>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let wanted = wanted_spaces(tx, user_id, space_id).await?;
                    Ok(timeline::months(tx, &wanted).await?)
                })
            })
            .await
    }

    /// What a month has, newest first. `None` is what has no month yet.
    pub async fn month(
        &self,
        caller: &Caller,
        space_id: Option<SpaceId>,
        month: Option<Month>,
        page: Page,
    ) -> Result<Listed<Moment>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let wanted = wanted_spaces(tx, user_id, space_id).await?;
                    Ok(timeline::month(tx, &wanted, month, &page).await?)
                })
            })
            .await
    }
}
