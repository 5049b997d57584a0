//! The short, silent preview that plays under the pointer.

use std::path::Path;

use super::arguments::{Arguments, seconds};
use super::{Clip, VideoError, VideoFacts, VideoTools, container, shape};

/// The short side of a preview, and the longest long side, in pixels.
const SHORT_MAX: u32 = 360;
const LONG_MAX: u32 = 640;

/// The most frames in a second.
const FRAMES_MAX: f64 = 24.0;

/// A film up to this long is shown whole.
const WHOLE_MAX_MS: u64 = 4000;

/// How long each of the pieces of a longer film is.
const PIECE_MS: u64 = 1200;

/// Where the pieces begin, in thousandths of the film.
const PLACES: [u64; 3] = [100, 400, 700];

/// The most kilobits in a second: four seconds stay below 450 kB.
const KILOBITS_MAX: u32 = 850;

impl VideoTools {
    /// Makes a preview of at most four seconds without sound, about 360 pixels on its short side:
    /// all of a short film, three places of a longer one. H.264 in MP4 without any of the film's
    /// metadata, as `hover.mp4` in `scratch`, an existing folder that the caller clears, also after
    /// an error.
    pub async fn hover_clip(
        &self,
        path: &Path,
        facts: &VideoFacts,
        scratch: &Path,
    ) -> Result<Clip, VideoError> {
        let (_, path) = container::of_file(path).await?;
        let target = scratch.join("hover.mp4");
        let pieces = pieces(facts.duration_ms);
        match self.preview(&path, facts, &target, &pieces).await {
            // What says how long it is may lie: then its beginning will do.
            Err(VideoError::Broken(_) | VideoError::NoPicture) if pieces.len() > 1 => {
                self.preview(&path, facts, &target, &[(0, WHOLE_MAX_MS)]).await
            }
            other => other,
        }
    }

    async fn preview(
        &self,
        path: &Path,
        facts: &VideoFacts,
        target: &Path,
        pieces: &[(u64, u64)],
    ) -> Result<Clip, VideoError> {
        let mut arguments = Arguments::ffmpeg();
        for (from_ms, for_ms) in pieces {
            arguments = arguments.piece(facts.container, path, *from_ms, Some(*for_ms));
        }
        let arguments = arguments
            .add("-filter_complex")
            .one(graph(facts, pieces, self.can_tone_map()))
            .add("-map [all] -an -sn -dn -map_metadata -1 -map_chapters -1")
            .add("-c:v libx264 -preset veryfast -crf 28 -pix_fmt yuv420p -threads 2")
            .add(&format!("-maxrate {KILOBITS_MAX}k -bufsize {KILOBITS_MAX}k"))
            .add("-movflags +faststart -f mp4")
            .output(target)
            .done();
        let limits = self.tool_limits(self.limits.hover_time, self.limits.hover_bytes_max);
        let scratch = target.parent().unwrap_or(target);
        self.run(arguments, path, scratch, limits).output(0).await?;
        self.clip(target).await
    }
}

/// From where, and how long, in milliseconds.
fn pieces(duration_ms: Option<u64>) -> Vec<(u64, u64)> {
    match duration_ms {
        Some(duration_ms) if duration_ms > WHOLE_MAX_MS => {
            PLACES.iter().map(|place| (duration_ms.saturating_mul(*place) / 1000, PIECE_MS)).collect()
        }
        _ => vec![(0, WHOLE_MAX_MS)],
    }
}

/// The pieces, each brought to the same shape, one after the other.
fn graph(facts: &VideoFacts, pieces: &[(u64, u64)], can_tone_map: bool) -> String {
    let size = shape::fit(facts, LONG_MAX, SHORT_MAX, true);
    let frames = facts.frames_per_second.unwrap_or(FRAMES_MAX).clamp(1.0, FRAMES_MAX);
    let filters = shape::filters(facts, size, can_tone_map);
    let shaped = |(piece, (_, for_ms)): (usize, &(u64, u64))| {
        let (stream, length) = (facts.stream_index, seconds(*for_ms));
        // A single frame stays, though it is over before the next would be due; a frame that lasts
        // long is cut off.
        format!(
            "[{piece}:{stream}]fps={frames:.3}:eof_action=pass,trim=duration={length},setpts=PTS-STARTPTS,\
             {filters},format=yuv420p[p{piece}];"
        )
    };
    let all = pieces.iter().enumerate().map(shaped).collect::<Vec<_>>().concat();
    let names = (0..pieces.len()).map(|piece| format!("[p{piece}]")).collect::<Vec<_>>().concat();
    format!("{all}{names}concat=n={}:v=1:a=0[all]", pieces.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_film_is_shown_whole_and_a_long_one_in_three_places() {
        assert_eq!(pieces(None), [(0, 4000)]);
        assert_eq!(pieces(Some(4000)), [(0, 4000)]);
        assert_eq!(pieces(Some(10_000)), [(1000, 1200), (4000, 1200), (7000, 1200)]);
        // Also the shortest of the long ones has room for its pieces.
        assert!(pieces(Some(4001)).iter().all(|(from_ms, for_ms)| from_ms + for_ms <= 4001));
    }
}
