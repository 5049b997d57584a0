//! JPEG 2000: its boxes (ISO/IEC 15444-1, annex I) and its bare codestream (annex A).

use super::film;
use super::found::Found;
use super::heif::inner;
use super::iso::children;
use super::source::{Source, Span};
use super::xmp;

/// Reads a JPEG 2000 file of boxes.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    if let Some(header) = inner(source, all, &[*b"jp2h", *b"ihdr"])
        && let (Some(height), Some(width)) = (source.big_u32(header.start), source.big_u32(header.start + 4))
    {
        found.size(width, height);
    }
    let boxes = children(source, all);
    for child in &boxes.boxes {
        match &child.kind {
            b"uuid" => film::uuid(source, child.content, found),
            b"xml " => found.add_xmp(xmp::read(&source.span(child.content))),
            b"jp2c" if found.coded.is_none() => codestream_size(source, child.content, found),
            _ => {}
        }
    }
    end(boxes.missing_bytes, found);
}

/// Reads a bare codestream.
pub(super) fn codestream(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    codestream_size(source, all, found);
    end(0, found);
}

/// A.5.1, SIZ: the far corner of the picture, minus the near one.
fn codestream_size(source: &mut Source<'_>, span: Span, found: &mut Found) {
    let mut corner = |at: u64| source.big_u32(span.start + at);
    if let (Some(right), Some(bottom), Some(left), Some(top)) =
        (corner(8), corner(12), corner(16), corner(20))
    {
        found.size(right.saturating_sub(left), bottom.saturating_sub(top));
    }
}

fn end(missing_bytes: u64, found: &mut Found) {
    found.cut_off(missing_bytes);
    if found.coded.is_none() {
        found.problem("it breaks off before its size is told");
    }
}

#[cfg(test)]
mod tests {
    use super::super::ifd::tests::{text, tiff};
    use super::super::iso::tests::boxed;
    use super::*;

    fn siz() -> Vec<u8> {
        let corners = [110_u32, 70, 10, 20].map(u32::to_be_bytes).concat();
        [b"\xff\x4f\xff\x51\0\x2f\0\0".as_slice(), &corners].concat()
    }

    fn found(bytes: &[u8], read: fn(&mut Source<'_>, &mut Found)) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn boxes_and_codestreams_tell_the_size() {
        assert_eq!(found(&siz(), codestream).coded, Some((100, 50)));
        let header = boxed(*b"jp2h", &[&boxed(*b"ihdr", &[&[0, 0, 0, 30, 0, 0, 0, 40]])]);
        let exif = boxed(*b"uuid", &[b"JpgTiffExif->JP2", &tiff(&[text(0x110, "Model")])]);
        let whole = [boxed(*b"jP  ", &[b"\r\n\x87\n"]), header, exif].concat();
        let found_whole = found(&whole, read);
        assert_eq!(found_whole.coded, Some((40, 30)));
        assert_eq!(found_whole.exif.camera.model.as_deref(), Some("Model"));
        let bare = [boxed(*b"jP  ", &[b"\r\n\x87\n"]), boxed(*b"jp2c", &[&siz()])].concat();
        assert_eq!(found(&bare, read).coded, Some((100, 50)));
        for end in 0..whole.len() {
            let found = found(&whole[..end], read);
            assert!(found.coded.is_some() || found.problems().is_some());
        }
    }
}
