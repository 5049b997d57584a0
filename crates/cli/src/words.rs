//! Numbers, sizes, times and names as a person reads them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

/// `4 812`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 item`, `4 812 items`.
pub(crate) fn items(number: u64) -> String {
    format!("{} item{}", count(number), if number == 1 { "" } else { "s" })
}

/// What so many of them do: `is` or `are`.
pub(crate) fn verb(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// The same for `1 of 2 items` and `0 of 1 item`.
pub(crate) fn part_verb(part: u64, whole: u64) -> &'static str {
    verb(if whole == 1 { 1 } else { part })
}

/// `812 bytes`, `1.2 MB`, `48 GB`: decimal units, two digits that matter.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" });
    }
    let (mut unit_bytes, mut unit) = (1000_u64, "kB");
    for (next_bytes, next) in [(1_000_000, "MB"), (1_000_000_000, "GB"), (1_000_000_000_000, "TB")] {
        // The next unit as soon as this one would be written with four digits.
        if bytes.saturating_add(unit_bytes / 2) >= next_bytes {
            (unit_bytes, unit) = (next_bytes, next);
        }
    }
    let tenths = (u128::from(bytes) * 10 + u128::from(unit_bytes) / 2) / u128::from(unit_bytes);
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (u128::from(bytes) + u128::from(unit_bytes) / 2) / u128::from(unit_bytes))
    }
}

/// How long something still takes, no more exact than anybody can know.
pub(crate) fn about(left: Duration) -> String {
    let minutes = left.as_secs().div_ceil(60);
    match minutes {
        0 | 1 => "less than a minute".to_owned(),
        2..=90 => format!("about {minutes} min"),
        91..=2880 => format!("about {} h", (minutes + 30) / 60),
        _ => format!("about {} days", (minutes + 720) / 1440),
    }
}

/// `0.4 s`, `12 s`, `3 min 4 s`, `2 h 5 min`: how long something took.
pub(crate) fn took(seconds: f64) -> String {
    if seconds < 10.0 {
        return format!("{seconds:.1} s");
    }
    let whole = Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs();
    match whole {
        0..=59 => format!("{whole} s"),
        60..=3599 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

/// Text that may come from a file's name or another machine, safe to print: what could move the cursor,
/// change colours, start a new line or turn the reading direction is shown instead of obeyed.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if obeyed(c) {
            // Writing into a string does not fail.
            let _ = write!(shown, "{}", c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1 000"), (4812, "4 812"), (1_234_567, "1 234 567")]
        {
            assert_eq!(count(number), text);
        }
        assert_eq!((items(1).as_str(), items(0).as_str()), ("1 item", "0 items"));
        assert_eq!([part_verb(1, 2), part_verb(0, 1), part_verb(0, 2), verb(2)], ["is", "is", "are", "are"]);
    }

    #[test]
    fn sizes_have_two_digits_that_matter() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (9_940, "9.9 kB"),
            (9_960, "10 kB"),
            (12_500, "13 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (2_500_000, "2.5 MB"),
            (48_000_000_000, "48 GB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn times_are_as_vague_as_they_are_known() {
        for (seconds, text) in [
            (0, "less than a minute"),
            (60, "less than a minute"),
            (61, "about 2 min"),
            (5400, "about 90 min"),
            (7000, "about 2 h"),
            (200_000, "about 2 days"),
        ] {
            assert_eq!(about(Duration::from_secs(seconds)), text, "{seconds}");
        }
        for (seconds, text) in [(0.42, "0.4 s"), (12.7, "12 s"), (184.0, "3 min 4 s"), (7500.0, "2 h 5 min")]
        {
            assert_eq!(took(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn names_cannot_play_tricks_on_the_terminal() {
        assert_eq!(safe("Grüße 🦊.jpg"), "Grüße 🦊.jpg");
        assert_eq!(safe("two\nlines\t.jpg"), "two\\nlines\\t.jpg");
        assert_eq!(safe("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
        assert_eq!(safe("a\u{9b}1mb\u{7f}"), "a\\u{9b}1mb\\u{7f}");
        assert_eq!(safe("photo\u{202e}gpj.exe"), "photo\\u{202e}gpj.exe");
    }
}
