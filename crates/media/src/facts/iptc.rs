//! IPTC (Information Interchange Model 4.2) in Photoshop's image resources: what older libraries wrote
//! captions and keywords into.

use super::clock::Reading;
use super::found::Text;
use super::ifd::text_of;
use super::iso::Numbers;
use super::xmp::Xmp;

const RESOURCES: &[u8] = b"Photoshop 3.0\0";
/// The resource that holds IPTC (Adobe Photoshop File Formats Specification).
const IPTC: u16 = 0x0404;
const MOST_KEYWORDS: usize = 500;

/// Reads the segment of a JPEG that Photoshop calls its own; `None` when there is no IPTC in it.
pub(super) fn read(segment: &[u8]) -> Option<Xmp> {
    let mut numbers = Numbers::of(segment.strip_prefix(RESOURCES)?);
    while numbers.take(4)? == b"8BIM" {
        let resource = numbers.u16()?;
        // A name whose length and letters together are even.
        let name_length = usize::from(numbers.u8()?);
        numbers.take(name_length + (name_length + 1) % 2)?;
        let length = usize::try_from(numbers.u32()?).ok()?;
        let content = numbers.take(length.min(numbers.rest().len()))?;
        if resource == IPTC {
            return Some(records(content));
        }
        numbers.take(length % 2)?;
    }
    None
}

/// Data sets: a mark, a record, a number, a length. Those of record 2 are about the picture.
pub(super) fn records(bytes: &[u8]) -> Xmp {
    let mut numbers = Numbers::of(bytes);
    let mut next = || {
        if numbers.u8()? != 0x1c {
            return None;
        }
        let (record, number, length) = (numbers.u8()?, numbers.u8()?, numbers.u16()?);
        // The highest bit would announce a longer length, which no text needs.
        let value = numbers.take(usize::from(length)).filter(|_| length < 0x8000)?;
        Some((record, number, text_of(value)))
    };
    let mut xmp = Xmp::default();
    let (mut date, mut time) = (None, None);
    while let Some((record, number, text)) = next() {
        let Some(text) = text.filter(|_| record == 2).map(Text::shortened) else { continue };
        match number {
            25 if xmp.keywords.len() < MOST_KEYWORDS && !xmp.keywords.contains(&text) => {
                xmp.keywords.push(text);
            }
            55 => date = Some(text),
            60 => time = Some(text),
            120 => xmp.caption = Some(text),
            _ => {}
        }
    }
    xmp.taken = date.and_then(|date| taken(&date, time.as_deref()));
    xmp
}

/// `CCYYMMDD`, and `HHMMSS±HHMM` for the time; a part of a date is written as zeros.
fn taken(date: &str, time: Option<&str>) -> Option<Reading> {
    super::clock::iso(&format!("{date}{}", time.unwrap_or_default()))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(number: u8, text: &str) -> Vec<u8> {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        [&[0x1c, 2, number], length.as_slice(), text.as_bytes()].concat()
    }

    fn segment(sets: &[Vec<u8>]) -> Vec<u8> {
        let content = sets.concat();
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        let other = b"8BIM\x03\xed\x03abc\0\0\0\x03xyz\0";
        [RESOURCES, other, b"8BIM\x04\x04\0\0", &length, &content].concat()
    }

    #[test]
    fn captions_keywords_and_the_moment_are_read() {
        let sets = [
            set(120, "At the sea"),
            set(25, "sea"),
            set(25, "sun"),
            set(25, "sea"),
            set(55, "20240131"),
            set(60, "235959-0400"),
        ];
        let found = read(&segment(&sets)).unwrap();
        assert_eq!(found.caption.as_deref(), Some("At the sea"));
        assert_eq!(found.keywords, ["sea", "sun"]);
        let reading = Reading { local_ms: 1_706_745_599_000, offset_minutes: Some(-240), is_day_only: false };
        assert_eq!(found.taken, Some(reading));
        assert_eq!(read(b"Adobe\0"), None);
    }

    #[test]
    fn a_day_alone_is_a_day() {
        assert!(read(&segment(&[set(55, "20240131")])).unwrap().taken.unwrap().is_day_only);
        assert_eq!(read(&segment(&[set(55, "20240000")])).unwrap().taken, None);
    }

    proptest! {
        #[test]
        fn any_change_is_read_to_the_end(at in 0..80_usize, byte in any::<u8>(), end in 0..90_usize) {
            let mut bytes = segment(&[set(120, "At the sea"), set(55, "20240131"), set(60, "235959-0400")]);
            let length = bytes.len();
            bytes[at % length] = byte;
            let _ = (read(&bytes), read(&bytes[..end.min(length)]));
        }
    }
}
