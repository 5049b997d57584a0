//! What was found by looking into pictures and videos: size, time, place, words, or why nothing was.

use domain::{AssetId, Month, SpaceId, TimestampMs};

use crate::cells::cell_of;
use crate::error::Result;
use crate::row::Row;
use crate::sql::Sql;
use crate::sql::descriptions as sql;
use crate::terms::Source;
use crate::tx::{Tx, query};
use crate::{labels, terms};

/// What describing an asset found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Width in pixels as it is shown, that is, after turning it upright.
    pub width: Option<u32>,
    /// Height in pixels as it is shown.
    pub height: Option<u32>,
    /// How long a video runs.
    pub duration_ms: Option<u64>,
    /// A blurred miniature of some 25 bytes (<https://evanw.github.io/thumbhash/>).
    pub thumbhash: Option<Vec<u8>>,
    /// When it was taken.
    pub taken_at_ms: TimestampMs,
    /// The same moment on the clock of whoever took it, as if that clock showed UTC.
    pub local_ms: TimestampMs,
    /// All facts, as text that only the library reads into.
    pub facts: String,
    /// Why it cannot be shown, in words; `None` when it can.
    pub problem: Option<String>,
    /// Which version of the describing program found this; later ones are greater.
    pub described_by: i64,
    /// When it was looked at.
    pub described_at_ms: TimestampMs,
}

/// By what an asset is searched for, besides its time, its kind and the names of its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findable {
    /// Latitude and longitude in ten millionths of a degree.
    pub place_e7: Option<(i64, i64)>,
    /// The camera's name.
    pub camera: Option<String>,
    /// The place's name.
    pub place: Option<String>,
    /// Words as they are compared ([`domain::words_of`]).
    pub words: Vec<String>,
    /// Which version of the program that finds these; later ones are greater.
    pub indexed_by: i64,
}

/// What was looked at by a program that found less to search by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToIndex {
    /// The asset.
    pub asset_id: AssetId,
    /// All facts, as they were written down.
    pub facts: String,
}

/// How quickly assets were looked at lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// How many.
    pub described: u64,
    /// When the first of them was.
    pub first_ms: Option<TimestampMs>,
}

/// What is counted along, so that asking reads no table.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counted {
    /// Assets, live or in the trash.
    Assets,
    /// Those that were looked at.
    Described,
    /// Those of them that cannot be shown.
    Unshown,
}

/// How far describing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DescriptionTotals {
    /// All assets, live or in the trash.
    pub assets: u64,
    /// Those that were looked at.
    pub described: u64,
    /// Those of them that cannot be shown.
    pub failed: u64,
}

/// Which assets are to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// All.
    All,
    /// Those that could not be shown.
    Failed,
    /// Those of a type, such as `image/heic`.
    Type(String),
    /// Those that were described before this version, or never.
    OlderThan(i64),
}

pub use crate::terms::{WORD_MAX_BYTES, WORDS_MAX};

/// Writes down what was found, in place of what was found before; corrects when the asset was taken,
/// also in its albums. False when there is no such asset (any more).
pub async fn record(tx: &mut Tx, asset_id: AssetId, found: &Description, by: &Findable) -> Result<bool> {
    let Some(asset) = crate::assets::get(tx, asset_id).await? else { return Ok(false) };
    crate::assets::set_taken(tx, asset_id, found.taken_at_ms).await?;
    query(sql::MEASURE)
        .bind(asset_id)
        .bind(found.local_ms)
        .bind(Month::of(found.local_ms).number())
        .bind(found.width.map(i64::from))
        .bind(found.height.map(i64::from))
        .bind(found.duration_ms)
        .bind(found.thumbhash.as_deref())
        .run(tx)
        .await?;
    count_this(tx, asset_id, found.problem.is_some()).await?;
    let place = by.place_e7;
    query(sql::KEEP)
        .bind(asset_id)
        .bind(found.facts.as_str())
        .bind(found.problem.as_deref())
        .bind(place.map(|(latitude, _)| latitude))
        .bind(place.map(|(_, longitude)| longitude))
        .bind(found.described_by)
        .bind(found.described_at_ms)
        .run(tx)
        .await?;
    index_asset(tx, asset.space_id, asset_id, by).await?;
    Ok(true)
}

/// Writes down again by what an asset is found; everything else stays. False when there is no such asset.
pub async fn index(tx: &mut Tx, asset_id: AssetId, by: &Findable) -> Result<bool> {
    let Some(asset) = crate::assets::get(tx, asset_id).await? else { return Ok(false) };
    index_asset(tx, asset.space_id, asset_id, by).await?;
    Ok(true)
}

async fn index_asset(tx: &mut Tx, space_id: SpaceId, asset_id: AssetId, by: &Findable) -> Result<()> {
    let camera = labels::keep(tx, by.camera.as_deref()).await?;
    let place = labels::keep(tx, by.place.as_deref()).await?;
    query(sql::PLACE).bind(asset_id).bind(camera).bind(place).bind(by.place_e7.map(cell_of)).run(tx).await?;
    query(sql::INDEXED).bind(asset_id).bind(by.indexed_by).run(tx).await?;
    terms::replace(tx, space_id, asset_id, Source::Facts, &by.words).await?;
    terms::refresh_names(tx, space_id, asset_id).await
}

/// What was described, and indexed by a version before this one, at most `limit`.
pub async fn to_index(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<ToIndex>> {
    let rows = query(sql::TO_INDEX).bind(before).bind(i64::from(limit)).all(tx).await?;
    rows.iter().map(|row| Ok(ToIndex { asset_id: row.key("asset_id")?, facts: row.text("facts")? })).collect()
}

/// Counts the description that is about to be written, in place of the one before.
async fn count_this(tx: &mut Tx, asset_id: AssetId, is_unshown: bool) -> Result<()> {
    let before = query(sql::PROBLEM_OF).bind(asset_id).optional(tx).await?;
    let was_unshown = match &before {
        None => {
            count_along(tx, Counted::Described, 1).await?;
            false
        }
        Some(row) => row.text_or_none("problem")?.is_some(),
    };
    count_along(tx, Counted::Unshown, i64::from(is_unshown) - i64::from(was_unshown)).await
}

/// Counts `more` of something, or fewer.
pub(crate) async fn count_along(tx: &mut Tx, what: Counted, more: i64) -> Result<()> {
    if more != 0 {
        query(sql::COUNT_ALONG).bind(what.name()).bind(more).run(tx).await?;
    }
    Ok(())
}

impl Counted {
    const fn name(self) -> &'static str {
        match self {
            Self::Assets => "assets",
            Self::Described => "described",
            Self::Unshown => "unshown",
        }
    }
}

/// What was found; `None` when nobody has looked yet.
pub async fn get(tx: &mut Tx, asset_id: AssetId) -> Result<Option<Description>> {
    let row = query(sql::GET).bind(asset_id).optional(tx).await?;
    row.as_ref().map(description_of).transpose()
}

/// How far describing is. Reads three rows: they are counted along.
pub async fn totals(tx: &mut Tx) -> Result<DescriptionTotals> {
    let mut totals = DescriptionTotals::default();
    for row in query(sql::TOTALS).all(tx).await? {
        let value = row.count("value")?;
        match row.text("name")?.as_str() {
            "assets" => totals.assets = value,
            "described" => totals.described = value,
            _ => totals.failed = value,
        }
    }
    Ok(totals)
}

/// How many assets were looked at since `since_ms`; counts no further than `most`.
pub async fn pace(tx: &mut Tx, since_ms: TimestampMs, most: u32) -> Result<Pace> {
    let row = query(sql::PACE).bind(since_ms).bind(i64::from(most)).one(tx).await?;
    Ok(Pace { described: row.count("described")?, first_ms: row.number_or_none("first_ms")? })
}

/// Assets to be looked at again, in the order of their ids, behind `after`, with the time when they
/// came; at most `limit`. Fewer mean the end.
pub async fn to_redo(
    tx: &mut Tx,
    which: &Again,
    after: Option<AssetId>,
    limit: u32,
) -> Result<Vec<(AssetId, TimestampMs)>> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let asked = |sql: Sql| query(sql).bind(after.clone()).bind(i64::from(limit));
    let asked = match which {
        Again::All => asked(sql::ALL_AFTER),
        Again::Failed => asked(sql::FAILED_AFTER),
        Again::Type(content_type) => asked(sql::TYPE_AFTER).bind(content_type.as_str()),
        Again::OlderThan(version) => asked(sql::OLDER_AFTER).bind(*version),
    };
    let rows = asked.all(tx).await?;
    rows.iter().map(|row| Ok((row.key("id")?, row.number("created_at_ms")?))).collect()
}

fn description_of(row: &Row) -> Result<Description> {
    Ok(Description {
        width: crate::timeline::side_of(row, "width")?,
        height: crate::timeline::side_of(row, "height")?,
        duration_ms: row.count_or_none("duration_ms")?,
        thumbhash: row.bytes_or_none("thumbhash")?,
        taken_at_ms: row.number("taken_at_ms")?,
        local_ms: row.number("local_ms")?,
        facts: row.text("facts")?,
        problem: row.text_or_none("problem")?,
        described_by: row.number("described_by")?,
        described_at_ms: row.number("described_at_ms")?,
    })
}
