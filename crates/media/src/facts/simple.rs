//! Formats whose header tells the size and little else: BMP, Photoshop, icons.

use super::found::Found;
use super::source::Source;

/// A Windows bitmap: the header's length tells how the size is written.
pub(super) fn bitmap(source: &mut Source<'_>, found: &mut Found) {
    let size = match source.little_u32(14) {
        Some(12) => source.little_u16(18).map(u32::from).zip(source.little_u16(20).map(u32::from)),
        // Upside down the height is negative.
        _ => source
            .little_u32(18)
            .zip(source.little_u32(22))
            .map(|(width, height)| (width.cast_signed().unsigned_abs(), height.cast_signed().unsigned_abs())),
    };
    set(size, found);
}

/// Photoshop's own format (Adobe Photoshop File Formats Specification): height before width.
pub(super) fn photoshop(source: &mut Source<'_>, found: &mut Found) {
    let size = source.big_u32(18).zip(source.big_u32(14));
    set(size, found);
}

/// An icon holds several; the largest counts. A size of 0 means 256.
pub(super) fn icon(source: &mut Source<'_>, found: &mut Found) {
    let count = source.little_u16(4).unwrap_or_default().min(256);
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    let sizes = (0..u64::from(count)).filter_map(|number| source.array::<2>(6 + number * 16));
    let size = sizes.map(|[width, height]| (side(width), side(height))).max();
    set(size, found);
}

fn set(size: Option<(u32, u32)>, found: &mut Found) {
    match size {
        Some((width, height)) => found.size(width, height),
        None => found.problem("it breaks off before its size is told"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(bytes: &[u8], read: fn(&mut Source<'_>, &mut Found)) -> Option<(u32, u32)> {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        assert_eq!(found.coded.is_none(), found.problems().is_some());
        found.coded
    }

    #[test]
    fn headers_tell_the_size() {
        let head = [b"BM".as_slice(), &[0; 12]].concat();
        let new = [head.as_slice(), &[40, 0, 0, 0, 7, 0, 0, 0], &(-5_i32).to_le_bytes()].concat();
        assert_eq!(size(&new, bitmap), Some((7, 5)));
        let old = [head.as_slice(), &[12, 0, 0, 0, 7, 0, 5, 0]].concat();
        assert_eq!(size(&old, bitmap), Some((7, 5)));
        let layers = [b"8BPS\0\x01".as_slice(), &[0; 6], &[0, 3, 0, 0, 0, 5, 0, 0, 0, 7]].concat();
        assert_eq!(size(&layers, photoshop), Some((7, 5)));
        let entry = |side: u8| [[side, side].as_slice(), &[0; 14]].concat();
        let icons = [b"\0\0\x01\0\x03\0".as_slice(), &entry(16), &entry(0), &entry(48)].concat();
        assert_eq!(size(&icons, icon), Some((256, 256)));
    }

    #[test]
    fn a_header_that_is_cut_off_tells_none() {
        assert_eq!(size(b"BM\0\0", bitmap), None);
        assert_eq!(size(b"8BPS", photoshop), None);
        assert_eq!(size(b"\0\0\x01\0", icon), None);
    }
}
