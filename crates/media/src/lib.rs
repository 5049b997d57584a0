//! Bytes in; facts, and pictures to show, out. Nothing is told by a file's name alone, and strangers' bytes are
//! read where they can do no harm ([`sandbox`]).

mod boxes;
pub mod facts;
pub mod look;
pub mod render;
pub mod sandbox;
mod text;
mod tiff;
pub mod video;

pub use facts::{Facts, Hints, describe};

/// What the first bytes of a file say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType {
    /// The media type (RFC 6838) to serve it as.
    pub content_type: &'static str,
    /// Picture or video; `None` for everything else.
    pub kind: Option<MediaKind>,
}

/// What becomes an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A still picture, raw or not, animated or not.
    Picture,
    /// A film.
    Video,
}

/// How many bytes from the start [`sniff`] wants to see. Fewer are fine for shorter files; more are
/// not looked at.
pub const SNIFF_BYTES: usize = 4096;

/// Bytes that mean nothing to us.
const UNKNOWN: &str = "application/octet-stream";

/// Everything that is a picture. Left out on purpose: SVG (a document that runs scripts), DWG and
/// `DjVu` (drawings and scanned books, which nobody expects among photos).
const PICTURES: &[&str] = &[
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heic-sequence",
    "image/heif",
    "image/heif-sequence",
    "image/j2c",
    "image/jp2",
    "image/jpeg",
    "image/jpm",
    "image/jpx",
    "image/jxl",
    "image/openraster",
    "image/png",
    "image/tiff",
    "image/vnd.adobe.photoshop",
    "image/vnd.microsoft.icon",
    "image/vnd.ms-photo",
    "image/webp",
    "image/x-adobe-dng",
    "image/x-canon-cr2",
    "image/x-canon-cr3",
    "image/x-canon-crw",
    "image/x-fujifilm-raf",
    "image/x-nikon-nef",
    "image/x-olympus-orf",
    "image/x-panasonic-rw2",
    "image/x-sigma-x3f",
    "image/x-sony-arw",
];

/// Tells what a file is by its first bytes (up to [`SNIFF_BYTES`] of them). Never fails: what nothing
/// is known about is `application/octet-stream`, and a broken file is what its beginning promises.
pub fn sniff(first_bytes: &[u8]) -> MediaType {
    let first_bytes = &first_bytes[..first_bytes.len().min(SNIFF_BYTES)];
    let content_type = signature(first_bytes)
        .or_else(|| boxes::sniff(first_bytes))
        .or_else(|| tiff::sniff(first_bytes))
        .or_else(|| text::markup(first_bytes))
        .or_else(|| known_elsewhere(first_bytes))
        .or_else(|| text::plain(first_bytes))
        .unwrap_or(UNKNOWN);
    MediaType { content_type, kind: kind_of(content_type) }
}

/// Whether a browser may show this inside our page's origin: only pictures, films and sounds, never
/// anything that it would run or render as a document (HTML, SVG, XML, PDF, text). Parameters and
/// case do not matter. Everything else belongs into an attachment.
pub fn is_safe_inline(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind_of(&essence).is_some() || (essence.starts_with("audio/") && !essence.ends_with("xml"))
}

fn kind_of(content_type: &str) -> Option<MediaKind> {
    if PICTURES.contains(&content_type) {
        Some(MediaKind::Picture)
    } else if content_type.starts_with("video/") && !content_type.ends_with("xml") {
        Some(MediaKind::Video)
    } else {
        None
    }
}

/// Formats told by fixed bytes that `infer` does not know or takes too lightly.
fn signature(bytes: &[u8]) -> Option<&'static str> {
    let content_type = match bytes {
        // A JPEG that was cut off after its first marker still is one.
        [0xff, 0xd8] | [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        // JPEG 2000 codestream: SOC, then SIZ (ISO/IEC 15444-1 A.4).
        [0xff, 0x4f, 0xff, 0x51, ..] => "image/j2c",
        [b'I', b'I', 0x1a, 0, 0, 0, b'H', b'E', b'A', b'P', b'C', b'C', b'D', b'R', ..] => {
            "image/x-canon-crw"
        }
        [b'I', b'I', b'U', 0, ..] => "image/x-panasonic-rw2",
        [b'I', b'I', b'R', b'O' | b'S', ..] | [b'M', b'M', b'O', b'R', ..] => "image/x-olympus-orf",
        [b'F', b'O', b'V', b'b', ..] => "image/x-sigma-x3f",
        _ if bytes.starts_with(b"FUJIFILMCCD-RAW ") => "image/x-fujifilm-raf",
        _ if is_transport_stream(bytes) => "video/mp2t",
        _ => return None,
    };
    Some(content_type)
}

/// MPEG transport stream, as camcorders write it (AVCHD): a sync byte each 188 bytes, or each 192
/// with a time code of four bytes before (ISO/IEC 13818-1 2.4.3.2).
fn is_transport_stream(bytes: &[u8]) -> bool {
    [(0, 188), (4, 192)]
        .iter()
        .any(|&(from, step)| (0..4).all(|packet| bytes.get(from + packet * step) == Some(&0x47)))
}

/// What the `infer` crate knows, where two bytes of it are not believed too easily.
fn known_elsewhere(bytes: &[u8]) -> Option<&'static str> {
    let content_type = infer::get(bytes)?.mime_type();
    match content_type {
        "image/bmp" if !has_bitmap_header(bytes) => None,
        // Anybody may begin a text with these letters; the version follows in a real one.
        "image/gif" if !(bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a")) => None,
        other => Some(other),
    }
}

/// "BM" begins many a text; a bitmap goes on with a header of a known length.
fn has_bitmap_header(bytes: &[u8]) -> bool {
    let length = bytes.get(14..18).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    matches!(length, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn content_type(bytes: &[u8]) -> &'static str {
        sniff(bytes).content_type
    }

    #[test]
    fn raw_formats_and_old_ones_are_told_by_their_first_bytes() {
        let table: [(&[u8], &str); 8] = [
            (b"FUJIFILMCCD-RAW 0201FF383501", "image/x-fujifilm-raf"),
            (b"IIRO\x08\0\0\0", "image/x-olympus-orf"),
            (b"IIRS\x08\0\0\0", "image/x-olympus-orf"),
            (b"MMOR\0\0\0\x08", "image/x-olympus-orf"),
            (b"II*\0\x10\0\0\0CR\x02\0", "image/x-canon-cr2"),
            (b"\xff\x4f\xff\x51\0\x2f", "image/j2c"),
            (b"\xff\xd8", "image/jpeg"),
            (b"\xff\x0a\x00\x10", "image/jxl"),
        ];
        for (bytes, expected) in table {
            assert_eq!(content_type(bytes), expected);
            assert_eq!(sniff(bytes).kind, Some(MediaKind::Picture), "{expected}");
        }
    }

    #[test]
    fn camcorder_films_are_told_by_their_rhythm() {
        for (from, step) in [(0, 188), (4, 192)] {
            let mut film = vec![0xab; 4 * 192];
            for packet in 0..4 {
                film[from + packet * step] = 0x47;
            }
            assert_eq!(sniff(&film), MediaType { content_type: "video/mp2t", kind: Some(MediaKind::Video) });
            film[from + 3 * step] = 0;
            assert_eq!(sniff(&film).kind, None);
        }
    }

    #[test]
    fn texts_that_begin_like_a_picture_are_texts() {
        assert_eq!(content_type(b"BMW drives past.\nA picture would be nice here."), "text/plain");
        assert_eq!(content_type(b"GIFT LIST\n- a camera\n"), "text/plain");
        assert_eq!(content_type(b"GIF89a\x01\0\x01\0\x80\0\0"), "image/gif");
    }

    #[test]
    fn what_is_no_picture_has_no_kind() {
        for bytes in
            [b"".as_slice(), b"PK\x03\x04rest of a zip", b"%PDF-1.7\n", b"\x00\x01\x02\x03", b"hello"]
        {
            assert_eq!(sniff(bytes).kind, None);
        }
        assert_eq!(content_type(b""), UNKNOWN);
        assert_eq!(content_type(b"%PDF-1.7\n"), "application/pdf");
    }

    #[test]
    fn nothing_that_a_browser_would_run_is_shown_inline() {
        let never = [
            "text/html",
            "Text/HTML; charset=utf-8",
            "text/plain",
            "text/xml",
            "image/svg+xml",
            "IMAGE/SVG+XML",
            "application/xml",
            "application/rdf+xml",
            "application/xhtml+xml",
            "application/pdf",
            "application/javascript",
            "application/octet-stream",
            "multipart/x-mixed-replace",
            "image/x-made-up",
            "",
        ];
        for content_type in never {
            assert!(!is_safe_inline(content_type), "{content_type}");
        }
        for content_type in
            ["image/jpeg", "Image/PNG", "video/mp4", "image/heic", "audio/mpeg", "video/webm; x=y"]
        {
            assert!(is_safe_inline(content_type), "{content_type}");
        }
    }

    proptest! {
        /// Whatever comes, sniffing ends, and says something that a header can hold.
        #[test]
        fn any_bytes_have_a_type(
            start in prop::sample::select(vec![
                &b""[..], b"II*\0", b"MM\0*", b"\0\0\0\x18ftyp", b"\0\0\0\x0cjP  \r\n\x87\n", b"<", b"<?xml", b"\xff\xfe",
                b"\xfe\xff", b"PK\x03\x04", b"RIFF", b"\x1aE\xdf\xa3", b"BM", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..600),
        ) {
            let found = sniff(&[start, &rest].concat());
            prop_assert!(found.content_type.contains('/') && found.content_type.is_ascii());
            prop_assert!(found.kind.is_none() || is_safe_inline(found.content_type));
        }
    }
}
