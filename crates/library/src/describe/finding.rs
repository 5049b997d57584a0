//! When a picture was taken, where, and by which words it is found.

use std::collections::BTreeSet;

use catalog::descriptions::Findable;
use domain::TimestampMs;
use media::facts::Facts;
use unicode_normalization::UnicodeNormalization as _;

use super::subject::Subject;

/// The moment in UTC and on the taker's clock. Without a zone both are what the taker's clock showed:
/// wrong by some hours at most, and the days are right. Without any time it is what the device said of
/// the file.
pub(super) fn times(facts: &Facts, subject: &Subject) -> (TimestampMs, TimestampMs) {
    let Some(taken) = &facts.taken else { return (subject.taken_at_ms, subject.taken_at_ms) };
    (taken.utc_ms.unwrap_or(taken.local_ms), taken.local_ms)
}

/// By what it is found.
pub(super) fn findable(facts: &Facts, subject: &Subject) -> Findable {
    let camera = facts.camera.as_ref();
    let said = [
        Some(subject.name.as_str()),
        facts.caption.as_deref(),
        camera.and_then(|camera| camera.make.as_deref()),
        camera.and_then(|camera| camera.model.as_deref()),
        camera.and_then(|camera| camera.lens.as_deref()),
    ];
    let said = said.into_iter().flatten().chain(facts.keywords.iter().map(String::as_str));
    let words: BTreeSet<String> = said.flat_map(words_of).collect();
    Findable { place_e7: facts.place.as_ref().and_then(place_e7), words: words.into_iter().collect() }
}

/// The words of a text as they are compared: NFKC, small letters, cut at everything that is neither
/// letter nor digit.
fn words_of(text: &str) -> Vec<String> {
    let compared: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let words = compared.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
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
    fn words_are_compared_without_case_marks_and_width() {
        assert_eq!(
            words_of("Omas Geburtstag_2024-07 (ﬁnal).JPG"),
            ["omas", "geburtstag", "2024", "07", "final", "jpg"]
        );
        assert_eq!(words_of("ＡＢＣ Ünïcode 日本"), ["abc", "ünïcode", "日本"]);
        assert!(words_of(" -_. ").is_empty());
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
