//! Words as texts are searched by: the same for what is written down and for what somebody asks for.

use unicode_normalization::UnicodeNormalization as _;

/// The words of a text as they are compared: NFKC, small letters, cut at everything that is neither
/// letter nor digit. In the order of the text, repeats included.
pub fn words_of(text: &str) -> Vec<String> {
    let compared: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let words = compared.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A word without its accents (`zürich` becomes `zurich`), as people type names of faraway places.
/// `None` when that changes nothing.
pub fn without_marks(word: &str) -> Option<String> {
    let plain: String =
        word.nfd().filter(|letter| !unicode_normalization::char::is_combining_mark(*letter)).nfc().collect();
    (plain != word && !plain.is_empty()).then_some(plain)
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
    fn what_is_no_word_separates_and_nothing_else() {
        assert_eq!(words_of("100%_a\0b*🎂c"), ["100", "a", "b", "c"]);
        assert!(words_of("🎂 %_ \0").is_empty());
    }

    #[test]
    fn accents_can_be_left_out() {
        assert_eq!(without_marks("zürich").as_deref(), Some("zurich"));
        assert_eq!(without_marks("þórshöfn").as_deref(), Some("þorshofn"));
        assert_eq!(without_marks("berlin"), None);
    }
}
