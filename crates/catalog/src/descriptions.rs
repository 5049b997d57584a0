//! What was found by looking into pictures and videos: size, time, place, words, or why nothing was.

use domain::{AssetId, Month, SpaceId, TimestampMs};

use crate::error::Result;
use crate::row::Row;
use crate::sql::Sql;
use crate::sql::descriptions as sql;
use crate::tx::{Tx, query};
use crate::value::Value;

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

/// By what an asset is searched for, besides its time and its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findable {
    /// Latitude and longitude in ten millionths of a degree.
    pub place_e7: Option<(i64, i64)>,
    /// Words as they are compared, without repeats.
    pub words: Vec<String>,
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

/// How many words one statement adds.
const WORD_ROWS: usize = 100;

/// The most words by which one asset is found.
pub const WORDS_MAX: usize = 200;

/// The longest word, in bytes; of a longer one this much of its start is kept.
pub const WORD_MAX_BYTES: usize = 64;

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
    replace_words(tx, asset.space_id, asset_id, &by.words).await?;
    Ok(true)
}

async fn replace_words(tx: &mut Tx, space_id: SpaceId, asset_id: AssetId, words: &[String]) -> Result<()> {
    query(sql::FORGET_WORDS).bind(asset_id).run(tx).await?;
    let mut keys: Vec<&[u8]> =
        words.iter().map(|word| word_key(word)).filter(|key| !key.is_empty()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(WORDS_MAX);
    for chunk in keys.chunks(WORD_ROWS) {
        let rows = chunk
            .iter()
            .flat_map(|key| -> [Value<'_>; 3] { [space_id.into(), (*key).into(), asset_id.into()] });
        query(sql::ADD_WORDS).rows(3, rows).run(tx).await?;
    }
    Ok(())
}

/// How a word stands in the table.
fn word_key(word: &str) -> &[u8] {
    let end = (0..=word.len().min(WORD_MAX_BYTES)).rev().find(|&end| word.is_char_boundary(end));
    &word.as_bytes()[..end.unwrap_or(0)]
}

/// What was found; `None` when nobody has looked yet.
pub async fn get(tx: &mut Tx, asset_id: AssetId) -> Result<Option<Description>> {
    let row = query(sql::GET).bind(asset_id).optional(tx).await?;
    row.as_ref().map(description_of).transpose()
}

/// How far describing is.
pub async fn totals(tx: &mut Tx) -> Result<DescriptionTotals> {
    let row = query(sql::TOTALS).one(tx).await?;
    Ok(DescriptionTotals {
        assets: row.count("assets")?,
        described: row.count("described")?,
        failed: row.count("failed")?,
    })
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
