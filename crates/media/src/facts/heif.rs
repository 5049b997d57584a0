//! HEIF, HEIC and AVIF (ISO/IEC 23008-12, AV1 Image File Format): items, where they lie, and what is
//! said of each.

use super::exif;
use super::film;
use super::found::Found;
use super::icc;
use super::iso::{self, Child, Numbers, children};
use super::source::{MOST_AT_ONCE, Source, Span};
use super::turning::Turning;
use super::xmp;

/// More items than any real file has; a picture of 200 megapixels is made of about a thousand tiles.
const MOST_ITEMS: u64 = 20_000;

/// Reads a still, or a sequence of them.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    found.is_turned_by_format = true;
    let all = source.all();
    let top = children(source, all);
    if let Some(movie) = top.find(*b"moov") {
        sequence(source, movie, found);
    }
    match top.find(*b"meta") {
        Some(meta) => {
            still(source, meta, found);
        }
        None if found.coded.is_none() => found.problem("it has no table of what is in it"),
        None => {}
    }
    // Samsung and Google put the film of a motion photo into a box of its own.
    found.motion = top.find(*b"mpvd");
    found.cut_off(top.missing_bytes);
    if top.is_broken && found.coded.is_none() {
        found.problem("its structure is broken");
    }
}

/// A sequence is a film without sound: its pictures are counted.
fn sequence(source: &mut Source<'_>, movie: Span, found: &mut Found) {
    let mut inner = Found::default();
    let frames = film::movie(source, movie, &mut inner);
    found.frames = u32::try_from(frames).ok().filter(|frames| *frames > 1);
    if let Some((width, height)) = inner.coded {
        found.size(width, height);
    }
}

/// What the `meta` box says, as far as it is needed.
#[derive(Default)]
struct Table {
    primary: Option<u32>,
    exif: Option<u32>,
    xmp: Option<u32>,
    places: Vec<Place>,
    properties: Vec<Child>,
    /// Which properties are linked to the picture that is shown. When nobody says which one that is, it is
    /// the first one that anything is said of.
    link: Option<(u32, Vec<usize>)>,
    inside: Option<Span>,
}

/// Where an item's bytes lie.
struct Place {
    item: u32,
    /// 0: in the file; 1: in the `idat` box.
    construction: u16,
    extents: Vec<(u64, u64)>,
}

fn still(source: &mut Source<'_>, meta: Span, found: &mut Found) -> Option<()> {
    let boxes = children(source, meta.from(4)?);
    let mut table = Table { inside: boxes.find(*b"idat"), ..Table::default() };
    let mut bytes = |kind| boxes.find(kind).map(|span| source.span(span)).unwrap_or_default();
    let (pitm, iloc) = (bytes(*b"pitm"), bytes(*b"iloc"));
    table.primary = primary(&pitm);
    table.places = locations(&iloc);
    if let Some(iinf) = boxes.find(*b"iinf") {
        item_kinds(source, iinf, &mut table);
    }
    if let Some(iprp) = boxes.find(*b"iprp") {
        properties(source, iprp, &mut table);
    }
    let properties = table.properties_of_primary();
    look(source, &properties, found);
    if found.coded.is_none() {
        found.problem("the size of its picture is not told");
    }
    if found.profile.is_none() {
        // A picture made of tiles has its profile on the tiles.
        let mut profiles = table.properties.iter().filter(|property| &property.kind == b"colr").take(8);
        found.profile = profiles.find_map(|property| icc::name(source.span(property.content).get(4..)?));
    }
    if let Some((block, at)) = table.exif.and_then(|item| table.content(source, item)) {
        exif_item(&block, at, found);
    }
    if let Some((packet, _)) = table.xmp.and_then(|item| table.content(source, item)) {
        found.add_xmp(xmp::read(&packet));
    }
    Some(())
}

/// The size, the turning and the colours of the picture that is shown (6.5 of the HEIF standard).
fn look(source: &mut Source<'_>, properties: &[Child], found: &mut Found) {
    let mut turning = Turning::NONE;
    let mut clean = None;
    for property in properties {
        let at = property.content.start;
        match &property.kind {
            b"ispe" => {
                if let (Some(width), Some(height)) = (source.big_u32(at + 4), source.big_u32(at + 8)) {
                    found.size(width, height);
                }
            }
            // A quarter to the left for each.
            b"irot" => {
                let quarters = source.byte(at).unwrap_or_default() & 3;
                turning = turning.then(Turning::clockwise(4 - quarters));
            }
            b"imir" => {
                let axis = source.byte(at).unwrap_or_default() & 1;
                turning = turning.then(if axis == 0 { Turning::TOP_BOTTOM } else { Turning::LEFT_RIGHT });
            }
            b"clap" => clean = clean_aperture(&source.up_to(at, 16)),
            b"colr" if found.profile.is_none() => {
                let bytes = source.span(property.content);
                found.profile = match bytes.get(..4) {
                    Some(b"prof" | b"rICC") => icc::name(&bytes[4..]),
                    Some(b"nclx") => known_colours(&bytes[4..]),
                    _ => None,
                };
            }
            _ => {}
        }
    }
    if let (Some((coded_width, coded_height)), Some((width, height))) = (found.coded, clean)
        && width <= coded_width
        && height <= coded_height
    {
        found.coded = Some((width, height));
    }
    found.turning = Some(turning);
}

/// `nclx`: primaries by their number (ITU-T H.273, table 2), where they have a name that people know.
fn known_colours(bytes: &[u8]) -> Option<String> {
    let name = match bytes.get(..4)? {
        [0, 1, 0, 13] => "sRGB",
        [0, 9, _, _] => "BT.2020",
        [0, 12, _, _] => "Display P3",
        _ => return None,
    };
    Some(name.to_owned())
}

/// `clap`: what remains after cropping, as two fractions (ISO/IEC 14496-12, 12.1.4).
fn clean_aperture(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut numbers = Numbers::of(bytes);
    let mut side = || {
        let (over, under) = (numbers.u32()?, numbers.u32()?);
        over.checked_div(under).filter(|side| *side > 0)
    };
    Some((side()?, side()?))
}

/// The block of an `Exif` item begins with how far behind those four bytes the header is.
fn exif_item(block: &[u8], at: Option<u64>, found: &mut Found) {
    let mut numbers = Numbers::of(block);
    let skip = numbers.u32().and_then(|skip| usize::try_from(skip).ok()).unwrap_or_default();
    let from = skip.saturating_add(4);
    // Some writers leave the number out, or count differently: the header itself is looked for.
    let is_header = |bytes: &[u8]| bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*");
    let from = match block.get(from..) {
        Some(rest) if is_header(rest) || rest.starts_with(b"Exif") => from,
        _ => (0..block.len().min(64)).find(|at| is_header(&block[*at..])).unwrap_or(from),
    };
    match block.get(from..) {
        Some(rest) => exif::read_bytes(rest, at.map(|at| at + from as u64), found),
        None => found.problem("its EXIF block is broken"),
    }
}

/// `pitm`: the item that is shown.
fn primary(bytes: &[u8]) -> Option<u32> {
    let mut numbers = Numbers::of(bytes);
    let version = numbers.u32()? >> 24;
    if version == 0 { numbers.u16().map(u32::from) } else { numbers.u32() }
}

/// `iinf`: what kind each item is.
fn item_kinds(source: &mut Source<'_>, iinf: Span, table: &mut Table) -> Option<()> {
    let version = source.byte(iinf.start)?;
    let entries = children(source, iinf.from(if version == 0 { 6 } else { 8 })?);
    for entry in entries.boxes.iter().filter(|entry| &entry.kind == b"infe") {
        let length = usize::try_from(entry.content.length().min(512)).ok()?;
        let bytes = source.up_to(entry.content.start, length);
        if let Some((item, kind)) = item_kind(&bytes) {
            match kind {
                ItemKind::Exif => table.exif = table.exif.or(Some(item)),
                ItemKind::Xmp => table.xmp = table.xmp.or(Some(item)),
            }
        }
    }
    Some(())
}

enum ItemKind {
    Exif,
    Xmp,
}

fn item_kind(bytes: &[u8]) -> Option<(u32, ItemKind)> {
    let mut numbers = Numbers::of(bytes);
    let item = match numbers.u32()? >> 24 {
        2 => u32::from(numbers.u16()?),
        3 => numbers.u32()?,
        _ => return None,
    };
    numbers.u16()?;
    match numbers.take(4)? {
        b"Exif" => Some((item, ItemKind::Exif)),
        b"mime" => {
            numbers.text()?;
            (numbers.text()? == b"application/rdf+xml").then_some((item, ItemKind::Xmp))
        }
        _ => None,
    }
}

/// `iloc`: where the items lie. What it is cut off at ends it.
fn locations(bytes: &[u8]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut numbers = Numbers::of(bytes);
    let mut head = || {
        let version = numbers.u32()? >> 24;
        let sizes = numbers.u16()?;
        let count = if version < 2 { u64::from(numbers.u16()?) } else { u64::from(numbers.u32()?) };
        Some((version, sizes, count))
    };
    let Some((version, sizes, count)) = head() else { return places };
    let size = |shift: u32| usize::from(sizes >> shift & 15).min(8);
    let mut extents_left = MOST_ITEMS;
    let mut place = || {
        let item = if version < 2 { u32::from(numbers.u16()?) } else { numbers.u32()? };
        let construction = if version > 0 { numbers.u16()? & 15 } else { 0 };
        numbers.u16()?;
        let base = numbers.number(size(4))?;
        let mut extents = Vec::new();
        for _ in 0..numbers.u16()? {
            extents_left = extents_left.checked_sub(1)?;
            if version > 0 {
                numbers.number(size(0))?;
            }
            let (offset, length) = (numbers.number(size(12))?, numbers.number(size(8))?);
            extents.push((base.checked_add(offset)?, length));
        }
        Some(Place { item, construction, extents })
    };
    for _ in 0..count.min(MOST_ITEMS) {
        match place() {
            Some(place) => places.push(place),
            None => break,
        }
    }
    places
}

/// `iprp`: all properties, and which item has which.
fn properties(source: &mut Source<'_>, iprp: Span, table: &mut Table) {
    let boxes = children(source, iprp);
    if let Some(all) = boxes.find(*b"ipco") {
        table.properties = children(source, all).boxes;
    }
    for links in boxes.boxes.iter().filter(|child| &child.kind == b"ipma") {
        let bytes = source.span(links.content);
        let mut numbers = Numbers::of(&bytes);
        let Some(head) = numbers.u32() else { continue };
        let count = numbers.u32().unwrap_or_default();
        let mut link = || {
            let item = if head >> 24 == 0 { u32::from(numbers.u16()?) } else { numbers.u32()? };
            let mut indexes = Vec::new();
            for _ in 0..numbers.u8()? {
                let index =
                    if head & 1 == 1 { numbers.u16()? & 0x7fff } else { u16::from(numbers.u8()? & 0x7f) };
                indexes.push(usize::from(index));
            }
            Some((item, indexes))
        };
        for _ in 0..u64::from(count).min(MOST_ITEMS) {
            match link() {
                // Only one is kept: a file can claim more of them than memory holds.
                Some((item, indexes)) => {
                    let is_better =
                        |linked: u32| table.primary != Some(linked) && table.primary == Some(item);
                    if table.link.as_ref().is_none_or(|(linked, _)| is_better(*linked)) {
                        table.link = Some((item, indexes));
                    }
                }
                None => break,
            }
        }
    }
}

impl Table {
    /// What is said of the picture that is shown.
    fn properties_of_primary(&self) -> Vec<Child> {
        let indexes = self.link.as_ref().map(|(_, indexes)| indexes.as_slice()).unwrap_or_default();
        // They are counted from 1; 0 is none.
        indexes.iter().filter_map(|index| self.properties.get(index.checked_sub(1)?)).copied().collect()
    }

    /// The bytes of an item, and where in the file they lie when they lie there in one piece.
    fn content(&self, source: &mut Source<'_>, item: u32) -> Option<(Vec<u8>, Option<u64>)> {
        let place = self.places.iter().find(|place| place.item == item)?;
        let whole = match place.construction {
            0 => source.all(),
            1 => self.inside?,
            _ => return None,
        };
        let mut bytes = Vec::new();
        for (offset, length) in &place.extents {
            let length = if *length == 0 { u64::MAX } else { *length };
            let part = whole.part(*offset, length)?;
            bytes.extend(source.span(part));
            if bytes.len() > MOST_AT_ONCE {
                return None;
            }
        }
        let at = match place.extents.as_slice() {
            [(offset, _)] => whole.start.checked_add(*offset),
            _ => None,
        };
        Some((bytes, at))
    }
}

/// A box of a JPEG XL or JPEG 2000 file that holds the same kind of block.
pub(super) fn exif_box(source: &mut Source<'_>, content: Span, found: &mut Found) {
    let block = source.span(content);
    exif_item(&block, Some(content.start), found);
}

/// The same, when it was packed.
pub(super) fn unpacked_exif_box(block: &[u8], found: &mut Found) {
    exif_item(block, None, found);
}

/// The tracks of a file by their path, for formats that borrow them.
pub(super) fn inner(source: &mut Source<'_>, span: Span, path: &[[u8; 4]]) -> Option<Span> {
    iso::descend(source, span, path)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ifd::tests::{text, tiff};
    use super::super::iso::tests::boxed;
    use super::*;

    /// A still of 40 by 30 with further properties, whose EXIF block lies in `idat`.
    pub(in crate::facts) fn still_with(more: &[Vec<u8>]) -> Vec<u8> {
        let block = [b"\0\0\0\0".as_slice(), &tiff(&[text(0x110, "Model")])].concat();
        let item = |id: u8, rest: &[u8]| boxed(*b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], rest]);
        let iinf = boxed(*b"iinf", &[&[0, 0, 0, 0, 0, 2], &item(1, b"hvc1\0"), &item(2, b"Exif\0")]);
        let length = u8::try_from(block.len()).unwrap();
        let iloc = boxed(
            *b"iloc",
            &[&[1, 0, 0, 0, 0x44, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, length]],
        );
        let ispe = boxed(*b"ispe", &[&[0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 30]]);
        let ipco = boxed(*b"ipco", &[&ispe, &more.concat()]);
        let count = u8::try_from(more.len() + 1).unwrap();
        let indexes: Vec<u8> = (1..=count).map(|index| index | 0x80).collect();
        let ipma = boxed(*b"ipma", &[&[0, 0, 0, 0, 0, 0, 0, 1, 0, 1, count], &indexes]);
        let meta = boxed(
            *b"meta",
            &[
                &[0; 4],
                &boxed(*b"pitm", &[&[0, 0, 0, 0, 0, 1]]),
                &iinf,
                &iloc,
                &boxed(*b"iprp", &[&ipco, &ipma]),
                &boxed(*b"idat", &[&block]),
            ],
        );
        [boxed(*b"ftyp", &[b"heic\0\0\0\0mif1"]), meta].concat()
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    fn turned(properties: &[Vec<u8>]) -> u8 {
        found(&still_with(properties)).turning.unwrap().exif()
    }

    #[test]
    fn size_turning_and_exif_are_those_of_the_picture_that_is_shown() {
        let plain = found(&still_with(&[]));
        assert_eq!(plain.coded, Some((40, 30)));
        assert_eq!(plain.exif.camera.model.as_deref(), Some("Model"));
        assert_eq!(plain.problems(), None);
        let irot = |quarters: u8| boxed(*b"irot", &[&[quarters]]);
        let imir = |axis: u8| boxed(*b"imir", &[&[axis]]);
        assert_eq!(turned(&[]), 1);
        assert_eq!([1, 2, 3].map(|quarters| turned(&[irot(quarters)])), [8, 3, 6]);
        assert_eq!(turned(&[imir(0)]), 4);
        assert_eq!(turned(&[imir(1)]), 2);
        // The order in which they are linked is the order in which they happen.
        assert_eq!(turned(&[irot(1), imir(1)]), 7);
        assert_eq!(turned(&[imir(1), irot(1)]), 5);
    }

    #[test]
    fn what_was_cropped_off_does_not_count() {
        let clap = |width: u8, under: u8| {
            boxed(*b"clap", &[&[0, 0, 0, width, 0, 0, 0, under, 0, 0, 0, 20, 0, 0, 0, 1], &[0; 16]])
        };
        assert_eq!(found(&still_with(&[clap(32, 1)])).coded, Some((32, 20)));
        assert_eq!(found(&still_with(&[clap(41, 1)])).coded, Some((40, 30)));
        assert_eq!(found(&still_with(&[clap(32, 0)])).coded, Some((40, 30)));
    }

    #[test]
    fn colours_have_names() {
        let profile = |content: &[u8]| found(&still_with(&[boxed(*b"colr", &[content])])).profile;
        assert_eq!(profile(b"nclx\0\x0c\0\x0d\0\0\0").as_deref(), Some("Display P3"));
        assert_eq!(profile(b"nclx\0\x02\0\x02\0\0\0"), None);
        let named = super::super::icc::tests::profile(b"desc\0\0\0\0\0\0\0\x05Mine\0");
        assert_eq!(profile(&[b"prof".as_slice(), &named].concat()).as_deref(), Some("Mine"));
    }

    #[test]
    fn cut_off_anywhere_it_is_read_to_the_end() {
        let whole = still_with(&[boxed(*b"irot", &[&[1]])]);
        for end in 0..whole.len() {
            let found = found(&whole[..end]);
            assert!(found.coded.is_some() || found.problems().is_some(), "{end}");
        }
    }

    #[test]
    fn an_exif_block_is_found_whatever_the_writer_counted() {
        let block = tiff(&[text(0x110, "Model")]);
        for head in [b"\0\0\0\x06Exif\0\0".as_slice(), b"\0\0\0\0", b"\0\0\0\x0aExif\0\0", b""] {
            let mut found = Found::default();
            exif_item(&[head, &block].concat(), None, &mut found);
            assert_eq!(found.exif.camera.model.as_deref(), Some("Model"), "{head:?}");
        }
    }
}
