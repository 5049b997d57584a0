//! Films: facts, a picture that stands for them, a short preview, and a version that every browser
//! plays.
//!
//! The work is done by Debian's `ffmpeg` and `ffprobe`, each run in the sandbox of
//! [`crate::sandbox`]: it may read this one file and write in one folder, and has neither network nor
//! other programs. The container is told to them, from the file's first bytes, so that a "film" that
//! is really a list of other files is never followed. Where the two programs are missing, films are
//! kept like everything else and only their pictures are missing.

mod arguments;
mod container;
mod error;
mod facts;
mod hover;
mod playback;
mod poster;
mod shape;
mod tools;

pub use container::Container;
pub use error::VideoError;
pub use facts::{VideoFacts, VideoTags, plays_in_browsers};
pub use playback::Clip;
pub use poster::Poster;
pub use tools::{VideoLimits, VideoTools};
