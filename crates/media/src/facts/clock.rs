//! Times as files write them: EXIF, ISO 8601 as XMP and `QuickTime` profile it, and the epochs of
//! containers.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// Seconds from 1904-01-01, where MP4 and `QuickTime` count from, to 1970-01-01.
const SECONDS_1904_TO_1970: i64 = 2_082_844_800;
/// Milliseconds from 1970-01-01 to 2001-01-01, where Matroska counts from.
const MS_1970_TO_2001: i64 = 978_307_200_000;
/// 1990-01-01: no digital container is older; clocks that were never set are.
const MS_1990: i64 = 631_152_000_000;
/// 2100-01-01.
const MS_2100: i64 = 4_102_444_800_000;

const MS_PER_MINUTE: i64 = 60_000;

/// Where on Earth clocks differ from UTC by anything but whole hours, in minutes.
const ODD_OFFSETS: &[i64] = &[-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825];

/// A reading of somebody's clock, perhaps with its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// Milliseconds since 1970-01-01T00:00 of the clock's own calendar.
    pub(super) local_ms: i64,
    /// Minutes ahead of UTC.
    pub(super) offset_minutes: Option<i16>,
    /// No time of day was given; `local_ms` is noon.
    pub(super) is_day_only: bool,
}

impl Reading {
    /// Whether both clocks showed the same, as far as seconds go.
    pub(super) fn is_same_second(self, other: Reading) -> bool {
        let second = |reading: Reading| reading.local_ms.div_euclid(1000);
        second(self) == second(other) && self.is_day_only == other.is_day_only
    }

    pub(super) fn utc_ms(self) -> Option<i64> {
        self.offset_minutes.map(|minutes| self.local_ms - i64::from(minutes) * MS_PER_MINUTE)
    }
}

/// A date and a time of day as milliseconds; `None` for what no calendar has, or no photographer saw.
pub(super) fn local_ms(date: [i64; 3], time: [i64; 3]) -> Option<i64> {
    let small = |number: i64| i8::try_from(number).ok();
    let year = i16::try_from(date[0]).ok().filter(|year| (1800..2100).contains(year))?;
    let date = Date::new(year, small(date[1])?, small(date[2])?).ok()?;
    // A leap second is the last moment before the next minute.
    let second = if time[2] == 60 { 59 } else { time[2] };
    let time = Time::new(small(time[0])?, small(time[1])?, small(second)?, 0).ok()?;
    Offset::UTC.to_timestamp(date.to_datetime(time)).ok().map(jiff::Timestamp::as_millisecond)
}

/// EXIF's `YYYY:MM:DD HH:MM:SS` (CIPA DC-008, 4.6.5), and what cameras make of it: other separators,
/// fractions, a zone behind. A `subsec` is the fraction from a tag of its own.
pub(super) fn exif(text: &str, subsec: Option<&str>, offset: Option<&str>) -> Option<Reading> {
    let mut reading = iso(text)?;
    if reading.is_day_only {
        return None;
    }
    if let Some(ms) = subsec.and_then(|digits| fraction_ms(digits.trim()))
        && reading.local_ms.rem_euclid(1000) == 0
    {
        reading.local_ms += ms;
    }
    reading.offset_minutes = offset.and_then(|text| zone(text.trim())).or(reading.offset_minutes);
    Some(reading)
}

/// ISO 8601 in the profile that XMP (part 1, 8.2.1.1) and `QuickTime` use, with any separators. A
/// year alone, or a month, tells too little: a day is the least.
pub(super) fn iso(text: &str) -> Option<Reading> {
    let mut rest = text.trim().trim_end_matches('\0');
    let year = digits(&mut rest, 4)?;
    separator(&mut rest, &[':', '-', '/', '.', ' ']);
    let month = digits(&mut rest, 2)?;
    separator(&mut rest, &[':', '-', '/', '.', ' ']);
    let day = digits(&mut rest, 2)?;
    separator(&mut rest, &['T', 't', ' ', ':']);
    let day_only = || {
        let noon = local_ms([year, month, day], [12, 0, 0])?;
        Some(Reading { local_ms: noon, offset_minutes: None, is_day_only: true })
    };
    let Some(hour) = digits(&mut rest, 2) else { return day_only() };
    separator(&mut rest, &[':', '.', '-']);
    let minute = digits(&mut rest, 2)?;
    separator(&mut rest, &[':', '.', '-']);
    let second = digits(&mut rest, 2).unwrap_or_default();
    let mut local_ms = local_ms([year, month, day], [hour, minute, second])?;
    if let Some(behind) = rest.strip_prefix(['.', ',']) {
        let length = behind.bytes().take_while(u8::is_ascii_digit).count();
        local_ms += fraction_ms(&behind[..length]).unwrap_or_default();
        rest = &behind[length..];
    }
    Some(Reading { local_ms, offset_minutes: zone(rest.trim()), is_day_only: false })
}

/// `Z`, `+01:00`, `+0100`, `-5`; `None` for nothing, nonsense, and what no place has.
pub(super) fn zone(text: &str) -> Option<i16> {
    let text = text.trim_end_matches('\0').trim();
    if text == "Z" || text == "z" {
        return Some(0);
    }
    let (sign, mut rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let hours = digits(&mut rest, 2).or_else(|| digits(&mut rest, 1))?;
    separator(&mut rest, &[':']);
    let minutes = digits(&mut rest, 2).unwrap_or_default();
    if hours > 14 || minutes > 59 {
        return None;
    }
    i16::try_from(sign * (hours * 60 + minutes)).ok()
}

/// The zone in which a clock shows `local_ms` at `utc_ms`. A GPS fix is often some minutes older than
/// the picture, so three minutes are forgiven; `None` when no zone on Earth fits.
pub(super) fn zone_between(local_ms: i64, utc_ms: i64) -> Option<i16> {
    let difference = local_ms.checked_sub(utc_ms)?;
    let quarters = difference.checked_add(450_000)?.div_euclid(900_000);
    let minutes = quarters.checked_mul(15)?;
    let is_close = (difference - minutes.checked_mul(MS_PER_MINUTE)?).abs() <= 3 * MS_PER_MINUTE;
    let exists =
        (minutes % 60 == 0 && (-12 * 60..=14 * 60).contains(&minutes)) || ODD_OFFSETS.contains(&minutes);
    (is_close && exists).then(|| i16::try_from(minutes).ok()).flatten()
}

/// Seconds since 1904, as MP4 counts, in milliseconds since 1970. Zero, clocks that began there or
/// in 1970, and the far future are no times; some writers count from 1970 all the same.
pub(super) fn since_1904(seconds: u64) -> Option<i64> {
    let seconds = i64::try_from(seconds).ok()?;
    [seconds.checked_sub(SECONDS_1904_TO_1970)?, seconds]
        .into_iter()
        .find_map(|seconds| plausible(seconds.checked_mul(1000)?))
}

/// Nanoseconds since 2001, as Matroska counts, in milliseconds since 1970.
pub(super) fn since_2001(nanoseconds: i64) -> Option<i64> {
    plausible((nanoseconds / 1_000_000).checked_add(MS_1970_TO_2001)?)
}

/// Milliseconds since the epoch, when a digital camera can have lived then.
pub(super) fn plausible(ms: i64) -> Option<i64> {
    (MS_1990..MS_2100).contains(&ms).then_some(ms)
}

/// `Mon Mar 10 15:04:43 2003`, as C's `asctime` writes and AVI's `IDIT` holds.
pub(super) fn asctime(text: &str) -> Option<Reading> {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let mut words = text.trim_end_matches('\0').split_ascii_whitespace().skip(1);
    let month = words.next()?.to_ascii_lowercase();
    let month = (month.len() == 3).then(|| MONTHS.find(&month)).flatten().filter(|at| at % 3 == 0)? / 3 + 1;
    let day = words.next()?.parse().ok()?;
    let mut time = words.next()?.split(':').map(|part| part.parse::<i64>().ok());
    let time = [time.next()??, time.next()??, time.next()??];
    let year = words.next()?.parse().ok()?;
    let local_ms = local_ms([year, i64::try_from(month).ok()?, day], time)?;
    Some(Reading { local_ms, offset_minutes: None, is_day_only: false })
}

/// The digits behind a decimal point, as milliseconds.
fn fraction_ms(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded: String = digits.chars().chain("00".chars()).take(3).collect();
    padded.parse().ok()
}

/// Exactly so many digits from the front.
fn digits(rest: &mut &str, count: usize) -> Option<i64> {
    let front = rest.get(..count).filter(|front| front.bytes().all(|byte| byte.is_ascii_digit()))?;
    *rest = &rest[count..];
    front.parse().ok()
}

fn separator(rest: &mut &str, any_of: &[char]) {
    *rest = rest.strip_prefix(any_of).unwrap_or(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2024-01-31T23:59:59.
    const LATE: i64 = 1_706_745_599_000;

    fn reading(local_ms: i64, offset_minutes: Option<i16>) -> Reading {
        Reading { local_ms, offset_minutes, is_day_only: false }
    }

    #[test]
    fn exif_times_are_read_however_cameras_write_them() {
        assert_eq!(exif("2024:01:31 23:59:59", None, None), Some(reading(LATE, None)));
        assert_eq!(
            exif("2024:01:31 23:59:59\0", Some("5 "), Some("+01:00\0")),
            Some(reading(LATE + 500, Some(60)))
        );
        assert_eq!(exif("2024-01-31 23:59:59", Some("0532"), Some("   ")), Some(reading(LATE + 53, None)));
        assert_eq!(exif("2024/01/31 23:59:59Z", None, None), Some(reading(LATE, Some(0))));
        assert_eq!(exif("2024:01:31 23:59:60", None, None), Some(reading(LATE, None)));
    }

    #[test]
    fn clocks_that_were_never_set_show_nothing() {
        for text in [
            "0000:00:00 00:00:00",
            "    :  :     :  :  ",
            "",
            "2024:13:01 00:00:00",
            "2024:02:30 00:00:00",
            "2024:01:31 25:00:00",
            "2024:01:31 23:61:00",
            "2024:01:31",
            "\u{fc}024:01:31 00:00:00",
        ] {
            assert_eq!(exif(text, None, None), None, "{text}");
        }
    }

    #[test]
    fn iso_times_may_be_short_and_carry_a_zone() {
        assert_eq!(iso("2024-01-31T23:59:59+01:00"), Some(reading(LATE, Some(60))));
        assert_eq!(iso("2024-01-31T23:59:59.250-0530"), Some(reading(LATE + 250, Some(-330))));
        assert_eq!(iso("2024-01-31T23:59Z"), Some(reading(LATE - 59_000, Some(0))));
        let noon = Reading { local_ms: LATE - 43_199_000, offset_minutes: None, is_day_only: true };
        assert_eq!(iso("2024-01-31"), Some(noon));
        assert_eq!(iso("2024-01"), None);
        assert_eq!(iso("2024"), None);
    }

    #[test]
    fn zones_are_those_of_the_earth() {
        for (text, minutes) in [
            ("Z", Some(0)),
            ("+05:45", Some(345)),
            ("-8", Some(-480)),
            ("+99:00", None),
            ("", None),
            ("CET", None),
        ] {
            assert_eq!(zone(text), minutes, "{text}");
        }
        let hour = 3_600_000;
        assert_eq!(zone_between(LATE, LATE - hour), Some(60));
        assert_eq!(zone_between(LATE, LATE - hour - 150_000), Some(60));
        assert_eq!(zone_between(LATE, LATE - hour - 300_000), None);
        assert_eq!(zone_between(LATE, LATE + 8 * hour + 2_000), Some(-480));
        assert_eq!(zone_between(LATE, LATE - 345 * 60_000), Some(345));
        assert_eq!(zone_between(LATE, LATE - 15 * 60_000), None);
        assert_eq!(zone_between(LATE, LATE - 15 * hour), None);
        assert_eq!(zone_between(i64::MAX, i64::MIN), None);
    }

    #[test]
    fn container_epochs_are_believed_only_where_cameras_lived() {
        assert_eq!(since_1904(0), None);
        assert_eq!(since_1904(3_789_590_399), Some(LATE));
        // Counted from 1970 by mistake.
        assert_eq!(since_1904(1_706_745_599), Some(LATE));
        assert_eq!(since_1904(u64::MAX), None);
        assert_eq!(since_2001(728_438_399_000_000_000), Some(LATE));
        assert_eq!(since_2001(i64::MIN), None);
    }

    #[test]
    fn asctime_is_read() {
        assert_eq!(asctime("Wed Jan 31 23:59:59 2024\n\0"), Some(reading(LATE, None)));
        assert_eq!(asctime("WED JAN 31 23:59:59 2024"), Some(reading(LATE, None)));
        for text in
            ["", "Wed", "Wed anf 31 23:59:59 2024", "Wed Jan 99 23:59:59 2024", "Wed Jan 31 23:59 2024"]
        {
            assert_eq!(asctime(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_time_or_none(text in "[0-9:T+.Z \\-\u{e4}]{0,32}", more in any::<String>()) {
            for text in [text, more] {
                let _ = (iso(&text), exif(&text, Some(&text), Some(&text)), zone(&text), asctime(&text));
            }
        }

        #[test]
        fn what_is_written_is_read_back(ms in MS_1990..MS_2100, minutes in -720_i16..=840) {
            let at = Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(ms).unwrap());
            let zone = format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
            prop_assert_eq!(iso(&format!("{at}{zone}")), Some(reading(ms, Some(minutes))));
        }
    }
}
