//! Canon's CR3: boxes of MPEG-4 with blocks of TIFF in them (as `ExifTool` and the `canon_cr3` project
//! document it).

use super::exif::{self, Exif};
use super::found::Found;
use super::ifd::Tiff;
use super::iso::{Child, children};
use super::source::{Source, Span};
use super::track;

/// Below `moov`: what the camera says, in four blocks.
const CANON: [u8; 16] =
    [0x85, 0xc0, 0xb6, 0x87, 0x82, 0x0f, 0x11, 0xe0, 0x81, 0x11, 0xf4, 0xce, 0x46, 0x2b, 0x6a, 0x48];
/// Beside `moov`: a preview of middle size.
const PREVIEW: [u8; 16] =
    [0xea, 0xf4, 0x2b, 0x5e, 0x1c, 0x98, 0x4b, 0x88, 0xb9, 0xfb, 0xb7, 0xdc, 0x40, 0x6e, 0x4d, 0x16];
/// A JPEG begins within so many bytes of a box's own numbers.
const MOST_HEAD: usize = 40;

/// Reads a CR3.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    let top = children(source, all);
    let mut exif = Exif::default();
    let mut size = None;
    for child in top.boxes.iter().filter(|child| &child.kind == b"moov") {
        for child in children(source, child.content).boxes {
            match &child.kind {
                b"uuid" if source.array(child.content.start) == Some(CANON) => {
                    let blocks =
                        child.content.from(16).map(|span| children(source, span).boxes).unwrap_or_default();
                    for block in blocks {
                        size = size.or(canon_block(source, block, &mut exif, found));
                    }
                }
                b"trak" => {
                    if let Some(sample) = track::first_sample(source, child.content) {
                        found.preview(sample);
                    }
                }
                _ => {}
            }
        }
    }
    for child in top.boxes.iter().filter(|child| &child.kind == b"uuid") {
        if source.array(child.content.start) == Some(PREVIEW)
            && let Some(inside) = child.content.from(24)
        {
            for block in children(source, inside).boxes {
                picture(source, block.content, found);
            }
        }
    }
    found.add_exif(exif);
    match size {
        Some((width, height)) => found.size(width, height),
        None => found.problem("the size of its picture is not told"),
    }
    found.cut_off(top.missing_bytes);
}

/// CMT1 is the first folder, CMT2 the detailed one, CMT4 the place; THMB is a thumbnail.
fn canon_block(
    source: &mut Source<'_>,
    block: Child,
    exif: &mut Exif,
    found: &mut Found,
) -> Option<(u32, u32)> {
    if &block.kind == b"THMB" {
        picture(source, block.content, found);
        return None;
    }
    if !matches!(&block.kind, b"CMT1" | b"CMT2" | b"CMT4") {
        return None;
    }
    let (mut tiff, first) = Tiff::open(source, block.content)?;
    let folder = tiff.folder(first)?;
    match &block.kind {
        b"CMT1" => {
            let mut more = Exif::default();
            exif::main_folder(&mut tiff, &folder, &mut more);
            exif.camera = more.camera;
            exif.turning = more.turning;
            exif.modified = more.modified;
            let mut side =
                |tag| exif::number(&mut tiff, &folder, tag).and_then(|side| u32::try_from(side).ok());
            return side(0x0100).zip(side(0x0101));
        }
        b"CMT2" => {
            let camera = std::mem::take(&mut exif.camera);
            let modified = exif.modified;
            exif::details_only(&mut tiff, &folder, exif);
            exif.camera.make = camera.make;
            exif.camera.model = camera.model;
            exif.modified = modified;
        }
        _ => exif::gps_only(&mut tiff, &folder, exif),
    }
    None
}

/// A JPEG behind some numbers that differ from version to version.
fn picture(source: &mut Source<'_>, content: Span, found: &mut Found) {
    let head = source.up_to(content.start, MOST_HEAD);
    let start = head.windows(3).position(|three| three == [0xff, 0xd8, 0xff]);
    if let Some(jpeg) = start.and_then(|at| content.from(at as u64)) {
        found.preview(jpeg);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ifd::tests::{rationals, short, text, tiff};
    use super::super::iso::tests::boxed;
    use super::super::jpeg::tests::jpeg;
    use super::*;

    pub(in crate::facts) fn raw() -> Vec<u8> {
        let first = tiff(&[short(0x100, 6000), short(0x101, 4000), text(0x10f, "Canon"), short(0x112, 8)]);
        let details =
            tiff(&[text(0x9003, "2024:01:31 23:59:59"), text(0x9011, "+01:00"), text(0xa434, "RF50mm")]);
        let place = tiff(&[
            text(1, "N"),
            rationals(2, &[(52, 1), (30, 1), (0, 1)]),
            text(3, "W"),
            rationals(4, &[(13, 1), (15, 1), (0, 1)]),
        ]);
        let thumbnail = boxed(*b"THMB", &[&[0; 16], &jpeg(160, 120, &[])]);
        let blocks =
            [boxed(*b"CMT1", &[&first]), boxed(*b"CMT2", &[&details]), boxed(*b"CMT4", &[&place]), thumbnail];
        let moov = boxed(*b"moov", &[&boxed(*b"uuid", &[&CANON, &blocks.concat()])]);
        let preview = boxed(*b"PRVW", &[&[0; 16], &jpeg(1620, 1080, &[])]);
        let preview = boxed(*b"uuid", &[&PREVIEW, &[0; 8], &preview]);
        [boxed(*b"ftyp", &[b"crx \0\0\0\x01crx isom"]), moov, preview].concat()
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn all_blocks_are_read() {
        let found = found(&raw());
        assert_eq!(found.coded, Some((6000, 4000)));
        assert_eq!(found.exif.camera.make.as_deref(), Some("Canon"));
        assert_eq!(found.exif.camera.lens.as_deref(), Some("RF50mm"));
        assert_eq!(found.exif.turning.unwrap().exif(), 8);
        assert_eq!(found.exif.taken.unwrap().offset_minutes, Some(60));
        let place = found.exif.place.unwrap();
        assert_eq!((place.latitude, place.longitude), (52.5, -13.25));
        assert_eq!(found.previews.len(), 2);
        assert_eq!(found.problems(), None);
    }

    #[test]
    fn cut_off_anywhere_it_is_read_to_the_end() {
        let whole = raw();
        for end in 0..whole.len() {
            let found = found(&whole[..end]);
            assert!(found.coded.is_some() || found.problems().is_some(), "{end}");
        }
    }
}
