//! Names of places on Earth, without asking anybody: the nearest of GeoNames' places with more than a thousand
//! inhabitants.
//!
//! The table is part of the program and stays on disk but for the pages that are read; a name costs reading a few
//! of them. `xtask/src/places.rs` makes it and says how it is written.

use std::collections::BTreeSet;

/// GeoNames' places (<https://www.geonames.org>, CC BY 4.0), by `cargo xtask places`.
static TABLE: &[u8] = include_bytes!("../../data/places.bin");

/// Farther away than this a place gives no name, in kilometres.
const NEAR_KM: f64 = 30.0;

/// How far a city of a million reaches, in kilometres; others by the root of their inhabitants. Within that, a
/// place of the same region is a part of the city or next to it.
const REACH_KM: f64 = 8.0;

/// The smallest place that reaches beyond itself.
const CITY_MIN: f64 = 100_000.0;

/// The mean radius of the Earth, in kilometres.
const EARTH_KM: f64 = 6371.0;

/// What the place of a picture is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locality {
    /// The nearest place: a village, a town, a part of a city.
    pub place: String,
    /// The city that it belongs to or lies next to, when that is another one.
    pub city: Option<String>,
    /// The state or province; absent where GeoNames names none.
    pub region: Option<String>,
    /// The country, in English.
    pub country: String,
    /// The country in two letters (ISO 3166-1).
    pub country_code: String,
    /// Other names of the place and the city.
    other_names: Vec<String>,
}

impl Locality {
    /// Where `latitude` and `longitude` are; `None` on the high seas and in the wilderness.
    pub fn at(latitude: f64, longitude: f64) -> Option<Self> {
        Table(TABLE).locality(latitude, longitude)
    }

    /// Its name in lists: the city rather than its part, with region and country, such as `Munich, Bavaria,
    /// Germany`.
    pub fn label(&self) -> String {
        let place = self.city.as_ref().unwrap_or(&self.place);
        let parts =
            [Some(place), self.region.as_ref().filter(|region| *region != place), Some(&self.country)];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The words by which pictures of it are found, also without accents.
    pub(super) fn words(&self) -> BTreeSet<String> {
        let names = [Some(&self.place), self.city.as_ref(), self.region.as_ref(), Some(&self.country)];
        let names = names.into_iter().flatten().chain(&self.other_names);
        let words = names.flat_map(|name| domain::words_of(name));
        words.flat_map(|word| [domain::words::without_marks(&word), Some(word)]).flatten().collect()
    }
}

/// One place of the table.
#[derive(Debug, Clone, Copy)]
struct Spot<'a> {
    distance_km: f64,
    inhabitants: f64,
    region: u16,
    /// Names, separated by tabs.
    names: &'a str,
}

impl<'a> Spot<'a> {
    fn name(&self) -> &'a str {
        self.names.split('\t').next().unwrap_or_default()
    }

    fn other_names(&self) -> impl Iterator<Item = String> {
        self.names.split('\t').skip(1).map(str::to_owned)
    }

    fn reaches_here(&self) -> bool {
        self.inhabitants >= CITY_MIN && self.distance_km <= REACH_KM * (self.inhabitants / 1e6).sqrt()
    }
}

/// A table as `xtask/src/places.rs` describes it. What lies outside of it reads as nothing.
#[derive(Debug, Clone, Copy)]
struct Table<'a>(&'a [u8]);

/// Bytes before the first country, and of each country, region and cell.
const HEAD: usize = 20;
const ENTRY: usize = 6;

impl<'a> Table<'a> {
    fn locality(self, latitude: f64, longitude: f64) -> Option<Locality> {
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            return None;
        }
        let spots = self.spots(latitude, longitude);
        let nearest = *spots.iter().min_by(|one, other| one.distance_km.total_cmp(&other.distance_km))?;
        let cities = spots.iter().filter(|spot| {
            spot.region == nearest.region && spot.inhabitants > nearest.inhabitants && spot.reaches_here()
        });
        let city = cities.max_by(|one, other| one.inhabitants.total_cmp(&other.inhabitants));
        let (country_number, region) = self.region(nearest.region)?;
        let (country_code, country) = self.country(country_number)?;
        Some(Locality {
            place: nearest.name().to_owned(),
            city: city.map(|city| city.name().to_owned()),
            region: Some(region).filter(|region| !region.is_empty()).map(str::to_owned),
            country: country.to_owned(),
            country_code: country_code.to_owned(),
            other_names: nearest.other_names().chain(city.into_iter().flat_map(Spot::other_names)).collect(),
        })
    }

    /// All places that are near.
    fn spots(self, latitude: f64, longitude: f64) -> Vec<Spot<'a>> {
        let up = (NEAR_KM / EARTH_KM).to_degrees();
        // Near the poles a kilometre is many degrees; there is nobody to name places after.
        let across = (up / latitude.to_radians().cos().max(0.05)).min(20.0);
        let mut spots = Vec::new();
        for north in degrees(latitude - up + 90.0)..=degrees(latitude + up + 90.0) {
            for east in degrees(longitude - across + 180.0)..=degrees(longitude + across + 180.0) {
                if (0..180).contains(&north) {
                    self.add_cell(north, east.rem_euclid(360), (latitude, longitude), &mut spots);
                }
            }
        }
        spots
    }

    fn add_cell(self, north: i32, east: i32, from: (f64, f64), spots: &mut Vec<Spot<'a>>) {
        let Some(mut places) = u16::try_from(north * 360 + east).ok().and_then(|cell| self.cell(cell)) else {
            return;
        };
        while let Some((&[first, second, third, region, region_high, size], rest)) =
            places.split_first_chunk::<6>()
        {
            let within = u32::from_le_bytes([first, second, third, 0]);
            let part = |bits: u32| (f64::from(bits & 0xfff) + 0.5) / 4096.0;
            let place =
                (f64::from(north) - 90.0 + part(within >> 12), f64::from(east) - 180.0 + part(within));
            let Some((names, rest)) = text(rest) else { return };
            places = rest;
            let distance_km = distance_km(from, place);
            if distance_km <= NEAR_KM {
                let region = u16::from_le_bytes([region, region_high]);
                spots.push(Spot { distance_km, inhabitants: (f64::from(size) / 8.0).exp2(), region, names });
            }
        }
    }

    /// The places of a cell.
    fn cell(self, wanted: u16) -> Option<&'a [u8]> {
        let start = HEAD + ENTRY * (self.count(0)? + self.count(1)?);
        let (mut low, mut high) = (0, self.count(2)?);
        while low < high {
            let middle = usize::midpoint(low, high);
            let (cell, offset) = self.entry(start + ENTRY * middle)?;
            match cell.cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let (_, end) = self.entry(start + ENTRY * (middle + 1))?;
                    return self.0.get(offset..end);
                }
            }
        }
        None
    }

    /// The number of a region's country, and its name.
    fn region(self, number: u16) -> Option<(u16, &'a str)> {
        let (country, offset) = self.entry(HEAD + ENTRY * (self.count(0)? + usize::from(number)))?;
        Some((country, text(self.0.get(offset..)?)?.0))
    }

    /// A country's letters and its name.
    fn country(self, number: u16) -> Option<(&'a str, &'a str)> {
        let at = HEAD + ENTRY * usize::from(number);
        let (_, offset) = self.entry(at)?;
        Some((std::str::from_utf8(self.0.get(at..at + 2)?).ok()?, text(self.0.get(offset..)?)?.0))
    }

    fn count(self, index: usize) -> Option<usize> {
        let bytes = self.0.get(8 + 4 * index..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    }

    fn entry(self, at: usize) -> Option<(u16, usize)> {
        let &[low, high, offset @ ..] = self.0.get(at..)?.first_chunk::<ENTRY>()?;
        Some((u16::from_le_bytes([low, high]), usize::try_from(u32::from_le_bytes(offset)).ok()?))
    }
}

/// A text, and what follows it.
fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    let (text, rest) = rest.split_at_checked(length.into())?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

#[expect(clippy::cast_possible_truncation, reason = "within some turns of the globe")]
const fn degrees(degrees: f64) -> i32 {
    degrees.floor() as i32
}

/// Along the surface, by the haversine formula.
fn distance_km((latitude, longitude): (f64, f64), (to_latitude, to_longitude): (f64, f64)) -> f64 {
    let half_chord = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let square = half_chord(to_latitude - latitude)
        + latitude.to_radians().cos() * to_latitude.to_radians().cos() * half_chord(to_longitude - longitude);
    2.0 * EARTH_KM * square.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(latitude: f64, longitude: f64) -> Locality {
        Locality::at(latitude, longitude).unwrap()
    }

    #[test]
    fn well_known_spots_have_their_names() {
        for (spot, label, code) in [
            ((48.1374, 11.5755), "Munich, Bavaria, Germany", "DE"),
            ((52.4597, 13.322), "Berlin, State of Berlin, Germany", "DE"),
            ((43.467_448, 11.885_127), "Arezzo, Tuscany, Italy", "IT"),
            ((-33.8568, 151.2153), "Sydney, New South Wales, Australia", "AU"),
            ((40.7484, -73.9857), "New York City, New York, United States", "US"),
            ((35.6586, 139.7454), "Tokyo, Japan", "JP"),
        ] {
            let found = at(spot.0, spot.1);
            assert_eq!((found.label().as_str(), found.country_code.as_str()), (label, code), "{found:?}");
        }
    }

    #[test]
    fn a_part_of_a_city_knows_its_city_and_is_found_by_both() {
        let found = at(52.4569, 13.3224);
        assert_eq!((found.place.as_str(), found.city.as_deref()), ("Steglitz", Some("Berlin")));
        let words = found.words();
        for word in ["steglitz", "berlin", "germany"] {
            assert!(words.contains(word), "{words:?}");
        }
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let munich = at(48.1374, 11.5755).words();
        for word in ["munich", "münchen", "munchen", "bavaria", "germany"] {
            assert!(munich.contains(word), "{munich:?}");
        }
        assert!(at(47.3769, 8.5417).words().is_superset(&["zürich", "zurich"].map(str::to_owned).into()));
    }

    #[test]
    fn the_sea_and_what_is_no_place_have_no_name() {
        for (latitude, longitude) in
            [(30.0, -40.0), (-89.9, 0.0), (90.0, 180.0), (91.0, 0.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)]
        {
            assert_eq!(Locality::at(latitude, longitude), None, "{latitude} {longitude}");
        }
    }

    #[test]
    fn across_the_date_line_is_near() {
        // One place at 0.5 north, 179.9 west.
        let mut table = b"ALBPLAC1\x01\0\0\0\x01\0\0\0\x01\0\0\0FJ\x2c\0\0\0\0\0\x31\0\0\0".to_vec();
        let cell = (90u16 * 360).to_le_bytes();
        table.extend([cell[0], cell[1], 0x32, 0, 0, 0, 0xff, 0xff, 0x3d, 0, 0, 0]);
        assert_eq!(table.len(), 0x2c);
        table.extend(b"\x04Fiji\0");
        let within = (2048u32 * 4096 + 409).to_le_bytes();
        table.extend([within[0], within[1], within[2], 0, 0, 80]);
        table.extend(b"\x04Taba");
        let found = Table(&table).locality(0.5, 179.95).unwrap();
        assert_eq!((found.label().as_str(), found.region.as_deref()), ("Taba, Fiji", None));
        assert_eq!(Table(&table).locality(0.5, 179.0), None, "a hundred kilometres");
    }

    #[test]
    fn every_place_of_the_table_can_be_read() {
        let table = Table(TABLE);
        let (mut cells, mut places) = (0, 0);
        for cell in 0..180 * 360 {
            let Some(mut rest) = table.cell(cell) else { continue };
            cells += 1;
            while !rest.is_empty() {
                let region = u16::from_le_bytes([rest[3], rest[4]]);
                let (country, _) = table.region(region).unwrap();
                assert!(!table.country(country).unwrap().1.is_empty());
                let (names, after) = text(&rest[6..]).unwrap();
                assert!(!names.is_empty());
                rest = after;
                places += 1;
            }
        }
        assert_eq!(Some(cells), table.count(2));
        assert!(places > 150_000, "{places}");
        assert!(TABLE.len() < 3_500_000, "{}", TABLE.len());
    }

    proptest! {
        #[test]
        fn no_table_and_no_spot_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), latitude in -90.0f64..=90.0, longitude in -180.0f64..=180.0) {
            let mut table = b"ALBPLAC1\x01\0\0\0\x01\0\0\0\x01\0\0\0".to_vec();
            table.extend(bytes);
            let _ = Table(&table).locality(latitude, longitude);
        }
    }
}
