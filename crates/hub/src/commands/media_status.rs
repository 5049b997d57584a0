//! `albumen-hub media status`

use std::process::ExitCode;

use library::describe::Progress;
use serde_json::json;

use super::open_existing;
use super::output::{print, print_json};
use crate::HubError;
use crate::config::Loaded;

pub(super) async fn run(loaded: &Loaded, json: bool) -> Result<ExitCode, HubError> {
    let parts = open_existing(&loaded.config).await?;
    let progress = parts.library.media_progress().await;
    parts.catalog.close().await;
    let progress = progress?;
    if json {
        print_json(&json!({
            "assets": progress.totals.assets,
            "described": progress.totals.described,
            "failed": progress.totals.failed,
            "waiting": progress.waiting,
            "waiting_is_at_least": progress.is_at_least,
            "seconds_left": progress.seconds_left,
        }))?;
    } else {
        print(&words(&progress))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(progress: &Progress) -> String {
    let totals = progress.totals;
    let described = format!("Described {} of {}.", grouped(totals.described), grouped(totals.assets));
    let waiting = match progress.waiting {
        0 => " Nothing waits.\n".to_owned(),
        waiting => {
            let more = if progress.is_at_least { "at least " } else { "" };
            let verb = if waiting == 1 { "waits" } else { "wait" };
            let left = progress.seconds_left.map(about);
            let left = left.unwrap_or_else(|| "it cannot be said yet how long that takes".to_owned());
            format!(" {more}{} {verb}: {left}.\n", grouped(waiting))
        }
    };
    let unshown = match totals.failed {
        0 => String::new(),
        failed => {
            let again = "\"albumen-hub media redo --failed\" tries again.\n";
            format!("{} cannot be shown; {again}", grouped(failed))
        }
    };
    [described, waiting, unshown].concat()
}

/// `about 6 minutes`
fn about(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let rounded = |unit: u64, one: &str, many: &str| match (seconds + unit / 2) / unit {
        1 => format!("about {one}"),
        number => format!("about {number} {many}"),
    };
    match seconds {
        0..45 => "less than a minute".to_owned(),
        45..5_400 => rounded(MINUTE, "a minute", "minutes"),
        5_400..129_600 => rounded(HOUR, "an hour", "hours"),
        _ => rounded(DAY, "a day", "days"),
    }
}

/// `12 000`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use library::describe::DescriptionTotals;

    use super::*;

    fn progress(described: u64, failed: u64, waiting: u64, seconds_left: Option<u64>) -> Progress {
        let totals = DescriptionTotals { assets: 12_000, described, failed };
        Progress { totals, waiting, is_at_least: false, seconds_left }
    }

    #[test]
    fn progress_is_told_in_words() {
        let half = progress(4100, 0, 7900, Some(361));
        assert_eq!(words(&half), "Described 4 100 of 12 000. 7 900 wait: about 6 minutes.\n");
        let first = words(&progress(0, 0, 12_000, None));
        assert!(first.contains("cannot be said yet"), "{first}");
        let done = words(&progress(12_000, 3, 0, None));
        assert!(done.starts_with("Described 12 000 of 12 000. Nothing waits.\n3 cannot be shown;"), "{done}");
        let many = words(&Progress { is_at_least: true, ..progress(0, 0, 100_000, None) });
        assert!(many.contains("at least 100 000 wait"), "{many}");
    }

    #[test]
    fn estimates_are_as_rough_as_they_are() {
        for (seconds, expected) in [
            (1, "less than a minute"),
            (45, "about a minute"),
            (89, "about a minute"),
            (361, "about 6 minutes"),
            (5400, "about 2 hours"),
            (86_400, "about 24 hours"),
            (400_000, "about 5 days"),
        ] {
            assert_eq!(about(seconds), expected);
        }
    }

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1 000", "1 234 567"]);
    }
}
