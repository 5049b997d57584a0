//! Folders of tags: the structure of TIFF, EXIF, most raw formats and some makers' notes.
//!
//! TIFF 6.0, section 2: an image file directory is a count, entries of twelve bytes (tag, type, count,
//! value or where it is), and the offset of the next one. `BigTIFF` is the same in 64 bits. Walked here
//! rather than by a crate because raw files are too large to hold in memory, and because previews and
//! makers' notes lie in folders that readers of EXIF leave out.

use super::source::{Source, Span};

/// More entries than any real folder has.
const MOST_ENTRIES: u64 = 2000;
/// More folders than any real file has; it also ends loops.
const MOST_FOLDERS: usize = 256;
/// No value that means something to us is longer.
const MOST_VALUE_BYTES: u64 = 1024 * 1024;

/// The order of bytes in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// `II`, least first.
    Little,
    /// `MM`, most first.
    Big,
}

/// One entry of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) number: u16,
    kind: u16,
    count: u64,
    /// Where its value is, counted from the start of the file.
    at: u64,
}

impl Tag {
    /// Where the bytes of the value lie in the source.
    pub(super) fn value(self) -> Span {
        Span { start: self.at, end: self.at.saturating_add(self.bytes()) }
    }

    fn bytes(self) -> u64 {
        self.count.saturating_mul(size_of(self.kind))
    }
}

fn size_of(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}

/// A folder, and where the next one is.
#[derive(Debug, Default)]
pub(super) struct Folder {
    tags: Vec<Tag>,
    next: Option<u64>,
}

impl Folder {
    pub(super) fn tag(&self, number: u16) -> Option<Tag> {
        self.tags.iter().find(|tag| tag.number == number).copied()
    }

    pub(super) fn next(&self) -> Option<u64> {
        self.next
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }
}

/// A stretch of a file with folders of tags in it.
pub(super) struct Tiff<'s, 'a> {
    pub(super) source: &'s mut Source<'a>,
    /// What offsets count from, and where they must stay.
    pub(super) span: Span,
    order: Order,
    is_big: bool,
    visited: Vec<u64>,
}

impl<'s, 'a> Tiff<'s, 'a> {
    /// Opens what begins with a header: `II` or `MM`, a number that tells the dialect, and the offset
    /// of the first folder, which is answered, too. `None` when there is no such header.
    pub(super) fn open(source: &'s mut Source<'a>, span: Span) -> Option<(Tiff<'s, 'a>, u64)> {
        let order = match &source.array::<2>(span.start)? {
            b"II" => Order::Little,
            b"MM" => Order::Big,
            _ => return None,
        };
        let mut tiff = Tiff::without_header(source, span, order);
        let first = match tiff.u16_at(2)? {
            // 0x55 is Panasonic's, the other two are Olympus's.
            42 | 0x55 | 0x4f52 | 0x5352 => u64::from(tiff.u32_at(4)?),
            43 => {
                tiff.is_big = true;
                tiff.u64_at(8)?
            }
            _ => return None,
        };
        Some((tiff, first))
    }

    /// Folders without a header before them, as makers' notes have them.
    pub(super) fn without_header(source: &'s mut Source<'a>, span: Span, order: Order) -> Tiff<'s, 'a> {
        Tiff { source, span, order, is_big: false, visited: Vec::new() }
    }

    /// The folder at an offset. `None` when there is none, when it was read before (so that loops end),
    /// or when there have been too many.
    pub(super) fn folder(&mut self, at: u64) -> Option<Folder> {
        if self.visited.contains(&at) || self.visited.len() >= MOST_FOLDERS {
            return None;
        }
        self.visited.push(at);
        let (count, first, step) = if self.is_big {
            (self.u64_at(at)?, at.checked_add(8)?, 20)
        } else {
            (u64::from(self.u16_at(at)?), at.checked_add(2)?, 12)
        };
        let mut folder = Folder::default();
        for number in 0..count.min(MOST_ENTRIES) {
            match self.tag_at(first.checked_add(number * step)?) {
                Some(tag) => folder.tags.push(tag),
                // Cut off: what came before it counts.
                None => return Some(folder),
            }
        }
        let behind = first.checked_add(count.checked_mul(step)?)?;
        let next = if self.is_big { self.u64_at(behind) } else { self.u32_at(behind).map(u64::from) };
        folder.next = next.filter(|next| *next != 0);
        Some(folder)
    }

    fn tag_at(&mut self, at: u64) -> Option<Tag> {
        let (number, kind) = (self.u16_at(at)?, self.u16_at(at.checked_add(2)?)?);
        let (count, value, room) = if self.is_big {
            (self.u64_at(at.checked_add(4)?)?, at.checked_add(12)?, 8)
        } else {
            (u64::from(self.u32_at(at.checked_add(4)?)?), at.checked_add(8)?, 4)
        };
        let is_inside = count.saturating_mul(size_of(kind)) <= room;
        let at = match (is_inside, self.is_big) {
            (true, _) => value,
            (false, true) => self.u64_at(value)?,
            (false, false) => u64::from(self.u32_at(value)?),
        };
        // Far beyond the end it will not be found when it is read, either.
        let at = self.span.start.saturating_add(at);
        Some(Tag { number, kind, count, at })
    }

    /// The bytes of a value, as far as they are in the file; `None` when there are none.
    pub(super) fn bytes(&mut self, tag: Tag) -> Option<Vec<u8>> {
        let length = tag.bytes().min(MOST_VALUE_BYTES).min(self.span.end.saturating_sub(tag.at));
        let bytes = self.source.up_to(tag.at, usize::try_from(length).ok()?);
        (!bytes.is_empty()).then_some(bytes)
    }

    /// A text without what pads it; `None` when nothing is left.
    pub(super) fn text(&mut self, tag: Tag) -> Option<String> {
        if !matches!(tag.kind, 1 | 2 | 7 | 129) {
            return None;
        }
        let bytes = self.bytes(tag)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        text_of(&bytes[..end])
    }

    /// Whole numbers without a sign, up to so many of them.
    pub(super) fn numbers(&mut self, tag: Tag, most: usize) -> Vec<u64> {
        let size = size_of(tag.kind);
        if !matches!(tag.kind, 1 | 3 | 4 | 7 | 13 | 16 | 18) {
            return Vec::new();
        }
        let count = tag.count.min(most as u64);
        let order = self.order;
        let bytes = self.bytes(Tag { count, ..tag }).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(1);
        bytes.chunks_exact(size).map(|chunk| order.number(chunk)).collect()
    }

    /// The first whole number.
    pub(super) fn number(&mut self, tag: Tag) -> Option<u64> {
        self.numbers(tag, 1).first().copied()
    }

    /// Fractions (or whole numbers), up to so many; `None` in the place of each that divides by zero.
    pub(super) fn fractions(&mut self, tag: Tag, most: usize) -> Vec<Option<f64>> {
        let count = tag.count.min(most as u64);
        let order = self.order;
        let is_signed = tag.kind == 10;
        if !matches!(tag.kind, 5 | 10) {
            let whole = |number| u32::try_from(number).ok().map(f64::from);
            return self.numbers(tag, most).into_iter().map(whole).collect();
        }
        let part = |four: &[u8]| {
            let number = u32::try_from(order.number(four)).unwrap_or_default();
            if is_signed { f64::from(number.cast_signed()) } else { f64::from(number) }
        };
        let bytes = self.bytes(Tag { count, ..tag }).unwrap_or_default();
        bytes
            .chunks_exact(8)
            .map(|eight| (part(&eight[..4]), part(&eight[4..])))
            .map(|(over, under)| (under != 0.0).then(|| over / under))
            .collect()
    }

    /// The first fraction.
    pub(super) fn fraction(&mut self, tag: Tag) -> Option<f64> {
        self.fractions(tag, 1).first().copied().flatten()
    }

    /// Opens folders that lie elsewhere in the same source.
    pub(super) fn elsewhere(&mut self, span: Span, order: Order) -> Tiff<'_, 'a> {
        Tiff::without_header(self.source, span, order)
    }

    fn u16_at(&mut self, at: u64) -> Option<u16> {
        self.number_at(at, 2).and_then(|number| u16::try_from(number).ok())
    }

    fn u32_at(&mut self, at: u64) -> Option<u32> {
        self.number_at(at, 4).and_then(|number| u32::try_from(number).ok())
    }

    fn u64_at(&mut self, at: u64) -> Option<u64> {
        self.number_at(at, 8)
    }

    fn number_at(&mut self, at: u64, size: usize) -> Option<u64> {
        let at = self.span.start.checked_add(at)?;
        if at.checked_add(size as u64)? > self.span.end {
            return None;
        }
        self.source.exactly(at, size).map(|bytes| self.order.number(&bytes))
    }
}

impl Order {
    /// Up to eight bytes as a number.
    fn number(self, bytes: &[u8]) -> u64 {
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match self {
            Order::Little => bytes.iter().rev().fold(0, add),
            Order::Big => bytes.iter().fold(0, add),
        }
    }
}

/// A text as cameras write it: UTF-8, or Latin-1 where it is not. `None` when there is none.
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    let text: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A tag to be written: number, type, count, bytes of the value.
    pub(in crate::facts) type Written = (u16, u16, u32, Vec<u8>);

    pub(in crate::facts) fn text(number: u16, text: &str) -> Written {
        let bytes = [text.as_bytes(), b"\0"].concat();
        (number, 2, u32::try_from(bytes.len()).unwrap(), bytes)
    }

    pub(in crate::facts) fn short(number: u16, value: u16) -> Written {
        (number, 3, 1, value.to_be_bytes().to_vec())
    }

    pub(in crate::facts) fn long(number: u16, value: u32) -> Written {
        (number, 4, 1, value.to_be_bytes().to_vec())
    }

    pub(in crate::facts) fn rationals(number: u16, values: &[(u32, u32)]) -> Written {
        let bytes =
            values.iter().flat_map(|(over, under)| [over.to_be_bytes(), under.to_be_bytes()].concat());
        (number, 5, u32::try_from(values.len()).unwrap(), bytes.collect())
    }

    /// A folder that begins at `at`, with its values behind it and the offset of the next one.
    pub(in crate::facts) fn folder(at: usize, tags: &[Written], next: u32) -> Vec<u8> {
        let mut entries = u16::try_from(tags.len()).unwrap().to_be_bytes().to_vec();
        let mut values: Vec<u8> = Vec::new();
        let values_at = at + 2 + tags.len() * 12 + 4;
        for (number, kind, count, bytes) in tags {
            entries.extend(number.to_be_bytes());
            entries.extend(kind.to_be_bytes());
            entries.extend(count.to_be_bytes());
            if bytes.len() <= 4 {
                let mut inside = bytes.clone();
                inside.resize(4, 0);
                entries.extend(inside);
            } else {
                entries.extend(u32::try_from(values_at + values.len()).unwrap().to_be_bytes());
                values.extend(bytes);
            }
        }
        entries.extend(next.to_be_bytes());
        entries.extend(values);
        entries
    }

    /// A whole TIFF of one folder, most significant byte first.
    pub(in crate::facts) fn tiff(tags: &[Written]) -> Vec<u8> {
        [b"MM\0*\0\0\0\x08".to_vec(), folder(8, tags, 0)].concat()
    }

    fn open<'s, 'a>(source: &'s mut Source<'a>) -> (Tiff<'s, 'a>, Folder) {
        let span = source.all();
        let (mut tiff, first) = Tiff::open(source, span).unwrap();
        let folder = tiff.folder(first).unwrap();
        (tiff, folder)
    }

    #[test]
    fn values_are_read_in_both_places() {
        let bytes = tiff(&[
            text(0x10f, "Cam"),
            text(0x110, "Camera 3000 "),
            short(0x112, 6),
            rationals(0x829a, &[(1, 250), (1, 0)]),
            (0x9999, 10, 1, [(-7_i32).to_be_bytes(), 2_i32.to_be_bytes()].concat()),
        ]);
        let mut source = Source::memory(&bytes);
        let (mut tiff, folder) = open(&mut source);
        let tag = |number| folder.tag(number).unwrap();
        assert_eq!(tiff.text(tag(0x10f)).unwrap(), "Cam");
        assert_eq!(tiff.text(tag(0x110)).unwrap(), "Camera 3000");
        assert_eq!(tiff.number(tag(0x112)), Some(6));
        assert_eq!(tiff.fractions(tag(0x829a), 9), [Some(0.004), None]);
        assert_eq!(tiff.fraction(tag(0x9999)), Some(-3.5));
        assert_eq!(tiff.text(tag(0x112)), None);
        assert_eq!(folder.tag(1), None);
        assert_eq!(folder.next(), None);
    }

    #[test]
    fn the_other_order_and_the_big_dialect_are_read() {
        let little = b"II*\0\x08\0\0\0\x01\0\x00\x01\x03\0\x01\0\0\0\x2a\0\0\0\0\0\0\0";
        let mut source = Source::memory(little);
        let (mut tiff, folder) = open(&mut source);
        assert_eq!(tiff.number(folder.tag(0x100).unwrap()), Some(42));
        let mut big = b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10".to_vec();
        big.extend(1_u64.to_be_bytes());
        big.extend([1, 0, 0, 4]);
        big.extend(1_u64.to_be_bytes());
        big.extend([0, 0, 0, 42, 0, 0, 0, 0]);
        big.extend(0_u64.to_be_bytes());
        let mut source = Source::memory(&big);
        let (mut tiff, folder) = open(&mut source);
        assert_eq!(tiff.number(folder.tag(0x100).unwrap()), Some(42));
    }

    #[test]
    fn a_folder_is_read_once_and_a_loop_ends() {
        let bytes = [b"MM\0*\0\0\0\x08".to_vec(), folder(8, &[short(0x112, 6)], 8)].concat();
        let mut source = Source::memory(&bytes);
        let (mut tiff, folder) = open(&mut source);
        assert_eq!(folder.next(), Some(8));
        assert!(tiff.folder(8).is_none());
    }

    #[test]
    fn a_folder_that_is_cut_off_keeps_what_came_before() {
        let bytes = tiff(&[short(0x100, 7), short(0x101, 8)]);
        let mut source = Source::memory(&bytes[..8 + 2 + 12 + 5]);
        let (mut tiff, folder) = open(&mut source);
        assert_eq!(tiff.number(folder.tag(0x100).unwrap()), Some(7));
        assert_eq!(folder.tag(0x101), None);
    }

    #[test]
    fn a_value_of_four_billion_bytes_takes_no_memory() {
        let bytes = tiff(&[(0x10f, 2, u32::MAX, vec![0, 0, 0, 8, 9])]);
        let mut source = Source::memory(&bytes);
        let (mut tiff, folder) = open(&mut source);
        assert!(tiff.bytes(folder.tag(0x10f).unwrap()).is_none_or(|value| value.len() <= bytes.len()));
    }

    #[test]
    fn texts_in_old_encodings_are_read() {
        assert_eq!(text_of("Grüße".as_bytes()).unwrap(), "Grüße");
        assert_eq!(text_of(b"Gr\xfc\xdfe").unwrap(), "Grüße");
        assert_eq!(text_of(b" \0 \r\n"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(mut bytes in prop::collection::vec(any::<u8>(), 8..400)) {
            bytes[..8].copy_from_slice(b"II*\0\x08\0\0\0");
            let mut source = Source::memory(&bytes);
            let span = source.all();
            let (mut tiff, first) = Tiff::open(&mut source, span).unwrap();
            let mut next = Some(first);
            while let Some(folder) = next.and_then(|at| tiff.folder(at)) {
                for tag in folder.tags.clone() {
                    let _ = (tiff.text(tag), tiff.numbers(tag, 9), tiff.fractions(tag, 9));
                }
                next = folder.next();
            }
        }
    }
}
