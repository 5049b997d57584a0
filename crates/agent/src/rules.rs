//! What may be sent now, and what is not wanted at all: a person's preferences, compiled for looking at
//! every item. Pure.

use std::sync::Arc;

use domain::TimestampMs;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::planner::Verdict;
use crate::policy::{Permit, Reason};
use crate::preferences::{Kinds, Preferences};
use crate::sources::{Facts, LocalId, is_video};

/// Judges items. The default lets everything through.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    kinds: Kinds,
    size_from_bytes: Option<u64>,
    size_to_bytes: Option<u64>,
    since_ms: Option<TimestampMs>,
    wait_ms: i64,
    now_ms: TimestampMs,
    left_out: Arc<Patterns>,
    permit: Permit,
}

/// Patterns of what is left out.
#[derive(Debug, Clone, Default)]
struct Patterns {
    /// Compared with each name on the way.
    names: GlobSet,
    /// Compared with the whole path.
    paths: GlobSet,
}

impl Rules {
    /// The rules of a moment.
    pub fn new(preferences: &Preferences, permit: Permit, now_ms: TimestampMs) -> Self {
        Self {
            kinds: preferences.kinds,
            size_from_bytes: preferences.size_from_bytes,
            size_to_bytes: preferences.size_to_bytes,
            since_ms: preferences.since_ms,
            wait_ms: i64::try_from(preferences.wait_ms).unwrap_or(i64::MAX),
            now_ms,
            // They were checked when they were set, and when the file was read.
            left_out: Arc::new(compile(&preferences.leave_out).unwrap_or_default()),
            permit,
        }
    }

    /// Why an item is not sent now; `None` when it is. Items of which the hub is known to hold a copy are
    /// not judged.
    pub fn judge(&self, local: &LocalId, facts: &Facts) -> Option<Verdict> {
        if let Some(why) = self.unwanted(local, facts) {
            return Some(Verdict::Unwanted(why.into()));
        }
        let is_video = is_video(local.name_bytes());
        let reason = if is_video { self.permit.videos } else { self.permit.photos };
        reason.or_else(|| self.settles_until_ms(facts).map(|_| Reason::Fresh)).map(Verdict::Waiting)
    }

    /// Until when an item is left alone because it was changed a moment ago. A time of change that lies
    /// ahead says nothing.
    pub fn settles_until_ms(&self, facts: &Facts) -> Option<TimestampMs> {
        let age_ms = self.now_ms.saturating_sub(facts.modified_at_ms());
        (0..self.wait_ms).contains(&age_ms).then(|| facts.modified_at_ms().saturating_add(self.wait_ms))
    }

    fn unwanted(&self, local: &LocalId, facts: &Facts) -> Option<&'static str> {
        let is_video = is_video(local.name_bytes());
        match self.kinds {
            Kinds::Photos if is_video => return Some("videos are left out (setting kinds)"),
            Kinds::Videos if !is_video => return Some("only videos are backed up (setting kinds)"),
            _ => {}
        }
        if self.size_from_bytes.is_some_and(|least| facts.size_bytes < least) {
            return Some("it is smaller than what is backed up (setting size-from)");
        }
        if self.size_to_bytes.is_some_and(|most| facts.size_bytes > most) {
            return Some("it is larger than what is backed up (setting size-to)");
        }
        if self.since_ms.is_some_and(|since_ms| facts.modified_at_ms() < since_ms) {
            return Some("it is older than what is backed up (setting since)");
        }
        self.left_out.fits(local).then_some("its name is one of those left out (setting leave-out)")
    }
}

impl Patterns {
    fn fits(&self, local: &LocalId) -> bool {
        if self.names.is_empty() && self.paths.is_empty() {
            return false;
        }
        let path = local.to_path();
        self.paths.is_match(&path) || path.iter().any(|name| self.names.is_match(name))
    }
}

/// Says in words what is wrong with a pattern.
pub(crate) fn check_patterns(patterns: &[String]) -> Result<(), String> {
    compile(patterns).map(|_| ())
}

fn compile(patterns: &[String]) -> Result<Patterns, String> {
    let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern.trim_start_matches('/'))
            .case_insensitive(true)
            .literal_separator(true)
            .build()
            .map_err(|error| format!("the pattern \"{pattern}\" is not understood: {}", error.kind()))?;
        if pattern.contains('/') {
            paths.add(glob)
        } else {
            names.add(glob)
        };
    }
    let failed = |error: globset::Error| format!("the patterns are too many or too large: {}", error.kind());
    Ok(Patterns { names: names.build().map_err(failed)?, paths: paths.build().map_err(failed)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_000;

    fn facts(size_bytes: u64, age_ms: i64) -> Facts {
        let modified_at_ns = (NOW_MS - age_ms) * 1_000_000;
        Facts { size_bytes, modified_at_ns, changed_at_ns: None, file: None }
    }

    fn verdict(preferences: &Preferences, permit: Permit, path: &str, facts: Facts) -> Option<String> {
        let rules = Rules::new(preferences, permit, NOW_MS);
        rules.judge(&LocalId::from_slashes(path), &facts).map(|verdict| match verdict {
            Verdict::Unwanted(why) => format!("unwanted: {why}"),
            Verdict::Waiting(reason) => format!("waits: {reason:?}"),
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn without_rules_everything_goes() {
        for path in ["a.jpg", "Trips/b.MP4", "c.xmp"] {
            assert_eq!(verdict(&Preferences::default(), Permit::default(), path, facts(0, -5)), None);
            assert_eq!(Rules::default().judge(&LocalId::from_slashes(path), &facts(1, 0)), None);
        }
    }

    #[test]
    fn what_is_not_wanted_is_told_with_the_setting_that_says_so() {
        type Row = (fn(&mut Preferences), &'static str, Facts, Option<&'static str>);
        let chosen = |change: fn(&mut Preferences)| {
            let mut preferences = Preferences::default();
            change(&mut preferences);
            preferences
        };
        let table: [Row; 13] = [
            (|of| of.kinds = Kinds::Photos, "a.mov", facts(1, 0), Some("kinds")),
            (|of| of.kinds = Kinds::Photos, "a.jpg", facts(1, 0), None),
            (|of| of.kinds = Kinds::Videos, "a.jpg", facts(1, 0), Some("kinds")),
            (|of| of.size_from_bytes = Some(10), "a.jpg", facts(9, 0), Some("size-from")),
            (|of| of.size_from_bytes = Some(10), "a.jpg", facts(10, 0), None),
            (|of| of.size_to_bytes = Some(10), "a.jpg", facts(11, 0), Some("size-to")),
            (|of| of.size_to_bytes = Some(10), "a.jpg", facts(10, 0), None),
            (|of| of.since_ms = Some(NOW_MS - 5), "a.jpg", facts(1, 6), Some("since")),
            (|of| of.since_ms = Some(NOW_MS - 5), "a.jpg", facts(1, 5), None),
            (|of| of.leave_out = vec!["chats".into()], "x/Chats/a.jpg", facts(1, 0), Some("leave-out")),
            (|of| of.leave_out = vec!["*.png".into()], "x/y/a.PNG", facts(1, 0), Some("leave-out")),
            (|of| of.leave_out = vec!["x/**".into()], "x/y/a.jpg", facts(1, 0), Some("leave-out")),
            (|of| of.leave_out = vec!["x/*".into()], "x/y/a.jpg", facts(1, 0), None),
        ];
        for (change, path, facts, expected) in table {
            let said = verdict(&chosen(change), Permit::default(), path, facts);
            let named = said.as_deref().map(|said| {
                said.trim_start_matches("unwanted: ")
                    .rsplit("setting ")
                    .next()
                    .unwrap()
                    .trim_end_matches(')')
                    .to_owned()
            });
            assert_eq!(named.as_deref(), expected, "{path}: {said:?}");
        }
    }

    #[test]
    fn photos_and_videos_wait_for_their_own_reasons() {
        let permit = Permit { photos: None, videos: Some(Reason::VideosOnMetered) };
        let all = Preferences::default();
        assert_eq!(verdict(&all, permit, "a.jpg", facts(1, 0)), None);
        assert_eq!(verdict(&all, permit, "a.mp4", facts(1, 0)).unwrap(), "waits: VideosOnMetered");
        let unwanted = Preferences { kinds: Kinds::Photos, ..Preferences::default() };
        let said = verdict(&unwanted, permit, "a.mp4", facts(1, 0)).unwrap();
        assert!(said.starts_with("unwanted"), "what is not wanted waits for nothing: {said}");
    }

    #[test]
    fn what_was_changed_a_moment_ago_is_left_alone_for_a_while() {
        let patient = Preferences { wait_ms: 600_000, ..Preferences::default() };
        let rules = Rules::new(&patient, Permit::default(), NOW_MS);
        for (age_ms, left_ms) in [(0, Some(600_000)), (599_999, Some(1)), (600_000, None), (-1, None)] {
            let until = rules.settles_until_ms(&facts(1, age_ms));
            assert_eq!(until, left_ms.map(|left_ms| NOW_MS + left_ms), "{age_ms}");
        }
        let said = verdict(&patient, Permit::default(), "a.jpg", facts(1, 10));
        assert_eq!(said.unwrap(), "waits: Fresh");
    }
}
