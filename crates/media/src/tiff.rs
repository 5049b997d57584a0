//! TIFF, and the raw formats that are TIFF with a camera's own tags (TIFF 6.0; DNG 1.7).

/// Who made the camera.
const MAKE: u16 = 0x010f;
/// Where further pictures of the file are described: raw files keep the real one there.
const SUB_FOLDERS: u16 = 0x014a;
/// Only DNG has it.
const DNG_VERSION: u16 = 0xc612;
/// Private bytes of a camera, in Sony's raw files of the time before sub-folders.
const PRIVATE: u16 = 0xc634;

/// The type of a file that begins like a TIFF; `None` when it does not. A raw file whose tags are not
/// among the bytes given is called a TIFF.
pub(crate) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let order = match bytes.get(..4)? {
        b"II*\0" => Order::Little,
        b"MM\0*" => Order::Big,
        // BigTIFF: the same with 64-bit offsets, which no camera writes.
        b"II+\0" | b"MM\0+" => return Some("image/tiff"),
        _ => return None,
    };
    if bytes.get(8..11) == Some(b"CR\x02") {
        return Some("image/x-canon-cr2");
    }
    let tags = Tags { bytes, order };
    let make = tags.make().unwrap_or_default();
    let content_type = if tags.has(DNG_VERSION) {
        "image/x-adobe-dng"
    } else if make.starts_with(b"NIKON") && tags.has(SUB_FOLDERS) {
        "image/x-nikon-nef"
    } else if make.starts_with(b"SONY") && (tags.has(SUB_FOLDERS) || tags.has(PRIVATE)) {
        "image/x-sony-arw"
    } else {
        "image/tiff"
    };
    Some(content_type)
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Little,
    Big,
}

/// The first folder of tags, as far as the bytes go.
#[derive(Debug, Clone, Copy)]
struct Tags<'a> {
    bytes: &'a [u8],
    order: Order,
}

impl<'a> Tags<'a> {
    fn u16_at(self, at: usize) -> Option<u16> {
        let two = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(match self.order {
            Order::Little => u16::from_le_bytes(two),
            Order::Big => u16::from_be_bytes(two),
        })
    }

    /// A 32-bit number, as an offset or a count.
    fn offset_at(self, at: usize) -> Option<usize> {
        let four = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = match self.order {
            Order::Little => u32::from_le_bytes(four),
            Order::Big => u32::from_be_bytes(four),
        };
        usize::try_from(number).ok()
    }

    /// Where a tag's twelve bytes begin.
    fn find(self, tag: u16) -> Option<usize> {
        let folder = self.offset_at(4)?;
        let count = usize::from(self.u16_at(folder)?);
        let first = folder.checked_add(2)?;
        (0..count)
            .map_while(|number| first.checked_add(number * 12))
            .take_while(|&at| at < self.bytes.len())
            .find(|&at| self.u16_at(at) == Some(tag))
    }

    fn has(self, tag: u16) -> bool {
        self.find(tag).is_some()
    }

    /// The maker's name; a short one stands in the tag itself.
    fn make(self) -> Option<&'a [u8]> {
        let tag = self.find(MAKE)?;
        let length = self.offset_at(tag + 4)?;
        let at = if length <= 4 { tag + 8 } else { self.offset_at(tag + 8)? };
        self.bytes.get(at..at.checked_add(length)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TIFF with one folder of empty tags and a maker.
    fn tiff(order: Order, make: &[u8], tags: &[u16]) -> Vec<u8> {
        let two = |number: u16| match order {
            Order::Little => number.to_le_bytes(),
            Order::Big => number.to_be_bytes(),
        };
        let four = |number: usize| match order {
            Order::Little => u32::try_from(number).unwrap().to_le_bytes(),
            Order::Big => u32::try_from(number).unwrap().to_be_bytes(),
        };
        let mut bytes = match order {
            Order::Little => b"II*\0".to_vec(),
            Order::Big => b"MM\0*".to_vec(),
        };
        bytes.extend(four(8));
        bytes.extend(two(u16::try_from(tags.len() + 1).unwrap()));
        let end = 10 + 12 * (tags.len() + 1);
        bytes.extend(two(MAKE));
        bytes.extend(two(2));
        bytes.extend(four(make.len()));
        bytes.extend(four(end));
        for tag in tags {
            bytes.extend(two(*tag));
            bytes.extend([0; 10]);
        }
        bytes.extend(make);
        bytes
    }

    #[test]
    fn raw_files_are_told_by_maker_and_tags() {
        let table: [(&[u8], &[u16], &str); 7] = [
            (b"NIKON CORPORATION\0", &[SUB_FOLDERS], "image/x-nikon-nef"),
            (b"NIKON CORPORATION\0", &[], "image/tiff"),
            (b"SONY            \0", &[SUB_FOLDERS], "image/x-sony-arw"),
            (b"SONY            \0", &[PRIVATE], "image/x-sony-arw"),
            (b"SONY            \0", &[0x100], "image/tiff"),
            (b"NIKON CORPORATION\0", &[SUB_FOLDERS, DNG_VERSION], "image/x-adobe-dng"),
            (b"Epson scanner\0", &[SUB_FOLDERS], "image/tiff"),
        ];
        for order in [Order::Little, Order::Big] {
            for (make, tags, expected) in table {
                assert_eq!(sniff(&tiff(order, make, tags)), Some(expected));
            }
        }
    }

    #[test]
    fn wherever_it_is_cut_off_it_stays_a_tiff() {
        let whole = tiff(Order::Little, b"NIKON CORPORATION\0", &[SUB_FOLDERS]);
        for end in 4..whole.len() {
            assert_eq!(sniff(&whole[..end]), Some("image/tiff"), "{end}");
        }
        assert_eq!(sniff(&whole[..3]), None);
        assert_eq!(sniff(b"II*\0\xff\xff\xff\xff"), Some("image/tiff"));
        assert_eq!(sniff(b"MM\0+\0\x08\0\0"), Some("image/tiff"));
    }
}
