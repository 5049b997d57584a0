//! How a person writes the values of settings, and how they are shown again. What is shown is what is
//! understood: each of these texts means the same when it is read back.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use domain::TimestampMs;

/// What stands for "no limit", "nothing" and "any".
const NOTHING: &[&str] = &["none", "any", "all", "no", "off", "unlimited"];

/// Units of sizes, decimal as the rest of the program shows them, largest first.
const SIZE_UNITS: &[(&str, u64)] =
    &[("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("bytes", 1)];

/// Units of times, largest first, with the words that are understood.
const TIME_UNITS: &[(&str, &[&str], u64)] = &[
    ("days", &["d", "day", "days"], 86_400_000),
    ("h", &["h", "hour", "hours"], 3_600_000),
    ("min", &["m", "min", "minute", "minutes"], 60_000),
    ("s", &["s", "second", "seconds"], 1000),
];

/// The longest time that a setting may hold: a year.
const LONGEST_MS: u64 = 366 * 86_400_000;

pub(super) fn is_nothing(text: &str) -> bool {
    NOTHING.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// `on` or `off`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" => Ok(true),
        "off" | "no" | "false" => Ok(false),
        _ => Err("write on or off".to_owned()),
    }
}

pub(super) const fn show_switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// One word of a closed list.
pub(super) fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| text.trim().eq_ignore_ascii_case(word));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        format!("write one of: {}", all.join(", "))
    })
}

/// A size such as `200 MB`; `None` for `none`. Parts of a unit are understood: `1.5 GB`.
pub(super) fn size(text: &str) -> Result<Option<u64>, String> {
    if is_nothing(text) {
        return Ok(None);
    }
    let wrong = || "write a size such as 200 MB or 2 GB, or none".to_owned();
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let unit_bytes = SIZE_UNITS
        .iter()
        .find(|(name, _)| {
            let short = name.trim_end_matches(['B', 'b']);
            name.eq_ignore_ascii_case(unit) || (short != "ytes" && short.eq_ignore_ascii_case(unit))
        })
        .map(|(_, bytes)| *bytes)
        .or_else(|| ["b", "byte", ""].contains(&unit.to_ascii_lowercase().as_str()).then_some(1))
        .ok_or_else(wrong)?;
    let bytes = times(number, unit_bytes).ok_or_else(wrong)?;
    if bytes == 0 {
        Err("nothing would fit into that; to have no limit, write none".to_owned())
    } else {
        Ok(Some(bytes))
    }
}

pub(super) fn show_size(bytes: Option<u64>) -> String {
    let Some(bytes) = bytes else { return "none".to_owned() };
    // Exact, so that it means the same when it is written again.
    let exact = SIZE_UNITS.iter().find(|(_, unit)| bytes.is_multiple_of(*unit) && bytes > 0);
    exact.map_or_else(|| format!("{bytes} bytes"), |(name, unit)| format!("{} {name}", bytes / unit))
}

/// A speed such as `2 MB/s`; `None` for `none`.
pub(super) fn speed(text: &str, least: u64) -> Result<Option<u64>, String> {
    let text = text.trim();
    let size_text = text.strip_suffix("/s").or_else(|| text.strip_suffix("ps")).unwrap_or(text);
    let wrong = |_| "write a speed such as 500 kB/s or 2 MB/s, or none".to_owned();
    match size(size_text).map_err(wrong)? {
        Some(bytes) if bytes < least => Err(format!(
            "a hub would give such a slow connection up; the least is {}",
            show_speed(Some(least))
        )),
        speed => Ok(speed),
    }
}

pub(super) fn show_speed(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "none".to_owned(), |_| format!("{}/s", show_size(bytes)))
}

/// A time such as `10 min`, in milliseconds; 0 for `none`.
pub(super) fn time_ms(text: &str) -> Result<u64, String> {
    if is_nothing(text) || text.trim() == "0" {
        return Ok(0);
    }
    let wrong = || "write a time such as 30 s, 10 min, 2 h or 3 days, or none".to_owned();
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let unit = unit.to_ascii_lowercase();
    let unit_ms = TIME_UNITS.iter().find(|(_, names, _)| names.contains(&unit.as_str())).ok_or_else(wrong)?.2;
    let ms = times(number, unit_ms).ok_or_else(wrong)?;
    if ms > LONGEST_MS { Err("that is longer than a year".to_owned()) } else { Ok(ms) }
}

pub(super) fn show_time(ms: u64) -> String {
    if ms == 0 {
        return "none".to_owned();
    }
    let exact = TIME_UNITS.iter().find(|(_, _, unit)| ms.is_multiple_of(*unit));
    exact.map_or_else(
        || format!("{} s", ms.div_ceil(1000)),
        |(name, _, unit)| match ms / unit {
            1 if *name == "days" => "1 day".to_owned(),
            number => format!("{number} {name}"),
        },
    )
}

/// A level such as `20 %`; `None` for `none`.
pub(super) fn percent(text: &str) -> Result<Option<u8>, String> {
    if is_nothing(text) {
        return Ok(None);
    }
    let number = text.trim().trim_end_matches('%').trim().parse::<u8>().ok();
    match number {
        Some(0) => Ok(None),
        Some(percent) if percent <= 100 => Ok(Some(percent)),
        _ => Err("write a level between 1 % and 100 %, or none".to_owned()),
    }
}

pub(super) fn show_percent(percent: Option<u8>) -> String {
    percent.map_or_else(|| "none".to_owned(), |percent| format!("{percent} %"))
}

/// Names with commas between them; none for `any` and `none`. A name that is one of these words, or holds
/// a comma, cannot be written.
pub(super) fn names(text: &str) -> Result<Vec<String>, String> {
    if is_nothing(text) {
        return Ok(Vec::new());
    }
    let names: Vec<String> =
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if names.is_empty() { Err("write names with commas between them, or none".to_owned()) } else { Ok(names) }
}

pub(super) fn show_names(names: &[String], nothing: &str) -> String {
    if names.is_empty() { nothing.to_owned() } else { names.join(", ") }
}

/// Since when: a day (it begins at midnight here), a moment, `now`, or `all` for no limit.
pub(super) fn since(text: &str, now: &Zoned) -> Result<Option<TimestampMs>, String> {
    let text = text.trim();
    if is_nothing(text) {
        return Ok(None);
    }
    if text.eq_ignore_ascii_case("now") {
        return Ok(Some(now.timestamp().as_millisecond()));
    }
    let wrong = || "write a day such as 2026-11-27, now, or all".to_owned();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Some(moment.as_millisecond()));
    }
    let day: Date = text.parse().map_err(|_| wrong())?;
    let midnight = day.to_zoned(now.time_zone().clone()).map_err(|_| wrong())?;
    Ok(Some(midnight.timestamp().as_millisecond()))
}

pub(super) fn show_since(since_ms: Option<TimestampMs>, zone: &TimeZone) -> String {
    let Some(since_ms) = since_ms else { return "all".to_owned() };
    let Ok(moment) = Timestamp::from_millisecond(since_ms) else { return "all".to_owned() };
    let there = moment.to_zoned(zone.clone());
    let is_midnight = there.start_of_day().is_ok_and(|midnight| midnight == there);
    if is_midnight { there.date().to_string() } else { moment.to_string() }
}

fn number_and_unit(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (!number.is_empty()).then(|| (number, unit.trim()))
}

/// A decimal number times a unit, exactly; `None` for what is no number, or too large.
fn times(number: &str, unit: u64) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let mut value = whole.checked_mul(unit)?;
    if !part.is_empty() {
        if part.len() > 6 || part.contains('.') {
            return None;
        }
        let scale = 10_u64.pow(u32::try_from(part.len()).ok()?);
        let fraction = u128::from(part.parse::<u64>().ok()?) * u128::from(unit) / u128::from(scale);
        value = value.checked_add(u64::try_from(fraction).ok()?)?;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_write_them() {
        for (text, bytes) in [
            ("200 MB", 200_000_000),
            ("2gb", 2_000_000_000),
            ("1.5 GB", 1_500_000_000),
            ("500k", 500_000),
            ("7", 7),
            ("12 bytes", 12),
        ] {
            assert_eq!(size(text), Ok(Some(bytes)), "{text}");
            assert_eq!(size(&show_size(Some(bytes))), Ok(Some(bytes)), "{text}");
        }
        assert_eq!((size("none"), show_size(None).as_str()), (Ok(None), "none"));
        for wrong in ["", "many", "MB", "2 XB", "-1 MB", "1.2.3 MB", "0 MB", "99999999999 TB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn speeds_below_what_a_hub_bears_are_refused_in_words() {
        assert_eq!(speed("2 MB/s", 50_000), Ok(Some(2_000_000)));
        assert_eq!(speed(&show_speed(Some(2_500_000)), 50_000), Ok(Some(2_500_000)));
        assert!(speed("10 kB/s", 50_000).is_err_and(|words| words.contains("50 kB/s")));
    }

    #[test]
    fn times_and_levels_come_back_as_they_were() {
        for (text, ms) in [("30 s", 30_000), ("10min", 600_000), ("2 hours", 7_200_000), ("1 d", 86_400_000)]
        {
            assert_eq!(time_ms(text), Ok(ms), "{text}");
            assert_eq!(time_ms(&show_time(ms)), Ok(ms), "{text}");
        }
        assert_eq!((time_ms("none"), show_time(0).as_str()), (Ok(0), "none"));
        assert!(time_ms("10").is_err() && time_ms("400 days").is_err() && time_ms("soon").is_err());
        assert_eq!((percent("20%"), percent("20"), percent("none")), (Ok(Some(20)), Ok(Some(20)), Ok(None)));
        assert!(percent("101").is_err() && percent("half").is_err());
    }

    #[test]
    fn a_day_begins_at_midnight_where_the_person_is() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let now = Timestamp::from_second(1_700_000_000).unwrap().to_zoned(zone.clone());
        let day = since("2023-11-14", &now).unwrap();
        assert_eq!(day, Some(1_699_912_800_000));
        assert_eq!(show_since(day, &zone), "2023-11-14");
        let moment = since("now", &now).unwrap();
        assert_eq!(since(&show_since(moment, &zone), &now).unwrap(), moment);
        assert_eq!(since("all", &now), Ok(None));
        assert!(since("last year", &now).is_err());
    }
}
