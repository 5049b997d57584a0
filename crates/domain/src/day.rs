//! Days of the calendar, as people search by them.

use std::str::FromStr;

use crate::clock::TimestampMs;
use crate::month::Month;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A day of the Gregorian calendar between the years 1 and 9999, on somebody's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Days since 1970-01-01.
    number: i64,
}

impl Day {
    /// What a clock of that place shows when the day begins, as if it showed UTC.
    pub const fn start_ms(self) -> TimestampMs {
        self.number * DAY_MS
    }

    /// What it shows when the next day begins.
    pub const fn end_ms(self) -> TimestampMs {
        (self.number + 1) * DAY_MS
    }
}

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written like 2024-07-31")]
pub struct DayError;

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let (month, day) = text.rsplit_once('-').ok_or(DayError)?;
        let month: Month = month.parse().map_err(|_| DayError)?;
        if day.len() != 2 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DayError);
        }
        let day: i64 = day.parse().map_err(|_| DayError)?;
        let found = Self { number: first_day(month) + day - 1 };
        // The 31st of a shorter month, and the 0th, lie in another month.
        if Month::of(found.start_ms()) == month { Ok(found) } else { Err(DayError) }
    }
}

/// Days from 1970-01-01 to the first of a month. By Howard Hinnant's `days_from_civil`
/// ("chrono-Compatible Low-Level Date Algorithms").
fn first_day(month: Month) -> i64 {
    let (year, month) = (month.number().div_euclid(12), month.number().rem_euclid(12) + 1);
    // Years begin in March, so that leap days come last.
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month_from_march + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    year.div_euclid(400) * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_and_ends_at_midnight() {
        let day: Day = "2024-07-03".parse().unwrap();
        assert_eq!((day.start_ms(), day.end_ms()), (1_719_964_800_000, 1_720_051_200_000));
        assert_eq!("1970-01-01".parse::<Day>().unwrap().start_ms(), 0);
        assert_eq!("1969-12-31".parse::<Day>().unwrap().end_ms(), 0);
    }

    #[test]
    fn days_follow_each_other_through_leap_years() {
        for (day, next) in [
            ("2000-02-28", "2000-02-29"),
            ("2000-02-29", "2000-03-01"),
            ("2100-02-28", "2100-03-01"),
            ("2023-12-31", "2024-01-01"),
            ("0001-12-31", "0002-01-01"),
        ] {
            let (day, next): (Day, Day) = (day.parse().unwrap(), next.parse().unwrap());
            assert_eq!(day.end_ms(), next.start_ms());
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in
            ["", "2024-07", "2024-07-00", "2024-06-31", "2023-02-29", "2024-7-01", "2024-07-1", "x-07-01"]
        {
            assert_eq!(text.parse::<Day>(), Err(DayError), "{text}");
        }
    }
}
