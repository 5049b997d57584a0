//! One track of a film (ISO/IEC 14496-12, 8.3 to 8.7).

use super::codecs;
use super::film::ratio;
use super::iso::{Numbers, children, descend};
use super::source::{Source, Span};
use super::turning::Turning;

/// What a track says.
#[derive(Debug, Default)]
pub(super) struct Track {
    /// `vide`, `soun` or another.
    kind: [u8; 4],
    pub(super) ticks_per_second: u32,
    pub(super) duration_ticks: u64,
    /// How many pictures, or pieces of sound.
    pub(super) samples: u64,
    /// How long they last together.
    samples_ticks: u64,
    pub(super) codec: Option<String>,
    pub(super) size: Option<(u32, u32)>,
    pub(super) turning: Option<Turning>,
}

impl Track {
    pub(super) fn is_video(&self) -> bool {
        &self.kind == b"vide" || &self.kind == b"pict"
    }

    pub(super) fn is_audio(&self) -> bool {
        &self.kind == b"soun"
    }

    /// Pictures per second, on average.
    pub(super) fn rate(&self) -> Option<f64> {
        let ticks = if self.samples_ticks > 0 { self.samples_ticks } else { self.duration_ticks };
        if self.samples == 0 || ticks == 0 || self.ticks_per_second == 0 {
            return None;
        }
        ratio(self.samples.checked_mul(u64::from(self.ticks_per_second))?, ticks)
    }
}

/// Reads a `trak` box.
pub(super) fn read(source: &mut Source<'_>, span: Span) -> Track {
    let mut track = Track::default();
    let boxes = children(source, span);
    let head_size = boxes.find(*b"tkhd").and_then(|span| head(&source.up_to(span.start, 96), &mut track));
    if let Some(media) = boxes.find(*b"mdia") {
        let boxes = children(source, media);
        if let Some(span) = boxes.find(*b"mdhd") {
            media_head(&source.up_to(span.start, 32), &mut track);
        }
        if let Some(span) = boxes.find(*b"hdlr") {
            track.kind = source.array(span.start + 8).unwrap_or_default();
        }
        if let Some(table) = descend(source, media, &[*b"minf", *b"stbl"]) {
            samples(source, table, &mut track);
        }
    }
    if track.is_video() {
        track.size = track.size.or(head_size);
    } else {
        track.size = None;
    }
    track
}

/// `tkhd`: how the pictures are turned, and how large they are shown.
fn head(bytes: &[u8], track: &mut Track) -> Option<(u32, u32)> {
    let mut numbers = Numbers::of(bytes);
    let size = if numbers.u32()? >> 24 == 1 { 8 } else { 4 };
    // Created, changed, id, reserved, duration, then 16 bytes of other things.
    numbers.take(size * 2 + 8 + size + 16)?;
    let (a, b, _) = (numbers.i32()?, numbers.i32()?, numbers.i32()?);
    let (c, d, _) = (numbers.i32()?, numbers.i32()?, numbers.take(16)?);
    track.turning = Turning::from_matrix(a, b, c, d);
    let (width, height) = (numbers.u32()? >> 16, numbers.u32()? >> 16);
    (width > 0 && height > 0).then_some((width, height))
}

/// `mdhd`: the track's own clock.
fn media_head(bytes: &[u8], track: &mut Track) -> Option<()> {
    let mut numbers = Numbers::of(bytes);
    let size = if numbers.u32()? >> 24 == 1 { 8 } else { 4 };
    numbers.take(size * 2)?;
    track.ticks_per_second = numbers.u32()?;
    track.duration_ticks = numbers.number(size).filter(|ticks| *ticks != u64::MAX >> (64 - 8 * size))?;
    Some(())
}

/// `stbl`: what codes the samples, how many there are, and how long each lasts.
fn samples(source: &mut Source<'_>, table: Span, track: &mut Track) {
    let boxes = children(source, table);
    if let Some(span) = boxes.find(*b"stsd") {
        let length = usize::try_from(span.length().min(4096)).unwrap_or(4096);
        description(&source.up_to(span.start, length), track);
    }
    if let Some(span) = boxes.find(*b"stts") {
        let bytes = source.span(span);
        for run in bytes.get(8..).unwrap_or_default().chunks_exact(8) {
            let mut numbers = Numbers::of(run);
            let (count, ticks) = (numbers.u32().unwrap_or_default(), numbers.u32().unwrap_or_default());
            track.samples = track.samples.saturating_add(count.into());
            track.samples_ticks = track.samples_ticks.saturating_add(u64::from(count) * u64::from(ticks));
        }
    }
}

/// `stsd`: the first description, of pictures or of sound (8.5.2, 12.1.3, 12.2.3).
fn description(bytes: &[u8], track: &mut Track) -> Option<()> {
    let entry = bytes.get(8..)?;
    let code: [u8; 4] = entry.get(4..8)?.try_into().ok()?;
    if track.is_video() {
        let mut numbers = Numbers::of(entry.get(32..36)?);
        let (width, height) = (numbers.u16()?, numbers.u16()?);
        track.size = (width > 0 && height > 0).then_some((width.into(), height.into()));
        track.codec = Some(codecs::video(code));
    } else if track.is_audio() {
        let object = (&code == b"mp4a").then(|| object_type(entry)).flatten();
        track.codec =
            Some(object.and_then(codecs::audio_object).map_or_else(|| codecs::audio(code), str::to_owned));
    }
    Some(())
}

/// The object type in an `esds` box (ISO/IEC 14496-1, 7.2.6.5): behind the tag 4 and its length.
fn object_type(entry: &[u8]) -> Option<u8> {
    let at = entry.windows(4).position(|four| four == b"esds")?;
    let mut numbers = Numbers::of(entry.get(at + 8..)?);
    for _ in 0..2 {
        let tag = numbers.u8()?;
        // A length in up to four bytes of seven bits.
        while numbers.u8()? & 0x80 != 0 {}
        match tag {
            3 => {
                numbers.take(2)?;
                let flags = numbers.u8()?;
                numbers.take(if flags & 0x80 != 0 { 2 } else { 0 })?;
                if flags & 0x40 != 0 {
                    let length = numbers.u8()?;
                    numbers.take(usize::from(length))?;
                }
                numbers.take(if flags & 0x20 != 0 { 2 } else { 0 })?;
            }
            4 => return numbers.u8(),
            _ => return None,
        }
    }
    None
}

/// Where the first sample lies, for files that keep one picture in a track.
pub(super) fn first_sample(source: &mut Source<'_>, track: Span) -> Option<Span> {
    let table = descend(source, track, &[*b"mdia", *b"minf", *b"stbl"])?;
    let boxes = children(source, table);
    let offset = match (boxes.find(*b"co64"), boxes.find(*b"stco")) {
        (Some(span), _) => source.big_u64(span.start + 8)?,
        (None, Some(span)) => u64::from(source.big_u32(span.start + 8)?),
        (None, None) => return None,
    };
    let sizes = boxes.find(*b"stsz")?;
    let length = match source.big_u32(sizes.start + 4)? {
        0 => source.big_u32(sizes.start + 12)?,
        same => same,
    };
    source.all().part(offset, u64::from(length))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::iso::tests::boxed;
    use super::*;

    /// A track of 50 pictures of 1280 by 720 in two seconds, to be turned right.
    pub(in crate::facts) fn trak() -> Vec<u8> {
        let matrix: Vec<u8> = [0, 65_536, 0, -65_536, 0, 0, 0, 0, 1 << 30]
            .iter()
            .flat_map(|number: &i32| number.to_be_bytes())
            .collect();
        let size = [(1280_u32 << 16).to_be_bytes(), (720_u32 << 16).to_be_bytes()].concat();
        let tkhd = boxed(*b"tkhd", &[&[0; 40], &matrix, &size]);
        let mdhd = boxed(*b"mdhd", &[&[0; 12], &1000_u32.to_be_bytes(), &2000_u32.to_be_bytes(), &[0; 4]]);
        let hdlr = boxed(*b"hdlr", &[&[0; 8], b"vide", &[0; 12]]);
        let mut entry = vec![0; 78];
        entry[24..28].copy_from_slice(&[0x05, 0, 0x02, 0xd0]);
        let stsd = boxed(*b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &boxed(*b"avc1", &[&entry])]);
        let stts = boxed(*b"stts", &[&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 50, 0, 0, 0, 40]]);
        let stbl = boxed(*b"stbl", &[&stsd, &stts]);
        let mdia = boxed(*b"mdia", &[&mdhd, &hdlr, &boxed(*b"minf", &[&stbl])]);
        boxed(*b"trak", &[&tkhd, &mdia])
    }

    fn track(bytes: &[u8]) -> Track {
        let mut source = Source::memory(bytes);
        let span = Span { start: 8.min(bytes.len() as u64), end: bytes.len() as u64 };
        read(&mut source, span)
    }

    #[test]
    fn a_track_of_pictures_is_read() {
        let track = track(&trak());
        assert!(track.is_video() && !track.is_audio());
        assert_eq!(track.size, Some((1280, 720)));
        assert_eq!(track.rate(), Some(25.0));
        assert_eq!(track.codec.as_deref(), Some("h264"));
        assert_eq!(track.turning.unwrap().degrees(), 90);
    }

    #[test]
    fn cut_off_anywhere_it_is_read_to_the_end() {
        let whole = trak();
        for end in 0..whole.len() {
            let track = track(&whole[..end]);
            assert!(track.rate().is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn mp4a_may_be_something_else_than_aac() {
        let descriptor = |object: u8| {
            [b"\0\0\0\x30esds\0\0\0\0".as_slice(), &[3, 0x80, 0x80, 0x20, 0, 1, 0, 4, 0x11, object, 0x15]]
                .concat()
        };
        assert_eq!(object_type(&descriptor(0x40)), Some(0x40));
        assert_eq!(codecs::audio_object(object_type(&descriptor(0x6b)).unwrap()), Some("mp3"));
        assert_eq!(object_type(b"esds"), None);
        assert_eq!(object_type(b"esds\0\0\0\0\x03\xff\xff\xff\xff"), None);
    }

    #[test]
    fn a_picture_in_a_track_is_found_where_its_tables_say() {
        let stco = boxed(*b"stco", &[&[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 10]]);
        let stsz = boxed(*b"stsz", &[&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5]]);
        let media = boxed(*b"mdia", &[&boxed(*b"minf", &[&boxed(*b"stbl", &[&stco, &stsz])])]);
        let mut source = Source::memory(&media);
        let all = source.all();
        assert_eq!(first_sample(&mut source, all), Some(Span { start: 10, end: 15 }));
    }
}
