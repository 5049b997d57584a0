//! The orientation that EXIF blocks, TIFF files and raw files built like one ask for (TIFF 6.0; Exif 3.0).

use super::orientation::Orientation;

const ORIENTATION: u16 = 0x0112;
/// No folder needs more.
const MAX_TAGS: usize = 512;
/// A type that is a whole number of two bytes; the other one that matters has four.
const SHORT: u16 = 3;

/// What EXIF calls the header of its block in JPEG, WebP and some PNG files.
const EXIF_PREFIX: &[u8] = b"Exif\0\0";

/// The orientation that an EXIF block asks for; with or without the six letters before its TIFF header.
/// Upright when it does not say.
pub(super) fn orientation(exif: &[u8]) -> Orientation {
    let tiff = exif.strip_prefix(EXIF_PREFIX).unwrap_or(exif);
    Tags::read(tiff).map_or(Orientation::Upright, Tags::orientation)
}

/// A TIFF structure whose header was understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tags<'a> {
    bytes: &'a [u8],
    is_little_endian: bool,
}

impl<'a> Tags<'a> {
    /// `None` when it does not begin like TIFF or one of the raw formats that vary its first bytes.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let is_little_endian = match bytes.get(..4)? {
            [b'I', b'I', ..] => true,
            [b'M', b'M', ..] => false,
            _ => return None,
        };
        Some(Self { bytes, is_little_endian })
    }

    /// Of the first folder.
    pub(super) fn orientation(self) -> Orientation {
        let value = self.first_folder().and_then(|at| self.number(at, ORIENTATION));
        value.and_then(|value| u16::try_from(value).ok()).map_or(Orientation::Upright, Orientation::of_tag)
    }

    fn first_folder(self) -> Option<usize> {
        usize::try_from(self.u32_at(4)?).ok()
    }

    /// A tag's twelve bytes.
    fn find(self, folder: usize, tag: u16) -> Option<usize> {
        let count = usize::from(self.u16_at(folder)?).min(MAX_TAGS);
        (0..count)
            .map_while(|index| folder.checked_add(2 + 12 * index))
            .find(|&at| self.u16_at(at) == Some(tag))
    }

    /// A tag's single whole number.
    fn number(self, folder: usize, tag: u16) -> Option<u32> {
        let entry = self.find(folder, tag)?;
        if self.u16_at(entry + 2)? == SHORT {
            self.u16_at(entry + 8).map(u32::from)
        } else {
            self.u32_at(entry + 8)
        }
    }

    fn u16_at(self, at: usize) -> Option<u16> {
        let two = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.is_little_endian { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    }

    fn u32_at(self, at: usize) -> Option<u32> {
        let four = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.is_little_endian { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A TIFF header with one folder that holds one orientation.
    pub(in crate::render) fn exif(orientation: u16) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        bytes.extend(orientation.to_le_bytes());
        bytes.extend([0; 6]);
        bytes
    }

    #[test]
    fn both_byte_orders_and_both_beginnings_are_read() {
        for value in 1..=8 {
            assert_eq!(orientation(&exif(value)) as u16, value);
            assert_eq!(orientation(&[EXIF_PREFIX, &exif(value)].concat()) as u16, value);
            let mut big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
            big.extend([u8::try_from(value).unwrap(), 0, 0, 0, 0, 0, 0]);
            assert_eq!(orientation(&big) as u16, value);
        }
    }

    #[test]
    fn what_is_no_exif_or_is_cut_off_is_upright() {
        let whole = exif(6);
        assert_eq!(orientation(b""), Orientation::Upright);
        assert_eq!(orientation(b"Exif\0\0"), Orientation::Upright);
        for end in 0..18 {
            assert_eq!(orientation(&whole[..end]), Orientation::Upright, "{end}");
        }
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), Orientation::Upright);
    }
}
