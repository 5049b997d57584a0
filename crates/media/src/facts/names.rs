//! Times in file names, as cameras, screenshots and chat programs write them.

use super::clock::{self, Reading};

/// The time in a file's name, and whether it is UTC.
///
/// Known: `IMG_20240131_235959`, `VID-20240131-235959`, `Screenshot_2024-01-31-23-59-59`, `PXL_…` (which
/// is UTC), `WhatsApp Image 2024-01-31 at 23.59.59`, `signal-2024-01-31-235959`, `telegram_2024-01-31_23-59-59`,
/// `20240131_235959`, `IMG-20240131-WA0001` (the day only), and milliseconds or seconds since the epoch.
pub(super) fn time(file_name: &str) -> Option<Named> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.split_once('.').map_or(name, |(stem, rest)| {
        // Only a real ending is cut off: WhatsApp and Mac screenshots write the time with dots.
        if rest.bytes().any(|byte| byte.is_ascii_digit()) && rest.len() > 5 { name } else { stem }
    });
    let is_utc = stem.starts_with("PXL_");
    let numbers = numbers(stem);
    (0..numbers.len())
        .find_map(|from| at_full(&numbers[from..], name))
        .or_else(|| (0..numbers.len()).find_map(|from| at_day(&numbers[from..], stem)))
        .map(|reading| Named { reading, is_utc })
        .or_else(|| epoch(&numbers))
}

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) reading: Reading,
    /// The reading is UTC and not the clock on the wall.
    pub(super) is_utc: bool,
}

/// What the pictures of one burst have in common, in the names that Google's camera gives them:
/// `00000IMG_00000_BURST20240131235959000_COVER`.
pub(super) fn burst(file_name: &str) -> Option<String> {
    let (_, behind) = file_name.rsplit(['/', '\\']).next()?.split_once("BURST")?;
    let length = behind.bytes().take_while(u8::is_ascii_digit).count();
    (length >= 14).then(|| behind[..length].to_owned())
}

/// A run of digits, and what stands before it.
#[derive(Debug, Clone, Copy)]
struct Number<'a> {
    before: &'a str,
    digits: &'a str,
}

impl Number<'_> {
    fn part(&self, from: usize, to: usize) -> Option<i64> {
        self.digits.get(from..to)?.parse().ok()
    }

    fn exactly(&self, length: usize) -> Option<i64> {
        (self.digits.len() == length).then(|| self.part(0, length)).flatten()
    }

    fn follows_closely(&self) -> bool {
        self.before.len() <= 1
    }
}

fn numbers(stem: &str) -> Vec<Number<'_>> {
    let mut found = Vec::new();
    let mut rest = stem;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
        found.push(Number { before: &rest[..start], digits: &rest[start..start + length] });
        rest = &rest[start + length..];
        // A name with more numbers than this is no camera's.
        if found.len() == 16 {
            break;
        }
    }
    found
}

/// A date at the front of the numbers, and how many of them it took.
fn date(numbers: &[Number<'_>]) -> Option<([i64; 3], usize)> {
    let first = numbers.first()?;
    if first.digits.len() == 8 {
        return Some(([first.part(0, 4)?, first.part(4, 6)?, first.part(6, 8)?], 1));
    }
    let [year, month, day, ..] = numbers else { return None };
    let joined = [month, day].iter().all(|number| matches!(number.before, "-" | "_" | "." | ":"));
    joined.then_some(([year.exactly(4)?, month.exactly(2)?, day.exactly(2)?], 3))
}

/// A date and a time of day at the front of the numbers.
fn at_full(numbers: &[Number<'_>], name: &str) -> Option<Reading> {
    let first = numbers.first()?;
    let (date, time, ms) = if first.digits.len() == 14 || first.digits.len() == 17 {
        let date = [first.part(0, 4)?, first.part(4, 6)?, first.part(6, 8)?];
        (date, [first.part(8, 10)?, first.part(10, 12)?, first.part(12, 14)?], first.part(14, 17))
    } else {
        let (date, taken) = date(numbers)?;
        let rest = &numbers[taken..];
        let first = rest.first()?;
        let joins = first.follows_closely() || matches!(first.before, " at " | " um " | " - " | ", ");
        if !joins {
            return None;
        }
        match rest {
            // PXL_20240131_235959123: the milliseconds follow without a gap.
            [one, ..] if matches!(one.digits.len(), 6 | 9) => {
                (date, [one.part(0, 2)?, one.part(2, 4)?, one.part(4, 6)?], one.part(6, 9))
            }
            [hour, minute, second, ..] if minute.follows_closely() && second.follows_closely() => {
                let hour = on_24_hours(short(hour)?, name);
                (date, [hour, minute.exactly(2)?, second.exactly(2)?], None)
            }
            _ => return None,
        }
    };
    let local_ms = plausible(clock::local_ms(date, time)?)? + ms.unwrap_or_default();
    Some(Reading { local_ms, offset_minutes: None, is_day_only: false })
}

/// Only a day. Eight digits alone may be anything: a maker's prefix must stand before them.
fn at_day(numbers: &[Number<'_>], stem: &str) -> Option<Reading> {
    const PREFIXES: &[&str] = &[
        "IMG-",
        "VID-",
        "IMG_",
        "VID_",
        "Screenshot_",
        "WhatsApp Image ",
        "WhatsApp Video ",
        "signal-",
        "photo_",
        "video_",
    ];
    let (date, taken) = date(numbers)?;
    let has_prefix = PREFIXES.iter().any(|prefix| stem.starts_with(prefix));
    if taken == 1 && !has_prefix {
        return None;
    }
    let local_ms = plausible(clock::local_ms(date, [12, 0, 0])?)?;
    Some(Reading { local_ms, offset_minutes: None, is_day_only: true })
}

/// Thirteen digits are milliseconds since the epoch, ten are seconds: `1706745599000.jpg`,
/// `FB_IMG_1706745599000`, `mmexport1706745599000`. Nothing else may follow but a small counter.
fn epoch(numbers: &[Number<'_>]) -> Option<Named> {
    let first = numbers.iter().find(|number| number.digits.len() >= 10)?;
    let ms = match first.digits.len() {
        13 => first.part(0, 13)?,
        // Ten digits alone are a telephone number as well; from 2001 on they begin with 1.
        10 if numbers.len() == 1 && first.digits.starts_with('1') => first.part(0, 10)? * 1000,
        _ => return None,
    };
    let reading = Reading { local_ms: plausible(ms)?, offset_minutes: None, is_day_only: false };
    Some(Named { reading, is_utc: true })
}

/// Hours may have one digit in the names that Macs and chat programs write.
fn short(number: &Number<'_>) -> Option<i64> {
    (number.digits.len() <= 2).then(|| number.digits.parse().ok()).flatten()
}

/// `at 11.59.59 PM`.
fn on_24_hours(hour: i64, name: &str) -> i64 {
    let name = name.to_ascii_uppercase();
    let says = |half: &str| {
        name.match_indices(half).any(|(at, _)| {
            let before = name[..at].chars().next_back();
            let after = name[at + 2..].chars().next();
            before.is_some_and(|c| c == ' ' || c == '\u{202f}' || c.is_ascii_digit())
                && after.is_none_or(|c| !c.is_alphanumeric())
        })
    };
    match hour {
        1..=11 if says("PM") => hour + 12,
        12 if says("AM") => 0,
        other => other,
    }
}

fn plausible(local_ms: i64) -> Option<i64> {
    clock::plausible(local_ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2024-01-31T23:59:59.
    const LATE: i64 = 1_706_745_599_000;

    fn named(local_ms: i64, is_utc: bool) -> Named {
        let reading = Reading { local_ms, offset_minutes: None, is_day_only: false };
        Named { reading, is_utc }
    }

    #[test]
    fn cameras_screenshots_and_chats_write_the_time_into_names() {
        for name in [
            "IMG_20240131_235959.jpg",
            "IMG_20240131_235959_HDR.jpg",
            "IMG_20240131_235959~2.jpg",
            "DCIM/Camera/VID_20240131_235959.mp4",
            "C:\\Pictures\\20240131_235959.jpg",
            "20240131_235959(0).jpg",
            "20240131235959.jpg",
            "Screenshot_20240131-235959_Chrome.jpg",
            "Screenshot_2024-01-31-23-59-59-12_abc.png",
            "Screenshot 2024-01-31 at 23.59.59.png",
            "Screenshot 2024-01-31 at 11.59.59 PM.png",
            "Screen Shot 2024-01-31 at 11.59.59\u{202f}PM.png",
            "Bildschirmfoto 2024-01-31 um 23.59.59.png",
            "WhatsApp Image 2024-01-31 at 23.59.59.jpeg",
            "WhatsApp Video 2024-01-31 at 23.59.59 (1).mp4",
            "signal-2024-01-31-235959.jpg",
            "signal-2024-01-31-23-59-59-123.jpg",
            "telegram_2024-01-31_23-59-59.jpg",
            "photo_2024-01-31_23-59-59 (2).jpg",
            "2024-01-31 23.59.59.jpg",
            "2024-01-31_23_59_59.jpg",
            "20240131_235959",
            "00000IMG_00000_BURST20240131235959000_COVER.jpg",
        ] {
            assert_eq!(time(name), Some(named(LATE, false)), "{name}");
        }
    }

    #[test]
    fn pixels_and_epochs_write_utc() {
        assert_eq!(time("PXL_20240131_235959123.MP.jpg"), Some(named(LATE + 123, true)));
        assert_eq!(time("PXL_20240131_235959123.PORTRAIT-01.COVER.jpg"), Some(named(LATE + 123, true)));
        for name in
            ["1706745599000.jpg", "FB_IMG_1706745599000.jpg", "mmexport1706745599000.jpg", "1706745599.png"]
        {
            assert_eq!(time(name), Some(named(LATE, true)), "{name}");
        }
    }

    #[test]
    fn whatsapp_names_a_day() {
        let noon = Reading { local_ms: LATE - 43_199_000, offset_minutes: None, is_day_only: true };
        for name in
            ["IMG-20240131-WA0001.jpg", "VID-20240131-WA0023.mp4", "2024-01-31.jpg", "IMG_20240131.jpg"]
        {
            assert_eq!(time(name), Some(Named { reading: noon, is_utc: false }), "{name}");
        }
    }

    #[test]
    fn a_burst_is_named_in_each_of_its_pictures() {
        let burst = |name| super::burst(name);
        assert_eq!(
            burst("a/00000IMG_00000_BURST20240131235959000_COVER.jpg").as_deref(),
            Some("20240131235959000")
        );
        assert_eq!(
            burst("a/00001IMG_00001_BURST20240131235959000.jpg").as_deref(),
            Some("20240131235959000")
        );
        assert_eq!(burst("BURST of joy.jpg"), None);
        assert_eq!(burst("BURST20240131235959000/1.jpg"), None);
    }

    #[test]
    fn other_numbers_are_no_times() {
        for name in [
            "IMG_1234.jpg",
            "DSC00042.ARW",
            "20249931_235959.jpg",
            "18500131_120000.jpg",
            "invoice 20240131.jpg",
            "+43 1706745599 001.jpg",
            "99999999999999.jpg",
            "4912345678.jpg",
            "",
            ".jpg",
            "a.b.c",
        ] {
            assert_eq!(time(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read_to_its_end(name in "[0-9A-Za-z_. \\-\u{e4}\u{202f}]{0,60}", more in any::<String>()) {
            let _ = (time(&name), time(&more));
        }
    }
}
