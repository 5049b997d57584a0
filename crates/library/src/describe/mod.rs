//! Looking into pictures and videos: a job per new asset reads its facts and makes what it is shown
//! with. What cannot be read costs that one asset its picture; the asset says why, the rest goes on.
//!
//! Bytes that strangers made are only ever read in the workers and tools of [`media::sandbox`].

mod films;
mod finding;
mod job;
mod made;
mod making;
mod pace;
mod redo;
mod stills;
mod subject;

use std::sync::Arc;

use media::facts::Facts;
use media::sandbox::{Launcher, Workers};
use media::video::VideoTools;
use tokio::sync::Notify;
use vault::Renditions;

pub use catalog::descriptions::{Again, DescriptionTotals};
pub use made::MadeKind;
pub use redo::Redone;
pub(crate) use redo::describe_job;

/// Which version of describing this program has. Greater than in the program before when facts or
/// renditions came out otherwise; older descriptions are then made again, newest pictures first.
pub const DESCRIBED_BY: i64 = 2;

/// The kind of the job that looks into a new asset.
pub(crate) const DESCRIBE_JOB: &str = "describe";

/// The kind of the job that makes what somebody has asked for.
const MAKE_JOB: &str = "make";

/// What looking into pictures and videos needs.
#[derive(Debug, Clone)]
pub struct MediaParts {
    /// Where thumbnails and the like are kept.
    pub renditions: Arc<dyn Renditions>,
    /// Who decodes stills.
    pub workers: Workers,
    /// How tools are locked up.
    pub launcher: Launcher,
    /// Who decodes videos; `None` where ffmpeg is missing.
    pub video_tools: Option<VideoTools>,
    /// How many assets are looked into at the same time; at least 1.
    pub at_a_time: usize,
    /// Whether looking waits while uploads arrive, because the machine is too small for both.
    pub yields_to_uploads: bool,
}

/// Looking, as the library holds it.
#[derive(Debug)]
pub(crate) struct Describing {
    pub(crate) parts: Option<MediaParts>,
    /// Rings when there may be something new to look into.
    pub(crate) news: Notify,
    failures: making::Failures,
}

impl Describing {
    pub(crate) fn new(parts: Option<MediaParts>) -> Self {
        Self { parts, news: Notify::new(), failures: making::Failures::default() }
    }
}

/// What one look found.
#[derive(Debug, Clone, PartialEq, Default)]
struct Look {
    facts: Facts,
    /// Width and height as it is shown.
    size: Option<(u32, u32)>,
    thumbhash: Option<Vec<u8>>,
    /// Why it cannot be shown.
    problem: Option<String>,
}
