//! What persons decide about items: keep apart, join, choose who leads.

use std::collections::{BTreeMap, HashSet};

use catalog::assets::Asset;
use catalog::items::{self, Verdict};
use catalog::{Tx, changes};
use domain::{Action, AssetId, DecisionId, TimestampMs, UserId};

use super::arrange::ITEM_MAX;
use super::item::{Item, item_of};
use super::settle::settle;
use crate::browse::visible_asset;
use crate::error::{Error, Result};
use crate::ingest::BATCH_MAX;
use crate::{Caller, Library, spaces};

impl Library {
    /// Takes a part out of its item, or, asked of what leads, the whole item apart: each of it then stands
    /// alone. No guess ever joins again what was taken apart; [`Library::join_item`] does.
    pub async fn split_item(&self, caller: &Caller, id: AssetId) -> Result<Item> {
        let (user_id, now_ms, decision_id) = (caller.user_id, self.now_ms(), self.ids.fresh());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let asset = changeable_asset(tx, user_id, id).await?;
                    split(tx, &asset, decision_id, now_ms).await?;
                    decided(tx, user_id, id).await
                })
            })
            .await
    }

    /// Makes one item of assets of one Space, each with what belongs to it; `id` leads. What was kept apart
    /// before may be joined, too: the last word counts.
    pub async fn join_item(&self, caller: &Caller, id: AssetId, others: Vec<AssetId>) -> Result<Item> {
        if others.is_empty() || others.len() > BATCH_MAX {
            return Err(Error::invalid("asset_ids", format!("name 1 to {BATCH_MAX}")));
        }
        let (user_id, now_ms, decision_id) = (caller.user_id, self.now_ms(), self.ids.fresh());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let asset = changeable_asset(tx, user_id, id).await?;
                    join(tx, &asset, &others, decision_id, now_ms).await?;
                    decided(tx, user_id, id).await
                })
            })
            .await
    }

    /// Has an asset lead its item. For what leads already, or stands alone, nothing changes.
    pub async fn lead_item(&self, caller: &Caller, id: AssetId) -> Result<Item> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let asset = changeable_asset(tx, user_id, id).await?;
                    let members = whole_item(tx, &[(id, asset.part_of.map(|part| part.lead_id))]).await?;
                    if members.len() > 1 {
                        items::choose_lead(tx, id, &members, now_ms).await?;
                        tell(tx, &members, now_ms).await?;
                    }
                    decided(tx, user_id, id).await
                })
            })
            .await
    }
}

async fn split(tx: &mut Tx, asset: &Asset, decision_id: DecisionId, now_ms: TimestampMs) -> Result<()> {
    let members = whole_item(tx, &[(asset.id, asset.part_of.map(|part| part.lead_id))]).await?;
    if members.len() < 2 {
        return Err(Error::Conflict("it stands alone already"));
    }
    let leaving: Vec<AssetId> = if asset.part_of.is_some() { vec![asset.id] } else { members.clone() };
    // Those who stay are on side 0, each who leaves on one of its own.
    let mut sides: Vec<(AssetId, i64)> =
        members.iter().filter(|id| !leaving.contains(id)).map(|&id| (id, 0)).collect();
    sides.extend(leaving.iter().copied().zip(1..));
    items::forget_together(tx, &leaving).await?;
    items::unchoose(tx, &leaving).await?;
    items::decide(tx, decision_id, Verdict::Apart, &sides, now_ms).await?;
    tell(tx, &members, now_ms).await
}

async fn join(
    tx: &mut Tx,
    lead: &Asset,
    others: &[AssetId],
    decision_id: DecisionId,
    now_ms: TimestampMs,
) -> Result<()> {
    let mut named: Vec<AssetId> = others.iter().copied().chain([lead.id]).collect();
    named.sort_unstable();
    named.dedup();
    let found = items::members(tx, &named).await?;
    if found.len() != named.len() || found.iter().any(|member| member.space_id != lead.space_id) {
        // The same words whether it exists elsewhere or nowhere.
        return Err(Error::invalid("asset_ids", "only pictures and videos of one Space can be one item"));
    }
    if found.iter().any(|member| member.is_trashed) {
        return Err(Error::Conflict("one of them is in the trash; restore it first"));
    }
    let items_of: Vec<_> =
        found.iter().map(|member| (member.id, member.part_of.map(|part| part.lead_id))).collect();
    let members = whole_item(tx, &items_of).await?;
    if members.len() > ITEM_MAX {
        return Err(Error::Conflict("these would be too many for one item; at most 1000 can be"));
    }
    reconcile(tx, &members).await?;
    let sides: Vec<(AssetId, i64)> = named.iter().map(|&id| (id, 0)).collect();
    if named.len() > 1 {
        items::decide(tx, decision_id, Verdict::Together, &sides, now_ms).await?;
    }
    items::choose_lead(tx, lead.id, &members, now_ms).await?;
    tell(tx, &members, now_ms).await
}

/// Takes back what keeps any of these apart from each other.
async fn reconcile(tx: &mut Tx, members: &[AssetId]) -> Result<()> {
    let mut sides: BTreeMap<DecisionId, Vec<(AssetId, i64)>> = BTreeMap::new();
    for decision in items::decisions(tx, members).await? {
        if decision.verdict == Verdict::Apart {
            sides.entry(decision.id).or_default().push((decision.asset_id, decision.side));
        }
    }
    for (id, sides) in sides {
        let (ids, numbers): (Vec<AssetId>, Vec<i64>) = sides.into_iter().unzip();
        if let Some(&side) = numbers.iter().min().filter(|&&side| numbers.iter().any(|&other| other != side))
        {
            items::same_side(tx, id, &ids, side).await?;
        }
    }
    Ok(())
}

/// All live assets of the items of these assets, each given with whom it follows.
async fn whole_item(tx: &mut Tx, assets: &[(AssetId, Option<AssetId>)]) -> Result<Vec<AssetId>> {
    let leads: Vec<AssetId> = assets.iter().map(|&(id, lead_id)| lead_id.unwrap_or(id)).collect();
    let parts = items::parts_of(tx, &leads).await?;
    let mut seen = HashSet::new();
    let parts = parts.into_values().flatten().map(|part| part.id);
    let mut members: Vec<AssetId> = leads.into_iter().chain(parts).filter(|&id| seen.insert(id)).collect();
    members.sort_unstable();
    Ok(members)
}

async fn tell(tx: &mut Tx, members: &[AssetId], now_ms: TimestampMs) -> Result<()> {
    let news = settle(tx, members, now_ms).await?;
    changes::append_many(tx, &news).await?;
    Ok(())
}

/// The item of an asset as it is now.
async fn decided(tx: &mut Tx, user_id: UserId, id: AssetId) -> Result<Item> {
    let asset = visible_asset(tx, user_id, id).await?;
    item_of(tx, asset).await
}

/// A live asset that this person may change.
async fn changeable_asset(tx: &mut Tx, user_id: UserId, id: AssetId) -> Result<Asset> {
    let asset = visible_asset(tx, user_id, id).await?;
    spaces::demand(tx, user_id, asset.space_id, Action::Change).await?;
    if asset.trashed_at_ms.is_some() {
        return Err(Error::Conflict("it is in the trash; restore it first"));
    }
    Ok(asset)
}
