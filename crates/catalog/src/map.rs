//! Pictures and videos on a map: single ones while they are few, squares with counts otherwise.

use std::collections::BTreeMap;

use domain::{AssetId, SpaceId};

use crate::cells::{GeoBox, LEVELS, STRETCHES, place_of};
use crate::error::Result;
use crate::search::bind_cover;
use crate::sql::map as sql;
use crate::tx::{LIST_MAX, Tx, query};

/// One point on a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Ten millionths of a degree, north positive. Of several assets the middle, as near as a quarter of
    /// their square.
    pub latitude_e7: i64,
    /// Ten millionths of a degree, east positive.
    pub longitude_e7: i64,
    /// How many live assets it stands for.
    pub assets: u64,
    /// One of them.
    pub asset_id: AssetId,
}

/// The most points of one answer.
pub const POINTS_MAX: usize = LIST_MAX;

/// How much finer than the points' squares is counted, in halvings, so that a point is where most of its
/// pictures are.
const FINER: u32 = 2;

/// The live assets of some Spaces within a rectangle, as at most `most` points (at most [`POINTS_MAX`]),
/// those with most assets first. Counts in squares go along an index and look at no row; they read as much
/// of it as the rectangle has assets.
pub async fn points(tx: &mut Tx, spaces: &[SpaceId], within: GeoBox, most: usize) -> Result<Vec<Point>> {
    let most = most.clamp(1, POINTS_MAX);
    let mut points = match single(tx, spaces, within, most).await? {
        Some(points) => points,
        None => squares(tx, spaces, within, most).await?,
    };
    points.sort_by_key(|point| (std::cmp::Reverse(point.assets), point.asset_id));
    Ok(points)
}

/// What stands at one place, or in one square.
#[derive(Debug, Default)]
struct Heap {
    assets: u64,
    /// Sums of degrees, each as often as there are assets.
    latitudes_e7: i128,
    longitudes_e7: i128,
}

impl Heap {
    fn add(&mut self, (latitude_e7, longitude_e7): (i64, i64), assets: u64) {
        self.assets += assets;
        self.latitudes_e7 += i128::from(latitude_e7) * i128::from(assets);
        self.longitudes_e7 += i128::from(longitude_e7) * i128::from(assets);
    }

    fn point(&self, asset_id: AssetId) -> Point {
        let middle = |sum: i128| i64::try_from(sum / i128::from(self.assets.max(1))).unwrap_or(0);
        Point {
            latitude_e7: middle(self.latitudes_e7),
            longitude_e7: middle(self.longitudes_e7),
            assets: self.assets,
            asset_id,
        }
    }
}

/// Each place by itself; `None` when there are more than `most` assets.
async fn single(tx: &mut Tx, spaces: &[SpaceId], within: GeoBox, most: usize) -> Result<Option<Vec<Point>>> {
    let mut heaps: BTreeMap<i64, (Heap, AssetId)> = BTreeMap::new();
    let mut read = 0;
    for (&space_id, (low, high)) in spaces
        .iter()
        .flat_map(|space_id| within.stretches().into_iter().map(move |stretch| (space_id, stretch)))
    {
        let asked = query(sql::POINTS).bind(space_id).bind(low).bind(high).bind(most + 1 - read);
        let rows = asked.all(tx).await?;
        read += rows.len();
        if read > most {
            return Ok(None);
        }
        for row in &rows {
            let (cell, id) = (row.number("cell")?, row.key("id")?);
            let place = place_of(cell);
            if within.has(place) {
                let (heap, newest) = heaps.entry(cell).or_insert_with(|| (Heap::default(), id));
                heap.add(place, 1);
                *newest = id.max(*newest);
            }
        }
    }
    Ok(Some(heaps.values().map(|(heap, id)| heap.point(*id)).collect()))
}

/// Squares of one size, as small as `most` allows.
async fn squares(tx: &mut Tx, spaces: &[SpaceId], within: GeoBox, most: usize) -> Result<Vec<Point>> {
    let level = (0..=LEVELS).rev().find(|&level| within.squares(level) <= most as u64).unwrap_or(0);
    let finer = (level + FINER).min(LEVELS);
    let (shift, finer_shift) = (2 * (LEVELS - level), 2 * (LEVELS - finer));
    let mut cover = [(1, 0); STRETCHES];
    for (place, stretch) in cover.iter_mut().zip(within.stretches()) {
        *place = stretch;
    }
    let mut heaps: BTreeMap<i64, (Heap, AssetId)> = BTreeMap::new();
    for &space_id in spaces {
        let asked = query(sql::SQUARES).bind(space_id).bind(i64::from(finer_shift));
        for row in bind_cover(asked, &cover).all(tx).await? {
            let (cell, assets) = (row.number("cell")?, row.count("assets")?);
            let middle = place_of((cell >> finer_shift << finer_shift) + half(finer_shift));
            // The cover is a little larger than the rectangle.
            if within.has(middle) || within.has(place_of(cell)) {
                let id = row.key("id")?;
                let (heap, sample) = heaps.entry(cell >> shift).or_insert_with(|| (Heap::default(), id));
                heap.add(middle, assets);
                *sample = id.max(*sample);
            }
        }
    }
    Ok(heaps.values().map(|(heap, id)| heap.point(*id)).collect())
}

/// Half of a square's cells: from its first cell to its middle.
const fn half(shift: u32) -> i64 {
    // A quarter of the square in the north-east begins at three quarters of its stretch of the curve.
    if shift == 0 { 0 } else { 3 << (shift - 2) }
}
