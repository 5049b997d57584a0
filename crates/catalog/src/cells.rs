//! Places on Earth as numbers along a Z-order curve, so that an index can find what lies in a rectangle
//! (Morton 1966; the same idea as geohashes). Longitude and latitude are halved in turn, 31 times each:
//! two centimetres at the equator.

/// How often both degrees are halved.
pub(crate) const LEVELS: u32 = 31;

/// How many stretches of the curve stand for a rectangle at most.
pub(crate) const STRETCHES: usize = 8;

/// Squares that are looked at to cover one rectangle without a seam: 16 keep the cover close to it.
const SQUARES_MAX: u64 = 16;

const LATITUDE_SPAN_E7: i64 = 1_800_000_000;
const LONGITUDE_SPAN_E7: i64 = 3_600_000_000;

/// A rectangle of degrees, in ten millionths; edges belong to it. Where `west_e7` is greater than
/// `east_e7` it lies across the 180th meridian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeoBox {
    /// Its southern edge, at most `north_e7`.
    pub south_e7: i64,
    /// Its northern edge.
    pub north_e7: i64,
    /// Its western edge.
    pub west_e7: i64,
    /// Its eastern edge.
    pub east_e7: i64,
}

impl GeoBox {
    /// Whether a place lies in it.
    pub const fn has(&self, (latitude_e7, longitude_e7): (i64, i64)) -> bool {
        let (after, before) = (longitude_e7 >= self.west_e7, longitude_e7 <= self.east_e7);
        let across = self.west_e7 > self.east_e7;
        self.south_e7 <= latitude_e7
            && latitude_e7 <= self.north_e7
            && ((after && before) || (across && (after || before)))
    }

    /// The same as one or two rectangles without a seam.
    fn seamless(self) -> Vec<Self> {
        if self.west_e7 <= self.east_e7 {
            return vec![self];
        }
        let edge = LONGITUDE_SPAN_E7 / 2;
        vec![Self { east_e7: edge, ..self }, Self { west_e7: -edge, ..self }]
    }

    /// Its sides in halvings of the whole, as (first, last) column and row.
    fn corners(self) -> ((u64, u64), (u64, u64)) {
        ((column_of(self.west_e7), column_of(self.east_e7)), (row_of(self.south_e7), row_of(self.north_e7)))
    }

    /// How many squares of a level it touches.
    pub(crate) fn squares(self, level: u32) -> u64 {
        let shift = LEVELS - level;
        let parts = self.seamless().into_iter().map(|part| {
            let ((west, east), (south, north)) = part.corners();
            let side = |from: u64, to: u64| (to >> shift).saturating_sub(from >> shift) + 1;
            side(west, east).saturating_mul(side(south, north))
        });
        parts.fold(0, u64::saturating_add)
    }

    /// Stretches of the curve that cover it, and not much more, lowest first; none shares a cell with another.
    pub(crate) fn stretches(self) -> Vec<(i64, i64)> {
        let parts = self.seamless();
        let most = STRETCHES / parts.len();
        joined(parts.into_iter().flat_map(|part| part.cover(most)).collect())
    }

    /// The finest cover of at most `most` stretches, for a rectangle without a seam.
    fn cover(self, most: usize) -> Vec<(i64, i64)> {
        let ((west, east), (south, north)) = self.corners();
        for level in (0..=LEVELS).rev().filter(|&level| self.squares(level) <= SQUARES_MAX) {
            let shift = LEVELS - level;
            let rows = south >> shift..=north >> shift;
            let columns = west >> shift..=east >> shift;
            let squares = rows.flat_map(|row| columns.clone().map(move |column| woven(column, row)));
            let stretches = joined(squares.map(|square| (square, square)).collect());
            if stretches.len() <= most {
                let (bits, size) = (2 * shift, 1i64 << (2 * shift));
                return stretches
                    .into_iter()
                    .map(|(low, high)| (low << bits, (high << bits) + (size - 1)))
                    .collect();
            }
        }
        vec![(0, i64::MAX)]
    }
}

/// Stretches in order, those that touch or overlap made one.
fn joined(mut all: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    all.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (low, high) in all {
        match joined.last_mut() {
            Some((_, last)) if low <= last.saturating_add(1) => *last = high.max(*last),
            _ => joined.push((low, high)),
        }
    }
    joined
}

/// The number of a place. What lies on no globe counts as its nearest edge.
pub(crate) fn cell_of((latitude_e7, longitude_e7): (i64, i64)) -> i64 {
    woven(column_of(longitude_e7), row_of(latitude_e7))
}

/// The middle of a cell, as latitude and longitude in ten millionths of a degree.
pub(crate) fn place_of(cell: i64) -> (i64, i64) {
    let degrees = |halves: u64, span: i64| {
        let halves = i64::try_from(halves).unwrap_or(0);
        (((2 * halves + 1) * (span / 2)) >> LEVELS) - span / 2
    };
    let bits = cell.unsigned_abs();
    (degrees(unwoven(bits >> 1), LATITUDE_SPAN_E7), degrees(unwoven(bits), LONGITUDE_SPAN_E7))
}

fn column_of(longitude_e7: i64) -> u64 {
    halves_of(longitude_e7, LONGITUDE_SPAN_E7)
}

fn row_of(latitude_e7: i64) -> u64 {
    halves_of(latitude_e7, LATITUDE_SPAN_E7)
}

/// Which of 2^31 equal parts of a span around nought.
fn halves_of(degrees_e7: i64, span_e7: i64) -> u64 {
    let from_edge = degrees_e7.clamp(-span_e7 / 2, span_e7 / 2) + span_e7 / 2;
    let part = (i128::from(from_edge) << LEVELS) / i128::from(span_e7);
    u64::try_from(part).unwrap_or(0).min((1 << LEVELS) - 1)
}

/// Bits of the column at even places, of the row at odd ones.
fn woven(column: u64, row: u64) -> i64 {
    i64::try_from(spread(column) | (spread(row) << 1)).unwrap_or(i64::MAX)
}

/// Puts a nought before each of 32 bits (Sean Anderson, "Bit Twiddling Hacks": interleave by magic numbers).
const fn spread(bits: u64) -> u64 {
    let bits = bits & 0xffff_ffff;
    let bits = (bits | (bits << 16)) & 0x0000_ffff_0000_ffff;
    let bits = (bits | (bits << 8)) & 0x00ff_00ff_00ff_00ff;
    let bits = (bits | (bits << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let bits = (bits | (bits << 2)) & 0x3333_3333_3333_3333;
    (bits | (bits << 1)) & 0x5555_5555_5555_5555
}

const fn unwoven(bits: u64) -> u64 {
    let bits = bits & 0x5555_5555_5555_5555;
    let bits = (bits | (bits >> 1)) & 0x3333_3333_3333_3333;
    let bits = (bits | (bits >> 2)) & 0x0f0f_0f0f_0f0f_0f0f;
    let bits = (bits | (bits >> 4)) & 0x00ff_00ff_00ff_00ff;
    let bits = (bits | (bits >> 8)) & 0x0000_ffff_0000_ffff;
    (bits | (bits >> 16)) & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WORLD: GeoBox = GeoBox {
        south_e7: -900_000_000,
        north_e7: 900_000_000,
        west_e7: -1_800_000_000,
        east_e7: 1_800_000_000,
    };

    proptest! {
        #[test]
        fn a_cell_lies_where_its_place_lies(latitude in -900_000_000i64..=900_000_000, longitude in -1_800_000_000i64..=1_800_000_000) {
            let cell = cell_of((latitude, longitude));
            prop_assert!(cell >= 0);
            let (north, east) = place_of(cell);
            prop_assert!((north - latitude).abs() <= 2 && (east - longitude).abs() <= 2);
        }

        #[test]
        fn whatever_lies_in_a_rectangle_lies_in_its_stretches(
            south in -900_000_000i64..=900_000_000, height in 0i64..400_000_000,
            west in -1_800_000_000i64..=1_800_000_000, east in -1_800_000_000i64..=1_800_000_000,
            down in 0.0f64..=1.0, across in 0.0f64..=1.0,
        ) {
            let north = (south + height).min(900_000_000);
            let wanted = GeoBox { south_e7: south, north_e7: north, west_e7: west, east_e7: east };
            let width = (east - west).rem_euclid(LONGITUDE_SPAN_E7);
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "somewhere in the rectangle")]
            let (down, across) = ((down * (north - south) as f64) as i64, (across * width as f64) as i64);
            let longitude = (west + across + 1_800_000_000).rem_euclid(LONGITUDE_SPAN_E7) - 1_800_000_000;
            let place = (south + down, longitude);
            prop_assume!(wanted.has(place));
            let stretches = wanted.stretches();
            prop_assert!(stretches.len() <= STRETCHES);
            let cell = cell_of(place);
            prop_assert!(stretches.iter().any(|&(low, high)| low <= cell && cell <= high));
            prop_assert!(stretches.windows(2).all(|pair| pair[0].1 < pair[1].0), "none twice");
        }
    }

    #[test]
    fn a_rectangle_across_the_date_line_has_both_sides_and_not_the_middle() {
        let fiji = GeoBox {
            south_e7: -200_000_000,
            north_e7: -150_000_000,
            west_e7: 1_770_000_000,
            east_e7: -1_780_000_000,
        };
        assert!(fiji.has((-170_000_000, 1_790_000_000)) && fiji.has((-170_000_000, -1_790_000_000)));
        assert!(!fiji.has((-170_000_000, 0)) && !fiji.has((170_000_000, 1_790_000_000)));
    }

    #[test]
    fn small_rectangles_have_close_covers_and_the_world_is_one() {
        assert_eq!(WORLD.stretches(), [(0, (1 << 62) - 1)]);
        let house = GeoBox {
            south_e7: 524_000_000,
            north_e7: 524_001_000,
            west_e7: 133_000_000,
            east_e7: 133_001_000,
        };
        let covered: i64 = house.stretches().iter().map(|(low, high)| high - low + 1).sum();
        let exact = house.squares(LEVELS);
        assert!(u64::try_from(covered).unwrap() < exact * 16, "{covered} {exact}");
    }
}
