//! Ranges and conditions of downloads (RFC 9110 §13 and §14), for content that never changes:
//! its entity tag is its SHA-256, always strong.

use std::ops::Range;

use http::header::{IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue};

/// What a download should answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// 200 with everything.
    Whole,
    /// 206 with these bytes.
    Part(Range<u64>),
    /// 304: the caller has it already.
    NotModified,
    /// 412: the caller wanted something else.
    ConditionFailed,
    /// 416: the range lies outside.
    Outside,
}

/// Decides by the request's headers. `tag` is the entity tag with its quotes.
///
/// Several ranges in one request are answered with the whole content, which RFC 9110 §14.2 allows:
/// no picture viewer asks for them, and they invite abuse.
pub fn select(headers: &HeaderMap, tag: &str, size_bytes: u64) -> Selection {
    if let Some(wanted) = headers.get(IF_MATCH)
        && !lists_strongly(wanted, tag)
    {
        return Selection::ConditionFailed;
    }
    if let Some(known) = headers.get(IF_NONE_MATCH)
        && lists(known, tag)
    {
        return Selection::NotModified;
    }
    let Some(range) = headers.get(RANGE).and_then(|value| value.to_str().ok()) else {
        return Selection::Whole;
    };
    if let Some(condition) = headers.get(IF_RANGE)
        && condition.as_bytes() != tag.as_bytes()
    {
        return Selection::Whole;
    }
    parse_range(range, size_bytes)
}

/// Whether a list of entity tags names this one as a strong one (RFC 9110 §13.1.1).
fn lists_strongly(value: &HeaderValue, tag: &str) -> bool {
    let Ok(text) = value.to_str() else { return false };
    text.trim() == "*" || text.split(',').any(|one| one.trim() == tag)
}

/// Whether a list of entity tags names this one. Weak comparison: `W/` is passed over.
fn lists(value: &HeaderValue, tag: &str) -> bool {
    let Ok(text) = value.to_str() else { return false };
    text.trim() == "*" || text.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn parse_range(text: &str, size_bytes: u64) -> Selection {
    let Some(spec) = text.trim().strip_prefix("bytes=") else { return Selection::Whole };
    if spec.contains(',') {
        return Selection::Whole;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return Selection::Whole };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first > last => Selection::Whole,
        (Ok(first), _) if first >= size_bytes && (last.is_empty() || last.parse::<u64>().is_ok()) => {
            Selection::Outside
        }
        (Ok(first), Ok(last)) => Selection::Part(first..last.saturating_add(1).min(size_bytes)),
        (Ok(first), Err(_)) if last.is_empty() => Selection::Part(first..size_bytes),
        (Err(_), Ok(0)) if first.is_empty() => Selection::Outside,
        (Err(_), Ok(suffix)) if first.is_empty() && size_bytes > 0 => {
            Selection::Part(size_bytes.saturating_sub(suffix)..size_bytes)
        }
        (Err(_), Ok(_)) if first.is_empty() => Selection::Outside,
        _ => Selection::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"abc\"";

    fn ask(headers: &[(http::HeaderName, &str)], size_bytes: u64) -> Selection {
        let map = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        select(&map, TAG, size_bytes)
    }

    #[test]
    fn ranges_of_a_file_of_ten_bytes() {
        let table = [
            ("bytes=0-3", Selection::Part(0..4)),
            ("bytes=4-", Selection::Part(4..10)),
            ("bytes=4-100", Selection::Part(4..10)),
            ("bytes=9-9", Selection::Part(9..10)),
            ("bytes=-3", Selection::Part(7..10)),
            ("bytes=-30", Selection::Part(0..10)),
            ("bytes=10-", Selection::Outside),
            ("bytes=10-12", Selection::Outside),
            ("bytes=-0", Selection::Outside),
            ("bytes=5-3", Selection::Whole),
            ("bytes=0-1,3-4", Selection::Whole),
            ("bytes=abc", Selection::Whole),
            ("bytes=1-x", Selection::Whole),
            ("items=0-3", Selection::Whole),
            ("bytes=18446744073709551615-18446744073709551615", Selection::Outside),
            ("bytes=0-18446744073709551615", Selection::Part(0..10)),
        ];
        for (range, expected) in table {
            assert_eq!(ask(&[(RANGE, range)], 10), expected, "{range}");
        }
        assert_eq!(ask(&[(RANGE, "bytes=0-")], 0), Selection::Outside);
        assert_eq!(ask(&[(RANGE, "bytes=-5")], 0), Selection::Outside);
    }

    #[test]
    fn conditions() {
        assert_eq!(ask(&[(IF_NONE_MATCH, TAG)], 10), Selection::NotModified);
        assert_eq!(ask(&[(IF_NONE_MATCH, "\"x\", W/\"abc\"")], 10), Selection::NotModified);
        assert_eq!(ask(&[(IF_NONE_MATCH, "*")], 10), Selection::NotModified);
        assert_eq!(ask(&[(IF_NONE_MATCH, "\"x\"")], 10), Selection::Whole);
        assert_eq!(ask(&[(IF_MATCH, "\"x\"")], 10), Selection::ConditionFailed);
        assert_eq!(ask(&[(IF_MATCH, "W/\"abc\"")], 10), Selection::ConditionFailed);
        assert_eq!(ask(&[(IF_MATCH, TAG)], 10), Selection::Whole);
        assert_eq!(ask(&[(IF_RANGE, TAG), (RANGE, "bytes=1-2")], 10), Selection::Part(1..3));
        assert_eq!(ask(&[(IF_RANGE, "\"old\""), (RANGE, "bytes=1-2")], 10), Selection::Whole);
    }
}
