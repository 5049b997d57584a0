//! Which item goes next, and how many go at a time: newest first, small files share a lane, and big files
//! never take every lane.
//!
//! The number that a person sets is the number of *lanes*. A lane carries one file of more than
//! [`SHARED_BYTES`], or up to [`SHARED_PER_LANE`] smaller ones side by side: those take as long as the
//! hub's disk needs to flush, not as long as their bytes need to travel, and a hub that gets several at a
//! time flushes once for all of them. More lanes for everything would instead let large files fight for
//! the same network and disk.
//!
//! What is on its way stays bounded: with `n` lanes at most `n` files larger than [`SHARED_BYTES`], at most
//! `SHARED_PER_LANE * n` files at all. Nobody holds a whole file in memory, and what a shared lane can hold
//! altogether is no more than a piece of one large file.

use std::collections::BTreeMap;

/// Files above this are big: one lane is always kept free of them.
pub const BIG_BYTES: u64 = 64 * 1024 * 1024;

/// Files up to this many bytes share a lane.
pub const SHARED_BYTES: u64 = 1024 * 1024;

/// How many files share a lane.
pub const SHARED_PER_LANE: usize = 4;

/// What a file takes of the lanes, by its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// A part of a lane.
    Shared,
    /// A lane.
    Whole,
    /// A lane, but never the last one.
    Big,
}

impl Weight {
    const ALL: [Self; 3] = [Self::Shared, Self::Whole, Self::Big];

    const fn of(size_bytes: u64) -> Self {
        match size_bytes {
            0..=SHARED_BYTES => Self::Shared,
            _ if size_bytes <= BIG_BYTES => Self::Whole,
            _ => Self::Big,
        }
    }
}

/// Items of one weight: those that wait, newest last, and how many are on their way.
#[derive(Debug)]
struct Row<T> {
    waiting: BTreeMap<(i64, u64), T>,
    going: usize,
}

impl<T> Row<T> {
    const fn new() -> Self {
        Self { waiting: BTreeMap::new(), going: 0 }
    }
}

/// Items that wait to be sent, and how many are on their way.
#[derive(Debug)]
pub struct Lanes<T> {
    count: usize,
    /// In the order of [`Weight::ALL`].
    rows: [Row<T>; 3],
    counter: u64,
}

impl<T> Lanes<T> {
    /// So many lanes, one at least.
    pub const fn new(count: usize) -> Self {
        Self {
            count: if count == 0 { 1 } else { count },
            rows: [Row::new(), Row::new(), Row::new()],
            counter: u64::MAX,
        }
    }

    /// Lets an item wait for its turn.
    pub fn push(&mut self, size_bytes: u64, modified_at_ns: i64, item: T) {
        self.counter -= 1;
        let key = (modified_at_ns, self.counter);
        self.row(Weight::of(size_bytes)).waiting.insert(key, item);
    }

    /// The item that goes now, if there is room for one. Call [`Lanes::ended`] when it is through.
    ///
    /// The newest goes first, whatever its size. When it needs a whole lane and all of them are shared
    /// just now, older small ones do not slip in before it: the next lane that empties is its own, so that
    /// an endless stream of small files holds up no large one. Only big files are passed over while they
    /// have all lanes but one: a long video never holds up a new picture. With a single lane the newest
    /// goes, whatever its size.
    pub fn start(&mut self) -> Option<T> {
        let big_lanes = if self.count == 1 { 1 } else { self.count - 1 };
        let big_may_go = self.rows[Weight::Big as usize].going < big_lanes;
        let candidates = Weight::ALL.into_iter().filter(|weight| *weight != Weight::Big || big_may_go);
        let newest = |weight: Weight| {
            let (key, _) = self.rows[weight as usize].waiting.last_key_value()?;
            Some((*key, weight))
        };
        let (_, weight) = candidates.filter_map(newest).max_by_key(|(key, _)| *key)?;
        if self.lanes_with_one_more(weight) > self.count {
            return None;
        }
        let row = self.row(weight);
        let (_, item) = row.waiting.pop_last()?;
        row.going += 1;
        Some(item)
    }

    /// An item of this size is through, well or not.
    pub fn ended(&mut self, size_bytes: u64) {
        let row = self.row(Weight::of(size_bytes));
        row.going = row.going.saturating_sub(1);
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.rows.iter().map(|row| row.waiting.len()).sum()
    }

    /// How many are on their way.
    pub fn going(&self) -> usize {
        self.rows.iter().map(|row| row.going).sum()
    }

    /// Takes everything out that waits.
    pub fn drain(&mut self) -> Vec<T> {
        self.rows.iter_mut().flat_map(|row| std::mem::take(&mut row.waiting).into_values()).collect()
    }

    /// How many lanes are taken once another item of this weight is on its way.
    fn lanes_with_one_more(&self, weight: Weight) -> usize {
        let [shared, whole, big] =
            Weight::ALL.map(|other| self.rows[other as usize].going + usize::from(other == weight));
        shared.div_ceil(SHARED_PER_LANE) + whole + big
    }

    const fn row(&mut self, weight: Weight) -> &mut Row<T> {
        &mut self.rows[weight as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BIG: u64 = BIG_BYTES + 1;
    const WHOLE: u64 = SHARED_BYTES + 1;

    fn started(lanes: &mut Lanes<u64>) -> Vec<u64> {
        std::iter::from_fn(|| lanes.start()).collect()
    }

    #[test]
    fn the_newest_goes_first_across_all_sizes() {
        let mut lanes = Lanes::new(4);
        for (size, at) in [(1, 10), (BIG, 40), (WHOLE, 30), (BIG, 20)] {
            lanes.push(size, at, at);
        }
        let order: Vec<_> = std::iter::from_fn(|| lanes.start()).collect();
        assert_eq!(order, [40, 30, 20, 10]);
    }

    #[test]
    fn equal_times_keep_their_order() {
        let mut lanes = Lanes::new(2);
        lanes.push(1, 5, "first");
        lanes.push(1, 5, "second");
        assert_eq!(lanes.start(), Some("first"));
    }

    #[test]
    fn four_small_files_share_a_lane_and_larger_ones_have_theirs_alone() {
        for (size, expected) in [(0, 16), (SHARED_BYTES, 16), (WHOLE, 4), (BIG_BYTES, 4), (BIG, 3)] {
            let mut lanes = Lanes::new(4);
            (0..20).for_each(|at| lanes.push(size, at, size));
            assert_eq!(started(&mut lanes).len(), expected, "{size} bytes");
            assert_eq!((lanes.going(), lanes.waiting()), (expected, 20 - expected));
        }
    }

    #[test]
    fn large_and_small_files_divide_the_lanes_among_them() {
        let mut lanes = Lanes::new(4);
        (0..20).for_each(|at| lanes.push(1, at, 1));
        (0..2).for_each(|at| lanes.push(WHOLE, 100 + at, WHOLE));
        let first = started(&mut lanes);
        assert_eq!(first[..2], [WHOLE, WHOLE], "they are newer");
        assert_eq!(first[2..], [1; 8], "two lanes are left for the small ones");
        lanes.ended(WHOLE);
        assert_eq!(started(&mut lanes), [1; 4]);
    }

    #[test]
    fn a_newer_large_file_gets_the_next_lane_that_empties_whatever_small_ones_wait() {
        let mut lanes = Lanes::new(2);
        (0..20).for_each(|at| lanes.push(1, at, 1));
        assert_eq!(started(&mut lanes).len(), 8);
        lanes.push(WHOLE, 100, WHOLE);
        for _ in 0..3 {
            lanes.ended(1);
            assert_eq!(lanes.start(), None, "no older file slips in");
        }
        lanes.ended(1);
        assert_eq!(started(&mut lanes), [WHOLE]);
        lanes.ended(1);
        assert_eq!(started(&mut lanes), [1], "and what is left of the shared lane goes on");
    }

    #[test]
    fn big_files_leave_a_lane_for_small_ones_that_come_late() {
        let mut lanes = Lanes::new(4);
        for at in 0..10 {
            lanes.push(BIG, 100 + at, BIG);
        }
        assert_eq!(started(&mut lanes).len(), 3);
        (0..6).for_each(|at| lanes.push(1, at, 1));
        assert_eq!(started(&mut lanes), [1; 4], "old and small, and yet they go");
        lanes.ended(1);
        assert_eq!(started(&mut lanes), [1]);
        lanes.ended(BIG);
        assert_eq!(started(&mut lanes), [BIG]);
    }

    #[test]
    fn one_lane_is_for_everything() {
        let mut lanes = Lanes::new(0);
        lanes.push(BIG, 1, BIG);
        lanes.push(1, 0, 1);
        assert_eq!(started(&mut lanes), [BIG]);
        lanes.ended(BIG);
        assert_eq!(started(&mut lanes), [1]);
    }

    #[test]
    fn what_waits_can_be_taken_out_while_others_go_on() {
        let mut lanes = Lanes::new(1);
        for size in [1, WHOLE, BIG] {
            lanes.push(size, 0, size);
        }
        lanes.push(1, 9, 7);
        assert_eq!(lanes.start(), Some(7));
        let mut drained = lanes.drain();
        drained.sort_unstable();
        assert_eq!(drained, [1, WHOLE, BIG]);
        assert_eq!((lanes.going(), lanes.waiting(), lanes.start()), (1, 0, None));
    }

    proptest! {
        #[test]
        fn everything_goes_once_and_never_too_much_at_a_time(
            items in prop::collection::vec((0usize..3, 0i64..50), 0..60), count in 1usize..6,
        ) {
            let sizes = [1, WHOLE, BIG];
            let mut lanes = Lanes::new(count);
            for (index, (size, at)) in items.iter().enumerate() {
                lanes.push(sizes[*size], *at, index);
            }
            let (mut going, mut went) = (Vec::new(), Vec::new());
            loop {
                while let Some(index) = lanes.start() {
                    going.push(index);
                    went.push(index);
                    let of = |size| going.iter().filter(|&&index| items[index].0 == size).count();
                    prop_assert!(of(0).div_ceil(SHARED_PER_LANE) + of(1) + of(2) <= count);
                    prop_assert!(count == 1 || of(2) < count);
                    prop_assert_eq!(going.len(), lanes.going());
                }
                let Some(index) = going.pop() else { break };
                lanes.ended(sizes[items[index].0]);
            }
            went.sort_unstable();
            prop_assert_eq!(went, (0..items.len()).collect::<Vec<_>>());
        }
    }
}
