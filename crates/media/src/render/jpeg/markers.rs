//! What stands before the pixels of a JPEG (ITU-T T.81 annex B): its size, how its colours are coded, its
//! colour profile (ICC.1 annex B.4), and the orientation in its EXIF block.

use crate::render::orientation::Orientation;
use crate::render::tags;

const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const COMMENT: u8 = 0xfe;

const ICC_PREFIX: &[u8] = b"ICC_PROFILE\0";
const EXIF_PREFIX: &[u8] = b"Exif\0\0";
const ADOBE_PREFIX: &[u8] = b"Adobe";

/// Cameras write twenty or so, those with large maps of depth and light in them some hundreds.
const MAX_MARKERS: usize = 4096;

/// What a JPEG says of itself before its pixels begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::render) struct Markers {
    /// As coded: not turned yet.
    pub(in crate::render) size: (u32, u32),
    pub(in crate::render) components: u8,
    /// Bits of a sample: 8, and 12 in medical pictures.
    pub(in crate::render) precision: u8,
    /// The kind of coding: 0 baseline, 1 extended, 2 progressive, 3 lossless (where raw files keep their
    /// sensor's values), 9 and 10 arithmetic.
    pub(in crate::render) coding: u8,
    /// `None` when there is no EXIF block that says so.
    pub(in crate::render) orientation: Option<Orientation>,
    pub(in crate::render) profile: Option<Vec<u8>>,
    /// What Adobe's marker says of the colours: 0 as they are, 1 YCbCr, 2 YCCK. Whoever writes it with four
    /// components writes them inverted.
    pub(in crate::render) adobe_transform: Option<u8>,
}

impl Markers {
    /// Reads up to the first scan. `None` when there is no picture before the bytes end.
    pub(in crate::render) fn read(bytes: &[u8]) -> Option<Self> {
        let mut found = Self::default();
        let mut profile = ProfileParts::default();
        let mut rest = bytes.strip_prefix(&[0xff, START_OF_IMAGE])?;
        for _ in 0..MAX_MARKERS {
            let (marker, content, behind) = next(rest)?;
            match marker {
                START_OF_SCAN => {
                    found.profile = profile.whole();
                    return (found.components > 0).then_some(found);
                }
                END_OF_IMAGE => return None,
                // Start of frame; the four left out are tables and an extension of the same family.
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    found.frame(marker - 0xc0, content)?;
                }
                APP1 => found.exif(content),
                APP2 => profile.add(content),
                APP14 => found.adobe(content),
                _ => {}
            }
            rest = behind;
        }
        None
    }

    /// The same picture without what is not needed to decode it and without stray bytes between markers,
    /// about which the library's reader of headers is stricter than its decoder.
    pub(in crate::render) fn tidied(bytes: &[u8]) -> Option<Vec<u8>> {
        let mut tidy = vec![0xff, START_OF_IMAGE];
        let mut rest = bytes.strip_prefix(&[0xff, START_OF_IMAGE])?;
        for _ in 0..MAX_MARKERS {
            let (marker, content, behind) = next(rest)?;
            let is_needed = !matches!(marker, 0xe0..=0xef | COMMENT) || marker == APP14;
            if is_needed {
                tidy.extend([0xff, marker]);
                tidy.extend(u16::try_from(content.len() + 2).ok()?.to_be_bytes());
                tidy.extend_from_slice(content);
            }
            if marker == START_OF_SCAN {
                tidy.extend_from_slice(behind);
                return Some(tidy);
            }
            rest = behind;
        }
        None
    }

    fn frame(&mut self, coding: u8, content: &[u8]) -> Option<()> {
        let &[precision, high, low, wide, narrow, components, ..] = content else { return None };
        self.size =
            (u32::from(u16::from_be_bytes([wide, narrow])), u32::from(u16::from_be_bytes([high, low])));
        (self.precision, self.components, self.coding) = (precision, components, coding);
        Some(())
    }

    /// The first block counts: editors that append a second one mean the first.
    fn exif(&mut self, content: &[u8]) {
        if self.orientation.is_none() && content.starts_with(EXIF_PREFIX) {
            self.orientation = Some(tags::orientation(content));
        }
    }

    fn adobe(&mut self, content: &[u8]) {
        if content.starts_with(ADOBE_PREFIX) {
            self.adobe_transform = content.get(11).copied();
        }
    }
}

/// The next marker, what it holds, and what comes behind it. Fill bytes and stray bytes between markers
/// are passed over, as every decoder does.
fn next(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let mut rest = bytes;
    loop {
        let start = rest.iter().position(|&byte| byte == 0xff)?;
        rest = rest.get(start..)?;
        let marker = rest.iter().position(|&byte| byte != 0xff)?;
        let kind = *rest.get(marker)?;
        rest = rest.get(marker + 1..)?;
        match kind {
            // Stuffed zero, restart markers, TEM: nothing follows them.
            0 | 1 | 0xd0..=0xd8 => {}
            END_OF_IMAGE => return Some((kind, &[], rest)),
            _ => {
                let length = usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
                return Some((kind, rest.get(2..length.max(2))?, rest.get(length.max(2)..)?));
            }
        }
    }
}

/// A profile comes in numbered parts of up to 64 kB.
#[derive(Debug, Default)]
struct ProfileParts<'a> {
    parts: Vec<(u8, &'a [u8])>,
    expected: u8,
}

impl<'a> ProfileParts<'a> {
    fn add(&mut self, content: &'a [u8]) {
        if let Some([number, count, part @ ..]) = content.strip_prefix(ICC_PREFIX) {
            self.expected = *count;
            self.parts.push((*number, part));
        }
    }

    /// `None` when a part is missing: half a profile is none.
    fn whole(mut self) -> Option<Vec<u8>> {
        self.parts.sort_by_key(|&(number, _)| number);
        let numbers = self.parts.iter().map(|&(number, _)| number);
        if self.parts.is_empty() || !numbers.eq(1..=self.expected) {
            return None;
        }
        Some(self.parts.iter().flat_map(|(_, part)| part.iter().copied()).collect())
    }
}

#[cfg(test)]
pub(in crate::render) mod tests {
    use super::*;

    /// One marker with its content.
    pub(in crate::render) fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap();
        [&[0xff, marker][..], &length.to_be_bytes(), content].concat()
    }

    fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
        let start = vec![0xff, START_OF_IMAGE];
        let scan = segment(START_OF_SCAN, &[0; 10]);
        [start, segments.concat(), scan].concat()
    }

    fn frame(marker: u8) -> Vec<u8> {
        segment(marker, &[8, 0x01, 0x02, 0x03, 0x04, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    #[test]
    fn size_and_kind_come_from_the_frame() {
        for (marker, coding) in [(0xc0, 0), (0xc2, 2), (0xc3, 3), (0xca, 10)] {
            let found = Markers::read(&jpeg(&[segment(0xc4, &[0; 4]), frame(marker)])).unwrap();
            assert_eq!((found.size, found.coding), ((0x0304, 0x0102), coding));
            assert_eq!((found.components, found.precision), (3, 8));
        }
    }

    #[test]
    fn orientation_comes_from_the_first_exif_block() {
        let exif = |value| segment(APP1, &[EXIF_PREFIX, &tags::tests::exif(value)].concat());
        let xmp = segment(APP1, b"http://ns.adobe.com/xap/1.0/\0<x/>");
        let found = Markers::read(&jpeg(&[xmp, exif(6), exif(3), frame(0xc0)])).unwrap();
        assert_eq!(found.orientation, Some(Orientation::QuarterClockwise));
        assert_eq!(Markers::read(&jpeg(&[frame(0xc0)])).unwrap().orientation, None);
    }

    #[test]
    fn a_profile_is_put_together_in_the_order_of_its_numbers() {
        let part = |number: u8, bytes: &[u8]| segment(APP2, &[ICC_PREFIX, &[number, 2], bytes].concat());
        let both = jpeg(&[part(2, b"world"), part(1, b"hello "), frame(0xc0)]);
        assert_eq!(Markers::read(&both).unwrap().profile.as_deref(), Some(&b"hello world"[..]));
        let half = jpeg(&[part(2, b"world"), frame(0xc0)]);
        assert_eq!(Markers::read(&half).unwrap().profile, None);
    }

    #[test]
    fn adobe_s_marker_says_how_colours_are_coded() {
        let adobe = segment(APP14, b"Adobe\0\x64\0\0\0\0\x02");
        assert_eq!(Markers::read(&jpeg(&[adobe, frame(0xc0)])).unwrap().adobe_transform, Some(2));
    }

    #[test]
    fn fill_bytes_and_stray_bytes_are_passed_over() {
        let mut bytes = vec![0xff, START_OF_IMAGE, 0x12, 0xff, 0x00, 0xff, 0xff];
        bytes.extend(frame(0xc0));
        bytes.extend(segment(START_OF_SCAN, &[0; 10]));
        assert_eq!(Markers::read(&bytes).unwrap().size, (0x0304, 0x0102));
    }

    #[test]
    fn tidying_keeps_what_decoding_needs() {
        let adobe = segment(APP14, b"Adobe\0\x64\0\0\0\0\x02");
        let mut bytes = vec![0xff, START_OF_IMAGE, 0, 0, 0];
        bytes.extend(segment(APP1, b"Exif\0\0"));
        bytes.extend(b"stray");
        bytes.extend([adobe.clone(), segment(COMMENT, b"<?php"), frame(0xc0)].concat());
        let scan = [segment(START_OF_SCAN, &[0; 10]), b"the pixels".to_vec()].concat();
        bytes.extend(&scan);
        let tidy = [vec![0xff, START_OF_IMAGE], adobe, frame(0xc0), scan].concat();
        assert_eq!(Markers::tidied(&bytes).unwrap(), tidy);
        assert_eq!(Markers::tidied(&bytes[..30]), None);
    }

    #[test]
    fn what_ends_before_its_pixels_is_no_picture() {
        let whole = jpeg(&[frame(0xc0)]);
        for end in 0..whole.len() {
            assert_eq!(Markers::read(&whole[..end]), None, "{end}");
        }
        assert_eq!(Markers::read(&jpeg(&[])), None, "a scan without a frame");
        assert_eq!(Markers::read(&[0xff, 0xd8, 0xff, END_OF_IMAGE]), None);
        assert_eq!(Markers::read(b"GIF89a"), None);
    }
}
