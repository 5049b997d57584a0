//! Pages of lists, between the wire and the library.

use http_kit::Refusal;
use library::{Listed, Page};

use crate::problem::Refused;

/// How many rows a page has when nobody says.
const LIMIT: u32 = 200;
/// The most rows that a page has.
pub(crate) const LIMIT_MAX: u32 = 1000;

/// The wanted page; a cursor that is none is refused.
pub(crate) fn page(after: Option<&str>, limit: Option<u32>) -> Result<Page, Refused> {
    let limit = rows(limit, LIMIT)?;
    let after = after.map(str::parse).transpose().map_err(library::Error::from)?;
    Ok(Page { after, limit })
}

/// How many rows are wanted: `default` when nobody says, never none and never too many.
pub(crate) fn rows(limit: Option<u32>, default: u32) -> Result<u32, Refused> {
    match limit.unwrap_or(default) {
        limit @ 1..=LIMIT_MAX => Ok(limit),
        _ => Err(Refusal::invalid("limit", format!("a page has 1 to {LIMIT_MAX} rows")).into()),
    }
}

/// A page as the wire writes it.
pub(crate) fn to_wire<T, W>(listed: Listed<T>, convert: impl Fn(T) -> W) -> wire::Page<W> {
    wire::Page {
        items: listed.items.into_iter().map(convert).collect(),
        next: listed.next.map(|cursor| cursor.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_bounded_and_nonsense_is_refused() {
        assert_eq!(page(None, None).unwrap(), Page::first(200));
        assert_eq!(page(None, Some(1000)).unwrap().limit, 1000);
        for (after, limit) in [(None, Some(0)), (None, Some(1001)), (Some("not a cursor"), None)] {
            assert_eq!(page(after, limit).unwrap_err().refusal().status.as_u16(), 400);
        }
    }
}
