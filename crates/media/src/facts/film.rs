//! MP4, `QuickTime` and 3GP (ISO/IEC 14496-12; `QuickTime` File Format): a film, its tracks, and what is
//! written on it.

use super::clock::{self, Reading};
use super::exif;
use super::found::{Film, Found};
use super::iso::{Numbers, children};
use super::quicktime;
use super::source::{Source, Span};
use super::track::{self, Track};
use super::xmp;

/// Where Adobe puts XMP (XMP part 3, 1.1.4).
const XMP_UUID: [u8; 16] =
    [0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];
/// More tracks than any camera writes.
const MOST_TRACKS: usize = 64;

/// Reads a film.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let all = source.all();
    let top = children(source, all);
    for child in &top.boxes {
        match &child.kind {
            b"moov" => {
                movie(source, child.content, found);
            }
            b"uuid" => uuid(source, child.content, found),
            b"meta" => quicktime::meta(source, child.content, found),
            _ => {}
        }
    }
    found.cut_off(top.missing_bytes);
    if top.find(*b"moov").is_none() {
        found.problem("its table of contents is missing, so no player will play it");
    } else if found.coded.is_none() && found.film.as_ref().is_some_and(|film| film.video_codec.is_none()) {
        found.problem("no pictures are found in it");
    }
}

/// Reads a `moov` box; answers how many pictures the first track of pictures has.
pub(super) fn movie(source: &mut Source<'_>, movie: Span, found: &mut Found) -> u64 {
    let boxes = children(source, movie);
    let mut tracks = Vec::new();
    let mut head = Head::default();
    for child in &boxes.boxes {
        match &child.kind {
            b"mvhd" => head = movie_head(&source.up_to(child.content.start, 32)).unwrap_or_default(),
            b"trak" if tracks.len() < MOST_TRACKS => tracks.push(track::read(source, child.content)),
            b"udta" => quicktime::user_data(source, child.content, found),
            b"meta" => quicktime::meta(source, child.content, found),
            b"uuid" => uuid(source, child.content, found),
            b"mvex" => head.fragments = fragments(source, child.content),
            _ => {}
        }
    }
    found.container = found.container.or(head.created_at_ms.map(|utc_ms| Reading {
        local_ms: utc_ms,
        offset_minutes: Some(0),
        is_day_only: false,
    }));
    let pictures = tracks.iter().find(|track| track.is_video() && track.size.is_some());
    if let Some((width, height)) = pictures.and_then(|track| track.size) {
        found.size(width, height);
        found.turning = pictures.and_then(|track| track.turning);
    }
    found.film = Some(film(&head, &tracks));
    pictures.or_else(|| tracks.first()).map_or(0, |track| track.samples)
}

/// What `mvhd` says.
#[derive(Debug, Default)]
struct Head {
    created_at_ms: Option<i64>,
    ticks_per_second: u32,
    duration_ticks: u64,
    fragments: Fragments,
}

/// What a film in fragments says beforehand.
#[derive(Debug, Default)]
struct Fragments {
    duration_ticks: u64,
    picture_ticks: u32,
}

/// 8.2.2: times and the length, in 32 or 64 bits.
fn movie_head(bytes: &[u8]) -> Option<Head> {
    let mut numbers = Numbers::of(bytes);
    let size = if numbers.u32()? >> 24 == 1 { 8 } else { 4 };
    let created = numbers.number(size)?;
    numbers.number(size)?;
    let ticks_per_second = numbers.u32()?;
    let duration_ticks = numbers.number(size).filter(|ticks| *ticks != u64::MAX >> (64 - 8 * size))?;
    let created_at_ms = clock::since_1904(created);
    Some(Head { created_at_ms, ticks_per_second, duration_ticks, fragments: Fragments::default() })
}

/// `mehd` tells the length of all fragments, `trex` how long a picture is shown (8.8.2, 8.8.3).
fn fragments(source: &mut Source<'_>, extension: Span) -> Fragments {
    let boxes = children(source, extension);
    let duration = boxes.find(*b"mehd").and_then(|span| {
        let bytes = source.span(span);
        let mut numbers = Numbers::of(&bytes);
        let size = if numbers.u32()? >> 24 == 1 { 8 } else { 4 };
        numbers.number(size)
    });
    let picture = boxes.find(*b"trex").and_then(|span| source.big_u32(span.start + 12));
    Fragments { duration_ticks: duration.unwrap_or_default(), picture_ticks: picture.unwrap_or_default() }
}

fn film(head: &Head, tracks: &[Track]) -> Film {
    let pictures = tracks.iter().find(|track| track.is_video());
    let sound = tracks.iter().find(|track| track.is_audio());
    let whole_ms = [head.duration_ticks, head.fragments.duration_ticks]
        .into_iter()
        .find_map(|ticks| milliseconds(ticks, head.ticks_per_second));
    let longest_ms =
        tracks.iter().filter_map(|track| milliseconds(track.duration_ticks, track.ticks_per_second)).max();
    Film {
        duration_ms: whole_ms.or(longest_ms),
        frame_rate: pictures.and_then(|track| {
            let ticks = u64::from(head.fragments.picture_ticks);
            track
                .rate()
                .or_else(|| (ticks > 0).then(|| ratio(u64::from(track.ticks_per_second), ticks)).flatten())
        }),
        video_codec: pictures.and_then(|track| track.codec.clone()),
        audio_codec: sound.and_then(|track| track.codec.clone()),
        has_audio: sound.is_some(),
    }
}

/// Ticks as milliseconds, to the nearest; `None` for no time at all, and for more than a year.
fn milliseconds(ticks: u64, per_second: u32) -> Option<u64> {
    let per_second = u64::from(per_second);
    let ms = ticks.checked_mul(1000)?.checked_add(per_second / 2)?.checked_div(per_second)?;
    (1..31_536_000_000).contains(&ms).then_some(ms)
}

/// One number by another, where both are small enough to be exact.
pub(super) fn ratio(over: u64, under: u64) -> Option<f64> {
    let exact = |number: u64| u32::try_from(number >> 20).ok().zip(u32::try_from(number & 0xf_ffff).ok());
    let ((over_high, over_low), (under_high, under_low)) = exact(over).zip(exact(under))?;
    let joined = |high: u32, low: u32| f64::from(high) * 1_048_576.0 + f64::from(low);
    let quotient = joined(over_high, over_low) / joined(under_high, under_low);
    quotient.is_finite().then_some(quotient)
}

/// A box that is told by sixteen bytes: Adobe's XMP.
pub(super) fn uuid(source: &mut Source<'_>, content: Span, found: &mut Found) {
    if source.array(content.start) == Some(XMP_UUID)
        && let Some(packet) = content.from(16)
    {
        let packet = source.span(packet);
        found.add_xmp(xmp::read(&packet));
    } else if source.up_to(content.start, 16) == b"JpgTiffExif->JP2"
        && let Some(block) = content.from(16)
    {
        exif::read(source, block, Some(block.start), found);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::iso::tests::boxed;
    use super::super::track::tests::trak;
    use super::*;

    fn mvhd(version: u8, created: u64, per_second: u32, duration: u64) -> Vec<u8> {
        let number = |number: u64| {
            if version == 1 { number.to_be_bytes().to_vec() } else { number.to_be_bytes()[4..].to_vec() }
        };
        let content = [
            vec![version, 0, 0, 0],
            number(created),
            number(0),
            per_second.to_be_bytes().to_vec(),
            number(duration),
        ];
        boxed(*b"mvhd", &[&content.concat(), &[0; 80]])
    }

    /// A film of two seconds from 2024-01-31T22:59:59Z, with more boxes in its `moov`.
    pub(in crate::facts) fn film_with(brand: [u8; 4], more: &[Vec<u8>]) -> Vec<u8> {
        let moov = boxed(*b"moov", &[&mvhd(0, 3_789_586_799, 600, 1200), &trak(), &more.concat()]);
        [boxed(*b"ftyp", &[&brand, b"\0\0\0\0"]), boxed(*b"mdat", &[&[0; 16]]), moov].concat()
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn a_film_tells_when_how_long_and_how() {
        let found = found(&film_with(*b"isom", &[]));
        let film = found.film.clone().unwrap();
        assert_eq!(found.container.unwrap().utc_ms(), Some(1_706_741_999_000));
        assert_eq!(film.duration_ms, Some(2000));
        assert_eq!(film.frame_rate, Some(25.0));
        assert_eq!(film.video_codec.as_deref(), Some("h264"));
        assert_eq!(found.coded, Some((1280, 720)));
        assert_eq!(found.turning.unwrap().degrees(), 90);
        assert_eq!(found.problems(), None);
    }

    #[test]
    fn heads_in_64_bits_and_lengths_that_are_unknown() {
        let head = movie_head(&mvhd(1, 3_789_586_799, 1000, 5_000_000_000)[8..]).unwrap();
        assert_eq!(milliseconds(head.duration_ticks, head.ticks_per_second), Some(5_000_000_000));
        assert!(movie_head(&mvhd(0, 0, 600, 0xffff_ffff)[8..]).is_none());
        assert!(movie_head(&mvhd(1, 0, 600, u64::MAX)[8..]).is_none());
        assert_eq!(milliseconds(5, 0), None);
        assert_eq!(milliseconds(u64::MAX, 1), None);
    }

    #[test]
    fn fragments_tell_their_length_beforehand() {
        let mehd = boxed(*b"mehd", &[&[0, 0, 0, 0], &900_u32.to_be_bytes()]);
        let moov = boxed(*b"moov", &[&mvhd(0, 0, 600, 0), &boxed(*b"mvex", &[&mehd])]);
        assert_eq!(found(&moov).film.unwrap().duration_ms, Some(1500));
    }

    #[test]
    fn what_is_cut_off_says_how_much_is_missing() {
        let whole = film_with(*b"isom", &[]);
        let cut = found(&whole[..whole.len() - 5]).problems().unwrap();
        assert!(cut.contains("5 bytes are missing"), "{cut}");
        let cut = found(&whole[..30]).problems().unwrap();
        assert!(cut.contains("table of contents"), "{cut}");
        for end in 0..whole.len() {
            let _ = found(&whole[..end]);
        }
    }

    #[test]
    fn ratios_are_exact_or_none() {
        assert_eq!(ratio(30_000, 1001), Some(30_000.0 / 1001.0));
        assert_eq!(ratio(1 << 40, 1 << 39), Some(2.0));
        assert_eq!(ratio(1, 0), None);
        assert_eq!(ratio(u64::MAX, 1), None);
    }
}
