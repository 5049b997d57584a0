//! One AV1 picture (the AV1 Bitstream & Decoding Process Specification, with errata 1).

use aom_decode::color::{ChromaSampling, Depth, MatrixCoefficients, Range};
use aom_decode::{Config, Decoder, FrameTempRef, RowsIter, RowsIters};
use heifer::heifer_hevc_dec::recon::Frame;

use crate::render::limits::RenderLimits;
use crate::render::unrenderable::Unrenderable;

/// The kind of unit that says how large frames may be.
const SEQUENCE_HEADER: u8 = 1;
/// While decoding: the frame with its borders, the one it is filtered into, and the copy made of it.
const BYTES_PER_PIXEL: u64 = 10;

/// Decodes the first frame, after looking at what its sequence claims. Answers the frame, and the size of
/// the picture in its upper left: where colours are halved, the frame's sides are made even.
pub(super) fn decode(bytes: &[u8], limits: &RenderLimits) -> Result<(Frame, (u32, u32)), Unrenderable> {
    let claimed = largest_frame(bytes)
        .ok_or_else(|| Unrenderable::broken("its AV1 picture does not say how large it is"))?;
    limits.check_size(claimed)?;
    limits.check_memory(claimed, BYTES_PER_PIXEL)?;
    let mut decoder = Decoder::new(&Config { threads: 1 }).map_err(Unrenderable::broken)?;
    let frame = decoder.decode_frame(bytes).map_err(Unrenderable::broken)?;
    copied(&frame)
}

fn copied(frame: &FrameTempRef<'_>) -> Result<(Frame, (u32, u32)), Unrenderable> {
    let full_range = matches!(frame.range(), Range::Full);
    let matrix_coeffs = matrix(frame.matrix_coefficients());
    let (planes, bits, chroma_format) = match frame.rows_iter().map_err(Unrenderable::broken)? {
        RowsIters::Mono8(y) => ([bytes(y), none(), none()], 8, 0),
        RowsIters::YuvPlanes8 { y, u, v, chroma_sampling } => {
            ([bytes(y), bytes(u), bytes(v)], 8, chroma(chroma_sampling))
        }
        RowsIters::Mono16(y, depth) => ([words(y), none(), none()], bits(depth), 0),
        RowsIters::YuvPlanes16 { y, u, v, chroma_sampling, depth } => {
            ([words(y), words(u), words(v)], bits(depth), chroma(chroma_sampling))
        }
    };
    let side = |length: usize| u32::try_from(length).map_err(Unrenderable::broken);
    let [luma, blue, red] = planes;
    let size = (side(luma.width)?, side(luma.height)?);
    let luma = luma.covered_by(&blue);
    let frame = Frame {
        widths: [side(luma.width)?, side(blue.width)?, side(red.width)?],
        heights: [side(luma.height)?, side(blue.height)?, side(red.height)?],
        planes: [luma.samples, blue.samples, red.samples],
        bit_depth: [bits, bits],
        chroma_format,
        full_range,
        matrix_coeffs,
    };
    Ok((frame, size))
}

/// The samples of one plane.
struct Plane {
    width: usize,
    height: usize,
    samples: Vec<u16>,
}

impl Plane {
    /// Repeats the last column and row of an odd side, so that each sample of colour has its two of light.
    fn covered_by(self, colour: &Self) -> Self {
        let is_odd = |light: usize, colour: usize| colour < light && light < 2 * colour;
        let wider = usize::from(is_odd(self.width, colour.width));
        let taller = usize::from(is_odd(self.height, colour.height));
        if wider + taller == 0 {
            return self;
        }
        let rows = self.samples.chunks_exact(self.width.max(1));
        let last_row = rows.clone().next_back().into_iter().take(taller);
        let samples =
            rows.chain(last_row).flat_map(|row| row.iter().chain(row.last().into_iter().take(wider)));
        let samples = samples.copied().collect();
        Self { width: self.width + wider, height: self.height + taller, samples }
    }
}

fn none() -> Plane {
    Plane { width: 0, height: 0, samples: Vec::new() }
}

fn bytes(rows: RowsIter<'_, u8>) -> Plane {
    let (width, height) = (rows.width(), rows.height());
    let samples = rows.flat_map(|row| row.iter().map(|&sample| u16::from(sample))).collect();
    Plane { width, height, samples }
}

fn words(rows: RowsIter<'_, [u8; 2]>) -> Plane {
    let (width, height) = (rows.width(), rows.height());
    let samples = rows.flat_map(|row| row.iter().map(|&sample| u16::from_ne_bytes(sample))).collect();
    Plane { width, height, samples }
}

fn bits(depth: Depth) -> u8 {
    match depth {
        Depth::Depth8 => 8,
        Depth::Depth10 => 10,
        Depth::Depth12 => 12,
        Depth::Depth16 => 16,
    }
}

fn chroma(sampling: ChromaSampling) -> u8 {
    match sampling {
        ChromaSampling::Monochrome => 0,
        ChromaSampling::Cs420 => 1,
        ChromaSampling::Cs422 => 2,
        ChromaSampling::Cs444 => 3,
    }
}

/// Its number in ITU-T H.273.
fn matrix(coefficients: Option<MatrixCoefficients>) -> u8 {
    match coefficients {
        Some(MatrixCoefficients::Identity) => 0,
        Some(MatrixCoefficients::BT709) => 1,
        Some(MatrixCoefficients::FCC) => 4,
        Some(MatrixCoefficients::BT470BG | MatrixCoefficients::BT601) => 6,
        Some(MatrixCoefficients::SMPTE240) => 7,
        Some(MatrixCoefficients::YCgCo) => 8,
        Some(MatrixCoefficients::BT2020NCL) => 9,
        _ => 2,
    }
}

/// The size that the first sequence header allows frames to have (5.5.1). A decoder makes room for it
/// before it looks at anything else.
fn largest_frame(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes;
    loop {
        let &[header, ref behind @ ..] = rest else { return None };
        // 5.3.2: type, then whether an extension and a length follow.
        let (kind, has_extension, has_length) = ((header >> 3) & 15, header & 4 != 0, header & 2 != 0);
        let behind = behind.get(usize::from(has_extension)..)?;
        let (length, behind) = if has_length { leb128(behind)? } else { (behind.len(), behind) };
        let content = behind.get(..length)?;
        if kind == SEQUENCE_HEADER {
            return sequence_size(&mut Bits { bytes: content, at: 0 });
        }
        rest = behind.get(length..)?;
    }
}

/// Seven bits a byte, the lowest first (4.10.5).
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0usize;
    for (index, &byte) in bytes.iter().enumerate().take(4) {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

fn sequence_size(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    bits.read(4)?; // profile, still picture
    if bits.flag()? {
        bits.read(5)?; // reduced header: only a level
    } else {
        timing_and_operating_points(bits)?;
    }
    let width_bits = bits.read(4)? + 1;
    let height_bits = bits.read(4)? + 1;
    Some((bits.read(width_bits)? + 1, bits.read(height_bits)? + 1))
}

/// What lies between in headers of films and of pictures written like films.
fn timing_and_operating_points(bits: &mut Bits<'_>) -> Option<()> {
    let mut delay_bits = None;
    if bits.flag()? {
        bits.read(32)?;
        bits.read(32)?;
        if bits.flag()? {
            bits.unsigned_variable()?;
        }
        if bits.flag()? {
            delay_bits = Some(bits.read(5)? + 1);
            bits.read(32)?;
            bits.read(10)?;
        }
    }
    let has_initial_delay = bits.flag()?;
    for _ in 0..=bits.read(5)? {
        bits.read(12)?;
        if bits.read(5)? > 7 {
            bits.read(1)?; // tier
        }
        if let Some(count) = delay_bits
            && bits.flag()?
        {
            bits.read(count)?;
            bits.read(count)?;
            bits.read(1)?;
        }
        if has_initial_delay && bits.flag()? {
            bits.read(4)?;
        }
    }
    Some(())
}

/// Bits, the highest of each byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn read(&mut self, count: u32) -> Option<u32> {
        let mut value = 0u32;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = (value << 1) | u32::from((byte >> (7 - self.at % 8)) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.read(1)? == 1)
    }

    /// As many zeros as bits follow the one (4.10.3).
    fn unsigned_variable(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros >= 32 { Some(u32::MAX) } else { self.read(zeros) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits written as text, spaces for the reader.
    fn unit(header: u8, bits: &str) -> Vec<u8> {
        let digits: Vec<u8> = bits.bytes().filter(|byte| *byte != b' ').map(|byte| byte - b'0').collect();
        let content = digits
            .chunks(8)
            .map(|chunk| chunk.iter().enumerate().fold(0, |byte, (index, bit)| byte | bit << (7 - index)));
        let content: Vec<u8> = content.collect();
        [&[header, u8::try_from(content.len()).unwrap()][..], &content].concat()
    }

    #[test]
    fn a_still_picture_s_header_says_its_size() {
        let delimiter = [0x12, 0];
        let sequence = unit(0x0a, "000 1 1 00000 1001 0111 1111111111 11111111");
        assert_eq!(largest_frame(&[&delimiter[..], &sequence].concat()), Some((1024, 256)));
        assert_eq!(largest_frame(&delimiter), None);
    }

    #[test]
    fn a_film_s_header_says_its_size_behind_its_timing() {
        let point = "000000000000 01000 1 1 00001 00010 0 1 0000";
        let timing = format!("1 {0:032b} {0:032b} 1 010 1 00100 {0:032b} 0000000000 1 00000 {point}", 1);
        let sequence = unit(0x0a, &format!("000 0 0 {timing} 0011 0011 1111 0111"));
        assert_eq!(largest_frame(&sequence), Some((16, 8)));
    }

    #[test]
    fn odd_sides_are_made_even_where_colours_are_halved() {
        let light = |width, height| Plane { width, height, samples: (1..=9).take(width * height).collect() };
        let colour = |width, height| Plane { width, height, samples: vec![0; width * height] };
        let found = light(3, 3).covered_by(&colour(2, 2));
        assert_eq!((found.width, found.height), (4, 4));
        assert_eq!(found.samples, [1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 7, 8, 9, 9]);
        let found = light(3, 2).covered_by(&colour(2, 2));
        assert_eq!(found.samples, [1, 2, 3, 3, 4, 5, 6, 6]);
        for same in [colour(3, 3), colour(0, 0)] {
            assert_eq!(light(3, 3).covered_by(&same).samples.len(), 9);
        }
        assert_eq!(light(2, 2).covered_by(&colour(1, 1)).samples.len(), 4);
    }

    #[test]
    fn what_is_cut_off_says_nothing() {
        let sequence = unit(0x0a, "000 1 1 00000 1001 0111 1111111111 11111111");
        for end in 0..sequence.len() {
            assert_eq!(largest_frame(&sequence[..end]), None, "{end}");
        }
        assert_eq!(leb128(&[0x80, 0x80, 0x80, 0x80, 0x01]), None);
        assert_eq!(leb128(&[0x81, 0x01, 9]), Some((129, &[9][..])));
    }

    #[test]
    fn a_claim_beyond_the_limits_is_refused_before_decoding() {
        let sequence = unit(0x0a, "000 1 1 00000 1111 1111 1111111111111111 1111111111111111");
        let refused = decode(&sequence, &RenderLimits::default());
        assert_eq!(refused.err(), Some(Unrenderable::TooLarge { width: 65_536, height: 65_536 }));
    }
}
