//! The film inside a still: Google's Micro Video and Motion Photo, and Samsung's trailer.

use super::found::Found;
use super::source::{Source, Span};
use super::xmp::{Item, MotionMark};

/// More entries than any Samsung trailer has.
const MOST_ENTRIES: u32 = 200;
/// What Samsung calls the film.
const SAMSUNG_FILM: &[u8] = b"MotionPhoto_Data";
/// What it puts into panoramas.
const SAMSUNG_PANORAMA: &[u8] = b"Panorama_Shot_Info";

/// Finds the film, wherever it was promised, and believes it when a film begins there.
pub(super) fn find(source: &mut Source<'_>, found: &mut Found) {
    let trailer = samsung(source);
    found.is_panorama |= trailer.is_panorama;
    let mark = found.xmp.as_ref().map(|xmp| xmp.motion.clone()).unwrap_or_default();
    let all = source.all();
    let promised = [found.motion, trailer.film, from_end(&mark, all), from_items(&mark.items, all)];
    found.motion = promised.into_iter().flatten().find(|span| is_film(source, *span));
    if found.motion.is_none() && mark.is_marked {
        found.problem("it is marked as a motion photo, but its film is missing");
    }
}

/// An MP4 begins with `ftyp` (ISO/IEC 14496-12, 4.3).
fn is_film(source: &mut Source<'_>, span: Span) -> bool {
    span.length() > 16 && source.array(span.start + 4) == Some(*b"ftyp")
}

/// Micro Video: so many bytes before the end of the file.
fn from_end(mark: &MotionMark, all: Span) -> Option<Span> {
    Some(Span { start: all.end.checked_sub(mark.from_end?)?, end: all.end })
}

/// Motion Photo: behind the picture lie the listed parts in their order, up to the end of the file.
fn from_items(items: &[Item], all: Span) -> Option<Span> {
    let index = items.iter().position(|item| item.semantic == "MotionPhoto")?;
    let behind = items[index + 1..].iter().try_fold(items[index].padding, |sum, item| {
        sum.checked_add(item.length)?.checked_add(item.padding)
    })?;
    let end = all.end.checked_sub(behind)?;
    Some(Span { start: end.checked_sub(items[index].length)?, end })
}

#[derive(Default)]
struct Trailer {
    film: Option<Span>,
    is_panorama: bool,
}

/// Samsung's trailer, as `ExifTool` documents it: the file ends with a table (`SEFH` … its length,
/// `SEFT`), whose entries say how far before the table each part begins. A part is two zero bytes, a
/// type, the length of its name, the name, and then what it is about.
fn samsung(source: &mut Source<'_>) -> Trailer {
    let mut trailer = Trailer::default();
    let end = source.all().end;
    let Some(tail_at) = end.checked_sub(8) else { return trailer };
    if source.array(tail_at + 4) != Some(*b"SEFT") {
        return trailer;
    }
    let length = source.little_u32(tail_at).unwrap_or_default();
    let Some(table) = tail_at.checked_sub(u64::from(length)) else { return trailer };
    if source.array(table) != Some(*b"SEFH") {
        return trailer;
    }
    let count = source.little_u32(table + 8).unwrap_or_default().min(MOST_ENTRIES);
    for number in 0..u64::from(count) {
        let entry = table + 12 + number * 12;
        let (Some(back), Some(size)) = (source.little_u32(entry + 4), source.little_u32(entry + 8)) else {
            break;
        };
        let Some(part) = table.checked_sub(u64::from(back)) else { continue };
        let name_length = source.little_u32(part + 4).unwrap_or_default().min(64);
        let name = source.up_to(part + 8, usize::try_from(name_length).unwrap_or_default());
        trailer.is_panorama |= name == SAMSUNG_PANORAMA;
        if name == SAMSUNG_FILM {
            let part = Span { start: part, end: (part + u64::from(size)).min(table) };
            trailer.film = part.from(8 + u64::from(name_length));
        }
    }
    trailer
}

#[cfg(test)]
mod tests {
    use super::super::xmp::Xmp;
    use super::*;

    const FILM: &[u8] = b"\0\0\0\x14ftypmp42\0\0\0\0mp42";

    fn motion(bytes: &[u8], mark: MotionMark) -> (Option<Span>, Option<String>) {
        let mut found = Found { xmp: Some(Xmp { motion: mark, ..Xmp::default() }), ..Found::default() };
        find(&mut Source::memory(bytes), &mut found);
        (found.motion, found.problems())
    }

    fn item(semantic: &str, length: usize, padding: u64) -> Item {
        Item { semantic: semantic.to_owned(), length: length as u64, padding }
    }

    #[test]
    fn a_micro_video_is_counted_from_the_end() {
        let bytes = [b"picture".as_slice(), FILM].concat();
        let mark = MotionMark { is_marked: true, from_end: Some(FILM.len() as u64), items: Vec::new() };
        assert_eq!(motion(&bytes, mark.clone()).0, Some(Span { start: 7, end: 27 }));
        let (span, problem) = motion(&bytes[..20], mark);
        assert_eq!(span, None);
        assert!(problem.unwrap().contains("film is missing"));
    }

    #[test]
    fn a_motion_photo_lies_where_its_list_says() {
        let bytes = [b"picture".as_slice(), b"gain map", FILM, b"more"].concat();
        let items = vec![
            item("Primary", 0, 0),
            item("GainMap", 8, 0),
            item("MotionPhoto", FILM.len(), 1),
            item("More", 3, 0),
        ];
        let mark = MotionMark { is_marked: true, from_end: None, items };
        assert_eq!(motion(&bytes, mark), (Some(Span { start: 15, end: 35 }), None));
        let items = vec![item("MotionPhoto", usize::MAX, u64::MAX)];
        assert_eq!(motion(&bytes, MotionMark { items, ..MotionMark::default() }), (None, None));
    }

    #[test]
    fn samsung_lists_the_film_in_a_trailer() {
        let name = SAMSUNG_FILM;
        let part = [b"\0\0\x30\x0a".as_slice(), &16_u32.to_le_bytes(), name, FILM].concat();
        let length = u32::try_from(part.len()).unwrap();
        let entry = [b"\0\0\x30\x0a".as_slice(), &length.to_le_bytes(), &length.to_le_bytes()].concat();
        let table = [b"SEFH\x6b\0\0\0\x01\0\0\0".as_slice(), &entry].concat();
        let bytes = [b"picture".as_slice(), &part, &table, &24_u32.to_le_bytes(), b"SEFT"].concat();
        let start = 7 + 8 + 16;
        let expected = Span { start, end: start + FILM.len() as u64 };
        assert_eq!(motion(&bytes, MotionMark::default()), (Some(expected), None));
        for end in 0..bytes.len() {
            assert_eq!(motion(&bytes[..end], MotionMark::default()), (None, None));
        }
    }
}
