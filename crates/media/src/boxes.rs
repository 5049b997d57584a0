//! Files made of boxes: MP4, `QuickTime`, 3GP, HEIF, AVIF, CR3, JPEG 2000, JPEG XL in its box form.
//!
//! ISO/IEC 14496-12: a box is a length, four letters, and content. The first box tells what the file
//! is: `ftyp` with a major brand and the brands it is compatible with, or, in `QuickTime` files of the
//! time before `ftyp`, a box of the film itself.

/// The type of a file that begins with a box; `None` when it does not.
pub(crate) fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let kind = bytes.get(4..8)?;
    match kind {
        b"ftyp" => Some(by_brands(bytes)),
        b"jP  " => by_signature(bytes, b"\r\n\x87\n").then(|| jpeg_2000(bytes)),
        b"JXL " => by_signature(bytes, b"\r\n\x87\n").then_some("image/jxl"),
        b"moov" | b"mdat" | b"wide" | b"pnot" | b"free" | b"skip" => {
            has_plausible_length(bytes).then_some("video/quicktime")
        }
        _ => None,
    }
}

/// The twelve bytes that JPEG 2000 and JPEG XL begin with, made to break in transfers that change
/// line ends.
fn by_signature(bytes: &[u8], content: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0, 12]) && bytes.get(8..12) == Some(content)
}

/// A box's length counts its own eight bytes; 0 means "to the end", 1 "the length follows".
fn has_plausible_length(bytes: &[u8]) -> bool {
    let length = bytes.get(..4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    length.is_some_and(|length| !(2..8).contains(&length))
}

fn by_brands(bytes: &[u8]) -> &'static str {
    let length = bytes.get(..4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
    let end = usize::try_from(length).unwrap_or(usize::MAX).clamp(16, bytes.len().max(16));
    let major = bytes.get(8..12).unwrap_or_default();
    let compatible = || bytes.get(16..end).unwrap_or_default().chunks_exact(4);
    // A picture of the general HEIF brand may still say what codes it.
    if matches!(major, b"mif1" | b"mif2" | b"msf1")
        && compatible().any(|brand| matches!(brand, b"avif" | b"avis"))
    {
        return "image/avif";
    }
    by_brand(major)
        .or_else(|| compatible().find_map(by_brand))
        // Cameras make brands up; what they write under them is MPEG-4.
        .unwrap_or("video/mp4")
}

/// What one brand says (the register at mp4ra.org, and IANA's registrations of the HEIF types).
fn by_brand(brand: &[u8]) -> Option<&'static str> {
    let content_type = match brand {
        b"heic" | b"heix" | b"heim" | b"heis" => "image/heic",
        b"hevc" | b"hevx" | b"hevm" | b"hevs" => "image/heic-sequence",
        b"mif1" | b"mif2" | b"heif" => "image/heif",
        b"msf1" => "image/heif-sequence",
        b"avif" | b"avis" => "image/avif",
        b"crx " => "image/x-canon-cr3",
        b"jxl " => "image/jxl",
        b"qt  " => "video/quicktime",
        [b'3', b'g', b'2' | b'c', _] => "video/3gpp2",
        [b'3', b'g', _, _] => "video/3gpp",
        b"M4A " | b"M4B " | b"M4P " | b"F4A " | b"F4B " => "audio/mp4",
        b"isom"
        | b"mp41"
        | b"mp42"
        | b"mp4v"
        | b"avc1"
        | b"M4V "
        | b"MSNV"
        | b"XAVC"
        | b"dash"
        | b"F4V "
        | [b'i', b's', b'o', b'2'..=b'9'] => "video/mp4",
        _ => return None,
    };
    Some(content_type)
}

/// The brand in the `ftyp` box behind the signature tells the four parts of the standard apart.
fn jpeg_2000(bytes: &[u8]) -> &'static str {
    match bytes.get(20..24) {
        Some(b"jpx ") => "image/jpx",
        Some(b"jpm ") => "image/jpm",
        Some(b"mjp2") => "video/mj2",
        _ => "image/jp2",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_brands(major: [u8; 4], compatible: &[u8]) -> Vec<u8> {
        let length = u32::try_from(16 + compatible.len()).unwrap();
        let mut bytes = length.to_be_bytes().to_vec();
        bytes.extend(b"ftyp");
        bytes.extend(major);
        bytes.extend([0; 4]);
        bytes.extend(compatible);
        bytes.extend(b"\0\0\0\x08avif: behind the box, so no brand");
        bytes
    }

    #[test]
    fn brands_tell_pictures_from_films() {
        let table = [
            (*b"heic", "mif1heic", "image/heic"),
            (*b"heix", "mif1", "image/heic"),
            (*b"hevc", "msf1", "image/heic-sequence"),
            (*b"msf1", "iso8", "image/heif-sequence"),
            (*b"mif1", "mif1heic", "image/heif"),
            (*b"mif1", "avifmiaf", "image/avif"),
            (*b"avis", "msf1", "image/avif"),
            (*b"crx ", "isom", "image/x-canon-cr3"),
            (*b"qt  ", "qt  ", "video/quicktime"),
            (*b"3gp5", "isom", "video/3gpp"),
            (*b"3g2a", "", "video/3gpp2"),
            (*b"M4A ", "isom", "audio/mp4"),
            (*b"M4V ", "isom", "video/mp4"),
            (*b"what", "????heic", "image/heic"),
            (*b"what", "", "video/mp4"),
        ];
        for (major, compatible, expected) in table {
            assert_eq!(sniff(&with_brands(major, compatible.as_bytes())), Some(expected));
        }
    }

    #[test]
    fn a_cut_off_beginning_is_what_it_promises() {
        assert_eq!(sniff(b"\0\0\0\x18ftypheic"), Some("image/heic"));
        assert_eq!(sniff(b"\0\0\0\x18ftyp"), Some("video/mp4"));
        assert_eq!(sniff(b"\0\0\0\x18fty"), None);
        assert_eq!(sniff(b"\xff\xff\xff\xffftypmif1\0\0\0\0avif"), Some("image/avif"));
    }

    #[test]
    fn quicktime_without_a_brand_begins_with_a_film_box() {
        assert_eq!(sniff(b"\0\0\0\x08wide\0\x0b\xae\xebmdat"), Some("video/quicktime"));
        assert_eq!(sniff(b"\0\0\0\x01mdat\0\0\0\0"), Some("video/quicktime"));
        assert_eq!(sniff(b"\0\0\0\x05mdat\0\0\0\0"), None);
    }

    #[test]
    fn jpeg_2000_and_jpeg_xl_share_a_signature_box() {
        let with = |name: &[u8], brand: &[u8]| {
            [b"\0\0\0\x0c", name, b"\r\n\x87\n", b"\0\0\0\x14ftyp", brand, b"\0\0\0\0"].concat()
        };
        for (brand, expected) in
            [(b"jp2 ", "image/jp2"), (b"jpx ", "image/jpx"), (b"jpm ", "image/jpm"), (b"mjp2", "video/mj2")]
        {
            assert_eq!(sniff(&with(b"jP  ", brand)), Some(expected));
        }
        assert_eq!(sniff(&with(b"JXL ", b"jxl ")), Some("image/jxl"));
        assert_eq!(sniff(b"\0\0\0\x0cJXL \n\x87\n\n"), None, "a transfer has changed the line ends");
    }
}
