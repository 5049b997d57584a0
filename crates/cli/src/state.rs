//! What the engine is doing, in one line. Pure.

use agent::attendant::status::{ItemCounts, LiveStatus, Phase};
use domain::TimestampMs;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::console::Mood;
use crate::words::{count, items, safe};

/// The state line: always one of a closed list. With the time it is now, it also says how long ago.
pub(crate) fn line(phase: &Phase, now_ms: Option<TimestampMs>) -> String {
    match phase {
        Phase::NotSetUp => {
            "Not set up: albumen connect http://HUB:PORT --user NAME, then albumen source add FOLDER"
                .to_owned()
        }
        Phase::Looking { seen: 0 } => "Looking for new photos".to_owned(),
        Phase::Looking { seen } => format!("Looking for new photos ({} checked)", count(*seen)),
        Phase::BackingUp { done, of, item } => {
            let item = item.as_deref().map(|item| format!(": {}", safe(item))).unwrap_or_default();
            format!("Backing up {} of {}{item}", count(*done), count(*of))
        }
        Phase::Waiting { reason: agent::policy::Reason::PausedByYou } => {
            format!("Paused by you: {}", agent::policy::Reason::PausedByYou.remedy())
        }
        Phase::Waiting { reason } => {
            let words = reason.words();
            let (first, rest) = words.split_at(1);
            format!("{}{rest} (to send all the same: {})", first.to_uppercase(), reason.remedy())
        }
        Phase::NeedsYou { why } => format!("Needs you: {}", safe(why)),
        Phase::AllSafe { checked_at_ms } => match now_ms {
            Some(now_ms) => format!("All safe, checked {}", ago(now_ms - checked_at_ms)),
            None => "All safe".to_owned(),
        },
        Phase::HubAway { why } => format!("Hub not reachable: {}", safe(why)),
        Phase::Troubled { why } => format!("Stopped for now: {}", safe(why)),
        Phase::Stopped => "Stopped: nobody looks after this device (albumen run)".to_owned(),
    }
}

/// How the state is meant.
pub(crate) const fn mood(phase: &Phase) -> Option<Mood> {
    match phase {
        Phase::AllSafe { .. } => Some(Mood::Good),
        Phase::Looking { .. } | Phase::BackingUp { .. } => None,
        _ => Some(Mood::Bad),
    }
}

/// The lines below the state line.
pub(crate) fn details(status: &LiveStatus, zone: &TimeZone) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(counts) = &status.counts {
        lines.push(counted(counts));
    }
    if let Some(at_ms) = status.last_success_ms {
        lines.push(format!("Everything was last safe: {}", clock(at_ms, zone)));
    }
    if let (Some(at_ms), Some(why)) = (status.next_look_ms, &status.next_look_why) {
        lines.push(format!("Next look: {} ({}), or when something changes", clock(at_ms, zone), safe(why)));
    }
    lines.push(format!("Network and power: {}", safe(&status.conditions)));
    lines
}

fn counted(counts: &ItemCounts) -> String {
    let mut parts = vec![format!("{} safe", items(counts.safe))];
    for (number, what) in
        [(counts.waiting, "waiting"), (counts.failed, "not safe"), (counts.skipped, "left out")]
    {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    let more = counts.waiting + counts.failed + counts.skipped > 0;
    format!("{}{}", parts.join(", "), if more { " (albumen status --items lists them)" } else { "" })
}

/// A moment as a clock on the wall shows it.
pub(crate) fn clock(at_ms: TimestampMs, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at_ms)
        .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

fn ago(ms: TimestampMs) -> String {
    match ms / 60_000 {
        ..=0 => "just now".to_owned(),
        1..=90 => format!("{} min ago", ms / 60_000),
        91..=2880 => format!("{} h ago", (ms / 60_000 + 30) / 60),
        minutes => format!("{} days ago", (minutes + 720) / 1440),
    }
}

#[cfg(test)]
mod tests {
    use agent::policy::Reason;

    use super::*;

    #[test]
    fn every_state_has_its_line() {
        for (phase, words) in [
            (Phase::Looking { seen: 4812 }, "Looking for new photos (4 812 checked)"),
            (
                Phase::BackingUp { done: 28, of: 2273, item: Some("/p/\u{1b}A.MOV".into()) },
                "Backing up 28 of 2 273: /p/\\u{1b}A.MOV",
            ),
            (
                Phase::Waiting { reason: Reason::MobileNetwork },
                "Waiting for Wi-Fi: this is a mobile network (to send all the same: albumen settings set networks any)",
            ),
            (
                Phase::Waiting { reason: Reason::PausedByYou },
                "Paused by you: albumen settings set automatic on",
            ),
            (Phase::NeedsYou { why: "the hub's disk is full".into() }, "Needs you: the hub's disk is full"),
            (Phase::AllSafe { checked_at_ms: 0 }, "All safe, checked 2 h ago"),
            (Phase::HubAway { why: "connection refused".into() }, "Hub not reachable: connection refused"),
        ] {
            assert_eq!(line(&phase, Some(7_200_000)), words);
        }
        assert_eq!(
            [ago(0), ago(-5), ago(120_000), ago(172_800_000 * 2)],
            ["just now", "just now", "2 min ago", "4 days ago"]
        );
    }

    #[test]
    fn the_details_name_what_can_be_opened() {
        let status = LiveStatus {
            process: 1,
            phase: Phase::Looking { seen: 0 },
            since_ms: 0,
            conditions: "Wi-Fi \"Home\"".into(),
            counts: Some(ItemCounts { safe: 4810, waiting: 3, failed: 0, skipped: 1 }),
            last_success_ms: Some(1_700_000_000_000),
            next_look_ms: Some(1_700_000_060_000),
            next_look_why: Some("the regular look".into()),
        };
        assert_eq!(
            details(&status, &TimeZone::UTC),
            [
                "4 810 items safe, 3 waiting, 1 left out (albumen status --items lists them)",
                "Everything was last safe: 2023-11-14 22:13",
                "Next look: 2023-11-14 22:14 (the regular look), or when something changes",
                "Network and power: Wi-Fi \"Home\"",
            ]
        );
    }
}
