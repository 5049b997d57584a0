//! Which renditions give way when those that were made on demand take more room than they may.

/// A rendition that was made on demand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held<Name, Used> {
    pub(super) name: Name,
    pub(super) size_bytes: u64,
    /// When it was last used; only the order matters.
    pub(super) used: Used,
}

/// Those that have to go so that the rest takes at most `budget_bytes`: the least recently used. `spared`
/// stays, whatever it takes.
pub(super) fn surplus<Name: PartialEq, Used: Ord>(
    mut held: Vec<Held<Name, Used>>,
    budget_bytes: u64,
    spared: &Name,
) -> Vec<Held<Name, Used>> {
    let mut taken_bytes = held.iter().fold(0u64, |sum, one| sum.saturating_add(one.size_bytes));
    held.retain(|one| one.name != *spared);
    held.sort_unstable_by(|a, b| a.used.cmp(&b.used));
    let goes = held.into_iter().take_while(|one| {
        let is_over = taken_bytes > budget_bytes;
        taken_bytes = taken_bytes.saturating_sub(one.size_bytes);
        is_over
    });
    goes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(
        held: &[(&'static str, u64, u32)],
        budget_bytes: u64,
        spared: &'static str,
    ) -> Vec<&'static str> {
        let held = held.iter().map(|&(name, size_bytes, used)| Held { name, size_bytes, used });
        surplus(held.collect(), budget_bytes, &spared).into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn the_least_recently_used_go_until_the_rest_fits() {
        let held = [("new", 40, 9), ("old", 30, 1), ("older", 20, 0), ("newer", 10, 7)];
        assert_eq!(names(&held, 100, "new"), Vec::<&str>::new());
        assert_eq!(names(&held, 99, "new"), ["older"]);
        assert_eq!(names(&held, 80, "new"), ["older"]);
        assert_eq!(names(&held, 79, "new"), ["older", "old"]);
    }

    #[test]
    fn what_was_just_made_stays_however_large_it_is() {
        let held = [("film", 400, 0), ("old", 30, 1)];
        assert_eq!(names(&held, 100, "film"), ["old"]);
        assert_eq!(names(&held, 0, "film"), ["old"]);
        assert_eq!(names(&[("film", u64::MAX, 0), ("old", u64::MAX, 1)], 5, "film"), ["old"]);
    }
}
