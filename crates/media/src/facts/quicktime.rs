//! What is written on a film: Apple's keys, the older user data, and 3GPP's place.

use super::clock::{self, Reading};
use super::exif::sound_place;
use super::found::{Found, Text};
use super::ifd::text_of;
use super::iso::{Numbers, children};
use super::source::{Source, Span};
use super::types::Place;

/// More keys than any camera writes.
const MOST_KEYS: u32 = 1000;
/// Longer values are pictures.
const MOST_VALUE: u64 = 4096;

/// A `meta` box: `QuickTime`'s own has its parts right away, MPEG's has four bytes before them.
pub(super) fn meta(source: &mut Source<'_>, content: Span, found: &mut Found) {
    let skip = if source.array(content.start + 4) == Some(*b"hdlr") { 0 } else { 4 };
    let Some(parts) = content.from(skip) else { return };
    let boxes = children(source, parts);
    let keys = boxes.find(*b"keys").map(|span| keys(&source.span(span))).unwrap_or_default();
    let Some(list) = boxes.find(*b"ilst") else { return };
    for item in children(source, list).boxes {
        // With keys an item's "letters" are a number, counted from 1; without, they are the key.
        let index = usize::try_from(u32::from_be_bytes(item.kind)).unwrap_or_default();
        let key = index.checked_sub(1).and_then(|index| keys.get(index)).cloned();
        let key = key.unwrap_or_else(|| item.kind.iter().map(|byte| char::from(*byte)).collect());
        if let Some(value) = children(source, item.content).find(*b"data")
            && let Some(text) = value.part(8, MOST_VALUE).and_then(|span| text_of(&source.span(span)))
        {
            say(&key, text, found);
        }
    }
}

/// `keys`: a count, and for each a length, a namespace and a name.
fn keys(bytes: &[u8]) -> Vec<String> {
    let mut numbers = Numbers::of(bytes);
    let count = numbers.u32().and_then(|_| numbers.u32()).unwrap_or_default();
    let mut key = || {
        let length = usize::try_from(numbers.u32()?).ok()?.checked_sub(8)?;
        numbers.take(4)?;
        Some(String::from_utf8_lossy(numbers.take(length)?).into_owned())
    };
    (0..count.min(MOST_KEYS)).map_while(|_| key()).collect()
}

/// A `udta` box: texts whose letters begin with ©, 3GPP's place, and a `meta` box as iTunes writes it.
pub(super) fn user_data(source: &mut Source<'_>, content: Span, found: &mut Found) {
    for item in children(source, content).boxes {
        match &item.kind {
            b"meta" => meta(source, item.content, found),
            b"loci" => {
                let bytes = source.up_to(item.content.start, 1024);
                found.place = found.place.or_else(|| three_gpp_place(&bytes));
            }
            [0xa9, ..] => {
                // A length and a language come first; Android leaves neither out.
                let bytes = source.up_to(item.content.start, 1024);
                let length = usize::try_from(item.content.length()).unwrap_or(usize::MAX).min(bytes.len());
                let mut numbers = Numbers::of(&bytes[..length]);
                let stated = numbers.u16().map_or(0, usize::from);
                if numbers.u16().is_some()
                    && let Some(text) =
                        numbers.rest().get(..stated.min(numbers.rest().len())).and_then(text_of)
                {
                    let key: String = item.kind.iter().map(|byte| char::from(*byte)).collect();
                    say(&key, text, found);
                }
            }
            _ => {}
        }
    }
}

/// What a key means.
fn say(key: &str, text: String, found: &mut Found) {
    let text = text.shortened();
    match key {
        // The first wins over ©day, wherever that stands.
        "com.apple.quicktime.creationdate" => found.quicktime = clock::iso(&text).or(found.quicktime),
        "\u{a9}day" => found.quicktime = found.quicktime.or_else(|| day(&text)),
        "com.apple.quicktime.location.ISO6709" | "\u{a9}xyz" => {
            found.place = found.place.or_else(|| iso_6709(&text));
        }
        "com.apple.quicktime.make" | "com.android.manufacturer" | "\u{a9}mak" => {
            found.camera.make.get_or_insert(text);
        }
        "com.apple.quicktime.model" | "com.android.model" | "\u{a9}mod" => {
            found.camera.model.get_or_insert(text);
        }
        "com.apple.quicktime.content.identifier" => {
            found.live_photo_id.get_or_insert(text);
        }
        _ => {}
    }
}

/// A day alone, or a year, is when a song was published.
fn day(text: &str) -> Option<Reading> {
    clock::iso(text).filter(|reading| !reading.is_day_only)
}

/// `+27.1281+100.2508+000.000/` (ISO 6709, annex H): degrees, or degrees with minutes, or with seconds,
/// told by how many digits stand before the point.
fn iso_6709(text: &str) -> Option<Place> {
    let text = text.split('/').next()?;
    let starts: Vec<usize> = text.match_indices(['+', '-']).map(|(at, _)| at).take(3).collect();
    if starts.first() != Some(&0) {
        return None;
    }
    let part = |index: usize| {
        let start = *starts.get(index)?;
        let rest = &text[start..];
        let end = rest[1..].find(|c: char| !c.is_ascii_digit() && c != '.').map_or(rest.len(), |at| at + 1);
        Some(&rest[..end])
    };
    let latitude = degrees(part(0)?, 2)?;
    let longitude = degrees(part(1)?, 3)?;
    let altitude = part(2).and_then(|part| part.parse().ok());
    sound_place(latitude, longitude, altitude)
}

/// `+DD.D`, `+DDMM.M` or `+DDMMSS.S`.
fn degrees(text: &str, digits: usize) -> Option<f64> {
    let (sign, number) = (if text.starts_with('-') { -1.0 } else { 1.0 }, text.get(1..)?);
    let whole = number.find('.').unwrap_or(number.len());
    let value: f64 = match whole.checked_sub(digits) {
        Some(2) => {
            number.get(..digits)?.parse::<f64>().ok()? + number.get(digits..)?.parse::<f64>().ok()? / 60.0
        }
        Some(4) => {
            let minutes: f64 = number.get(digits..digits + 2)?.parse().ok()?;
            let seconds: f64 = number.get(digits + 2..)?.parse().ok()?;
            number.get(..digits)?.parse::<f64>().ok()? + minutes / 60.0 + seconds / 3600.0
        }
        _ => number.parse().ok()?,
    };
    Some(sign * value)
}

/// `loci` (3GPP TS 26.244, 8.8): a name, a role, and three numbers with 16 bits behind the point.
fn three_gpp_place(bytes: &[u8]) -> Option<Place> {
    let mut numbers = Numbers::of(bytes);
    numbers.take(6)?;
    numbers.text()?;
    numbers.u8()?;
    let mut fixed = || numbers.i32().map(|number| f64::from(number) / 65_536.0);
    let (longitude, latitude, altitude) = (fixed()?, fixed()?, fixed());
    sound_place(latitude, longitude, altitude)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::iso::tests::boxed;
    use super::*;

    /// A `meta` box with such keys.
    pub(in crate::facts) fn meta_with(pairs: &[(&str, &str)]) -> Vec<u8> {
        let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
        let keys: Vec<u8> = pairs
            .iter()
            .flat_map(|(key, _)| [&number(key.len() + 8), b"mdta".as_slice(), key.as_bytes()].concat())
            .collect();
        let items: Vec<u8> = pairs
            .iter()
            .enumerate()
            .flat_map(|(index, (_, value))| {
                boxed(number(index + 1), &[&boxed(*b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], value.as_bytes()])])
            })
            .collect();
        let hdlr = boxed(*b"hdlr", &[&[0; 8], b"mdta"]);
        let keys = boxed(*b"keys", &[&[0; 4], &number(pairs.len()), &keys]);
        boxed(*b"meta", &[&hdlr, &keys, &boxed(*b"ilst", &[&items])])
    }

    fn read(bytes: &[u8], with: fn(&mut Source<'_>, Span, &mut Found)) -> Found {
        let mut source = Source::memory(bytes);
        let span = source.all().from(8).unwrap();
        let mut found = Found::default();
        with(&mut source, span, &mut found);
        found
    }

    #[test]
    fn apples_keys_are_understood() {
        let found = read(
            &meta_with(&[
                ("com.apple.quicktime.creationdate", "2024-01-31T23:59:59+0100"),
                ("com.apple.quicktime.location.ISO6709", "+52.4597+013.3220+051.178/"),
                ("com.apple.quicktime.make", "Apple"),
                ("com.apple.quicktime.model", "iPad mini"),
                ("com.apple.quicktime.content.identifier", "570F1469"),
                ("something.else", "x"),
            ]),
            meta,
        );
        assert_eq!(found.quicktime.unwrap().offset_minutes, Some(60));
        assert_eq!(
            found.place,
            Some(Place { latitude: 52.4597, longitude: 13.322, altitude_m: Some(51.178) })
        );
        assert_eq!(found.camera.make.as_deref(), Some("Apple"));
        assert_eq!(found.camera.model.as_deref(), Some("iPad mini"));
        assert_eq!(found.live_photo_id.as_deref(), Some("570F1469"));
    }

    #[test]
    fn older_user_data_is_understood() {
        let text = |kind: &[u8; 4], text: &[u8]| {
            let length = u16::try_from(text.len()).unwrap().to_be_bytes();
            boxed(*kind, &[&length, &[0x15, 0xc7], text])
        };
        let data = boxed(
            *b"udta",
            &[
                &text(b"\xa9xyz", b"+51.4169-000.0806/"),
                &text(b"\xa9day", b"2024-01-31T23:59:59+0100"),
                &text(b"\xa9mod", b"DX"),
            ],
        );
        let found = read(&data, user_data);
        assert_eq!(found.place, Some(Place { latitude: 51.4169, longitude: -0.0806, altitude_m: None }));
        assert_eq!(found.quicktime.unwrap().offset_minutes, Some(60));
        assert_eq!(found.camera.model.as_deref(), Some("DX"));
        let published = boxed(*b"udta", &[&text(b"\xa9day", b"2024-01-31")]);
        assert_eq!(read(&published, user_data).quicktime, None);
    }

    #[test]
    fn three_gpp_writes_places_as_fixed_numbers() {
        let place: Vec<u8> =
            [13 << 16, 52 << 16, -(3 << 16)].iter().flat_map(|number: &i32| number.to_be_bytes()).collect();
        let data = boxed(*b"udta", &[&boxed(*b"loci", &[&[0; 6], b"home\0\x01", &place])]);
        let expected = Place { latitude: 52.0, longitude: 13.0, altitude_m: Some(-3.0) };
        assert_eq!(read(&data, user_data).place, Some(expected));
    }

    #[test]
    fn places_are_written_in_three_ways() {
        let place = |text: &str| iso_6709(text).map(|place| (place.latitude, place.longitude));
        assert_eq!(place("+52.5+013.25/"), Some((52.5, 13.25)));
        assert_eq!(place("+5230-01315/"), Some((52.5, -13.25)));
        assert_eq!(place("-523036+0131500+10/"), Some((-52.51, 13.25)));
        for nonsense in ["", "+", "+1", "+99.0+013.0/", "+1+", "ü+1ü+2", "+0+0/"] {
            assert_eq!(place(nonsense), None, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_place_or_none(text in "[+0-9.CRSWG/\u{e4}-]{0,40}", more in any::<String>()) {
            let _ = (iso_6709(&text), iso_6709(&more));
        }

        #[test]
        fn any_list_of_keys_is_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = (keys(&bytes), three_gpp_place(&bytes));
        }
    }
}
