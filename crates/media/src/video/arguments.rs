//! Arguments of ffmpeg and ffprobe: a fixed list of ours. The only thing that comes from outside is
//! the path of the file, which is the hub's, behind `file:`.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::Container;

/// The most pixels of a frame that is decoded: 8K has 33 million, panoramas more.
const FRAME_PIXELS_MAX: &str = "134217728";

/// Arguments in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments(Vec<OsString>);

impl Arguments {
    /// What ffmpeg is always told.
    pub(super) fn ffmpeg() -> Self {
        Self::default().add("-hide_banner -nostdin -loglevel error -y -filter_threads 2")
    }

    /// Words of ours, separated by spaces.
    pub(super) fn add(mut self, words: &str) -> Self {
        self.0.extend(words.split_whitespace().map(OsString::from));
        self
    }

    /// One argument, whatever it contains.
    pub(super) fn one(mut self, word: impl AsRef<OsStr>) -> Self {
        self.0.push(word.as_ref().to_owned());
        self
    }

    /// A file to read, by this one reader and from the local disk only. `from_ms` and `for_ms` say
    /// which piece of it.
    pub(super) fn piece(self, container: Container, path: &Path, from_ms: u64, for_ms: Option<u64>) -> Self {
        let mut arguments = self.add("-max_pixels").add(FRAME_PIXELS_MAX).add("-threads 2");
        if from_ms > 0 {
            arguments = arguments.add("-ss").add(&seconds(from_ms));
        }
        if let Some(for_ms) = for_ms {
            arguments = arguments.add("-t").add(&seconds(for_ms));
        }
        arguments.input(container, path)
    }

    /// A file to read from its beginning to its end.
    pub(super) fn input(self, container: Container, path: &Path) -> Self {
        let reading = self.add("-protocol_whitelist file,pipe").add("-f").add(container.demuxer()).add("-i");
        reading.one(local(path))
    }

    /// A file to write.
    pub(super) fn output(self, path: &Path) -> Self {
        self.one(local(path))
    }

    pub(super) fn done(self) -> Vec<OsString> {
        self.0
    }
}

/// A path that ffmpeg takes for nothing but a path.
fn local(path: &Path) -> OsString {
    let mut local = OsString::from("file:");
    local.push(path);
    local
}

pub(super) fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_argument_and_only_a_path() {
        let arguments = Arguments::ffmpeg().input(Container::Mp4, Path::new("/a/concat:b | c.mp4")).done();
        assert_eq!(arguments.last().unwrap(), "file:/a/concat:b | c.mp4");
        let at = arguments.iter().position(|word| word == "-f").unwrap();
        assert_eq!(arguments[at + 1], "mov");
        assert!(arguments.iter().any(|word| word == "-nostdin"));
    }

    #[test]
    fn times_are_written_with_all_their_digits() {
        assert_eq!(seconds(61_007), "61.007");
        assert_eq!(seconds(0), "0.000");
    }
}
