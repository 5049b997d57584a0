//! TIFF, and the raw formats that are TIFF at heart: DNG, CR2, NEF, ARW, ORF, RW2, PEF.
//!
//! Sizes and previews lie in different folders for each maker; the folders are collected first, and
//! then asked (TIFF 6.0; DNG 1.7; what makers do was read from `ExifTool`'s and `LibRaw`'s tables).

use super::exif::{self, Exif, main_folder};
use super::found::Found;
use super::icc;
use super::ifd::{Folder, Order, Tiff};
use super::iptc;
use super::jpeg;
use super::source::{Source, Span};
use super::xmp;

/// Pages of a fax, or folders of a raw file.
const MOST_PAGES: usize = 200;
/// Sub-folders that one folder may have.
const MOST_SUB_FOLDERS: usize = 16;

const SUB_FOLDERS: u16 = 0x014a;

/// One picture of the file.
#[derive(Debug, Clone, Copy, Default)]
struct Page {
    size: Option<(u32, u32)>,
    /// What the picture is once borders are cut off (DNG's `DefaultCropSize`).
    crop: Option<(u32, u32)>,
    /// A smaller version of another one.
    is_reduced: bool,
    compression: u64,
    jpeg: Option<Span>,
}

/// Reads a TIFF or a raw file like it.
pub(super) fn read(source: &mut Source<'_>, media_type: &str, found: &mut Found) {
    let all = source.all();
    let Some((mut tiff, first)) = Tiff::open(source, all) else {
        found.problem("its first folder of tags is missing");
        return;
    };
    let Some(folder) = tiff.folder(first) else {
        found.problem("its first folder of tags is missing");
        return;
    };
    let mut exif = Exif::default();
    main_folder(&mut tiff, &folder, &mut exif);
    if let Some(preview) = exif.note.and_then(|note| olympus_preview(&mut tiff, note)) {
        found.preview(preview);
    }
    let packet = folder.tag(0x02bc).and_then(|tag| tiff.bytes(tag));
    found.add_xmp(packet.and_then(|packet| xmp::read(&packet)));
    let records = folder.tag(0x83bb).and_then(|tag| tiff.bytes(tag));
    found.add_xmp(records.map(|records| iptc::records(&records)));
    let profile = folder.tag(0x8773).and_then(|tag| tiff.bytes(tag));
    found.profile = profile.and_then(|profile| icc::name(&profile));
    found.add_exif(exif);
    if media_type == "image/x-panasonic-rw2" {
        panasonic(&mut tiff, &folder, found);
        return;
    }
    let pages = pages(&mut tiff, folder);
    let page = match media_type {
        "image/tiff" | "image/x-olympus-orf" | "image/x-canon-cr2" => pages.main.first(),
        // The sensor's picture, wherever it lies.
        _ => pages.all().filter(|page| !page.is_reduced).max_by_key(|page| area(page)).or(pages.main.first()),
    };
    let size = page.and_then(|page| page.crop.or(page.size));
    match size {
        Some((width, height)) => found.size(width, height),
        None => found.problem("the size of its picture is not told"),
    }
    if media_type == "image/tiff" {
        let count = pages.main.iter().filter(|page| !page.is_reduced && page.size.is_some()).count();
        found.frames = u32::try_from(count).ok().filter(|count| *count > 1);
    }
    for page in pages.all() {
        // A TIFF that is coded as JPEG is no preview of itself.
        let is_itself = media_type == "image/tiff" && !page.is_reduced && page.compression == 7;
        if let Some(jpeg) = page.jpeg.filter(|_| !is_itself) {
            found.preview(jpeg);
        }
    }
}

fn area(page: &Page) -> u64 {
    page.size.map_or(0, |(width, height)| u64::from(width) * u64::from(height))
}

/// All pictures: those in the chain, and those below them.
#[derive(Debug, Default)]
struct Pages {
    main: Vec<Page>,
    below: Vec<Page>,
}

impl Pages {
    fn all(&self) -> impl Iterator<Item = &Page> {
        self.main.iter().chain(&self.below)
    }
}

fn pages(tiff: &mut Tiff<'_, '_>, first: Folder) -> Pages {
    let mut pages = Pages::default();
    let mut folder = Some(first);
    while let Some(this) = folder.take().filter(|_| pages.main.len() < MOST_PAGES) {
        pages.main.push(page(tiff, &this));
        let below = this.tag(SUB_FOLDERS).map(|tag| tiff.numbers(tag, MOST_SUB_FOLDERS)).unwrap_or_default();
        for at in below {
            if let Some(folder) = tiff.folder(at) {
                pages.below.push(page(tiff, &folder));
            }
        }
        folder = this.next().and_then(|next| tiff.folder(next));
    }
    pages
}

fn page(tiff: &mut Tiff<'_, '_>, folder: &Folder) -> Page {
    let number = |tiff: &mut Tiff<'_, '_>, tag| exif::number(tiff, folder, tag);
    let pair = |width: Option<u64>, height: Option<u64>| {
        let small =
            |side: Option<u64>| side.and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0);
        small(width).zip(small(height))
    };
    let size = pair(number(tiff, 0x0100), number(tiff, 0x0101));
    let crop = folder.tag(0xc620).map(|tag| tiff.fractions(tag, 2)).and_then(|sides| {
        let side = |index: usize| sides.get(index).copied().flatten().and_then(whole);
        side(0).zip(side(1))
    });
    let compression = number(tiff, 0x0103).unwrap_or_default();
    let strips = folder.tag(0x0111).map(|tag| tiff.numbers(tag, 2)).unwrap_or_default();
    let lengths = folder.tag(0x0117).map(|tag| tiff.numbers(tag, 2)).unwrap_or_default();
    // A whole JPEG is one strip; old ones have a pair of tags for it.
    let strip = match (strips.as_slice(), lengths.as_slice()) {
        ([at], [length]) if matches!(compression, 6 | 7) => tiff.span.part(*at, *length),
        _ => None,
    };
    Page {
        size,
        crop,
        is_reduced: number(tiff, 0x00fe).unwrap_or_default() & 1 == 1,
        compression,
        jpeg: exif::thumbnail(tiff, folder).or(strip),
    }
}

/// A side in pixels out of a fraction.
fn whole(side: f64) -> Option<u32> {
    (1.0..1e9).contains(&side).then(|| format!("{side:.0}").parse().ok()).flatten()
}

/// ORF keeps its preview in the maker's note, whose offsets count from the note's beginning: the folder 0x2020
/// says where it is and how long.
fn olympus_preview(tiff: &mut Tiff<'_, '_>, note: Span) -> Option<Span> {
    let head = tiff.source.up_to(note.start, 12);
    let first = if head.starts_with(b"OLYMPUS\0") {
        12
    } else if head.starts_with(b"OM SYSTEM\0") {
        16
    } else {
        return None;
    };
    let order = if tiff.source.array(note.start + first - 4)? == *b"MM" { Order::Big } else { Order::Little };
    let end = tiff.span.end;
    let mut note = tiff.elsewhere(Span { end, ..note }, order);
    let folder = note.folder(first)?;
    let at = exif::number(&mut note, &folder, 0x2020)?;
    let settings = note.folder(at)?;
    let (start, length) =
        (exif::number(&mut note, &settings, 0x0101)?, exif::number(&mut note, &settings, 0x0102)?);
    note.span.part(start, length)
}

/// RW2: the sensor's borders are tags of their own, and a whole JPEG with all of EXIF is another.
fn panasonic(tiff: &mut Tiff<'_, '_>, folder: &Folder, found: &mut Found) {
    let mut side = |tag| exif::number(tiff, folder, tag).and_then(|side| u32::try_from(side).ok());
    let (top, left, bottom, right) = (side(4), side(5), side(6), side(7));
    let inside = |near: Option<u32>, far: Option<u32>| far?.checked_sub(near?).filter(|side| *side > 0);
    if let (Some(width), Some(height)) = (inside(left, right), inside(top, bottom)) {
        found.size(width, height);
    } else if let (Some(width), Some(height)) = (side(2), side(3)) {
        found.size(width, height);
    } else {
        found.problem("the size of its picture is not told");
    }
    if let Some(tag) = folder.tag(0x2e) {
        let span = tag.value();
        let span = Span { end: span.end.min(tiff.span.end), ..span };
        found.preview(span);
        let coded = found.coded;
        jpeg::read_part(tiff.source, span, found);
        found.coded = coded;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ifd::tests::{folder, long, rationals, short, text, tiff};
    use super::super::jpeg::tests::jpeg as jpeg_of;
    use super::*;

    fn found(bytes: &[u8], media_type: &str) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), media_type, &mut found);
        found
    }

    /// A raw file: a thumbnail in the first folder, a preview and the sensor's picture below it.
    pub(in crate::facts) fn raw() -> Vec<u8> {
        let preview = jpeg_of(300, 200, &[]);
        let length = u32::try_from(preview.len()).unwrap();
        let first_at = 8;
        let first = |below: [u32; 2]| {
            let below = (SUB_FOLDERS, 4, 2, below.map(u32::to_be_bytes).concat());
            folder(
                first_at,
                &[
                    long(0xfe, 1),
                    short(0x100, 160),
                    short(0x101, 120),
                    text(0x10f, "Maker"),
                    short(0x112, 8),
                    below,
                ],
                0,
            )
        };
        let preview_at = first_at + first([0, 0]).len();
        let small = |at: usize, jpeg: u32| {
            folder(
                at,
                &[
                    long(0xfe, 1),
                    short(0x100, 300),
                    short(0x101, 200),
                    short(0x103, 7),
                    long(0x111, jpeg),
                    long(0x117, length),
                ],
                0,
            )
        };
        let sensor_at = preview_at + small(0, 0).len();
        let sensor = folder(
            sensor_at,
            &[
                long(0xfe, 0),
                short(0x100, 6020),
                short(0x101, 4020),
                rationals(0xc620, &[(6000, 1), (4000, 1)]),
            ],
            0,
        );
        let jpeg_at = u32::try_from(sensor_at + sensor.len()).unwrap();
        let below = [preview_at, sensor_at].map(|at| u32::try_from(at).unwrap());
        [b"MM\0*\0\0\0\x08".to_vec(), first(below), small(preview_at, jpeg_at), sensor, preview].concat()
    }

    #[test]
    fn a_raw_file_has_the_size_of_its_sensor_and_a_preview() {
        let bytes = raw();
        let found = found(&bytes, "image/x-adobe-dng");
        assert_eq!(found.coded, Some((6000, 4000)));
        assert_eq!(found.exif.turning.unwrap().exif(), 8);
        assert_eq!(found.exif.camera.make.as_deref(), Some("Maker"));
        let [preview] = found.previews[..] else { panic!("{:?}", found.previews) };
        assert_eq!(preview.end, bytes.len() as u64);
        assert_eq!(jpeg::showable_size(&mut Source::memory(&bytes), preview), Some((300, 200)));
    }

    #[test]
    fn pages_are_counted_but_not_their_small_versions() {
        let size = [short(0x100, 10), short(0x101, 20)];
        let first = folder(8, &size, 100);
        let second = folder(100, &[&size[..], &[long(0xfe, 2)]].concat(), 200);
        let third = folder(200, &[&size[..], &[long(0xfe, 1)]].concat(), 0);
        let mut bytes = [b"MM\0*\0\0\0\x08".to_vec(), first].concat();
        bytes.resize(100, 0);
        bytes.extend(second);
        bytes.resize(200, 0);
        bytes.extend(third);
        let found = found(&bytes, "image/tiff");
        assert_eq!((found.coded, found.frames), (Some((10, 20)), Some(2)));
    }

    #[test]
    fn olympus_keeps_its_preview_in_its_note() {
        let preview = jpeg_of(300, 200, &[]);
        let length = u32::try_from(preview.len()).unwrap();
        let settings =
            |jpeg: usize| folder(60, &[long(0x101, u32::try_from(jpeg).unwrap()), long(0x102, length)], 0);
        for head in [b"OLYMPUS\0MM\x03\0".as_slice(), b"OM SYSTEM\0\0\0MM\x04\0"] {
            let mut note = [head, &folder(head.len(), &[long(0x2020, 60)], 0)].concat();
            note.resize(60, 0);
            note.extend(settings(60 + settings(0).len()));
            note.extend(&preview);
            let note = (0x927c, 7, u32::try_from(note.len()).unwrap(), note);
            let size = [short(0x100, 4000), short(0x101, 3000)];
            let bytes = exif::tests::block(&size, &[note], &[]);
            let found = found(&bytes, "image/x-olympus-orf");
            let [span] = found.previews[..] else { panic!("{:?}", found.previews) };
            assert_eq!(jpeg::showable_size(&mut Source::memory(&bytes), span), Some((300, 200)));
            assert_eq!(span.length(), u64::from(length));
        }
    }

    #[test]
    fn panasonic_cuts_borders_off() {
        let preview = jpeg_of(300, 200, &[]);
        let length = u32::try_from(preview.len()).unwrap();
        let tags = [
            short(2, 4000),
            short(3, 3000),
            short(4, 10),
            short(5, 8),
            short(6, 2746),
            short(7, 3656),
            (0x2e, 7, length, preview),
        ];
        let mut bytes = tiff(&tags);
        bytes[..4].copy_from_slice(b"MM\0U");
        let found = found(&bytes, "image/x-panasonic-rw2");
        assert_eq!(found.coded, Some((3648, 2736)));
        assert_eq!(found.previews.len(), 1);
    }

    #[test]
    fn cut_off_anywhere_it_is_read_to_the_end() {
        let whole = raw();
        for end in 0..whole.len() {
            let found = found(&whole[..end], "image/x-adobe-dng");
            assert!(found.coded.is_some() || found.problems().is_some(), "{end}");
        }
    }
}
