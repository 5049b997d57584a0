//! The version that every browser plays.

use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::{Container, VideoError, VideoFacts, VideoTools, container, shape};

/// The largest sides: what is commonly called 1080p, lying or standing.
const LONG_MAX: u32 = 1920;
const SHORT_MAX: u32 = 1080;

/// A film that was made of another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// An MP4 file in the scratch folder.
    pub path: PathBuf,
    /// Its length.
    pub size_bytes: u64,
    /// What is known of it.
    pub facts: VideoFacts,
}

impl VideoTools {
    /// Makes a version with H.264 and AAC in MP4, at most 1080p, which can be played while it loads,
    /// without any of the film's metadata. Pictures that are like that already, only packed
    /// differently, are taken over as they are, which takes no time. `progress` hears how many milliseconds are done. The file
    /// is `playback.mp4` in `scratch`, an existing folder that the caller clears, also after an
    /// error. Dropping the future stops the work.
    pub async fn playback(
        &self,
        path: &Path,
        facts: &VideoFacts,
        scratch: &Path,
        mut progress: impl FnMut(u64),
    ) -> Result<Clip, VideoError> {
        let (_, path) = container::of_file(path).await?;
        let target = scratch.join("playback.mp4");
        let size_bytes = path
            .metadata()
            .map_err(|source| VideoError::Storage { what: "opening the video", source })?
            .len();
        let arguments = Arguments::ffmpeg()
            .add("-progress pipe:1 -nostats")
            .piece(facts.container, &path, 0, None)
            .add(&format!("-map 0:{} -map 0:a:0? -sn -dn", facts.stream_index))
            .add("-map_metadata -1 -map_chapters -1");
        let arguments = if may_be_copied(facts, size_bytes) {
            arguments.add("-c:v copy")
        } else {
            let size = shape::fit(facts, LONG_MAX, SHORT_MAX, true);
            let filters = shape::filters(facts, size, self.can_tone_map());
            arguments
                .add("-vf")
                .one(format!("{filters},format=yuv420p"))
                .add("-c:v libx264 -preset veryfast -crf 23 -maxrate 8M -bufsize 16M -threads 2")
        };
        let arguments =
            arguments.add("-c:a aac -b:a 160k -ac 2 -movflags +faststart -f mp4").output(&target).done();
        let limits = self.tool_limits(self.limits.playback_time, self.limits.playback_bytes_max);
        let mut lines = ProgressLines::default();
        let working = self.run(arguments, &path, scratch, limits).run(|piece| {
            lines.hear(piece, &mut progress);
            true
        });
        working.await?;
        self.clip(&target).await
    }

    /// Looks at what was made: ffmpeg also calls it a success when it made nothing.
    pub(super) async fn clip(&self, path: &Path) -> Result<Clip, VideoError> {
        let storage = |source| VideoError::Storage { what: "reading what was made of the video", source };
        let size_bytes = path.metadata().map_err(storage)?.len();
        if size_bytes == 0 {
            return Err(VideoError::NoPicture);
        }
        let facts = self.probe(path).await?;
        if facts.container != Container::Mp4 || facts.duration_ms.unwrap_or(0) == 0 {
            return Err(VideoError::NoPicture);
        }
        Ok(Clip { path: path.to_owned(), size_bytes, facts })
    }
}

/// The most that is worth streaming as it is, in bits of a second: twice what we make ourselves.
const COPIED_BITS_MAX: u64 = 16_000_000;

/// Whether the pictures can stay as they are: what browsers know, upright, not too large. Only from
/// containers whose times can be relied on.
fn may_be_copied(facts: &VideoFacts, size_bytes: u64) -> bool {
    let is_packed_well =
        matches!(facts.container, Container::Mp4 | Container::QuickTime | Container::Matroska);
    let (long, short) = (facts.width.max(facts.height), facts.width.min(facts.height));
    let seconds = facts.duration_ms.unwrap_or(0) / 1000;
    is_packed_well
        && facts.video_codec == "h264"
        && facts.pixel_format == "yuv420p"
        && !facts.is_hdr
        && facts.rotation_degrees == 0
        && long <= LONG_MAX
        && short <= SHORT_MAX
        && size_bytes.saturating_mul(8) <= COPIED_BITS_MAX.saturating_mul(seconds)
}

/// Lines such as `out_time_us=1234000`, in pieces that begin and end anywhere.
#[derive(Debug, Default)]
struct ProgressLines {
    rest: Vec<u8>,
}

/// Longer than any line that ffmpeg writes.
const LINE_MAX_BYTES: usize = 1024;

impl ProgressLines {
    fn hear(&mut self, piece: &[u8], progress: &mut impl FnMut(u64)) {
        for byte in piece {
            if *byte != b'\n' {
                if self.rest.len() < LINE_MAX_BYTES {
                    self.rest.push(*byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.rest);
            let microseconds = std::str::from_utf8(&line)
                .ok()
                .and_then(|line| line.trim().strip_prefix("out_time_us="))
                .and_then(|number| number.parse::<u64>().ok());
            if let Some(microseconds) = microseconds {
                progress(microseconds / 1000);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_that_every_browser_plays_are_taken_over() {
        let good = VideoFacts { container: Container::Matroska, ..shape::tests::facts(1080, 1920) };
        assert!(may_be_copied(&good, 2_000_000));
        assert!(!may_be_copied(&good, 2_000_001), "too many bits for its second");
        let worse = [
            VideoFacts { container: Container::Avi, ..good.clone() },
            VideoFacts { video_codec: "hevc".into(), ..good.clone() },
            VideoFacts { pixel_format: "yuv420p10le".into(), ..good.clone() },
            VideoFacts { rotation_degrees: 90, ..good.clone() },
            VideoFacts { is_hdr: true, ..good.clone() },
            VideoFacts { width: 1082, ..good.clone() },
            VideoFacts { duration_ms: None, ..good.clone() },
        ];
        for facts in worse {
            assert!(!may_be_copied(&facts, 1000), "{facts:?}");
        }
    }

    #[test]
    fn progress_is_read_however_it_is_cut_into_pieces() {
        let said =
            b"frame=1\nout_time_us=1500000\nout_time_us=-9223372036854775807\nout_time_us=2000999\nspeed=";
        for cut in [1, 3, 7, said.len()] {
            let mut heard = Vec::new();
            let mut lines = ProgressLines::default();
            for piece in said.chunks(cut) {
                lines.hear(piece, &mut |done_ms| heard.push(done_ms));
            }
            assert_eq!(heard, [1500, 2000], "{cut}");
        }
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let mut lines = ProgressLines::default();
        lines.hear(&vec![b'x'; 1 << 20], &mut |_| unreachable!());
        assert_eq!(lines.rest.len(), LINE_MAX_BYTES);
    }
}
