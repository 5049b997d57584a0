//! Canon's CRW: heaps of records in heaps (Phil Harvey, "The Canon RAW (CRW) File Format").

use super::clock::Reading;
use super::exif::Exif;
use super::found::Found;
use super::ifd::text_of;
use super::source::{Source, Span};
use super::turning::Turning;

/// Heaps in heaps; real files have three.
const MOST_DEPTH: usize = 8;
/// More records than any real file has, over all heaps.
const MOST_RECORDS: usize = 4000;

/// Reads a CRW, which is always written least significant byte first.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    let mut exif = Exif::default();
    let mut left = MOST_RECORDS;
    if let Some(heap) = source.little_u32(2).and_then(|head| all.from(u64::from(head))) {
        read_heap(source, heap, MOST_DEPTH, &mut left, &mut exif, found);
    }
    found.add_exif(exif);
    if found.coded.is_none() {
        found.problem("it breaks off before its size is told");
    }
}

/// A heap ends with where its list of records is, counted from its beginning.
fn read_heap(
    source: &mut Source<'_>,
    heap: Span,
    depth: usize,
    left: &mut usize,
    exif: &mut Exif,
    found: &mut Found,
) -> Option<()> {
    let list_at = heap.start.checked_add(u64::from(source.little_u32(heap.end.checked_sub(4)?)?))?;
    let count = source.little_u16(list_at).filter(|_| list_at < heap.end)?;
    for number in 0..u64::from(count) {
        *left = left.checked_sub(1)?;
        let at = list_at + 2 + number * 10;
        let tag = source.little_u16(at)?;
        let content = if tag & 0xc000 == 0x4000 {
            // Eight bytes are kept in the record itself.
            Span { start: at + 2, end: at + 10 }
        } else {
            let (length, offset) = (source.little_u32(at + 2)?, source.little_u32(at + 6)?);
            let Some(content) = heap.part(offset.into(), length.into()) else { continue };
            content
        };
        match tag & 0x3800 {
            0x2800 | 0x3000 if depth > 0 && tag & 0xc000 == 0 => {
                read_heap(source, content, depth - 1, left, exif, found);
            }
            _ => record(source, tag & 0x3fff, content, exif, found),
        }
    }
    Some(())
}

fn record(source: &mut Source<'_>, tag: u16, content: Span, exif: &mut Exif, found: &mut Found) {
    let at = content.start;
    match tag {
        // Maker and model, each with a zero behind.
        0x080a => {
            let length = usize::try_from(content.length().min(256)).unwrap_or(256);
            let bytes = source.up_to(at, length);
            let mut parts = bytes.split(|byte| *byte == 0);
            exif.camera.make = parts.next().and_then(text_of);
            exif.camera.model = parts.next().and_then(text_of);
        }
        // Width, height, shape of pixels, how far to turn clockwise.
        0x1810 => {
            if let (Some(width), Some(height)) = (source.little_u32(at), source.little_u32(at + 4)) {
                found.size(width, height);
            }
            let quarters = match source.little_u32(at + 12) {
                Some(90) => 1,
                Some(180) => 2,
                Some(270) => 3,
                _ => 0,
            };
            exif.turning = Some(Turning::clockwise(quarters));
        }
        // Seconds since 1970 of the camera's own clock.
        0x180e => {
            let seconds = source.little_u32(at).filter(|seconds| *seconds > 0);
            exif.taken = seconds.map(|seconds| Reading {
                local_ms: i64::from(seconds) * 1000,
                offset_minutes: None,
                is_day_only: false,
            });
        }
        0x2007 | 0x2008 => found.preview(content),
        _ => {}
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A heap: contents, then records that point at them, then where the records are.
    fn heap(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let mut bytes = Vec::new();
        let mut list = u16::try_from(records.len()).unwrap().to_le_bytes().to_vec();
        for (tag, content) in records {
            list.extend(tag.to_le_bytes());
            if tag & 0xc000 == 0x4000 {
                list.extend(content);
            } else {
                list.extend([number(content.len()), number(bytes.len())].concat());
                bytes.extend(content);
            }
        }
        let list_at = number(bytes.len());
        [bytes, list, list_at.to_vec()].concat()
    }

    pub(in crate::facts) fn raw() -> Vec<u8> {
        let size = [3072_u32, 2048, 0, 270].map(u32::to_le_bytes).concat();
        let time = [1_706_745_599_u32.to_le_bytes(), [0; 4]].concat();
        let inner = heap(&[(0x080a, b"Canon\0EOS\0".to_vec()), (0x1810, size), (0x580e, time)]);
        let outer = heap(&[(0x300a, inner), (0x2007, b"\xff\xd8\xff".to_vec())]);
        [b"II\x1a\0\0\0HEAPCCDR\x02\0\x01\0\0\0\0\0\0\0\0\0".as_slice(), &outer].concat()
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn records_are_found_in_heaps_in_heaps() {
        let found = found(&raw());
        assert_eq!(found.coded, Some((3072, 2048)));
        assert_eq!(found.exif.camera.make.as_deref(), Some("Canon"));
        assert_eq!(found.exif.camera.model.as_deref(), Some("EOS"));
        assert_eq!(found.exif.turning.unwrap().exif(), 8);
        assert_eq!(found.exif.taken.unwrap().local_ms, 1_706_745_599_000);
        assert_eq!(found.previews.len(), 1);
    }

    #[test]
    fn a_heap_that_holds_itself_ends() {
        let mut bytes = heap(&[(0x300a, vec![])]);
        let whole = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes[4..8].copy_from_slice(&whole);
        let bytes = [b"II\x1a\0\0\0HEAPCCDR\x02\0\x01\0\0\0\0\0\0\0\0\0".as_slice(), &bytes].concat();
        assert!(found(&bytes).problems().is_some());
    }

    proptest! {
        #[test]
        fn any_change_is_read_to_the_end(at in 0..140_usize, byte in any::<u8>(), end in 0..140_usize) {
            let mut bytes = raw();
            let length = bytes.len();
            bytes[at % length] = byte;
            let _ = found(&bytes);
            let _ = found(&bytes[..end % length]);
        }
    }
}
