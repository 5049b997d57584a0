//! Small pictures and videos, made from a number: another number gives other bytes.

/// A JPEG of 8 × 8 grey pixels (ITU-T T.81, baseline), made unique by a comment segment.
pub fn jpeg(number: u64) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    segment(&mut bytes, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    segment(&mut bytes, 0xFE, format!("sample {number}").as_bytes());
    segment(&mut bytes, 0xDB, &[&[0u8][..], &[1; 64]].concat());
    // Eight bits a sample, 8 × 8 pixels, one component.
    segment(&mut bytes, 0xC0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    // One code in each table: "no difference" for DC, "end of block" for AC.
    for table in [0x00, 0x10] {
        let mut codes = vec![table, 1];
        codes.extend([0; 15]);
        codes.push(0);
        segment(&mut bytes, 0xC4, &codes);
    }
    segment(&mut bytes, 0xDA, &[1, 1, 0, 0, 63, 0]);
    // The two codes, filled up with ones; then the end of the image.
    bytes.extend([0x3F, 0xFF, 0xD9]);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).expect("a sample's segments are short");
    bytes.extend([0xFF, marker]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(content);
}

/// A PNG of 4 × 2 coloured pixels (RFC 2083), whose colours come from the number.
pub fn png(number: u64) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut bytes, *b"IHDR", &[0, 0, 0, 4, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
    let colours = number.to_be_bytes();
    let mut pixels = Vec::new();
    for row in 0..2u8 {
        pixels.push(0);
        pixels.extend((0..12usize).map(|i| colours[i % 8].wrapping_add(row)));
    }
    chunk(&mut bytes, *b"IDAT", &zlib_stored(&pixels));
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    bytes.extend(u32::try_from(content.len()).expect("a sample's chunks are short").to_be_bytes());
    let start = bytes.len();
    bytes.extend(kind);
    bytes.extend(content);
    let sum = crc32(&bytes[start..]);
    bytes.extend(sum.to_be_bytes());
}

/// A zlib stream (RFC 1950) with one block that is not compressed.
fn zlib_stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a stored block is short");
    let mut bytes = vec![0x78, 0x01, 0x01];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(content);
    let (mut a, mut b) = (1u32, 0u32);
    for byte in content {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    bytes.extend(((b << 16) | a).to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    let sum =
        bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 }
            })
        });
    !sum
}

/// Something that every sniffer takes for an MP4 video (ISO 14496-12): a type box, and a data box
/// of `size_bytes` bytes that come from the number. No player shows it.
pub fn mp4(number: u64, size_bytes: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size_bytes + 40);
    bytes.extend(24u32.to_be_bytes());
    bytes.extend(b"ftypisom\0\0\x02\0isommp41");
    bytes.extend(u32::try_from(size_bytes + 8).expect("a sample is smaller than 4 GiB").to_be_bytes());
    bytes.extend(b"mdat");
    bytes.extend(noise(number, size_bytes));
    bytes
}

/// Bytes without any meaning that compress badly.
pub fn noise(number: u64, size_bytes: usize) -> Vec<u8> {
    let mut bytes = vec![0; size_bytes];
    domain::Random::fill(&crate::SeededRandom::new(number), &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_make_content() {
        for make in [jpeg, png, |number| mp4(number, 100)] {
            assert_eq!(make(1), make(1));
            assert_ne!(make(1), make(2));
        }
    }

    #[test]
    fn they_begin_and_end_as_their_formats_do() {
        assert!(jpeg(1).starts_with(&[0xFF, 0xD8, 0xFF]) && jpeg(1).ends_with(&[0xFF, 0xD9]));
        // The end chunk of every PNG, with its well-known sum.
        assert!(png(1).ends_with(b"\0\0\0\0IEND\xAE\x42\x60\x82"));
        assert_eq!(&mp4(1, 100)[4..12], b"ftypisom");
        assert_eq!(mp4(1, 100).len(), 132);
    }
}
