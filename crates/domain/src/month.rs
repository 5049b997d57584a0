//! Months of the calendar, by which a timeline is cut into pages.

use std::fmt;
use std::str::FromStr;

use crate::clock::TimestampMs;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The earliest and latest year that a month may have; a time outside of them counts as one of the
/// two. Broken clocks make such times, and four digits sort and print alike everywhere.
const YEARS: std::ops::RangeInclusive<i64> = 1..=9999;

/// A month of a year in the Gregorian calendar, such as `2024-07`. Earlier months are smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    /// 1 for January.
    month: u8,
}

impl Month {
    /// The month of a moment on the clock that shows `local_ms` (milliseconds since 1970 on that clock,
    /// whatever its zone). By Howard Hinnant's `civil_from_days` ("chrono-Compatible Low-Level Date
    /// Algorithms").
    pub fn of(local_ms: TimestampMs) -> Self {
        // Days since 0000-03-01, from which years begin in March and leap days come last.
        let days = local_ms.div_euclid(DAY_MS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        if year < *YEARS.start() {
            return Self { year: 1, month: 1 };
        }
        match (u16::try_from(year), u8::try_from(month)) {
            (Ok(year), Ok(month)) if YEARS.contains(&i64::from(year)) => Self { year, month },
            _ => Self { year: 9999, month: 12 },
        }
    }

    /// Twelve times the year plus the months before it in its year: neighbours differ by one.
    pub fn number(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }

    /// The month with a [`Month::number`]; `None` outside of the years 1 to 9999.
    pub fn from_number(number: i64) -> Option<Self> {
        let year = number.div_euclid(12);
        if !YEARS.contains(&year) {
            return None;
        }
        Some(Self { year: u16::try_from(year).ok()?, month: u8::try_from(number.rem_euclid(12) + 1).ok()? })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A text that is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written like 2024-07")]
pub struct MonthError;

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(MonthError);
        }
        let year: i64 = year.parse().map_err(|_| MonthError)?;
        let month: i64 = month.parse().map_err(|_| MonthError)?;
        if !(1..=12).contains(&month) {
            return Err(MonthError);
        }
        Self::from_number(year * 12 + month - 1).ok_or(MonthError)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(local_ms: i64) -> String {
        Month::of(local_ms).to_string()
    }

    #[test]
    fn a_moment_belongs_to_its_month() {
        assert_eq!(of(0), "1970-01");
        assert_eq!(of(-1), "1969-12");
        assert_eq!(of(951_782_399_999), "2000-02");
        assert_eq!(of(951_868_799_999), "2000-02", "2000 was a leap year");
        assert_eq!(of(951_868_800_000), "2000-03");
        assert_eq!(of(4_107_542_399_999), "2100-02");
        assert_eq!(of(4_107_542_400_000), "2100-03", "2100 will be none");
        assert_eq!(of(1_735_689_599_999), "2024-12");
        assert_eq!(of(1_735_689_600_000), "2025-01");
    }

    #[test]
    fn times_of_broken_clocks_count_as_the_first_or_the_last_month() {
        assert_eq!(of(i64::MIN), "0001-01");
        assert_eq!(of(i64::MAX), "9999-12");
        assert_eq!(Month::from_number(11), None);
        assert_eq!(Month::from_number(i64::MAX), None);
    }

    #[test]
    fn only_what_looks_like_a_month_is_read_as_one() {
        assert_eq!("2024-07".parse::<Month>().map(Month::number), Ok(2024 * 12 + 6));
        for text in ["", "2024", "2024-7", "2024-13", "2024-00", "0000-01", "+024-01", "2024-07-01", "24-07"]
        {
            assert_eq!(text.parse::<Month>(), Err(MonthError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn months_follow_each_other_without_gaps(local_ms in -60_000_000_000_000i64..250_000_000_000_000) {
            let month = Month::of(local_ms);
            prop_assert_eq!(Month::from_number(month.number()), Some(month));
            prop_assert_eq!(month.to_string().parse(), Ok(month));
            let later = Month::of(local_ms + 31 * DAY_MS);
            prop_assert!((1..=2).contains(&(later.number() - month.number())));
        }
    }
}
