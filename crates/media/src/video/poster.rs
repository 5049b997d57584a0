//! The picture that stands for a film.

use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::{VideoError, VideoFacts, VideoTools, container, shape};

/// The largest sides of a poster: more than the largest rendition needs.
const LONG_MAX: u32 = 2560;
const SHORT_MAX: u32 = 1600;

/// The largest poster file, in bytes: four bytes for each pixel, and some.
const BYTES_MAX: u64 = 24 << 20;

/// The side of the little grey picture that a frame is judged by.
const SAMPLE_SIDE: usize = 32;

/// Where a frame is looked for, in thousandths of the film, best first. The very beginning is often
/// black or blurred, the middle may be anything.
const PLACES: &[u64] = &[100, 0, 330, 600, 850];

/// Where a frame is looked for when the film does not say how long it is, in milliseconds.
const PLACES_MS: &[u64] = &[1000, 0, 5000, 20_000];

/// A frame with fewer different greys than this is a wall, a fade or a finger before the lens: the
/// mean distance from the average, in steps of 255.
const FLAT: u32 = 4;

/// A frame darker than this on average shows nothing, in steps of 255.
const DARK: u32 = 20;

/// A frame of a film, upright, in the colours of ordinary screens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poster {
    /// A PNG file in the scratch folder.
    pub path: PathBuf,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// From where in the film it is.
    pub at_ms: u64,
}

/// How much there is to see in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Worth {
    brightness: u32,
    contrast: u32,
}

impl Worth {
    /// From a little grey picture.
    fn of(grey: &[u8]) -> Self {
        let count = u32::try_from(grey.len()).unwrap_or(u32::MAX).max(1);
        let brightness = grey.iter().map(|value| u32::from(*value)).sum::<u32>() / count;
        let contrast = grey.iter().map(|value| u32::from(*value).abs_diff(brightness)).sum::<u32>() / count;
        Self { brightness, contrast }
    }

    const fn is_good(self) -> bool {
        self.brightness >= DARK && self.contrast >= FLAT
    }
}

impl VideoTools {
    /// Takes a frame that shows something: not nearly black and not all of one colour where that can
    /// be helped, else the brightest of a few. The file is written into `scratch`, an existing folder
    /// that the caller clears, also after an error.
    pub async fn poster(
        &self,
        path: &Path,
        facts: &VideoFacts,
        scratch: &Path,
    ) -> Result<Poster, VideoError> {
        let (_, path) = container::of_file(path).await?;
        let mut best: Option<(Worth, Poster)> = None;
        let mut last_error = VideoError::NoPicture;
        for at_ms in places_ms(facts.duration_ms) {
            let (worth, poster) = match self.frame(&path, facts, scratch, at_ms).await {
                Ok(frame) => frame,
                // Broken in one place, a film may be whole in another.
                Err(error @ (VideoError::Broken(_) | VideoError::NoPicture)) => {
                    last_error = error;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if worth.is_good() {
                return Ok(poster);
            }
            if best.as_ref().is_none_or(|(before, _)| *before < worth) {
                best = Some((worth, poster));
            }
        }
        best.map(|(_, poster)| poster).ok_or(last_error)
    }

    async fn frame(
        &self,
        path: &Path,
        facts: &VideoFacts,
        scratch: &Path,
        at_ms: u64,
    ) -> Result<(Worth, Poster), VideoError> {
        let (width, height) = shape::fit(facts, LONG_MAX, SHORT_MAX, false);
        let target = scratch.join(format!("poster-{at_ms}.png"));
        let filters = shape::filters(facts, (width, height), self.can_tone_map());
        let stream = format!("-map 0:{} -frames:v 1 -vf", facts.stream_index);
        let arguments = Arguments::ffmpeg()
            .piece(facts.container, path, at_ms, None)
            .add(&stream)
            .one(format!("{filters},format=rgb24"))
            .add("-map_metadata -1 -c:v png -f image2 -update 1")
            .output(&target)
            .add(&stream)
            .one(format!("scale={SAMPLE_SIDE}:{SAMPLE_SIDE}:flags=area,format=gray"))
            .add("-f rawvideo pipe:1")
            .done();
        let limits = self.tool_limits(self.limits.poster_time, BYTES_MAX);
        let sample_bytes = SAMPLE_SIDE * SAMPLE_SIDE;
        let grey = self.run(arguments, path, scratch, limits).output(sample_bytes).await?;
        // Behind the last frame there is nothing, which ffmpeg does not call an error.
        if grey.len() < sample_bytes || !target.is_file() {
            return Err(VideoError::NoPicture);
        }
        Ok((Worth::of(&grey), Poster { path: target, width, height, at_ms }))
    }
}

fn places_ms(duration_ms: Option<u64>) -> Vec<u64> {
    match duration_ms {
        None | Some(0) => PLACES_MS.to_vec(),
        Some(duration_ms) => {
            let mut places: Vec<u64> =
                PLACES.iter().map(|place| duration_ms.saturating_mul(*place) / 1000).collect();
            // A film of a few frames has the same one in several places.
            places.dedup();
            places
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_flat_frames_are_worth_less_than_any_that_shows_something() {
        let black = Worth::of(&[3; 1024]);
        let wall = Worth::of(&[200; 1024]);
        let picture: Vec<u8> = (0..=255).cycle().take(1024).collect();
        let picture = Worth::of(&picture);
        assert!(!black.is_good() && !wall.is_good() && picture.is_good());
        assert!(black < wall);
        assert_eq!(Worth::of(&[]), Worth { brightness: 0, contrast: 0 });
    }

    #[test]
    fn a_film_is_looked_at_within_its_length() {
        assert_eq!(places_ms(Some(10_000)), [1000, 0, 3300, 6000, 8500]);
        assert_eq!(places_ms(Some(1)), [0]);
        assert_eq!(places_ms(Some(0)), places_ms(None));
        assert!(places_ms(Some(u64::MAX)).len() > 1);
    }
}
