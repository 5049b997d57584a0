//! How a run ended, in words. Pure.

use std::collections::BTreeMap;

use agent::{Ending, Outcome};

use crate::words::{count, items, part_verb, safe, size, took, verb};

/// So many items are listed for one reason; a person learns nothing from the others.
const SHOWN_PER_REASON: u64 = 20;

/// The lines that end a backup; the first says whether all is well.
pub(crate) fn lines(outcome: &Outcome, hub: &str) -> Vec<String> {
    let hub = safe(hub);
    let mut lines = vec![headline(outcome, &hub)];
    lines.extend(reason_lines(outcome.failed.iter().map(|item| (&*item.item, &*item.reason))));
    if !outcome.skipped.is_empty() {
        let skipped = outcome.skipped.iter().map(|item| (&*item.item, &*item.reason));
        lines.extend(reasons("left out", skipped));
    }
    if outcome.stored > 0 || outcome.bytes_sent > 0 {
        lines.push(format!(
            "{} new, {} there already; {} sent in {}.",
            count(outcome.stored),
            count(outcome.already_held),
            size(outcome.bytes_sent),
            took(outcome.seconds)
        ));
    }
    lines
}

fn headline(outcome: &Outcome, hub: &str) -> String {
    let safe_items = outcome.safe();
    let chosen = safe_items + outcome.failed.len() as u64;
    if outcome.all_safe() {
        return match chosen {
            0 if outcome.skipped.is_empty() => {
                "Nothing to back up: no pictures or videos were found.".to_owned()
            }
            0 => "Nothing to back up: everything was left out.".to_owned(),
            1 => format!("The only item is safe on {hub}"),
            _ => format!("All {} are safe on {hub}", items(chosen)),
        };
    }
    let so_far = format!("{} of {} {} safe", count(safe_items), items(chosen), part_verb(safe_items, chosen));
    match outcome.ending {
        Ending::Complete if outcome.failed.is_empty() => {
            let why = outcome.doubt.as_deref().map(|why| format!(": {}", safe(why))).unwrap_or_default();
            format!("{so_far} as far as is known here, but {hub} did not confirm it{why}")
        }
        Ending::Complete => {
            let failed = outcome.failed.len() as u64;
            format!("{so_far}; {} {} not:", count(failed), verb(failed))
        }
        Ending::HubAway => format!("{hub} is away; {so_far}. The next run goes on from here."),
        Ending::Revoked => format!(
            "{hub} no longer knows this device; {so_far}. Connect it again: albumen connect {hub} --user NAME"
        ),
        Ending::HubFull => {
            format!("The disk of {hub} is full; {so_far}. The next run goes on when there is room.")
        }
        Ending::Stopped => format!("Stopped; {so_far}. The next run goes on from here."),
        Ending::Waiting => {
            format!("Not now; {so_far}. To send all the same, this once: albumen backup --anyway")
        }
    }
}

/// The same for items of another kind, under a line that names the kind.
pub(crate) fn reasons<'a>(kind: &str, all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let all: Vec<_> = all.collect();
    if all.is_empty() {
        return Vec::new();
    }
    let title = format!("{} {kind}:", items(all.len() as u64));
    std::iter::once(title).chain(reason_lines(all.into_iter())).collect()
}

/// One line per item and reason, but not thousands that say the same.
pub(crate) fn reason_lines<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut met: BTreeMap<&str, u64> = BTreeMap::new();
    let mut lines = Vec::new();
    for (item, reason) in all {
        let number = met.entry(reason).or_default();
        *number += 1;
        if *number <= SHOWN_PER_REASON {
            lines.push(format!("  {}: {}", safe(item), safe(reason)));
        }
    }
    for (reason, number) in met {
        if let Some(more) = number.checked_sub(SHOWN_PER_REASON).filter(|&more| more > 0) {
            lines.push(format!("  and {} more (--json lists all): {}", count(more), safe(reason)));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use agent::NotStored;

    use super::*;

    const HUB: &str = "http://nas:8000";

    fn item(name: &str, reason: &str) -> NotStored {
        NotStored { album: "Trips".into(), item: name.into(), reason: reason.into(), permanent: false }
    }

    fn complete(already_held: u64, failed: Vec<NotStored>) -> Outcome {
        Outcome {
            seen: already_held + failed.len() as u64,
            already_held,
            failed,
            ending: Ending::Complete,
            confirmed: true,
            ..Outcome::default()
        }
    }

    #[test]
    fn all_is_safe_when_all_is_safe() {
        assert_eq!(lines(&complete(4812, vec![]), HUB), ["All 4 812 items are safe on http://nas:8000"]);
        assert_eq!(lines(&complete(1, vec![]), HUB), ["The only item is safe on http://nas:8000"]);
        assert_eq!(
            lines(&complete(0, vec![]), HUB),
            ["Nothing to back up: no pictures or videos were found."]
        );
    }

    #[test]
    fn what_is_not_safe_is_named_with_its_reason() {
        let failed = vec![item("/p/a.jpg", "it cannot be read"), item("/p/\u{1b}b.jpg", "the hub\nsaid no")];
        assert_eq!(
            lines(&complete(4810, failed), HUB),
            [
                "4 810 of 4 812 items are safe; 2 are not:",
                "  /p/a.jpg: it cannot be read",
                "  /p/\\u{1b}b.jpg: the hub\\nsaid no",
            ]
        );
        let one = complete(1, vec![item("/p/a.jpg", "gone")]);
        assert_eq!(lines(&one, HUB)[0], "1 of 2 items is safe; 1 is not:");
    }

    #[test]
    fn what_was_left_out_does_not_make_the_rest_unsafe() {
        let outcome = Outcome {
            seen: 5,
            stored: 3,
            bytes_sent: 2_500_000,
            seconds: 12.3,
            skipped: vec![item("/p/a.jpg", "deleted on the hub earlier; not sent again")],
            ..complete(1, vec![])
        };
        assert_eq!(
            lines(&outcome, HUB),
            [
                "All 4 items are safe on http://nas:8000",
                "1 item left out:",
                "  /p/a.jpg: deleted on the hub earlier; not sent again",
                "3 new, 1 there already; 2.5 MB sent in 12 s.",
            ]
        );
    }

    #[test]
    fn every_other_end_says_why_and_what_comes_next() {
        for (ending, words) in [
            (
                Ending::HubAway,
                "http://nas:8000 is away; 1 of 2 items is safe. The next run goes on from here.",
            ),
            (Ending::Stopped, "Stopped; 1 of 2 items is safe. The next run goes on from here."),
            (
                Ending::HubFull,
                "The disk of http://nas:8000 is full; 1 of 2 items is safe. The next run goes on when there is room.",
            ),
            (
                Ending::Revoked,
                "http://nas:8000 no longer knows this device; 1 of 2 items is safe. \
                 Connect it again: albumen connect http://nas:8000 --user NAME",
            ),
        ] {
            let outcome = Outcome { ending, ..complete(1, vec![item("/p/a.jpg", "not sent yet")]) };
            assert_eq!(lines(&outcome, HUB), [words, "  /p/a.jpg: not sent yet"]);
        }
        let unconfirmed = Outcome { confirmed: false, ..complete(2, vec![]) };
        let words = "2 of 2 items are safe as far as is known here, but http://nas:8000 did not confirm it";
        assert_eq!(lines(&unconfirmed, HUB), [words]);
        let doubtful = Outcome { doubt: Some("it does not\nanswer".into()), ..unconfirmed };
        assert_eq!(lines(&doubtful, HUB), [format!("{words}: it does not\\nanswer")]);
    }

    #[test]
    fn one_reason_for_thousands_of_items_is_not_thousands_of_lines() {
        let mut failed: Vec<_> =
            (0..4000).map(|number| item(&number.to_string(), "the hub is away")).collect();
        failed.push(item("/p/a.jpg", "it cannot be read"));
        let lines = lines(&complete(0, failed), HUB);
        assert_eq!(lines.len(), 1 + 20 + 1 + 1);
        assert_eq!(lines[21], "  /p/a.jpg: it cannot be read");
        assert_eq!(lines[22], "  and 3 980 more (--json lists all): the hub is away");
    }
}
