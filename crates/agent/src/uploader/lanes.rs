//! Which item goes next: newest first, and big files never take every slot.

use std::collections::BTreeMap;

/// Files above this go in the big lane.
pub const BIG_BYTES: u64 = 64 * 1024 * 1024;

/// Items that wait to be sent, in two lanes.
#[derive(Debug)]
pub struct Lanes<T> {
    slots: usize,
    small: BTreeMap<(i64, u64), T>,
    big: BTreeMap<(i64, u64), T>,
    small_going: usize,
    big_going: usize,
    counter: u64,
}

impl<T> Lanes<T> {
    /// So many at a time, one at least.
    pub const fn new(slots: usize) -> Self {
        Self {
            slots: if slots == 0 { 1 } else { slots },
            small: BTreeMap::new(),
            big: BTreeMap::new(),
            small_going: 0,
            big_going: 0,
            counter: u64::MAX,
        }
    }

    /// Lets an item wait for its turn.
    pub fn push(&mut self, size_bytes: u64, modified_at_ns: i64, item: T) {
        self.counter -= 1;
        let lane = if size_bytes > BIG_BYTES { &mut self.big } else { &mut self.small };
        lane.insert((modified_at_ns, self.counter), item);
    }

    /// The item that goes now, if there is a slot for one. Call [`Lanes::ended`] when it is through.
    ///
    /// One slot is kept for small files, so that a long video never holds up a new picture; with a
    /// single slot the newest goes, whatever its size.
    pub fn start(&mut self) -> Option<T> {
        if self.small_going + self.big_going >= self.slots {
            return None;
        }
        let big_slots = if self.slots == 1 { 1 } else { self.slots - 1 };
        let big = self.big.last_key_value().map(|(key, _)| *key).filter(|_| self.big_going < big_slots);
        let small = self.small.last_key_value().map(|(key, _)| *key);
        let takes_big = match (big, small) {
            (Some(big), Some(small)) => big > small,
            (big, _) => big.is_some(),
        };
        let (lane, going) = if takes_big {
            (&mut self.big, &mut self.big_going)
        } else {
            (&mut self.small, &mut self.small_going)
        };
        let (_, item) = lane.pop_last()?;
        *going += 1;
        Some(item)
    }

    /// An item of this size is through, well or not.
    pub fn ended(&mut self, size_bytes: u64) {
        let going = if size_bytes > BIG_BYTES { &mut self.big_going } else { &mut self.small_going };
        *going = going.saturating_sub(1);
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.small.len() + self.big.len()
    }

    /// How many are on their way.
    pub const fn going(&self) -> usize {
        self.small_going + self.big_going
    }

    /// Takes everything out that waits.
    pub fn drain(&mut self) -> Vec<T> {
        let (small, big) = (std::mem::take(&mut self.small), std::mem::take(&mut self.big));
        small.into_values().chain(big.into_values()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BIG: u64 = BIG_BYTES + 1;

    #[test]
    fn the_newest_goes_first_across_both_lanes() {
        let mut lanes = Lanes::new(4);
        for (size, at) in [(1, 10), (BIG, 40), (1, 30), (BIG, 20)] {
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
    fn big_files_leave_a_slot_for_a_small_one_that_comes_late() {
        let mut lanes = Lanes::new(4);
        for at in 0..10 {
            lanes.push(BIG, 100 + at, BIG);
        }
        let started = std::iter::from_fn(|| lanes.start()).count();
        assert_eq!(started, 3);
        lanes.push(1, 0, 1);
        assert_eq!(lanes.start(), Some(1), "old and small, and yet it goes");
        lanes.ended(1);
        assert_eq!(lanes.start(), None);
        lanes.ended(BIG);
        assert_eq!(lanes.start(), Some(BIG));
    }

    #[test]
    fn one_slot_is_for_everything() {
        let mut lanes = Lanes::new(1);
        lanes.push(BIG, 1, BIG);
        assert_eq!(lanes.start(), Some(BIG));
    }

    proptest! {
        #[test]
        fn everything_goes_once_and_never_too_many_at_a_time(
            items in prop::collection::vec((any::<bool>(), 0i64..50), 0..60), slots in 1usize..6,
        ) {
            let mut lanes = Lanes::new(slots);
            for (index, (big, at)) in items.iter().enumerate() {
                lanes.push(if *big { BIG } else { 1 }, *at, index);
            }
            let (mut going, mut went) = (Vec::new(), Vec::new());
            loop {
                while let Some(index) = lanes.start() {
                    going.push(index);
                    went.push(index);
                    let big = going.iter().filter(|&&index| items[index].0).count();
                    prop_assert!(going.len() <= slots && (slots == 1 || big < slots));
                }
                let Some(index) = going.pop() else { break };
                lanes.ended(if items[index].0 { BIG } else { 1 });
            }
            went.sort_unstable();
            prop_assert_eq!(went, (0..items.len()).collect::<Vec<_>>());
        }
    }
}
