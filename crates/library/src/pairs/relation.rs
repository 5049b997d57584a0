//! Whether two files show the same moment, taken by the same camera, and what their names say of it.

use catalog::items::PartRule;
use domain::stem::Version;

use super::files::{File, Place};

/// The longest film of a live photo that is known by its name alone, in milliseconds. Apple's run for three
/// seconds, other phones' for a little longer.
const LIVE_FILM_MAX_MS: u64 = 6_500;

/// How far the still of a live photo is from the time that its film tells, at most.
const LIVE_WITHIN_MS: i64 = 10_000;

/// How far the times of two forms of one picture are apart, at most: some tell fractions of a second, others
/// do not.
const SAME_WITHIN_MS: i64 = 2_000;

/// How far the first and the last picture of a burst are apart, at most.
const BURST_WITHIN_MS: i64 = 120_000;

/// How much later a camera may have written the second of two files.
const WRITTEN_WITHIN_MS: i64 = 3_000;

/// How far what is joined through others may be apart.
const ITEM_WITHIN_MS: i64 = 10 * 60_000;

/// No two of a day's pictures are further apart than this.
const DAY_MS: i64 = 24 * 3_600_000;

/// Zones differ by multiples of a quarter of an hour, and by no more than 26 hours.
const ZONE_STEP_MS: i64 = 15 * 60_000;
const ZONES_MS: i64 = 26 * 3_600_000;

/// What can be said about a likeness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    Yes,
    No,
    /// At least one of them does not say.
    Unknown,
}

use Agreement::{No, Unknown, Yes};

/// How two assets belong together that have a file in one folder with one stem.
pub(super) fn by_name(a: &File, at: &Place, b: &File, bt: &Place) -> Option<PartRule> {
    if at.folder_id != bt.folder_id || at.stem.key != bt.stem.key || cameras(a, b) == No {
        return None;
    }
    if a.is_film() != b.is_film() {
        let (still, film) = if b.is_film() { (a, b) } else { (b, a) };
        let same_version = at.stem.version == bt.stem.version;
        return (same_version && is_live(still, film)).then_some(PartRule::LiveName);
    }
    if a.is_raw() != b.is_raw() {
        return is_same_moment(a, at, b, bt).then_some(PartRule::RawName);
    }
    is_edit(a, at, b, bt).then_some(PartRule::EditedName)
}

fn is_live(still: &File, film: &File) -> bool {
    let stills = ["image/heic", "image/heif", "image/jpeg", "image/x-adobe-dng"];
    let films = ["video/quicktime", "video/mp4"];
    let told_apart = still.live_key.is_some() && film.live_key.is_some() && still.live_key != film.live_key;
    stills.contains(&still.content_type.as_str())
        && films.contains(&film.content_type.as_str())
        && film.duration_ms.is_some_and(|duration| duration <= LIVE_FILM_MAX_MS)
        && !told_apart
        && times(still, film, LIVE_WITHIN_MS) == Yes
}

/// Whether something speaks for one moment, and nothing against it.
fn is_same_moment(a: &File, at: &Place, b: &File, bt: &Place) -> bool {
    match times(a, b, SAME_WITHIN_MS) {
        Yes => true,
        No => false,
        Unknown => cameras(a, b) == Yes || were_written_together(at, bt),
    }
}

/// One is named as the edited version of the other. A word says so by itself; a letter before a number, which
/// two phones may both have reached, needs something else that speaks for it.
fn is_edit(a: &File, at: &Place, b: &File, bt: &Place) -> bool {
    let mark = match (at.stem.version, bt.stem.version) {
        (Version::AsTaken, mark) | (mark, Version::AsTaken) if mark != Version::AsTaken => mark,
        _ => return false,
    };
    match times(a, b, SAME_WITHIN_MS) {
        Yes => true,
        No => false,
        Unknown => mark == Version::Edited || cameras(a, b) == Yes,
    }
}

/// Whether two pictures with one burst's identifier are one burst.
pub(super) fn is_one_burst(a: &File, b: &File) -> bool {
    a.is_beside(b) && cameras(a, b) != No && times(a, b, BURST_WITHIN_MS) != No
}

/// Whether two assets cannot be one item, whatever joins them to others: two cameras, or two moments.
pub(super) fn contradict(a: &File, b: &File) -> bool {
    cameras(a, b) == No || times(a, b, ITEM_WITHIN_MS) == No
}

/// Whether both were taken within so many milliseconds.
pub(super) fn times(a: &File, b: &File, within_ms: i64) -> Agreement {
    let (Some(first), Some(second)) = (&a.taken, &b.taken) else { return days(a, b) };
    let local = |taken: &media::facts::Taken| {
        // UTC alone says nothing of the taker's clock.
        (taken.offset_minutes.is_some() || taken.utc_ms.is_none()).then_some(taken.local_ms)
    };
    let alike = first.utc_ms.zip(second.utc_ms).or_else(|| local(first).zip(local(second)));
    let apart_ms = match alike {
        Some((first, second)) => first.abs_diff(second),
        None => across_zones(first.local_ms.abs_diff(second.local_ms)),
    };
    if apart_ms <= within_ms.unsigned_abs() { Yes } else { No }
}

/// One told its clock and the other UTC: how far apart they are when their zone is the one that fits best.
fn across_zones(apart_ms: u64) -> u64 {
    let step = ZONE_STEP_MS.unsigned_abs();
    if apart_ms > ZONES_MS.unsigned_abs() {
        return apart_ms;
    }
    let beyond = apart_ms % step;
    beyond.min(step - beyond)
}

/// Where a time is missing: two days cannot be one moment.
fn days(a: &File, b: &File) -> Agreement {
    let clock = |file: &File| file.taken.map(|taken| taken.local_ms).or(file.day_ms);
    match (clock(a), clock(b)) {
        (Some(first), Some(second)) if first.abs_diff(second) > (DAY_MS + ZONES_MS).unsigned_abs() => No,
        _ => Unknown,
    }
}

/// Whether one camera took both. Programs write a maker's name into the model, or leave it out.
pub(super) fn cameras(a: &File, b: &File) -> Agreement {
    let (Some((make, model)), Some((other_make, other_model))) = (&a.camera, &b.camera) else {
        return Unknown;
    };
    if model.is_empty() || other_model.is_empty() {
        return Unknown;
    }
    let whole = |make: &str, model: &str| match model.strip_prefix(make) {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => model.to_owned(),
    };
    if model == other_model || whole(make, model) == whole(other_make, other_model) { Yes } else { No }
}

fn were_written_together(at: &Place, bt: &Place) -> bool {
    let (Some(first), Some(second)) = (at.modified_at_ms, bt.modified_at_ms) else { return false };
    first.abs_diff(second) <= WRITTEN_WITHIN_MS.unsigned_abs()
}
