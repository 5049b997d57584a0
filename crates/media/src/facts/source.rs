//! Bounded reading: whatever a file claims, only so much of it is read, and only so much at once.

use std::io::{Read, Seek, SeekFrom};

/// The most that one file may make us read. A moov of some hours takes a few MiB, a raw file's tags
/// less; an animation is walked through whole.
const MOST_BYTES: u64 = 96 * 1024 * 1024;
/// The most that is held in memory at once.
pub(super) const MOST_AT_ONCE: usize = 4 * 1024 * 1024;
/// Small reads come in pages of this size.
const PAGE_BYTES: u64 = 4096;

/// Anything that can be read from anywhere.
pub(super) trait Seekable: Read + Seek {}
impl<T: Read + Seek> Seekable for T {}

/// A stretch of the file, from `start` up to but without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Span {
    pub(super) fn length(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// A part of the stretch, cut off at its end; `None` when it begins behind it.
    pub(super) fn part(self, offset: u64, length: u64) -> Option<Span> {
        let start = self.start.checked_add(offset).filter(|start| *start <= self.end)?;
        Some(Span { start, end: start.saturating_add(length).min(self.end) })
    }

    /// All that lies behind so many bytes.
    pub(super) fn from(self, offset: u64) -> Option<Span> {
        self.part(offset, u64::MAX)
    }
}

/// A file that is read within limits. Reading never fails: what is not there is not answered, and
/// [`Source::trouble`] tells why.
pub(super) struct Source<'a> {
    inner: Box<dyn Seekable + 'a>,
    length: u64,
    bytes_left: u64,
    page_at: u64,
    page: Vec<u8>,
    trouble: Option<String>,
}

impl<'a> Source<'a> {
    pub(super) fn new(mut inner: impl Read + Seek + 'a) -> Source<'a> {
        let (length, trouble) = match inner.seek(SeekFrom::End(0)) {
            Ok(length) => (length, None),
            Err(error) => (0, Some(format!("the file could not be read: {error}"))),
        };
        let inner = Box::new(inner);
        Source { inner, length, bytes_left: MOST_BYTES, page_at: 0, page: Vec::new(), trouble }
    }

    /// Bytes that were taken out of the file already.
    pub(super) fn memory(bytes: &'a [u8]) -> Source<'a> {
        Source::new(std::io::Cursor::new(bytes))
    }

    /// The whole file.
    pub(super) fn all(&self) -> Span {
        Span { start: 0, end: self.length }
    }

    /// What kept us from reading on, in words.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Up to `length` bytes; fewer where the file ends or a limit is met.
    pub(super) fn up_to(&mut self, at: u64, length: usize) -> Vec<u8> {
        let there = self.length.saturating_sub(at).min(length.min(MOST_AT_ONCE) as u64);
        let Ok(length) = usize::try_from(there) else { return Vec::new() };
        if there >= PAGE_BYTES {
            return self.fetch(at, length);
        }
        let mut bytes = Vec::with_capacity(length);
        while bytes.len() < length {
            let from = at + bytes.len() as u64;
            let page = self.page_with(from);
            if page.is_empty() {
                break;
            }
            bytes.extend_from_slice(&page[..page.len().min(length - bytes.len())]);
        }
        bytes
    }

    /// Exactly `length` bytes.
    pub(super) fn exactly(&mut self, at: u64, length: usize) -> Option<Vec<u8>> {
        if at.checked_add(length as u64)? > self.length || length > MOST_AT_ONCE {
            return None;
        }
        Some(self.up_to(at, length)).filter(|bytes| bytes.len() == length)
    }

    /// All of a stretch, up to what may be held in memory.
    pub(super) fn span(&mut self, span: Span) -> Vec<u8> {
        self.up_to(span.start, usize::try_from(span.length()).unwrap_or(usize::MAX))
    }

    /// So few bytes that they are mostly in the page at hand.
    pub(super) fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        if at.checked_add(N as u64)? > self.length {
            return None;
        }
        match self.page_with(at).get(..N) {
            Some(bytes) => bytes.try_into().ok(),
            None => self.exactly(at, N)?.try_into().ok(),
        }
    }

    pub(super) fn byte(&mut self, at: u64) -> Option<u8> {
        self.array(at).map(u8::from_be_bytes)
    }

    pub(super) fn big_u16(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(super) fn big_u32(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(super) fn big_u64(&mut self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    pub(super) fn little_u16(&mut self, at: u64) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn little_u32(&mut self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// The rest of the page that holds `at`.
    fn page_with(&mut self, at: u64) -> &[u8] {
        let page_at = at - at % PAGE_BYTES;
        if self.page.is_empty() || self.page_at != page_at {
            let length = self.length.saturating_sub(page_at).min(PAGE_BYTES);
            self.page = self.fetch(page_at, usize::try_from(length).unwrap_or_default());
            self.page_at = page_at;
        }
        usize::try_from(at - page_at).ok().and_then(|from| self.page.get(from..)).unwrap_or_default()
    }

    fn fetch(&mut self, at: u64, length: usize) -> Vec<u8> {
        if self.bytes_left < length as u64 {
            self.trouble.get_or_insert_with(|| "reading stopped at its limit of 96 MiB".to_owned());
            return Vec::new();
        }
        self.bytes_left -= length as u64;
        let mut bytes = Vec::with_capacity(length);
        let read = self
            .inner
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.inner.by_ref().take(length as u64).read_to_end(&mut bytes));
        if let Err(error) = read {
            self.trouble.get_or_insert_with(|| format!("the file could not be read: {error}"));
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_ends_where_the_file_ends() {
        let bytes: Vec<u8> = (0..=255_u8).cycle().take(10_000).collect();
        let mut source = Source::memory(&bytes);
        assert_eq!(source.up_to(4090, 10), bytes[4090..4100]);
        assert_eq!(source.up_to(9_998, 10), bytes[9_998..]);
        assert_eq!(source.up_to(0, usize::MAX), bytes);
        assert_eq!(source.exactly(9_998, 3), None);
        assert_eq!(source.exactly(u64::MAX, 3), None);
        assert!(source.up_to(u64::MAX, 3).is_empty());
        assert_eq!(source.big_u32(1), Some(0x0102_0304));
        // Over the border of two pages, and over the end.
        assert_eq!(source.big_u32(4094), Some(0xfeff_0001));
        assert_eq!(source.array::<4>(9_997), None);
        assert_eq!(source.array::<4>(u64::MAX - 1), None);
        assert_eq!(source.little_u16(1), Some(0x0201));
        assert_eq!(source.trouble(), None);
    }

    #[test]
    fn no_more_is_read_than_the_limit_allows() {
        let bytes = vec![0; MOST_AT_ONCE + 1];
        let mut source = Source::memory(&bytes);
        assert_eq!(source.up_to(0, usize::MAX).len(), MOST_AT_ONCE);
        assert_eq!(source.exactly(0, MOST_AT_ONCE + 1), None);
        for _ in 0..MOST_BYTES / MOST_AT_ONCE as u64 {
            source.up_to(0, MOST_AT_ONCE);
        }
        assert!(source.up_to(0, MOST_AT_ONCE).is_empty());
        assert!(source.trouble().unwrap().contains("limit"));
    }

    #[test]
    fn a_disk_that_fails_is_told() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("bad sector"))
            }
        }
        impl Seek for Broken {
            fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
                Ok(100)
            }
        }
        let mut source = Source::new(Broken);
        assert_eq!(source.exactly(0, 10), None);
        assert_eq!(source.trouble(), Some("the file could not be read: bad sector"));
    }

    #[test]
    fn parts_stay_within_the_whole() {
        let span = Span { start: 10, end: 20 };
        assert_eq!(span.part(2, 3), Some(Span { start: 12, end: 15 }));
        assert_eq!(span.part(2, u64::MAX), Some(Span { start: 12, end: 20 }));
        assert_eq!(span.part(11, 1), None);
        assert_eq!(span.part(u64::MAX, 1), None);
    }
}
