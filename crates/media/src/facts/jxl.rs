//! JPEG XL (ISO/IEC 18181-1 for the codestream, 18181-2 for the boxes around it).

use std::io::Read as _;

use super::found::Found;
use super::heif::{exif_box, unpacked_exif_box};
use super::iso::children;
use super::source::{Source, Span};
use super::turning::Turning;
use super::xmp;

/// Size and orientation lie in the first bytes of the codestream.
const HEADER_BYTES: usize = 64;
/// No metadata is larger once it is unpacked; bombs are.
const MOST_UNPACKED: u64 = 2 * 1024 * 1024;
/// Ratios of width to height that have a number of their own.
const RATIOS: [(u64, u64); 7] = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)];

/// Reads a JPEG XL, bare or in boxes.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    found.is_turned_by_format = true;
    let all = source.all();
    if source.array(0) == Some([0xff, 0x0a]) {
        codestream(source, all, found);
    } else {
        let boxes = children(source, all);
        for child in &boxes.boxes {
            match &child.kind {
                b"jxlc" => codestream(source, child.content, found),
                // Four bytes of numbering come before each part; the first part has the header.
                b"jxlp" if found.coded.is_none() => {
                    if let Some(part) = child.content.from(4) {
                        codestream(source, part, found);
                    }
                }
                b"Exif" => exif_box(source, child.content, found),
                b"xml " => found.add_xmp(xmp::read(&source.span(child.content))),
                b"brob" => packed_box(source, child.content, found),
                _ => {}
            }
        }
        found.cut_off(boxes.missing_bytes);
    }
    if found.coded.is_none() {
        found.problem("it breaks off before its size is told");
    }
}

/// `brob` (18181-2, 9.2.4): the name of a box, and its content packed with Brotli (RFC 7932).
fn packed_box(source: &mut Source<'_>, content: Span, found: &mut Found) {
    let Some(kind) = source.array::<4>(content.start) else { return };
    if !matches!(&kind, b"Exif" | b"xml ") {
        return;
    }
    let packed = content.from(4).map(|packed| source.span(packed)).unwrap_or_default();
    let mut bytes = Vec::new();
    let unpacked = brotli_decompressor::Decompressor::new(packed.as_slice(), 4096)
        .take(MOST_UNPACKED + 1)
        .read_to_end(&mut bytes);
    if unpacked.is_err() || bytes.len() as u64 > MOST_UNPACKED {
        found.problem("a packed text in it is broken or far too long");
    } else if &kind == b"Exif" {
        unpacked_exif_box(&bytes, found);
    } else {
        found.add_xmp(xmp::read(&bytes));
    }
}

fn codestream(source: &mut Source<'_>, span: Span, found: &mut Found) {
    let length = usize::try_from(span.length()).unwrap_or(usize::MAX).min(HEADER_BYTES);
    let bytes = source.up_to(span.start, length);
    let Some(rest) = bytes.strip_prefix(&[0xff, 0x0a]) else { return };
    let mut bits = Bits { bytes: rest, at: 0 };
    if let Some((width, height)) = size(&mut bits) {
        found.size(width, height);
        found.turning = turning(&mut bits).or(Some(Turning::NONE));
    }
}

/// 18181-1, B.2 and D.2: a size in eighths or in one of four lengths, and a ratio.
fn size(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let in_eights = bits.take(1)? == 1;
    let mut side = || -> Option<u64> {
        if in_eights {
            return Some((bits.take(5)? + 1) * 8);
        }
        let length = [9, 13, 18, 30][usize::try_from(bits.take(2)?).ok()?];
        Some(bits.take(length)? + 1)
    };
    let height = side()?;
    let ratio = bits.take(3)?;
    let width = match usize::try_from(ratio).ok()?.checked_sub(1) {
        Some(index) => height * RATIOS.get(index)?.0 / RATIOS.get(index)?.1,
        None if in_eights => (bits.take(5)? + 1) * 8,
        None => {
            let length = [9, 13, 18, 30][usize::try_from(bits.take(2)?).ok()?];
            bits.take(length)? + 1
        }
    };
    u32::try_from(width).ok().zip(u32::try_from(height).ok())
}

/// D.3.1: unless all is as usual, further fields may follow, and the orientation is their first.
fn turning(bits: &mut Bits<'_>) -> Option<Turning> {
    let all_default = bits.take(1)? == 1;
    if all_default || bits.take(1)? == 0 {
        return None;
    }
    Turning::from_exif(bits.take(3)? + 1)
}

/// Bits, the least significant first (B.2.1).
struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u64> {
        let mut number = 0;
        for index in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            number |= u64::from(byte >> (self.at % 8) & 1) << index;
            self.at += 1;
        }
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ifd::tests::{text, tiff};
    use super::super::iso::tests::boxed;
    use super::*;

    /// Fields of so many bits each, behind the signature.
    fn stream(fields: &[(u64, usize)]) -> Vec<u8> {
        let bits: Vec<bool> = fields
            .iter()
            .flat_map(|(value, count)| (0..*count).map(move |bit| value >> bit & 1 == 1))
            .collect();
        let bytes = bits
            .chunks(8)
            .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at));
        [0xff, 0x0a].into_iter().chain(bytes).chain([0; 4]).collect()
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn sizes_are_read_in_every_way_they_are_written() {
        let eights = stream(&[(1, 1), (9, 5), (0, 3), (19, 5), (1, 1)]);
        assert_eq!(found(&eights).coded, Some((160, 80)));
        let ratio = stream(&[(0, 1), (1, 2), (999, 13), (5, 3), (1, 1)]);
        assert_eq!(found(&ratio).coded, Some((1777, 1000)));
        let long = stream(&[(0, 1), (3, 2), (99_999, 30), (0, 3), (2, 2), (49_999, 18), (1, 1)]);
        assert_eq!(found(&long).coded, Some((50_000, 100_000)));
        assert_eq!(found(&long).turning.unwrap().exif(), 1);
    }

    #[test]
    fn the_codestream_says_how_to_turn() {
        let turned = stream(&[(1, 1), (9, 5), (0, 3), (19, 5), (0, 1), (1, 1), (5, 3)]);
        assert_eq!(found(&turned).turning.unwrap().exif(), 6);
        let plain = stream(&[(1, 1), (9, 5), (0, 3), (19, 5), (0, 1), (0, 1), (5, 3)]);
        assert_eq!(found(&plain).turning.unwrap().exif(), 1);
    }

    #[test]
    fn boxes_hold_parts_and_exif() {
        let stream = stream(&[(1, 1), (9, 5), (0, 3), (19, 5), (1, 1)]);
        let bytes = [
            boxed(*b"JXL ", &[b"\r\n\x87\n"]),
            boxed(*b"Exif", &[&[0; 4], &tiff(&[text(0x110, "Model")])]),
            boxed(*b"jxlp", &[&[0; 4], &stream]),
        ]
        .concat();
        let found = found(&bytes);
        assert_eq!(found.coded, Some((160, 80)));
        assert_eq!(found.exif.camera.model.as_deref(), Some("Model"));
        assert_eq!(found.problems(), None);
    }

    /// Brotli that packs nothing: a block of bytes as they are, and an empty last one (RFC 7932, 9.2).
    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let head = u32::try_from((bytes.len() - 1) << 4 | 1 << 20).unwrap().to_le_bytes();
        [&head[..3], bytes, &[3]].concat()
    }

    #[test]
    fn boxes_may_be_packed() {
        let stream = boxed(*b"jxlc", &[&stream(&[(1, 1), (9, 5), (0, 3), (19, 5), (1, 1)])]);
        let block = [[0; 4].as_slice(), &tiff(&[text(0x110, "Model")])].concat();
        let with = |packed: &[u8]| {
            let parts =
                [boxed(*b"JXL ", &[b"\r\n\x87\n"]), boxed(*b"brob", &[b"Exif", packed]), stream.clone()];
            found(&parts.concat())
        };
        let found = with(&brotli(&block));
        assert_eq!(found.exif.camera.model.as_deref(), Some("Model"));
        assert_eq!(found.problems(), None);
        assert!(with(b"\xff\xff\xff").problems().unwrap().contains("packed"));
        // A bomb: the same block over and over.
        let bomb = [brotli(&vec![7; 0x8000])[..0x8003].repeat(70), vec![3]].concat();
        assert!(with(&bomb).problems().unwrap().contains("too long"));
    }

    proptest! {
        #[test]
        fn any_codestream_is_read(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
            let found = found(&[[0xff, 0x0a].as_slice(), &bytes].concat());
            prop_assert!(found.coded.is_some() || found.problems().is_some());
        }
    }
}
