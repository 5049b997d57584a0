//! Matroska and `WebM` (RFC 8794 for EBML, RFC 9559 for what is in it).

use super::clock::{self, Reading};
use super::codecs;
use super::found::{Film, Found};
use super::source::{Source, Span};
use super::turning::Turning;

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TRACKS: u32 = 0x1654_ae6b;
const CLUSTER: u32 = 0x1f43_b675;
const TRACK: u32 = 0xae;
const VIDEO: u32 = 0xe0;
const PROJECTION: u32 = 0x7670;
/// More than lies before the clusters of any real file, and enough to walk over many clusters.
const MOST_ELEMENTS: usize = 4000;
/// The longest text or number that is read.
const MOST_VALUE: u64 = 256;

/// An element: its identifier and where its content lies.
#[derive(Debug, Clone, Copy)]
struct Element {
    identifier: u32,
    content: Span,
    /// Its length is not known: a recording that was never finished, or a live one.
    is_open: bool,
}

/// Reads a Matroska or `WebM` film.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    let mut film = Film::default();
    let all = source.all();
    let segment = elements(source, all).into_iter().find(|element| element.identifier == SEGMENT);
    for element in segment.map(|segment| elements(source, segment.content)).unwrap_or_default() {
        match element.identifier {
            INFO => information(source, element.content, &mut film, found),
            TRACKS => {
                for track in elements(source, element.content) {
                    if track.identifier == TRACK {
                        read_track(source, track.content, &mut film, found);
                    }
                }
            }
            _ => {}
        }
    }
    if found.coded.is_none() {
        found.problem("it breaks off before its size is told");
    }
    found.film = Some(film);
}

/// The elements in a stretch. Of a segment, those before its clusters and those behind them.
fn elements(source: &mut Source<'_>, span: Span) -> Vec<Element> {
    let mut found = Vec::new();
    let mut at = span.start;
    while at < span.end && found.len() < MOST_ELEMENTS {
        let Some(element) = element(source, Span { start: at, end: span.end }) else { break };
        found.push(element);
        // Clusters of unknown length end only where the next thing begins, which is not looked for.
        if element.is_open && element.identifier == CLUSTER {
            break;
        }
        at = element.content.end;
    }
    found
}

fn element(source: &mut Source<'_>, span: Span) -> Option<Element> {
    let head = source.up_to(span.start, 12);
    let identifier_length = usize::try_from(head.first()?.leading_zeros()).ok()? + 1;
    if identifier_length > 4 {
        return None;
    }
    let identifier =
        head.get(..identifier_length)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    let rest = head.get(identifier_length..)?;
    let first = *rest.first()?;
    let length_length = usize::try_from(first.leading_zeros()).ok()? + 1;
    let bytes = rest.get(..length_length).filter(|_| length_length <= 8)?;
    let mask = if length_length == 8 { 0 } else { 0xff_u8 >> length_length };
    let length =
        bytes[1..].iter().fold(u64::from(first & mask), |number, byte| number << 8 | u64::from(*byte));
    let is_open = length == (1 << (7 * length_length)) - 1;
    let head_length = u64::try_from(identifier_length + length_length).ok()?;
    let content = span.part(head_length, if is_open { u64::MAX } else { length })?;
    Some(Element { identifier, content, is_open })
}

/// `Info`: the length, and when it was made.
fn information(source: &mut Source<'_>, span: Span, film: &mut Film, found: &mut Found) {
    let mut tick_ns = 1_000_000.0;
    let mut ticks = None;
    for element in elements(source, span) {
        match element.identifier {
            0x002a_d7b1 => tick_ns = unsigned(source, element).map_or(tick_ns, f64::from),
            0x4489 => ticks = float(source, element),
            0x4461 => {
                let date =
                    source.array(element.content.start).map(i64::from_be_bytes).and_then(clock::since_2001);
                found.container =
                    date.map(|local_ms| Reading { local_ms, offset_minutes: Some(0), is_day_only: false });
            }
            _ => {}
        }
    }
    let seconds = ticks.map(|ticks: f64| ticks * tick_ns / 1e9).filter(|seconds| *seconds < 31_536_000.0);
    film.duration_ms = seconds
        .and_then(|seconds| std::time::Duration::try_from_secs_f64(seconds).ok())
        .and_then(|duration| u64::try_from(duration.as_millis()).ok());
}

/// `TrackEntry`: kind, codec, how long a picture lasts, size.
fn read_track(source: &mut Source<'_>, span: Span, film: &mut Film, found: &mut Found) {
    let parts = elements(source, span);
    let part = |identifier: u32| parts.iter().find(|part| part.identifier == identifier).copied();
    let codec = part(0x86).and_then(|element| text(source, element)).map(|codec| codecs::matroska(&codec));
    match part(0x83).and_then(|element| unsigned(source, element)) {
        Some(1) if film.video_codec.is_none() => {
            film.video_codec = codec;
            let nanoseconds = part(0x23_e383).and_then(|element| unsigned(source, element));
            film.frame_rate = nanoseconds.filter(|ns| *ns > 0).map(|ns| 1e9 / f64::from(ns));
            if let Some(video) = part(VIDEO) {
                pictures(source, video.content, found);
            }
        }
        Some(2) => {
            film.has_audio = true;
            film.audio_codec = film.audio_codec.take().or(codec);
        }
        _ => {}
    }
}

/// `Video`: its size, and the roll that phones write for how they were held.
fn pictures(source: &mut Source<'_>, span: Span, found: &mut Found) {
    let parts = elements(source, span);
    let mut number = |identifier: u32| {
        let part = parts.iter().find(|part| part.identifier == identifier).copied()?;
        unsigned(source, part)
    };
    if let (Some(width), Some(height)) = (number(0xb0), number(0xba)) {
        found.size(width, height);
    }
    let Some(projection) = parts.iter().find(|part| part.identifier == PROJECTION) else { return };
    let roll = elements(source, projection.content).into_iter().find(|part| part.identifier == 0x7675);
    if let Some(degrees) = roll.and_then(|part| float(source, part)) {
        // Counter-clockwise, from −180 to 180.
        let quarters = [(0.0, 0), (90.0, 3), (-90.0, 1), (180.0, 2), (-180.0, 2)];
        let quarters = quarters.iter().find(|(angle, _)| f64::abs(degrees - angle) < 1.0);
        found.turning = quarters.map(|(_, quarters)| Turning::clockwise(*quarters));
    }
}

/// A number without a sign, when it is small enough for what is read here.
fn unsigned(source: &mut Source<'_>, element: Element) -> Option<u32> {
    let length = usize::try_from(element.content.length()).ok().filter(|length| *length <= 8)?;
    let bytes = source.exactly(element.content.start, length)?;
    let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    u32::try_from(number).ok()
}

fn float(source: &mut Source<'_>, element: Element) -> Option<f64> {
    let number = match element.content.length() {
        4 => f64::from(f32::from_be_bytes(source.array(element.content.start)?)),
        8 => f64::from_be_bytes(source.array(element.content.start)?),
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn text(source: &mut Source<'_>, element: Element) -> Option<String> {
    let part = element.content.part(0, MOST_VALUE)?;
    super::ifd::text_of(&source.span(part))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn write(identifier: u32, content: &[u8]) -> Vec<u8> {
        let bytes = identifier.to_be_bytes();
        let from = bytes.iter().position(|byte| *byte != 0).unwrap();
        let length = u32::try_from(content.len()).unwrap() | 0x1000_0000;
        [&bytes[from..], &length.to_be_bytes(), content].concat()
    }

    /// The head as programs write it: a length in eight bytes, four numbers, the kind of document.
    const HEAD: &[u8] = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x17\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm";

    pub(in crate::facts) fn film() -> Vec<u8> {
        let info = write(
            INFO,
            &[
                write(0x002a_d7b1, &1_000_000_u32.to_be_bytes()),
                write(0x4489, &1500.0_f64.to_be_bytes()),
                write(0x4461, &728_438_399_000_000_000_i64.to_be_bytes()),
            ]
            .concat(),
        );
        let projection = write(PROJECTION, &write(0x7675, &(-90.0_f32).to_be_bytes()));
        let video = write(VIDEO, &[write(0xb0, &[5, 0]), write(0xba, &[2, 0xd0]), projection].concat());
        let pictures = write(
            TRACK,
            &[
                write(0x83, &[1]),
                write(0x86, b"V_VP9\0"),
                write(0x23_e383, &40_000_000_u32.to_be_bytes()),
                video,
            ]
            .concat(),
        );
        let sound = write(TRACK, &[write(0x83, &[2]), write(0x86, b"A_OPUS")].concat());
        let tracks = write(TRACKS, &[pictures, sound].concat());
        let cluster = write(CLUSTER, &[0; 300]);
        [HEAD.to_vec(), write(SEGMENT, &[info, cluster, tracks].concat())].concat()
    }

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    #[test]
    fn a_film_is_read_even_when_its_tracks_come_last() {
        let found = found(&film());
        let film = found.film.clone().unwrap();
        assert_eq!(found.coded, Some((1280, 720)));
        assert_eq!(found.turning.unwrap().degrees(), 90);
        assert_eq!(film.duration_ms, Some(1500));
        assert_eq!(film.frame_rate, Some(25.0));
        assert_eq!((film.video_codec.as_deref(), film.audio_codec.as_deref()), (Some("vp9"), Some("opus")));
        assert_eq!(found.container.unwrap().utc_ms(), Some(1_706_745_599_000));
        assert_eq!(found.problems(), None);
    }

    #[test]
    fn a_recording_that_was_never_finished_is_read_to_its_first_cluster() {
        let track = write(
            TRACK,
            &[write(0x83, &[1]), write(VIDEO, &[write(0xb0, &[8]), write(0xba, &[6])].concat())].concat(),
        );
        let open = |identifier: u32| {
            [identifier.to_be_bytes().as_slice(), &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat()
        };
        let bytes = [open(SEGMENT), write(TRACKS, &track), open(CLUSTER), vec![0xee; 40]].concat();
        assert_eq!(found(&bytes).coded, Some((8, 6)));
    }

    #[test]
    fn cut_off_anywhere_it_is_read_to_the_end() {
        let whole = film();
        for end in 0..whole.len() {
            let found = found(&whole[..end]);
            assert!(found.coded.is_some() || found.problems().is_some());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = found(&[[0x18, 0x53, 0x80, 0x67, 0xff].as_slice(), &bytes].concat());
        }
    }
}
