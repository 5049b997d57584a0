//! JPEG: segments up to the picture (ITU-T T.81, annex B), with EXIF, XMP and a colour profile in some.

use super::exif;
use super::found::Found;
use super::icc;
use super::iptc;
use super::source::{Source, Span};
use super::xmp;

const XMP_HEAD: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC_HEAD: &[u8] = b"ICC_PROFILE\0";
/// More segments than any real file has.
const MOST_SEGMENTS: usize = 4000;
/// How many bytes between segments are looked through, in all of a file, before it is given up.
const MOST_NOISE: usize = 64 * 1024;

/// Reads a JPEG.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    if !read_part(source, all, found) {
        found.problem("it breaks off before its size is told");
    }
}

/// Reads a JPEG that lies in another file; answers whether it has a size.
pub(super) fn read_part(source: &mut Source<'_>, span: Span, found: &mut Found) -> bool {
    let mut has_size = false;
    let mut segments =
        Segments { at: span.start + 2, end: span.end, left: MOST_SEGMENTS, noise_left: MOST_NOISE };
    while let Some((marker, content)) = segments.next(source) {
        match marker {
            0xe1 => app1(source, content, found),
            0xe2 if found.profile.is_none() => {
                let bytes = source.span(content);
                // The first part of a profile has its table and, in practice, its name.
                found.profile = bytes.strip_prefix(ICC_HEAD).and_then(|rest| icc::name(rest.get(2..)?));
            }
            0xed => {
                let resources = source.span(content);
                found.add_xmp(iptc::read(&resources));
            }
            _ if is_frame(marker) => {
                if let Some((width, height)) = frame_size(source, content) {
                    has_size = true;
                    found.size(width, height);
                }
            }
            _ => {}
        }
    }
    has_size
}

/// The size in a JPEG's header, when a common decoder can show it: lossless and hierarchical ones hold
/// a sensor's pixels.
pub(super) fn showable_size(source: &mut Source<'_>, span: Span) -> Option<(u32, u32)> {
    if source.array(span.start)? != [0xff, 0xd8_u8] {
        return None;
    }
    let mut segments =
        Segments { at: span.start + 2, end: span.end, left: MOST_SEGMENTS, noise_left: MOST_NOISE };
    while let Some((marker, content)) = segments.next(source) {
        if is_frame(marker) {
            return frame_size(source, content).filter(|_| matches!(marker, 0xc0..=0xc2));
        }
    }
    None
}

/// A start of frame, which tells the size; C4, C8 and CC are other things.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// B.2.2: precision, lines, samples per line.
fn frame_size(source: &mut Source<'_>, content: Span) -> Option<(u32, u32)> {
    let [_, h1, h2, w1, w2] = source.array(content.start)?;
    let (width, height) = (u32::from(u16::from_be_bytes([w1, w2])), u32::from(u16::from_be_bytes([h1, h2])));
    (width > 0 && height > 0).then_some((width, height))
}

fn app1(source: &mut Source<'_>, content: Span, found: &mut Found) {
    let head = source.up_to(content.start, XMP_HEAD.len());
    if head == XMP_HEAD {
        let packet = content.from(XMP_HEAD.len() as u64).map(|span| source.span(span)).unwrap_or_default();
        found.add_xmp(xmp::read(&packet));
    } else if head.starts_with(b"Exif\0")
        && let Some(block) = content.from(6)
    {
        exif::read(source, block, Some(block.start), found);
    }
}

/// Segments one after the other, up to the picture's own bytes.
struct Segments {
    at: u64,
    end: u64,
    left: usize,
    noise_left: usize,
}

impl Segments {
    fn next(&mut self, source: &mut Source<'_>) -> Option<(u8, Span)> {
        loop {
            self.left = self.left.checked_sub(1)?;
            let marker = self.marker(source)?;
            match marker {
                // The picture, or its end.
                0xda | 0xd9 => return None,
                // Nothing belongs to these.
                0x01 | 0xd0..=0xd8 => {}
                _ => {
                    let length = source.big_u16(self.at).filter(|_| self.at + 2 <= self.end)?;
                    let whole = Span { start: self.at, end: self.end };
                    let content = whole.part(2, u64::from(length).saturating_sub(2))?;
                    self.at += u64::from(length.max(2));
                    return Some((marker, content));
                }
            }
        }
    }

    /// The next marker, and past it. Some writers leave bytes between segments.
    fn marker(&mut self, source: &mut Source<'_>) -> Option<u8> {
        while self.at + 2 <= self.end {
            if let [0xff, marker @ 1..=0xfe] = source.array(self.at)? {
                self.at += 2;
                return Some(marker);
            }
            self.noise_left = self.noise_left.checked_sub(1)?;
            self.at += 1;
        }
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ifd::tests::{short, text, tiff};
    use super::*;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    }

    /// A JPEG of that size with nothing in it, and other segments first.
    pub(in crate::facts) fn jpeg(width: u16, height: u16, first: &[Vec<u8>]) -> Vec<u8> {
        let frame = [&[8], height.to_be_bytes().as_slice(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
        [&[0xff, 0xd8], first.concat().as_slice(), &segment(0xc0, &frame), &[0xff, 0xda, 0, 2, 0xff, 0xd9]]
            .concat()
    }

    pub(in crate::facts) fn with_exif(block: &[u8]) -> Vec<u8> {
        segment(0xe1, &[b"Exif\0\0", block].concat())
    }

    pub(in crate::facts) fn with_xmp(packet: &str) -> Vec<u8> {
        segment(0xe1, &[XMP_HEAD, packet.as_bytes()].concat())
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn size_and_exif_are_found_even_behind_noise() {
        let exif = with_exif(&tiff(&[text(0x10f, "Maker"), short(0x112, 6)]));
        let noise = vec![0, 0, 7, 0xff];
        let found = found(&jpeg(640, 480, &[noise, exif, segment(0xfe, b"a comment")]));
        assert_eq!(found.coded, Some((640, 480)));
        assert_eq!(found.exif.camera.make.as_deref(), Some("Maker"));
        assert_eq!(found.exif.turning.unwrap().exif(), 6);
        assert_eq!(found.problems(), None);
    }

    #[test]
    fn a_file_that_breaks_off_says_so_and_keeps_what_it_had() {
        let exif = with_exif(&tiff(&[text(0x10f, "Maker")]));
        let whole = jpeg(640, 480, std::slice::from_ref(&exif));
        let found = found(&whole[..2 + exif.len() + 6]);
        assert_eq!(found.exif.camera.make.as_deref(), Some("Maker"));
        assert_eq!(found.problems().unwrap(), "it breaks off before its size is told");
    }

    #[test]
    fn only_what_a_common_decoder_shows_is_a_preview() {
        let mut bytes = jpeg(640, 480, &[]);
        let span = |bytes: &[u8]| Span { start: 0, end: bytes.len() as u64 };
        assert_eq!(showable_size(&mut Source::memory(&bytes), span(&bytes)), Some((640, 480)));
        bytes[3] = 0xc3;
        assert_eq!(showable_size(&mut Source::memory(&bytes), span(&bytes)), None);
        assert_eq!(showable_size(&mut Source::memory(b"no"), span(b"no")), None);
    }

    #[test]
    fn noise_without_end_is_left() {
        let bytes = [vec![0xff, 0xd8], vec![0; 10 * MOST_NOISE]].concat();
        assert!(found(&bytes).problems().is_some());
    }
}
