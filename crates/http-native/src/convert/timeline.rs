//! Months and what is in them.

use std::str::FromStr as _;

use domain::Month;
use http_kit::Refusal;
use library::{Listed, Moment, MonthCount};

use super::{assets, facts, items};
use crate::problem::Refused;

/// How addresses call what has no month yet.
const NO_MONTH: &str = "none";

pub(crate) fn month_count(count: MonthCount) -> wire::TimelineMonth {
    wire::TimelineMonth { month: count.month.map(|month| month.to_string()), assets: count.assets }
}

/// A month as it stands in an address.
pub(crate) fn month(text: &str) -> Result<Option<Month>, Refused> {
    if text == NO_MONTH {
        return Ok(None);
    }
    let month = Month::from_str(text);
    month.map(Some).map_err(|error| Refusal::invalid("month", format!("{error}, or \"{NO_MONTH}\"")).into())
}

/// Rows become columns.
pub(crate) fn page(listed: Listed<Moment>) -> wire::TimelinePage {
    let next = listed.next.map(|cursor| cursor.to_string());
    let mut page = wire::TimelinePage { next, ..wire::TimelinePage::default() };
    for moment in listed.items {
        page.id.push(moment.id);
        page.kind.push(assets::kind(moment.kind));
        page.taken_at_ms.push(moment.taken_at_ms);
        page.local_ms.push(moment.local_ms);
        page.ratio.push(moment.size.and_then(ratio));
        page.duration_ms.push(moment.duration_ms);
        page.version.push(facts::version(moment.thumbhash.as_deref()));
        page.thumbhash.push(moment.thumbhash.map(facts::miniature));
        page.marks.push(moment.marks.map(items::marks));
    }
    page
}

/// Width by height in thousandths: a row of pictures is laid out to the pixel by it, and it stays short.
fn ratio((width, height): (u32, u32)) -> Option<f64> {
    let ratio = (f64::from(width) / f64::from(height) * 1000.0).round() / 1000.0;
    (width > 0 && height > 0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_short_and_never_infinite() {
        assert_eq!(ratio((4000, 3000)), Some(1.333));
        assert_eq!(ratio((3000, 4000)), Some(0.75));
        assert_eq!((ratio((4, 0)), ratio((0, 4))), (None, None));
        assert_eq!(serde_json::to_string(&ratio((1080, 1920))).unwrap(), "0.563");
    }

    #[test]
    fn what_has_no_month_is_told_as_null() {
        let count = month_count(MonthCount { month: None, assets: 7 });
        assert_eq!(serde_json::to_string(&count).unwrap(), r#"{"month":null,"assets":7}"#);
    }

    #[test]
    fn a_month_in_an_address_is_one_or_none() {
        assert_eq!(month("2024-07").unwrap().map(|month| month.to_string()).as_deref(), Some("2024-07"));
        assert_eq!(month("none").unwrap(), None);
        for text in ["", "None", "2024", "2024-13", "2024-07-01"] {
            assert_eq!(month(text).unwrap_err().refusal().field, Some("month"), "{text}");
        }
    }
}
