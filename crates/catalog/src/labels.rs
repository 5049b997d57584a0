//! Names of cameras and places: each kept once, and counted for a search box.

use std::collections::HashMap;

use domain::{SpaceId, TwinHasher};

use crate::error::Result;
use crate::sql::Sql;
use crate::sql::labels as sql;
use crate::tx::{LIST_MAX, Tx, query};

/// A camera or a place, and how much there is of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Its name, as a search takes it.
    pub name: String,
    /// How many live assets.
    pub assets: u64,
}

/// The number of a name: the first 63 bits of its hash, so that nobody needs to ask for it.
pub(crate) fn number_of(name: &str) -> i64 {
    let hash = TwinHasher::of(name.as_bytes()).sha256;
    let start = hash.as_bytes().first_chunk::<8>().copied().unwrap_or_default();
    i64::from_be_bytes(start) & i64::MAX
}

/// Keeps a name; gives its number.
pub(crate) async fn keep(tx: &mut Tx, name: Option<&str>) -> Result<Option<i64>> {
    let Some(name) = name else { return Ok(None) };
    let number = number_of(name);
    query(sql::KEEP).bind(number).bind(name).run(tx).await?;
    Ok(Some(number))
}

/// The cameras of the live assets of some Spaces, the most used first, at most `limit`.
pub async fn cameras(tx: &mut Tx, spaces: &[SpaceId], limit: usize) -> Result<Vec<Counted>> {
    most_used(tx, sql::CAMERAS, spaces, limit).await
}

/// The places of the live assets of some Spaces, those with most first, at most `limit`.
pub async fn places(tx: &mut Tx, spaces: &[SpaceId], limit: usize) -> Result<Vec<Counted>> {
    most_used(tx, sql::PLACES, spaces, limit).await
}

/// Reads an index from end to end, without looking at a row: as much as counting months does.
async fn most_used(tx: &mut Tx, statement: Sql, spaces: &[SpaceId], limit: usize) -> Result<Vec<Counted>> {
    let mut counts: HashMap<i64, u64> = HashMap::new();
    for &space_id in spaces {
        for row in query(statement).bind(space_id).all(tx).await? {
            *counts.entry(row.number("label")?).or_default() += row.count("assets")?;
        }
    }
    let mut counts: Vec<(i64, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|&(label, assets)| (std::cmp::Reverse(assets), label));
    counts.truncate(limit.min(LIST_MAX));
    let labels: Vec<i64> = counts.iter().map(|&(label, _)| label).collect();
    let names = names_of(tx, &labels).await?;
    let named = counts
        .into_iter()
        .filter_map(|(label, assets)| names.get(&label).map(|name| Counted { name: name.clone(), assets }));
    Ok(named.collect())
}

async fn names_of(tx: &mut Tx, labels: &[i64]) -> Result<HashMap<i64, String>> {
    if labels.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = query(sql::NAMES).list(labels).all(tx).await?;
    rows.iter().map(|row| Ok((row.number("id")?, row.text("name")?))).collect()
}
