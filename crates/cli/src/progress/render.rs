//! What a person sees of a run. Pure: a tally and the time in, lines out.

use std::borrow::Cow;

use super::tally::{Phase, Tally};
use crate::words::{about, count, safe, size};

/// How wide the bar is, in letters.
const BAR_WIDTH: u64 = 24;
/// How much of a long name is shown.
const NAME_LETTERS: usize = 60;

/// The lines of a live display: how far, what is on its way, what it waits for. Always three, so that
/// the display does not jump; a line may be empty.
pub(crate) fn live(tally: &Tally, now_ms: u64) -> [String; 3] {
    match &tally.phase {
        Phase::Starting => ["Asking the hub what is new".to_owned(), String::new(), waiting(tally, now_ms)],
        Phase::Looking { place } => [
            format!("Looking for pictures and videos: {} so far", count(tally.seen)),
            format!("  {}", short(place)),
            waiting(tally, now_ms),
        ],
        Phase::Working | Phase::Restoring => [
            format!("{} {}", bar(tally), numbers(tally, now_ms)),
            format!("  {}", doing(tally)),
            waiting(tally, now_ms),
        ],
        Phase::Ended => Default::default(),
    }
}

/// One line that says where things are, for logs and pipes.
pub(crate) fn plain(tally: &Tally, now_ms: u64) -> String {
    match &tally.phase {
        Phase::Starting => "asking the hub what is new".to_owned(),
        Phase::Looking { place } => format!("looking: {} seen so far, in {}", count(tally.seen), safe(place)),
        Phase::Working | Phase::Restoring => {
            let waiting = waiting(tally, now_ms);
            let doing = if waiting.is_empty() { doing(tally) } else { waiting.trim_start().to_owned() };
            format!("{}; {doing}", numbers(tally, now_ms))
        }
        Phase::Ended => "done".to_owned(),
    }
}

/// `28 of 2 273 · 1.2 GB of 4.8 GB · 12 MB/s · about 2 h left`, without what nobody can know yet.
fn numbers(tally: &Tally, now_ms: u64) -> String {
    let mut parts = vec![
        format!("{} of {}", count(tally.done()), count(tally.chosen)),
        format!("{} of {}", size(tally.done_bytes()), size(tally.chosen_bytes)),
    ];
    if let Some(rate) = tally.bytes_per_second(now_ms).filter(|&rate| rate > 0) {
        parts.push(format!("{}/s", size(rate)));
    }
    if let Some(left) = tally.time_left(now_ms) {
        parts.push(format!("{} left", about(left)));
    }
    if tally.failed > 0 {
        parts.push(format!("{} failed", count(tally.failed)));
    }
    parts.join(" · ")
}

fn bar(tally: &Tally) -> String {
    let (done, all) = if tally.chosen_bytes > 0 {
        (tally.done_bytes(), tally.chosen_bytes)
    } else {
        (tally.done(), tally.chosen)
    };
    let part =
        |of: u64| u64::try_from(u128::from(done) * u128::from(of) / u128::from(all.max(1))).unwrap_or(of);
    // Items that fail never make up their bytes, so the bar may stay short of its end. It never passes it.
    let filled = usize::try_from(part(BAR_WIDTH).min(BAR_WIDTH)).unwrap_or_default();
    let rest = usize::try_from(BAR_WIDTH).unwrap_or_default() - filled;
    format!("[{}{}] {:>3} %", "#".repeat(filled), "-".repeat(rest), part(100).min(100))
}

fn doing(tally: &Tally) -> String {
    if tally.away.is_some() {
        return String::new();
    }
    let Some(first) = tally.flights.front() else { return idle(tally) };
    let name = short(file_name(&first.item));
    let percent = u128::from(first.sent_bytes) * 100 / u128::from(first.size_bytes.max(1));
    let percent = percent.min(100);
    match tally.flights.len() - 1 {
        0 => format!("sending {name} {percent} %"),
        others => format!("sending {name} {percent} %, and {others} more"),
    }
}

fn idle(tally: &Tally) -> String {
    if tally.phase == Phase::Restoring {
        return "bringing files back".to_owned();
    }
    match &tally.comparing {
        Some(reason) => format!("comparing everything with the hub: {}", safe(reason)),
        None if tally.hashed > 0 => format!("reading new items: {} so far", count(tally.hashed)),
        None => "comparing with the hub".to_owned(),
    }
}

fn waiting(tally: &Tally, now_ms: u64) -> String {
    let seconds = |until_ms: u64| until_ms.saturating_sub(now_ms).div_ceil(1000);
    if let Some(away) = &tally.away {
        return match seconds(away.retry_at_ms) {
            0 => format!("  The hub is away, trying again now ({})", cause(&away.reason)),
            left => format!("  The hub is away, trying again in {left} s ({})", cause(&away.reason)),
        };
    }
    // The one that is tried next; of two at the same time the same one each time.
    let next = tally.retrying.iter().min_by_key(|(item, (retry_at_ms, _))| (*retry_at_ms, *item));
    match next {
        None => String::new(),
        Some((item, (retry_at_ms, reason))) => {
            let name = short(file_name(item));
            format!("  {name}: {}; trying again in {} s", safe(reason), seconds(*retry_at_ms))
        }
    }
}

/// What really happened, without the words around it that only repeat that the hub is away.
pub(super) fn cause(reason: &str) -> Cow<'_, str> {
    safe(reason.rsplit_once("cannot be reached: ").map_or(reason, |(_, cause)| cause))
}

fn file_name(item: &str) -> &str {
    item.rsplit(['/', '\\']).next().unwrap_or(item)
}

/// A name that is safe to print and not longer than a line can bear: its end tells more than its middle.
fn short(name: &str) -> String {
    let name = safe(name);
    let letters = name.chars().count();
    if letters <= NAME_LETTERS {
        return name.into_owned();
    }
    let head: String = name.chars().take(NAME_LETTERS / 2).collect();
    let tail: String = name.chars().skip(letters - NAME_LETTERS / 2 + 1).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use agent::{Ending, Event, NotStored};

    use super::*;

    fn surveyed() -> Event {
        Event::Surveyed {
            chosen: 2273,
            chosen_bytes: 4_800_000_000,
            safe: 27,
            safe_bytes: 1_200_000_000,
            left_out: 3,
        }
    }

    fn sending(item: &str, bytes: u64) -> Event {
        Event::Sending { item: item.into(), bytes, from_byte: 0 }
    }

    fn after(events: &[Event]) -> Tally {
        let mut tally = Tally::default();
        for event in events {
            tally.apply(event, 10_000);
        }
        tally
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table of moments and their lines")]
    fn each_moment_has_its_lines() {
        let movie: Arc<str> = "/home/anna/Trips/IMG_2041.MOV".into();
        let sent = Event::Sent { item: Arc::clone(&movie), bytes: 610 };
        let away = Event::HubAway { reason: "connection refused".into(), retry_in_ms: 8000 };
        let retrying = Event::Retrying {
            item: Arc::clone(&movie),
            in_ms: 3500,
            reason: "the connection was cut".into(),
        };
        let failed = Event::Failed(NotStored {
            album: "Trips".into(),
            item: Arc::clone(&movie),
            reason: "unreadable".into(),
            permanent: false,
        });
        let hashed = Event::Hashed { item: Arc::clone(&movie), bytes: 5 };
        let looking = Event::Looking { place: "/home/anna/Pi\nctures".into(), seen: 1200 };
        let away_again = away.clone();
        let restoring = vec![
            Event::RestorePlanned { files: 4, bytes: 400 },
            Event::RestoreWrote { item: Arc::clone(&movie), bytes: 100 },
        ];
        let begun = "[######------------------]  25 % 27 of 2 273 · 1.2 GB of 4.8 GB";
        for (events, lines) in [
            (vec![], ["Asking the hub what is new", "", ""]),
            (
                vec![away.clone()],
                [
                    "Asking the hub what is new",
                    "",
                    "  The hub is away, trying again in 8 s (connection refused)",
                ],
            ),
            (
                vec![looking],
                ["Looking for pictures and videos: 1 200 so far", "  /home/anna/Pi\\nctures", ""],
            ),
            (vec![surveyed()], [begun, "  comparing with the hub", ""]),
            (vec![surveyed(), hashed], [begun, "  reading new items: 1 so far", ""]),
            (
                vec![surveyed(), sending(&movie, 1000), sent.clone()],
                [begun, "  sending IMG_2041.MOV 61 %", ""],
            ),
            (
                vec![surveyed(), sending(&movie, 1000), sent, sending("/b", 1), sending("/c", 1)],
                [begun, "  sending IMG_2041.MOV 61 %, and 2 more", ""],
            ),
            (
                vec![surveyed(), retrying],
                [
                    begun,
                    "  comparing with the hub",
                    "  IMG_2041.MOV: the connection was cut; trying again in 4 s",
                ],
            ),
            (
                vec![surveyed(), sending(&movie, 1000), away],
                [begun, "  ", "  The hub is away, trying again in 8 s (connection refused)"],
            ),
            (
                vec![surveyed(), failed],
                [
                    "[######------------------]  25 % 28 of 2 273 · 1.2 GB of 4.8 GB · 1 failed",
                    "  comparing with the hub",
                    "",
                ],
            ),
            (
                restoring.clone(),
                [
                    "[######------------------]  25 % 0 of 4 · 100 bytes of 400 bytes",
                    "  bringing files back",
                    "",
                ],
            ),
            (
                [restoring, vec![away_again]].concat(),
                [
                    "[######------------------]  25 % 0 of 4 · 100 bytes of 400 bytes",
                    "  ",
                    "  The hub is away, trying again in 8 s (connection refused)",
                ],
            ),
            (vec![surveyed(), Event::Ended(Ending::Complete)], ["", "", ""]),
        ] {
            assert_eq!(live(&after(&events), 10_000), lines, "after {events:?}");
        }
    }

    #[test]
    fn a_cause_is_told_without_what_is_known_already() {
        let whole = "the hub does not answer: http://nas:8000 cannot be reached: nothing answers there";
        assert_eq!(cause(whole), "nothing answers there");
        assert_eq!(cause("it is starting\nup"), "it is starting\\nup");
    }

    #[test]
    fn a_wait_is_counted_down() {
        let tally = after(&[surveyed(), Event::HubAway { reason: "cut".into(), retry_in_ms: 8000 }]);
        for (now_ms, words) in [(10_000, "in 8 s"), (10_001, "in 8 s"), (17_500, "in 1 s"), (18_000, "now")] {
            let line = &live(&tally, now_ms)[2];
            assert!(line.contains(&format!("trying again {words} (cut)")), "{now_ms}: {line}");
        }
    }

    #[test]
    fn speed_and_time_left_come_when_they_are_known() {
        let movie = "/IMG_2041.MOV";
        let mut tally = after(&[surveyed(), sending(movie, 3_000_000_000)]);
        let at = |tally: &mut Tally, from: u64, to: u64| {
            for second in from..to {
                tally.tick(second * 1000);
                tally.apply(&Event::Sent { item: movie.into(), bytes: 12_000_000 }, second * 1000);
            }
            plain(tally, to * 1000 - 1000)
        };
        assert!(at(&mut tally, 10, 11).starts_with("27 of 2 273 · 1.2 GB of 4.8 GB; sending"));
        assert!(at(&mut tally, 11, 16).contains("of 4.8 GB · 12 MB/s; sending"));
        let steady = at(&mut tally, 16, 45);
        assert!(steady.contains("· 12 MB/s · about 5 min left; sending IMG_2041.MOV"), "{steady}");
    }

    #[test]
    fn plain_lines_say_what_is_waited_for() {
        let tally = after(&[surveyed(), Event::HubAway { reason: "cut".into(), retry_in_ms: 8000 }]);
        assert_eq!(
            plain(&tally, 10_000),
            "27 of 2 273 · 1.2 GB of 4.8 GB; The hub is away, trying again in 8 s (cut)"
        );
        let looking = after(&[Event::Looking { place: "/p".into(), seen: 5 }]);
        assert_eq!(plain(&looking, 0), "looking: 5 seen so far, in /p");
    }

    #[test]
    fn names_that_are_long_or_odd_fit_on_a_line() {
        let long = format!("/p/{}.jpg", "x".repeat(200));
        let tally = after(&[surveyed(), sending(&long, 10)]);
        let line = live(&tally, 0)[1].clone();
        assert!(line.chars().count() < 80 && line.contains('…') && line.contains(".jpg 0 %"), "{line}");
        let odd = after(&[surveyed(), sending("/p/a\u{1b}[31m.jpg", 10)]);
        assert_eq!(live(&odd, 0)[1], "  sending a\\u{1b}[31m.jpg 0 %");
    }

    #[test]
    fn the_bar_never_passes_its_end() {
        let nothing = Event::Surveyed { chosen: 0, chosen_bytes: 0, safe: 0, safe_bytes: 0, left_out: 0 };
        assert!(live(&after(&[nothing]), 0)[0].starts_with("[------------------------]   0 % 0 of 0"));
        let empty = Event::Surveyed { chosen: 1, chosen_bytes: 0, safe: 1, safe_bytes: 0, left_out: 0 };
        assert!(live(&after(&[empty]), 0)[0].starts_with("[########################] 100 % 1 of 1"));
    }
}
