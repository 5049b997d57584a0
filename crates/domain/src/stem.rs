//! What the names of files that belong together have in common.
//!
//! Cameras, phones and programs that edit give the files of one picture names that differ in known ways:
//! another ending (`IMG_1.CR2`, `IMG_1.JPG`), a mark of an edited version (`IMG_E1234.HEIC` beside
//! `IMG_1234.HEIC`, `lake-edited.jpg` beside `lake.jpg`, `lake~2.jpg`), or a number in a burst. A [`FileStem`]
//! is the name without these. Equal stems in one folder are a hint and no more: what the files say of
//! themselves decides.

use unicode_normalization::UnicodeNormalization as _;

/// What Google Takeout appends to the edited version of a picture, in the languages in which it does.
const EDITED: &[&str] = &[
    "-edited",
    "-bearbeitet",
    "-bewerkt",
    "-edytowane",
    "-editado",
    "-editat",
    "-ha editado",
    "-modificato",
    "-modifié",
    "-編集済み",
];

/// Endings of files that hold what was done to the picture beside them, and no picture: Apple's recipe of an
/// edit, and Adobe's XMP.
const ADJUSTMENTS: &[&str] = &["aae", "xmp"];

/// The longest ending that is taken for one, in bytes.
const ENDING_MAX_BYTES: usize = 5;

/// Which version of a picture a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// Nothing is said: the picture as it was taken.
    AsTaken,
    /// Said in words that hardly stand there by chance.
    Edited,
    /// `IMG_E1234`: said with one letter before a number that other cameras count, too.
    EditedByLetter,
}

/// A file's name without ending and marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStem {
    /// What is compared: NFC, small letters. Never empty.
    pub key: String,
    /// Which version the marks promise.
    pub version: Version,
    /// Whether the file holds adjustments and no picture.
    pub is_adjustments: bool,
}

/// A name's place in a burst.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurstName {
    /// What the names of its pictures share: small letters.
    pub key: String,
    /// Whether the camera chose this picture to stand for all.
    pub is_cover: bool,
}

/// The stem of a file's name.
pub fn file_stem(name: &str) -> FileStem {
    let name: String = name.nfc().collect();
    let (mut rest, ending) = without_ending(&name);
    let is_adjustments = ADJUSTMENTS.contains(&ending.to_ascii_lowercase().as_str());
    if is_adjustments {
        // `IMG_1.CR2.xmp` belongs to `IMG_1.CR2`, as `IMG_1.xmp` does.
        rest = without_ending(rest).0;
    }
    let (rest, version) = without_marks(rest);
    FileStem { key: rest.to_lowercase(), version, is_adjustments }
}

/// The burst that a name tells of: `00000IMG_00000_BURST20180101120000123_COVER.jpg` (Google) and
/// `IMG_20200101_120000_BURST001.jpg` (Sony, HTC and others).
pub fn burst_name(name: &str) -> Option<BurstName> {
    let (stem, _) = without_ending(name);
    let (before, behind) = stem.rsplit_once("_BURST")?;
    let (behind, is_cover) = behind.strip_suffix("_COVER").map_or((behind, false), |behind| (behind, true));
    if behind.is_empty() || !behind.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // A time is the burst's; a short number is the picture's, and what stands before it is the burst's.
    let key = if behind.len() >= 14 { behind } else { before };
    (!key.is_empty()).then(|| BurstName { key: key.to_lowercase(), is_cover })
}

/// A name and its ending, which is empty when there is none.
fn without_ending(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && (1..=ENDING_MAX_BYTES).contains(&ending.len())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (stem, ending)
        }
        _ => (name, ""),
    }
}

fn without_marks(stem: &str) -> (String, Version) {
    if let Some((base, version)) = pixel(stem) {
        return (base.to_owned(), version);
    }
    takeout(stem)
        .or_else(|| numbered_edit(stem))
        .map(|base| (base, Version::Edited))
        .or_else(|| apple(stem))
        .unwrap_or_else(|| (stem.to_owned(), Version::AsTaken))
}

/// `PXL_20210101_120000000.RAW-01.COVER` and `….RAW-02.ORIGINAL`, likewise `PORTRAIT` and others.
fn pixel(stem: &str) -> Option<(&str, Version)> {
    let (stem, version) = match stem.rsplit_once('.')? {
        (stem, "COVER") => (stem, Version::Edited),
        (stem, "ORIGINAL") => (stem, Version::AsTaken),
        _ => return None,
    };
    let stem = stem.strip_suffix(".MP").unwrap_or(stem);
    let (base, kind) = stem.rsplit_once('.')?;
    let (word, number) = kind.split_once('-')?;
    let is_kind = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let is_number = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_kind && is_number && !base.is_empty()).then_some((base, version))
}

/// `lake-edited`, and `lake-edited(1)`, whose original is `lake(1)`.
fn takeout(stem: &str) -> Option<String> {
    let (marked, number) = match stem.strip_suffix(')').and_then(|stem| stem.rsplit_once('(')) {
        Some((marked, digits)) if is_short_number(digits) => (marked, &stem[marked.len()..]),
        _ => (stem, ""),
    };
    let base = EDITED.iter().find_map(|mark| {
        let at = marked.len().checked_sub(mark.len())?;
        let end = marked.get(at..)?;
        (at > 0 && end.to_lowercase() == *mark).then(|| &marked[..at])
    })?;
    Some(format!("{base}{number}"))
}

/// `lake~2`: a copy that Google Photos and Android's gallery keep of an edit.
fn numbered_edit(stem: &str) -> Option<String> {
    let (base, number) = stem.rsplit_once('~')?;
    (!base.is_empty() && is_short_number(number)).then(|| base.to_owned())
}

/// `IMG_E1234`, the edited version, and `IMG_O1234`, as Apple calls adjustments of the original.
fn apple(stem: &str) -> Option<(String, Version)> {
    let behind = stem.get(..4).filter(|start| start.eq_ignore_ascii_case("IMG_")).map(|_| &stem[4..])?;
    let (letter, digits) = (behind.get(..1)?, behind.get(1..)?);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    // Photos numbers copies of the name itself: `IMG_E1234 2`, or `IMG_E1234(1)`.
    let is_counter = (4..=5).contains(&count) && !digits[count..].starts_with(|c: char| c.is_alphanumeric());
    let version = match letter {
        "E" | "e" => Version::EditedByLetter,
        "O" | "o" => Version::AsTaken,
        _ => return None,
    };
    is_counter.then(|| (format!("{}{digits}", &stem[..4]), version))
}

fn is_short_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_picture_have_one_stem() {
        let edited = Version::Edited;
        let letter = Version::EditedByLetter;
        let taken = Version::AsTaken;
        for (name, key, version) in [
            ("IMG_1234.HEIC", "img_1234", taken),
            ("img_1234.mov", "img_1234", taken),
            ("IMG_1234.CR2", "img_1234", taken),
            ("IMG_E1234.HEIC", "img_1234", letter),
            ("IMG_E1234.MOV", "img_1234", letter),
            ("IMG_E1234 2.JPG", "img_1234 2", letter),
            ("DSC00001.ARW", "dsc00001", taken),
            ("lake-edited.jpg", "lake", edited),
            ("Lake-Edited.JPG", "lake", edited),
            ("lake-edited(1).jpg", "lake(1)", edited),
            ("lake(1).jpg", "lake(1)", taken),
            ("see-bearbeitet.jpg", "see", edited),
            ("lac-modifie\u{301}.jpg", "lac", edited),
            ("湖-編集済み.jpg", "湖", edited),
            ("IMG_20200101_120000~2.jpg", "img_20200101_120000", edited),
            ("PXL_20240101_120000000.MP~2.jpg", "pxl_20240101_120000000.mp", edited),
            ("PXL_20240101_120000000.MP.jpg", "pxl_20240101_120000000.mp", taken),
            ("PXL_20210101_120000000.RAW-01.COVER.jpg", "pxl_20210101_120000000", edited),
            ("PXL_20210101_120000000.RAW-01.MP.COVER.jpg", "pxl_20210101_120000000", edited),
            ("PXL_20210101_120000000.RAW-02.ORIGINAL.dng", "pxl_20210101_120000000", taken),
            ("PXL_20210101_120000000.PORTRAIT-02.ORIGINAL.jpg", "pxl_20210101_120000000", taken),
            ("no ending", "no ending", taken),
            (".hidden", ".hidden", taken),
        ] {
            let stem = file_stem(name);
            assert_eq!((stem.key.as_str(), stem.version), (key, version), "{name}");
            assert!(!stem.is_adjustments, "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_stays_in_the_name() {
        for (name, key) in [
            ("IMG_Elephant.jpg", "img_elephant"),
            ("IMG_E1.jpg", "img_e1"),
            ("IMG_E20240101_120000.jpg", "img_e20240101_120000"),
            ("-edited.jpg", "-edited"),
            ("~2.jpg", "~2"),
            ("backup~2024.jpg", "backup~2024"),
            ("lake (2).jpg", "lake (2)"),
            ("lake.COVER.jpg", "lake.cover"),
            ("edited.jpg", "edited"),
            ("unedited.jpg", "unedited"),
            ("é~1", "é"),
        ] {
            assert_eq!(file_stem(name).key, key, "{name}");
        }
    }

    #[test]
    fn adjustments_have_the_stem_of_their_picture() {
        for (name, key) in [
            ("IMG_1234.AAE", "img_1234"),
            ("IMG_E1234.aae", "img_1234"),
            ("IMG_O1234.AAE", "img_1234"),
            ("IMG_1.CR2.xmp", "img_1"),
            ("IMG_1.xmp", "img_1"),
        ] {
            let stem = file_stem(name);
            assert!(stem.is_adjustments, "{name}");
            assert_eq!(stem.key, key, "{name}");
        }
    }

    #[test]
    fn a_burst_is_named_in_each_of_its_pictures() {
        for (name, key, is_cover) in [
            ("00000IMG_00000_BURST20180101120000123_COVER.jpg", "20180101120000123", true),
            ("00001IMG_00001_BURST20180101120000123.jpg", "20180101120000123", false),
            ("IMG_20200101_120000_BURST001.jpg", "img_20200101_120000", false),
            ("IMG_20200101_120000_BURST001_COVER.jpg", "img_20200101_120000", true),
            ("IMG_20200101_120000_BURST12.JPG", "img_20200101_120000", false),
        ] {
            assert_eq!(burst_name(name), Some(BurstName { key: key.to_owned(), is_cover }), "{name}");
        }
        for name in
            ["BURST of joy.jpg", "_BURST001.jpg", "IMG_BURST.jpg", "IMG_BURSTING.jpg", "IMG_1.jpg", ""]
        {
            assert_eq!(burst_name(name), None, "{name}");
        }
    }

    #[test]
    fn no_name_has_an_empty_stem_or_breaks_it() {
        for name in [
            "a",
            ".",
            "..",
            "é",
            "(1)",
            "x(1)",
            "-edited(1)",
            "-edited(1).jpg",
            "IMG_",
            "IMG_É123",
            "~",
            "a~",
            "漢~1",
        ] {
            assert!(!file_stem(name).key.is_empty(), "{name}");
        }
    }
}
