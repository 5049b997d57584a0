//! What all targets check: that describing ends, and that what it says holds together.

use std::io::Cursor;

use media::facts::{Hints, describe};

/// Describes what follows a format's own beginning. Files that have that beginning already, as those of a
/// corpus do, are taken as they are.
pub fn describe_behind(head: &[u8], data: &[u8]) {
    if data.starts_with(&head[..head.len().min(4)]) {
        check(data, &Hints::default());
    } else {
        check(&[head, data].concat(), &Hints::default());
    }
}

/// Describes bytes; whatever they are, facts must not contradict each other or the file.
pub fn check(bytes: &[u8], hints: &Hints<'_>) {
    let facts = describe(Cursor::new(bytes), hints);
    let length = bytes.len() as u64;
    let is_inside =
        |offset: u64, part: u64| part > 0 && offset.checked_add(part).is_some_and(|end| end <= length);
    assert!(facts.previews.iter().all(|preview| is_inside(preview.offset, preview.length)));
    assert!(facts.motion.is_none_or(|motion| is_inside(motion.offset, motion.length)));
    assert!((1..=8).contains(&facts.orientation));
    assert!(facts.width != Some(0) && facts.height != Some(0));
    assert!(facts.kind.is_none() || facts.width.is_some() || facts.problem.is_some());
    if let Some(place) = facts.place {
        assert!(place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0);
    }
}
