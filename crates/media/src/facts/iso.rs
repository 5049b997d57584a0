//! Boxes, one after the other (ISO/IEC 14496-12, 4.2): a length, four letters, a content.
//!
//! Walked here rather than by a crate because a `moov` can be longer than what we hold in memory, and
//! because all that is looked for are a few dozen numbers in it.

use super::source::{Source, Span};

/// More boxes side by side than any real file has; fragmented films have one for each second or so.
const MOST_BOXES: usize = 50_000;

/// A box, without its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) kind: [u8; 4],
    pub(super) content: Span,
}

/// The boxes in a stretch of a file.
#[derive(Debug, Default)]
pub(super) struct Children {
    pub(super) boxes: Vec<Child>,
    /// How many bytes of the last one are missing.
    pub(super) missing_bytes: u64,
    /// Something that is no box ended the walk.
    pub(super) is_broken: bool,
}

impl Children {
    pub(super) fn find(&self, kind: [u8; 4]) -> Option<Span> {
        self.boxes.iter().find(|child| child.kind == kind).map(|child| child.content)
    }
}

/// All boxes in a stretch, as far as they make sense.
pub(super) fn children(source: &mut Source<'_>, span: Span) -> Children {
    let mut found = Children::default();
    let mut at = span.start;
    while at < span.end && found.boxes.len() < MOST_BOXES {
        // Four zero bytes end a QuickTime user data list.
        if span.end - at < 8 {
            break;
        }
        let (Some(length), Some(kind)) = (source.big_u32(at), source.array(at + 4)) else { break };
        let (head, length) = match length {
            0 => (8, span.end - at),
            1 => (16, source.big_u64(at + 8).unwrap_or_default()),
            length => (8, u64::from(length)),
        };
        if length < head {
            found.is_broken = true;
            break;
        }
        let end = at.saturating_add(length);
        found.missing_bytes = end.saturating_sub(span.end);
        let start = at.saturating_add(head).min(span.end);
        found.boxes.push(Child { kind, content: Span { start, end: end.min(span.end) } });
        at = end;
    }
    found
}

/// A box by its path from here.
pub(super) fn descend(source: &mut Source<'_>, span: Span, path: &[[u8; 4]]) -> Option<Span> {
    path.iter().try_fold(span, |span, kind| children(source, span).find(*kind))
}

/// Big-endian numbers one after the other, out of a box that is in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'b> {
    bytes: &'b [u8],
}

impl<'b> Numbers<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Numbers<'b> {
        Numbers { bytes }
    }

    pub(super) fn rest(self) -> &'b [u8] {
        self.bytes
    }

    pub(super) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (front, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(front)
    }

    /// A number of up to eight bytes; of no bytes it is 0.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|one| one[0])
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        self.u32().map(u32::cast_signed)
    }

    /// Up to the next zero byte, and past it.
    pub(super) fn text(&mut self) -> Option<&'b [u8]> {
        let end = self.bytes.iter().position(|byte| *byte == 0)?;
        let text = self.take(end)?;
        self.take(1)?;
        Some(text)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A box to be written.
    pub(in crate::facts) fn boxed(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [length.as_slice(), &kind, &content].concat()
    }

    fn walk(bytes: &[u8]) -> Children {
        let mut source = Source::memory(bytes);
        let all = source.all();
        children(&mut source, all)
    }

    #[test]
    fn all_three_ways_to_write_a_length_are_read() {
        let long = [b"\0\0\0\x01long".as_slice(), &20_u64.to_be_bytes(), b"abcd"].concat();
        let bytes = [boxed(*b"one ", &[b"xy"]), long, b"\0\0\0\0restxyz".to_vec()].concat();
        let found = walk(&bytes);
        let kinds: Vec<_> = found.boxes.iter().map(|child| (child.kind, child.content)).collect();
        assert_eq!(
            kinds,
            [
                (*b"one ", Span { start: 8, end: 10 }),
                (*b"long", Span { start: 26, end: 30 }),
                (*b"rest", Span { start: 38, end: 41 }),
            ]
        );
        assert_eq!((found.missing_bytes, found.is_broken), (0, false));
        assert_eq!(found.find(*b"rest"), Some(Span { start: 38, end: 41 }));
    }

    #[test]
    fn what_is_missing_and_what_is_broken_is_told() {
        assert_eq!(walk(b"\0\0\0\x20mdatabcd").missing_bytes, 20);
        assert!(walk(b"\0\0\0\x07mdatabcd").is_broken);
        assert!(walk(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f").is_broken);
        assert_eq!(walk(b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff").boxes.len(), 1);
    }

    #[test]
    fn a_path_leads_through_boxes() {
        let bytes = boxed(*b"aaaa", &[&boxed(*b"bbbb", &[&boxed(*b"cccc", &[b"!"])])]);
        let mut source = Source::memory(&bytes);
        let all = source.all();
        assert_eq!(
            descend(&mut source, all, &[*b"aaaa", *b"bbbb", *b"cccc"]),
            Some(Span { start: 24, end: 25 })
        );
        assert_eq!(descend(&mut source, all, &[*b"aaaa", *b"cccc"]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes in prop::collection::vec(0_u8..24, 0..300)) {
            let found = walk(&bytes);
            for child in found.boxes {
                prop_assert!(child.content.start <= child.content.end && child.content.end <= bytes.len() as u64);
            }
        }
    }
}
