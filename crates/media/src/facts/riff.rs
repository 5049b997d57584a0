//! Files made of RIFF chunks: WebP (RFC 9649) and AVI (Microsoft, "AVI RIFF File Reference").

use super::clock;
use super::codecs;
use super::exif;
use super::found::{Film, Found};
use super::icc;
use super::ifd::text_of;
use super::source::{Source, Span};
use super::xmp;

/// A film of pictures has one chunk for each.
const MOST_CHUNKS: usize = 200_000;
/// Nothing runs for a year.
const MOST_MS: u64 = 31_536_000_000;
/// Lists in lists in lists.
const MOST_DEPTH: usize = 4;

/// Four letters and a content.
struct Chunk {
    kind: [u8; 4],
    content: Span,
    /// It is longer than what it lies in.
    is_cut: bool,
}

/// Chunks one after the other.
struct Chunks {
    at: u64,
    end: u64,
    left: usize,
}

impl Chunks {
    fn of(span: Span) -> Chunks {
        Chunks { at: span.start, end: span.end, left: MOST_CHUNKS }
    }

    fn next(&mut self, source: &mut Source<'_>) -> Option<Chunk> {
        self.left = self.left.checked_sub(1)?;
        let whole = Span { start: self.at, end: self.end };
        if whole.length() < 8 {
            return None;
        }
        let kind = source.array(self.at)?;
        let length = u64::from(source.little_u32(self.at + 4)?);
        let content = whole.part(8, length)?;
        // Chunks begin at even places.
        self.at = self.at.checked_add(8 + length + length % 2)?;
        Some(Chunk { kind, content, is_cut: content.length() < length })
    }
}

/// Reads a WebP.
pub(super) fn webp(source: &mut Source<'_>, found: &mut Found) {
    let Some(body) = source.all().from(12) else { return };
    let mut chunks = Chunks::of(body);
    let mut frames = 0_u32;
    while let Some(chunk) = chunks.next(source) {
        let at = chunk.content.start;
        match &chunk.kind {
            b"VP8X" => {
                let bytes = source.up_to(at + 4, 6);
                if let [w0, w1, w2, h0, h1, h2] = bytes[..] {
                    found.size(
                        u32::from_le_bytes([w0, w1, w2, 0]) + 1,
                        u32::from_le_bytes([h0, h1, h2, 0]) + 1,
                    );
                }
            }
            // RFC 6386, 9.1: a tag of three bytes, a start code, and two sizes of 14 bits.
            b"VP8 " => {
                if let Some([_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1]) = source.array(at) {
                    let size = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
                    found.size(size(w0, w1), size(h0, h1));
                }
            }
            b"VP8L" => {
                if let Some(bits) = source.little_u32(at + 1).filter(|_| source.byte(at) == Some(0x2f)) {
                    found.size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
                }
            }
            b"ANMF" => frames += 1,
            b"EXIF" => exif::read(source, chunk.content, Some(at), found),
            b"XMP " => found.add_xmp(xmp::read(&source.span(chunk.content))),
            b"ICCP" => found.profile = icc::name(&source.span(chunk.content)),
            _ => {}
        }
        if chunk.is_cut {
            found.problem("it is cut off before its end");
        }
    }
    found.frames = (frames > 1).then_some(frames);
}

/// Reads an AVI.
pub(super) fn avi(source: &mut Source<'_>, found: &mut Found) {
    let mut film = Film::default();
    let mut stream = Stream::default();
    if let Some(body) = source.all().from(12) {
        list(source, body, MOST_DEPTH, &mut film, &mut stream, found);
    }
    if found.coded.is_none() {
        found.problem("it breaks off before its size is told");
    }
    found.film = Some(film);
}

/// The header of the stream that is being read.
#[derive(Default)]
struct Stream {
    kind: [u8; 4],
    code: [u8; 4],
}

fn list(
    source: &mut Source<'_>,
    span: Span,
    depth: usize,
    film: &mut Film,
    stream: &mut Stream,
    found: &mut Found,
) {
    let mut chunks = Chunks::of(span);
    while let Some(chunk) = chunks.next(source) {
        let at = chunk.content.start;
        match &chunk.kind {
            b"LIST" => {
                let is_movie = source.array(at) == Some(*b"movi");
                if let (false, Some(inside), true) = (is_movie, chunk.content.from(4), depth > 0) {
                    list(source, inside, depth - 1, film, stream, found);
                }
            }
            b"avih" => {
                main_header(source, at, film, found);
            }
            b"strh" => stream_header(source, at, film, stream),
            b"strf" => stream_format(source, at, film, stream, found),
            b"IDIT" | b"ICRD" => {
                let text =
                    text_of(&source.up_to(at, usize::try_from(chunk.content.length().min(64)).unwrap_or(64)));
                let reading = text.and_then(|text| clock::asctime(&text).or_else(|| clock::iso(&text)));
                found.container = found.container.or(reading);
            }
            _ => {}
        }
        if chunk.is_cut {
            found.problem("it is cut off before its end");
        }
    }
}

/// `avih`: microseconds a picture, and their number, until a stream says it better.
fn main_header(source: &mut Source<'_>, at: u64, film: &mut Film, found: &mut Found) -> Option<()> {
    let (microseconds, frames) = (source.little_u32(at)?, source.little_u32(at + 16)?);
    let (width, height) = (source.little_u32(at + 32)?, source.little_u32(at + 36)?);
    found.size(width, height);
    if microseconds > 0 {
        film.frame_rate = Some(1e6 / f64::from(microseconds));
        film.duration_ms =
            Some(u64::from(microseconds) * u64::from(frames) / 1000).filter(|ms| *ms < MOST_MS);
    }
    Some(())
}

/// `strh`: what the stream is, and its rate.
fn stream_header(source: &mut Source<'_>, at: u64, film: &mut Film, stream: &mut Stream) {
    *stream =
        Stream { kind: source.array(at).unwrap_or_default(), code: source.array(at + 4).unwrap_or_default() };
    let mut number = |offset| source.little_u32(at + offset).filter(|number| *number > 0);
    if &stream.kind == b"vids"
        && let (Some(scale), Some(rate)) = (number(20), number(24))
    {
        film.frame_rate = Some(f64::from(rate) / f64::from(scale));
        if let Some(length) = number(32) {
            // The three together may not fit into 64 bits.
            let ms = u128::from(length) * u128::from(scale) * 1000 / u128::from(rate);
            film.duration_ms = u64::try_from(ms).ok().filter(|ms| *ms < MOST_MS);
        }
    }
}

/// `strf`: a `BITMAPINFOHEADER` of pictures, a `WAVEFORMATEX` of sound.
fn stream_format(source: &mut Source<'_>, at: u64, film: &mut Film, stream: &Stream, found: &mut Found) {
    if &stream.kind == b"vids" {
        if let (Some(width), Some(height)) = (source.little_u32(at + 4), source.little_u32(at + 8)) {
            found.size(width, height.cast_signed().unsigned_abs());
        }
        let code = source.array(at + 16).filter(|code| code != &[0; 4]).unwrap_or(stream.code);
        film.video_codec.get_or_insert_with(|| codecs::video(code));
    } else if &stream.kind == b"auds" {
        film.has_audio = true;
        if let Some(format) = source.little_u16(at) {
            let bits = source.little_u16(at + 14).unwrap_or_default();
            film.audio_codec.get_or_insert_with(|| codecs::wave(format, bits));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ifd::tests::{short, tiff};
    use super::*;

    pub(in crate::facts) fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_le_bytes();
        let padding: &[u8] = if content.len() % 2 == 1 { b"\0" } else { b"" };
        [kind.as_slice(), &length, content, padding].concat()
    }

    fn riff(kind: [u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk(*b"RIFF", &[kind.as_slice(), &chunks.concat()].concat())
    }

    pub(in crate::facts) fn animated_webp() -> Vec<u8> {
        let exif = chunk(*b"EXIF", &tiff(&[short(0x112, 8)]));
        let frame = chunk(*b"ANMF", &[0; 17]);
        riff(*b"WEBP", &[chunk(*b"VP8X", &[0, 0, 0, 0, 9, 0, 0, 19, 0, 0]), frame.clone(), frame, exif])
    }

    fn found(bytes: &[u8], read: fn(&mut Source<'_>, &mut Found)) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn webp_of_each_kind_has_a_size() {
        let lossy = riff(*b"WEBP", &[chunk(*b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 10, 0x40, 20, 0])]);
        assert_eq!(found(&lossy, webp).coded, Some((10, 20)));
        let lossless = riff(*b"WEBP", &[chunk(*b"VP8L", &[0x2f, 9, 0xc0, 4, 0])]);
        assert_eq!(found(&lossless, webp).coded, Some((10, 20)));
        let animated = found(&animated_webp(), webp);
        assert_eq!((animated.coded, animated.frames), (Some((10, 20)), Some(2)));
        assert_eq!(animated.exif.turning.unwrap().exif(), 8);
    }

    pub(in crate::facts) fn film() -> Vec<u8> {
        let number = |value: u32| value.to_le_bytes();
        let mut header = vec![0; 56];
        header[..4].copy_from_slice(&number(40_000));
        header[16..20].copy_from_slice(&number(50));
        header[32..36].copy_from_slice(&number(320));
        header[36..40].copy_from_slice(&number(240));
        let mut video = vec![0; 56];
        video[..8].copy_from_slice(b"vidsmjpg");
        video[20..24].copy_from_slice(&number(1001));
        video[24..28].copy_from_slice(&number(30_000));
        video[32..36].copy_from_slice(&number(60));
        let mut picture = vec![0; 40];
        picture[4..8].copy_from_slice(&number(640));
        picture[8..12].copy_from_slice(&number(480));
        picture[16..20].copy_from_slice(b"MJPG");
        let list = |kind: &[u8], inside: Vec<Vec<u8>>| chunk(*b"LIST", &[kind, &inside.concat()].concat());
        let sound = vec![
            chunk(*b"strh", b"auds\0\0\0\0"),
            chunk(*b"strf", &[1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0]),
        ];
        let streams =
            [list(b"strl", vec![chunk(*b"strh", &video), chunk(*b"strf", &picture)]), list(b"strl", sound)];
        let date = chunk(*b"IDIT", b"Wed Jan 31 23:59:59 2024\n\0");
        let headers = list(b"hdrl", vec![chunk(*b"avih", &header), streams.concat(), date]);
        riff(*b"AVI ", &[headers, list(b"movi", vec![vec![0; 20]])])
    }

    #[test]
    fn an_avi_tells_its_streams_and_its_date() {
        let found = found(&film(), avi);
        let film = found.film.unwrap();
        assert_eq!(found.coded, Some((320, 240)));
        assert_eq!(film.duration_ms, Some(2002));
        assert!((film.frame_rate.unwrap() - 29.97).abs() < 0.001);
        assert_eq!(film.video_codec.as_deref(), Some("mjpeg"));
        assert_eq!(film.audio_codec.as_deref(), Some("pcm_s16le"));
        assert!(film.has_audio);
        assert_eq!(found.container.unwrap().local_ms, 1_706_745_599_000);
    }

    #[test]
    fn a_stream_that_claims_to_run_for_ages_is_not_believed() {
        let mut header = b"vids".to_vec();
        header.resize(56, 0);
        for (at, number) in [(20, u32::MAX), (24, 1), (32, u32::MAX)] {
            header[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        let bytes = riff(*b"AVI ", &[chunk(*b"strh", &header)]);
        assert_eq!(found(&bytes, avi).film.unwrap().duration_ms, None);
    }

    #[test]
    fn cut_off_anywhere_it_is_read_to_the_end() {
        for whole in [film(), animated_webp()] {
            for end in 0..whole.len() {
                let _ = (found(&whole[..end], avi), found(&whole[..end], webp));
            }
        }
        let whole = animated_webp();
        assert!(found(&whole[..whole.len() - 4], webp).problems().unwrap().contains("cut off"));
    }
}
