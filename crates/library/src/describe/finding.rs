//! When a picture was taken, where, and by which words it is found.

use std::collections::BTreeSet;

use catalog::descriptions::Findable;
use domain::{TimestampMs, words_of};
use media::facts::{Camera, Facts};

use super::gazetteer::Locality;
use super::index::INDEXED_BY;
use super::subject::Subject;

/// The longest name of a camera, in characters: some files carry nonsense.
const CAMERA_NAME_MAX: usize = 100;

/// The moment in UTC and on the taker's clock. Without a zone both are what the taker's clock showed:
/// wrong by some hours at most, and the days are right. Without any time it is what the device said of
/// the file.
pub(super) fn times(facts: &Facts, subject: &Subject) -> (TimestampMs, TimestampMs) {
    let Some(taken) = &facts.taken else { return (subject.taken_at_ms, subject.taken_at_ms) };
    (taken.utc_ms.unwrap_or(taken.local_ms), taken.local_ms)
}

/// By what it is found, besides the names of its files, which the catalog keeps up with by itself.
pub(super) fn findable(facts: &Facts) -> Findable {
    let camera = facts.camera.as_ref();
    let said = [
        facts.caption.as_deref(),
        camera.and_then(|camera| camera.make.as_deref()),
        camera.and_then(|camera| camera.model.as_deref()),
        camera.and_then(|camera| camera.lens.as_deref()),
    ];
    let said = said.into_iter().flatten().chain(facts.keywords.iter().map(String::as_str));
    let mut words: BTreeSet<String> = said.flat_map(words_of).collect();
    let locality = facts.place.as_ref().and_then(|place| Locality::at(place.latitude, place.longitude));
    words.extend(locality.iter().flat_map(Locality::words));
    Findable {
        place_e7: facts.place.as_ref().and_then(place_e7),
        camera: camera.and_then(camera_name),
        place: locality.map(|locality| locality.label()),
        words: words.into_iter().collect(),
        indexed_by: INDEXED_BY,
    }
}

/// What people call a camera: its maker and its model, once where the model says both.
fn camera_name(camera: &Camera) -> Option<String> {
    let [make, model] =
        [&camera.make, &camera.model].map(|part| part.as_deref().unwrap_or_default().split_whitespace());
    let [make, model] = [make, model].map(|words| words.collect::<Vec<_>>().join(" "));
    let first_word = |text: &str| words_of(text).into_iter().next();
    let says_both = first_word(&make).is_none() || first_word(&make) == first_word(&model);
    let name = if says_both { model } else { format!("{make} {model}") };
    let name: String = name.trim().chars().take(CAMERA_NAME_MAX).collect();
    (!name.is_empty()).then_some(name)
}

fn place_e7(place: &media::facts::Place) -> Option<(i64, i64)> {
    Some((e7(place.latitude, 90.0)?, e7(place.longitude, 180.0)?))
}

/// Ten millionths of a degree: a centimetre on the ground. `None` for what lies on no globe.
#[expect(clippy::cast_possible_truncation, reason = "at most 1.8e9 after the check")]
fn e7(degrees: f64, most: f64) -> Option<i64> {
    (degrees.abs() <= most).then(|| (degrees * 1e7).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_called_by_maker_and_model_once() {
        let name = |make: &str, model: &str| {
            let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            camera_name(&Camera { make: said(make), model: said(model), lens: None })
        };
        assert_eq!(name("Apple", "iPhone 15 Pro").as_deref(), Some("Apple iPhone 15 Pro"));
        assert_eq!(name("Canon", "Canon EOS 5D").as_deref(), Some("Canon EOS 5D"));
        assert_eq!(name("NIKON CORPORATION", "NIKON D40").as_deref(), Some("NIKON D40"));
        assert_eq!(name("", "D40").as_deref(), Some("D40"));
        assert_eq!(name("LEICA  ", "").as_deref(), Some("LEICA"));
        assert_eq!(name(" ", "\t"), None);
    }

    #[test]
    fn a_picture_is_found_by_where_it_is_and_by_what_it_says() {
        let place = media::facts::Place { latitude: 48.1374, longitude: 11.5755, altitude_m: None };
        let facts = Facts {
            place: Some(place),
            caption: Some("Am Marienplatz".to_owned()),
            keywords: vec!["Oma".to_owned()],
            ..Facts::default()
        };
        let by = findable(&facts);
        assert_eq!(by.place.as_deref(), Some("Munich, Bavaria, Germany"));
        assert_eq!(by.place_e7, Some((481_374_000, 115_755_000)));
        for word in ["münchen", "munich", "marienplatz", "oma", "germany"] {
            assert!(by.words.iter().any(|known| known == word), "{:?}", by.words);
        }
    }

    #[test]
    fn a_place_that_is_nowhere_is_none() {
        assert_eq!(e7(-33.856_784_3, 90.0), Some(-338_567_843));
        assert_eq!(e7(180.0, 180.0), Some(1_800_000_000));
        for nowhere in [90.1, f64::NAN, f64::INFINITY] {
            assert_eq!(e7(nowhere, 90.0), None);
        }
    }
}
