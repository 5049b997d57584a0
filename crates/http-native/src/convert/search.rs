//! What is searched for, and what a map shows.

use domain::Day;
use http_kit::Refusal;
use library::{AssetKind, Counted, GeoBox, Point, Sought, Suggestions, Wanted};
use wire::SearchQuery;

use crate::problem::Refused;

/// The whole world.
const WORLD: GeoBox =
    GeoBox { south_e7: -900_000_000, north_e7: 900_000_000, west_e7: -1_800_000_000, east_e7: 1_800_000_000 };

/// What a query asks for; its page is none of this.
pub(crate) fn sought(query: SearchQuery) -> Result<Sought, Refused> {
    let from = day("from", query.from.as_deref())?;
    let to = day("to", query.to.as_deref())?;
    let wanted = Wanted {
        words: Vec::new(),
        from_ms: from.map(Day::start_ms),
        before_ms: to.map(Day::end_ms),
        kind: query.kind.map(kind),
        content_type: query.content_type.map(|text| text.to_ascii_lowercase()),
        camera: query.camera,
        place: query.place,
        album_id: query.album,
        has_place: query.has_place,
        within: query.bbox.as_deref().map(rectangle).transpose()?,
    };
    // PostgreSQL takes no text with a NUL, and no type or name has one.
    for (field, text) in
        [("type", &wanted.content_type), ("camera", &wanted.camera), ("place", &wanted.place)]
    {
        if text.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(Refusal::invalid(field, "no name has a NUL in it").into());
        }
    }
    Ok(Sought { text: query.q.unwrap_or_default(), wanted, space_id: query.space })
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<Day>, Refused> {
    let day = text.map(str::parse).transpose();
    day.map_err(|error: domain::DayError| Refusal::invalid(field, error.to_string()).into())
}

const fn kind(kind: wire::AssetKind) -> AssetKind {
    match kind {
        wire::AssetKind::Picture => AssetKind::Picture,
        wire::AssetKind::Video => AssetKind::Video,
    }
}

/// The rectangle of a map, or the world.
pub(crate) fn shown(bbox: Option<&str>) -> Result<GeoBox, Refused> {
    bbox.map_or(Ok(WORLD), rectangle)
}

/// `west,south,east,north` in degrees, the order of GeoJSON (RFC 7946).
fn rectangle(text: &str) -> Result<GeoBox, Refused> {
    let degrees: Option<Vec<i64>> =
        text.split(',').zip([180.0, 90.0, 180.0, 90.0]).map(|(degrees, most)| e7(degrees, most)).collect();
    match degrees.as_deref() {
        Some(&[west_e7, south_e7, east_e7, north_e7])
            if south_e7 <= north_e7 && text.split(',').count() == 4 =>
        {
            Ok(GeoBox { south_e7, north_e7, west_e7, east_e7 })
        }
        _ => {
            let why = "a rectangle is written west,south,east,north in degrees, such as 5.8,47.2,15.1,55.1";
            Err(Refusal::invalid("bbox", why).into())
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 1.8e9 after the check")]
fn e7(text: &str, most: f64) -> Option<i64> {
    let degrees: f64 = text.trim().parse().ok()?;
    (degrees.abs() <= most).then(|| (degrees * 1e7).round() as i64)
}

pub(crate) fn suggestions(found: Suggestions) -> wire::Suggestions {
    let named = |counted: Vec<Counted>| {
        counted.into_iter().map(|one| wire::Suggestion { name: one.name, assets: one.assets }).collect()
    };
    wire::Suggestions { cameras: named(found.cameras), places: named(found.places) }
}

/// Rows become columns.
pub(crate) fn points(points: Vec<Point>) -> wire::MapPoints {
    let mut columns = wire::MapPoints::default();
    for point in points {
        columns.latitude.push(degrees(point.latitude_e7));
        columns.longitude.push(degrees(point.longitude_e7));
        columns.assets.push(point.assets);
        columns.id.push(point.asset_id);
    }
    columns
}

/// A map needs no more than ten centimetres.
#[expect(clippy::cast_precision_loss, reason = "ten digits are exact")]
fn degrees(e7: i64) -> f64 {
    (e7 as f64 / 10.0).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_is_four_numbers_on_the_globe() {
        let germany = rectangle("5.8, 47.2,15.1,55.1").unwrap();
        assert_eq!((germany.west_e7, germany.north_e7), (58_000_000, 551_000_000));
        let fiji = rectangle("177,-20,-178,-15").unwrap();
        assert!(fiji.west_e7 > fiji.east_e7);
        for text in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "1,4,3,2",
            "181,0,0,0",
            "0,-91,0,0",
            "a,b,c,d",
            "NaN,0,0,0",
            "0,inf,0,0",
        ] {
            assert_eq!(rectangle(text).unwrap_err().refusal().field, Some("bbox"), "{text}");
        }
    }

    #[test]
    fn days_are_local_and_both_ends_belong_to_them() {
        let query = SearchQuery {
            from: Some("2024-07-01".into()),
            to: Some("2024-07-01".into()),
            ..SearchQuery::default()
        };
        let wanted = sought(query).unwrap().wanted;
        assert_eq!(wanted.before_ms.unwrap() - wanted.from_ms.unwrap(), 24 * 60 * 60 * 1000);
        let query = SearchQuery { to: Some("yesterday".into()), ..SearchQuery::default() };
        assert_eq!(sought(query).unwrap_err().refusal().field, Some("to"));
    }

    #[test]
    fn degrees_are_short() {
        assert_eq!(serde_json::to_string(&degrees(524_597_001)).unwrap(), "52.4597");
    }
}
