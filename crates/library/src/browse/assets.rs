//! Pictures and videos by time.

use catalog::assets::{self, Asset};
use catalog::{Listed, Page, Tx};
use domain::{Action, AssetId, SpaceId, UserId};

use crate::error::{Error, Result};
use crate::pairs::{Item, item_of, with_parts};
use crate::{Caller, Library, spaces};

impl Library {
    /// Live assets of one Space, or of all that the caller can see, newest first. Every one, parts of items
    /// too, which say whose they are.
    pub async fn assets(
        &self,
        caller: &Caller,
        space_id: Option<SpaceId>,
        page: Page,
    ) -> Result<Listed<Item>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let wanted = wanted_spaces(tx, user_id, space_id).await?;
                    let listed = assets::by_time(tx, &wanted, &page).await?;
                    with_parts(tx, listed).await
                })
            })
            .await
    }

    /// One asset, live or in the trash, with its parts.
    pub async fn asset(&self, caller: &Caller, id: AssetId) -> Result<Item> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    let asset = visible_asset(tx, user_id, id).await?;
                    item_of(tx, asset).await
                })
            })
            .await
    }
}

/// The one Space, when this person may look into it, or all such Spaces.
pub(super) async fn wanted_spaces(
    tx: &mut Tx,
    user_id: UserId,
    space_id: Option<SpaceId>,
) -> Result<Vec<SpaceId>> {
    match space_id {
        Some(id) => Ok(vec![spaces::demand(tx, user_id, id, Action::Look).await?.space.id]),
        None => spaces::readable(tx, user_id).await,
    }
}

/// An asset that this person may look at.
pub(crate) async fn visible_asset(tx: &mut Tx, user_id: UserId, id: AssetId) -> Result<Asset> {
    let asset = assets::get(tx, id).await?.ok_or(Error::NotFound("picture or video"))?;
    match spaces::demand(tx, user_id, asset.space_id, Action::Look).await {
        Ok(_) => Ok(asset),
        Err(Error::NotFound(_)) => Err(Error::NotFound("picture or video")),
        Err(error) => Err(error),
    }
}
