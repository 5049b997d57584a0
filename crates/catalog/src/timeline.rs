//! Pictures and videos by the months of their takers' calendars.

use std::collections::BTreeMap;

use domain::{AssetId, ContentHash, Month, SpaceId, TimestampMs};

use crate::assets::AssetKind;
use crate::error::{Error, Result};
use crate::items::{self, ItemMarks};
use crate::page::{ByTimeDown, Listed, Page};
use crate::row::Row;
use crate::sql::timeline as sql;
use crate::tx::{Tx, query};

/// How many items a month has: pictures and videos, parts not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthCount {
    /// The month; `None` for what nobody has looked at yet and what came before months were kept.
    pub month: Option<Month>,
    /// How many live items.
    pub assets: u64,
}

/// As much of an asset as a timeline shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The asset.
    pub id: AssetId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Its bytes.
    pub sha256: ContentHash,
    /// Picture or video.
    pub kind: AssetKind,
    /// When it was taken.
    pub taken_at_ms: TimestampMs,
    /// The same moment on the clock of whoever took it, as if that clock showed UTC.
    pub local_ms: TimestampMs,
    /// Width and height in pixels as it is shown; `None` until somebody has looked.
    pub size: Option<(u32, u32)>,
    /// How long a video runs.
    pub duration_ms: Option<u64>,
    /// A blurred miniature.
    pub thumbhash: Option<Vec<u8>>,
    /// What it has besides itself; `None` for what stands alone.
    pub marks: Option<ItemMarks>,
}

/// The months of some Spaces that have anything, newest first, what has no month last.
pub async fn months(tx: &mut Tx, spaces: &[SpaceId]) -> Result<Vec<MonthCount>> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    for &space_id in spaces {
        for row in query(sql::MONTHS).bind(space_id).all(tx).await? {
            *counts.entry(row.number("month")?).or_default() += row.count("assets")?;
        }
    }
    Ok(counts
        .into_iter()
        .rev()
        .map(|(number, assets)| MonthCount { month: Month::from_number(number), assets })
        .collect())
}

/// The live items of a month of some Spaces (`None`: those without a month), newest first by the
/// taker's clock, then by id.
pub async fn month(
    tx: &mut Tx,
    spaces: &[SpaceId],
    month: Option<Month>,
    page: &Page,
) -> Result<Listed<Moment>> {
    let ByTimeDown(before_ms, before_id) = page.start(TAG)?;
    let number = month.map_or(0, Month::number);
    let mut moments = Vec::new();
    // One walk along the index per Space, as in `assets::by_time`.
    for &space_id in spaces {
        let rows = query(sql::MONTH)
            .bind(space_id)
            .bind(number)
            .bind(before_ms)
            .bind(before_id.as_slice())
            .bind(page.rows() + 1)
            .all(tx)
            .await?;
        for row in &rows {
            moments.push(moment_of(row)?);
        }
    }
    moments.sort_by_key(|moment| std::cmp::Reverse((moment.local_ms, moment.id)));
    moments.dedup_by_key(|moment| moment.id);
    let order = |moment: &Moment| ByTimeDown(moment.local_ms, moment.id.as_bytes().to_vec());
    with_marks(tx, Listed::cut(moments, page.rows(), TAG, order)).await
}

/// Moments with what each has besides itself.
pub(crate) async fn with_marks(tx: &mut Tx, mut listed: Listed<Moment>) -> Result<Listed<Moment>> {
    let leads: Vec<AssetId> = listed.items.iter().map(|moment| moment.id).collect();
    let marks = items::marks(tx, &leads).await?;
    for moment in &mut listed.items {
        moment.marks = marks.get(&moment.id).copied();
    }
    Ok(listed)
}

/// Which list a cursor is of.
const TAG: u8 = b'm';

pub(crate) fn moment_of(row: &Row) -> Result<Moment> {
    Ok(Moment {
        id: row.key("id")?,
        space_id: row.key("space_id")?,
        sha256: row.key("sha256")?,
        kind: row.word("kind", AssetKind::from_word)?,
        taken_at_ms: row.number("taken_at_ms")?,
        local_ms: row.number("local_ms")?,
        size: side_of(row, "width")?.zip(side_of(row, "height")?),
        duration_ms: row.count_or_none("duration_ms")?,
        thumbhash: row.bytes_or_none("thumbhash")?,
        marks: None,
    })
}

/// A width or a height.
pub(crate) fn side_of(row: &Row, column: &'static str) -> Result<Option<u32>> {
    let side = row.number_or_none(column)?;
    side.map(|side| u32::try_from(side).map_err(|_| Error::Unreadable { column })).transpose()
}
