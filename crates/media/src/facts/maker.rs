//! Raw formats of one maker each: Fujifilm's RAF and Sigma's X3F (as `ExifTool` and `LibRaw` document them).

use super::clock::Reading;
use super::exif::Exif;
use super::found::Found;
use super::jpeg;
use super::source::{Source, Span};
use super::turning::Turning;

/// More entries than either format has.
const MOST_ENTRIES: u32 = 512;

/// Reads a RAF: a header that points at a JPEG, which has all of EXIF, and at a list of the sensor's
/// numbers.
pub(super) fn fujifilm(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    let mut part = |at: u64| {
        let (offset, length) = (source.big_u32(at)?, source.big_u32(at + 4)?);
        all.part(offset.into(), length.into()).filter(|span| span.length() > 0)
    };
    let (preview, list) = (part(84), part(92));
    if let Some((width, height)) = list.and_then(|list| fujifilm_size(source, list)) {
        found.size(width, height);
    }
    if let Some(preview) = preview {
        found.preview(preview);
        jpeg::read_part(source, preview, found);
    } else {
        found.problem("it breaks off before its preview");
    }
    if found.coded.is_none() {
        found.problem("the size of its picture is not told");
    }
}

/// Records of a tag, a length and a value: 0x0111 is the size after cropping, 0x0100 the whole one.
fn fujifilm_size(source: &mut Source<'_>, list: Span) -> Option<(u32, u32)> {
    let count = source.big_u32(list.start)?.min(MOST_ENTRIES);
    let mut at = list.start + 4;
    let (mut whole, mut cropped) = (None, None);
    for _ in 0..count {
        let Some([t1, t2, l1, l2, h1, h2, w1, w2]) = source.array(at) else { break };
        let length = u16::from_be_bytes([l1, l2]);
        let size = (u32::from(u16::from_be_bytes([w1, w2])), u32::from(u16::from_be_bytes([h1, h2])));
        match (u16::from_be_bytes([t1, t2]), length) {
            (0x0100, 4) => whole = Some(size),
            (0x0111, 4) => cropped = Some(size),
            _ => {}
        }
        at += 4 + u64::from(length);
    }
    cropped.or(whole)
}

/// Reads an X3F: a header with the size, and a list of sections at the end of the file.
pub(super) fn sigma(source: &mut Source<'_>, found: &mut Found) {
    if let (Some(width), Some(height)) = (source.little_u32(28), source.little_u32(32)) {
        found.size(width, height);
    }
    let turning = match source.little_u32(36) {
        Some(90) => Turning::clockwise(1),
        Some(180) => Turning::clockwise(2),
        Some(270) => Turning::clockwise(3),
        _ => Turning::NONE,
    };
    let coded = found.coded;
    if sigma_sections(source, found).is_none() {
        found.problem("it breaks off before its list of sections");
    }
    found.coded = coded.or(found.coded);
    found.turning = Some(turning);
    found.is_turned_by_format = true;
}

fn sigma_sections(source: &mut Source<'_>, found: &mut Found) -> Option<()> {
    let all = source.all();
    let list = u64::from(source.little_u32(all.end.checked_sub(4)?)?);
    if source.array(list)? != *b"SECd" {
        return None;
    }
    let count = source.little_u32(list + 8)?.min(MOST_ENTRIES);
    for number in 0..u64::from(count) {
        let at = list + 12 + number * 12;
        let (offset, length) = (source.little_u32(at)?, source.little_u32(at + 4)?);
        let Some(section) = all.part(offset.into(), length.into()) else { continue };
        match &source.array::<4>(at + 8)? {
            // Format 18 is JPEG; the pixels begin behind 28 bytes.
            b"IMAG" | b"IMA2" if source.little_u32(section.start + 12) == Some(18) => {
                if let Some(preview) = section.from(28) {
                    found.preview(preview);
                    jpeg::read_part(source, preview, found);
                }
            }
            b"PROP" => {
                sigma_properties(source, section, found);
            }
            _ => {}
        }
    }
    Some(())
}

/// Pairs of names and values in UTF-16, as older cameras write them instead of EXIF.
fn sigma_properties(source: &mut Source<'_>, section: Span, found: &mut Found) -> Option<()> {
    let count = source.little_u32(section.start + 8)?.min(MOST_ENTRIES);
    let texts = section.from(24 + u64::from(count) * 8)?;
    let bytes = source.span(texts);
    let units: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    let text = |at: u32| {
        let from = units.get(usize::try_from(at).ok()?..)?;
        let end = from.iter().position(|unit| *unit == 0)?;
        Some(String::from_utf16_lossy(&from[..end.min(256)]))
    };
    let mut exif = Exif::default();
    for number in 0..u64::from(count) {
        let at = section.start + 24 + number * 8;
        let Some((name, value)) =
            source.little_u32(at).and_then(text).zip(source.little_u32(at + 4).and_then(text))
        else {
            continue;
        };
        match name.as_str() {
            "CAMMANUF" => exif.camera.make = Some(value),
            "CAMMODEL" => exif.camera.model = Some(value),
            // Seconds since 1970 of the camera's own clock.
            "TIME" => {
                exif.taken = value.parse::<u32>().ok().filter(|seconds| *seconds > 0).map(|seconds| {
                    Reading { local_ms: i64::from(seconds) * 1000, offset_minutes: None, is_day_only: false }
                });
            }
            _ => {}
        }
    }
    found.add_exif(exif);
    Some(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ifd::tests::{text, tiff};
    use super::super::jpeg::tests::{jpeg as jpeg_of, with_exif};
    use super::*;

    fn preview() -> Vec<u8> {
        jpeg_of(160, 120, &[with_exif(&tiff(&[text(0x110, "Model")]))])
    }

    pub(in crate::facts) fn raf() -> Vec<u8> {
        let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
        let jpeg = preview();
        let list = b"\0\0\0\x02\x01\x00\0\x04\x0f\xb4\x17\x90\x01\x11\0\x04\x0f\xa0\x17\x70";
        let mut bytes = b"FUJIFILMCCD-RAW 0201FF383501".to_vec();
        bytes.resize(84, 0);
        bytes
            .extend([number(100), number(jpeg.len()), number(100 + jpeg.len()), number(list.len())].concat());
        [bytes.as_slice(), &jpeg, list].concat()
    }

    pub(in crate::facts) fn x3f() -> Vec<u8> {
        let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let mut bytes = b"FOVb\0\0\x03\0".to_vec();
        bytes.resize(28, 0);
        bytes.extend([number(2640), number(1760), number(90)].concat());
        let image_at = bytes.len();
        let image = [b"SECi\0\0\x02\0\x02\0\0\0\x12\0\0\0".as_slice(), &[0; 12], &preview()].concat();
        let properties_at = image_at + image.len();
        let texts: Vec<u8> = ["CAMMANUF", "SIGMA", "TIME", "1706745599", ""]
            .join("\0")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let pairs = [number(0), number(9), number(15), number(20)].concat();
        let properties = [b"SECp\0\0\x02\0\x02\0\0\0".as_slice(), &[0; 12], &pairs, &texts].concat();
        let list_at = properties_at + properties.len();
        let entry = |at: usize, bytes: &[u8], kind: &[u8]| {
            [number(at).as_slice(), &number(bytes.len()), kind].concat()
        };
        let list = [
            b"SECd\0\0\x02\0\x02\0\0\0".to_vec(),
            entry(image_at, &image, b"IMA2"),
            entry(properties_at, &properties, b"PROP"),
            number(list_at).to_vec(),
        ];
        [bytes, image, properties, list.concat()].concat()
    }

    fn found(bytes: &[u8], read: fn(&mut Source<'_>, &mut Found)) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn fujifilm_keeps_exif_in_its_preview() {
        let found = found(&raf(), fujifilm);
        assert_eq!(found.coded, Some((6000, 4000)));
        assert_eq!(found.exif.camera.model.as_deref(), Some("Model"));
        assert_eq!(found.previews.len(), 1);
        assert_eq!(found.problems(), None);
    }

    #[test]
    fn sigma_keeps_sections() {
        let found = found(&x3f(), sigma);
        assert_eq!(found.coded, Some((2640, 1760)));
        assert_eq!(found.turning.unwrap().exif(), 6);
        assert_eq!(found.exif.camera.model.as_deref(), Some("Model"));
        assert_eq!(found.exif.camera.make.as_deref(), Some("SIGMA"));
        assert_eq!(found.exif.taken.unwrap().local_ms, 1_706_745_599_000);
        assert_eq!(found.previews.len(), 1);
        assert_eq!(found.problems(), None);
    }

    #[test]
    fn cut_off_anywhere_they_are_read_to_the_end() {
        let (fuji, foveon) = (raf(), x3f());
        for end in 0..fuji.len() {
            assert!(
                found(&fuji[..end], fujifilm).coded.is_some()
                    || found(&fuji[..end], fujifilm).problems().is_some()
            );
        }
        for end in 0..foveon.len() {
            assert!(found(&foveon[..end], sigma).problems().is_some());
        }
    }
}
