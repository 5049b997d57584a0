//! PNG and APNG (W3C PNG, third edition): chunks with a length, four letters and a checksum.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::clock;
use super::exif;
use super::found::Found;
use super::source::{Source, Span};
use super::xmp;

const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp";
/// What begins the keyword of anything that `ImageMagick` could not put elsewhere.
const RAW_PROFILE: &[u8] = b"Raw profile type ";
/// No metadata is larger once it is unpacked; bombs are.
const MOST_UNPACKED: usize = 2 * 1024 * 1024;
/// A film of pictures may have many chunks.
const MOST_CHUNKS: usize = 1_000_000;

/// Reads a PNG.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let mut at = 8;
    for _ in 0..MOST_CHUNKS {
        let (Some(length), Some(kind)) = (source.big_u32(at), source.array::<4>(at + 4)) else { break };
        let Some(content) = source.all().part(at + 8, u64::from(length)) else { break };
        if &kind == b"IEND" {
            return;
        }
        chunk(source, kind, content, found);
        at += 12 + u64::from(length);
    }
    if source.trouble().is_none() {
        found.problem("it breaks off before its end");
    }
}

fn chunk(source: &mut Source<'_>, kind: [u8; 4], content: Span, found: &mut Found) {
    match &kind {
        b"IHDR" => {
            if let (Some(width), Some(height)) =
                (source.big_u32(content.start), source.big_u32(content.start + 4))
            {
                found.size(width, height);
            }
        }
        b"acTL" => found.frames = source.big_u32(content.start),
        b"eXIf" => exif::read(source, content, Some(content.start), found),
        b"iTXt" => international(&source.span(content), found),
        b"zTXt" => {
            if let Some((keyword, packed)) = split_at_zero(&source.span(content))
                && keyword.starts_with(RAW_PROFILE)
                && let Some(text) = packed.get(1..).and_then(|packed| unpack(packed, found))
            {
                profile(keyword, &text, found);
            }
        }
        b"tEXt" => {
            if let Some((keyword, text)) = split_at_zero(&source.span(content)) {
                profile(keyword, text, found);
            }
        }
        b"iCCP" => {
            if let Some((_, packed)) = split_at_zero(&source.span(content)) {
                let bytes = packed.get(1..).and_then(|packed| unpack(packed, found));
                found.profile = bytes.and_then(|bytes| super::icc::name(&bytes));
            }
        }
        b"sRGB" => found.profile = found.profile.take().or_else(|| Some("sRGB".to_owned())),
        b"tIME" => {
            if let Some([y1, y2, month, day, hour, minute, second]) = source.array::<7>(content.start) {
                let date = [i64::from(u16::from_be_bytes([y1, y2])), month.into(), day.into()];
                let local_ms = clock::local_ms(date, [hour.into(), minute.into(), second.into()]);
                // 11.3.4.3: it should be UTC.
                found.modified = local_ms.map(|local_ms| clock::Reading {
                    local_ms,
                    offset_minutes: Some(0),
                    is_day_only: false,
                });
            }
        }
        _ => {}
    }
}

/// 11.3.3.4: keyword, whether packed, how, language, translated keyword, text.
fn international(bytes: &[u8], found: &mut Found) {
    let Some((keyword, rest)) = split_at_zero(bytes) else { return };
    if keyword != XMP_KEYWORD {
        return;
    }
    let (Some(is_packed), Some(rest)) = (rest.first(), rest.get(2..)) else { return };
    let Some((_, rest)) = split_at_zero(rest) else { return };
    let Some((_, text)) = split_at_zero(rest) else { return };
    if *is_packed == 1 {
        let text = unpack(text, found).unwrap_or_default();
        found.add_xmp(xmp::read(&text));
    } else {
        found.add_xmp(xmp::read(text));
    }
}

/// What `ImageMagick` writes: `\nexif\n  length\n`, and then the block in hexadecimal digits.
fn profile(keyword: &[u8], text: &[u8], found: &mut Found) {
    let is_exif = matches!(keyword, b"Raw profile type exif" | b"Raw profile type APP1");
    if !is_exif && keyword != b"Raw profile type xmp" {
        return;
    }
    let mut lines = text.splitn(4, |byte| *byte == b'\n');
    let Some(digits) = lines.nth(3) else { return };
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    let block: Vec<u8> = digits.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect();
    if is_exif && !block.starts_with(b"http") {
        exif::read_bytes(&block, None, found);
    } else {
        let packet = split_at_zero(&block).filter(|_| is_exif).map_or(block.as_slice(), |(_, packet)| packet);
        found.add_xmp(xmp::read(packet));
    }
}

fn unpack(packed: &[u8], found: &mut Found) -> Option<Vec<u8>> {
    match decompress_to_vec_zlib_with_limit(packed, MOST_UNPACKED) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            found.problem("a packed text in it is broken or far too long");
            None
        }
    }
}

fn split_at_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

#[cfg(test)]
pub(super) mod tests {
    use miniz_oxide::deflate::compress_to_vec_zlib;

    use super::super::ifd::tests::{short, text, tiff};
    use super::*;

    fn write(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [length.as_slice(), &kind, content, &[0; 4]].concat()
    }

    /// A PNG of 30 by 20 without pixels.
    pub(in crate::facts) fn png(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend(write(*b"IHDR", b"\0\0\0\x1e\0\0\0\x14\x08\x02\0\0\0"));
        for (kind, content) in chunks {
            bytes.extend(write(*kind, content));
        }
        bytes.extend(write(*b"IEND", b""));
        bytes
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn a_block_of_exif_is_read_in_every_way_it_is_kept() {
        let block = tiff(&[text(0x110, "Model"), short(0x112, 3)]);
        let digits = block.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
        let raw = format!("\nexif\n    {}\n{digits}\n", block.len());
        let ways = [
            (*b"eXIf", block.clone()),
            (*b"tEXt", [b"Raw profile type exif\0", raw.as_bytes()].concat()),
            (
                *b"zTXt",
                [b"Raw profile type APP1\0\0", compress_to_vec_zlib(raw.as_bytes(), 6).as_slice()].concat(),
            ),
        ];
        for way in ways {
            let kind = way.0;
            let found = found(&png(&[way]));
            assert_eq!(found.coded, Some((30, 20)));
            assert_eq!(found.exif.camera.model.as_deref(), Some("Model"), "{kind:?}");
            assert_eq!(found.problems(), None);
        }
    }

    #[test]
    fn xmp_frames_and_the_last_change_are_found() {
        let packet = br#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
            xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/></rdf:RDF>"#;
        let packed = compress_to_vec_zlib(packet, 6);
        for (flag, text) in [(0, packet.to_vec()), (1, packed)] {
            let international = [XMP_KEYWORD, &[0, flag, 0, 0, 0], &text].concat();
            let found = found(&png(&[
                (*b"iTXt", international),
                (*b"acTL", vec![0, 0, 0, 9, 0, 0, 0, 0]),
                (*b"tIME", vec![0x07, 0xe8, 1, 31, 23, 59, 59]),
            ]));
            assert_eq!(found.xmp.unwrap().rating, Some(3));
            assert_eq!(found.frames, Some(9));
            assert_eq!(found.modified.unwrap().utc_ms(), Some(1_706_745_599_000));
        }
    }

    #[test]
    fn a_bomb_in_a_text_is_named_and_not_unpacked() {
        let bomb = compress_to_vec_zlib(&vec![b'0'; 3 * MOST_UNPACKED], 6);
        let found = found(&png(&[(*b"zTXt", [b"Raw profile type exif\0\0", bomb.as_slice()].concat())]));
        assert!(found.problems().unwrap().contains("far too long"));
    }

    #[test]
    fn a_file_that_breaks_off_says_so() {
        let whole = png(&[(*b"IDAT", vec![1; 50])]);
        assert_eq!(found(&whole).problems(), None);
        assert!(found(&whole[..60]).problems().unwrap().contains("breaks off"));
    }
}
