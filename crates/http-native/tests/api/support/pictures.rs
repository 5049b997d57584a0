//! What looking into pictures leaves behind, written by hand: no worker is started.

use std::path::PathBuf;
use std::sync::Arc;

use catalog::descriptions::{self, Description, Findable};
use domain::{AssetId, TimestampMs};
use library::describe::{DESCRIBED_BY, MediaParts};
use library::facts::Facts;
use media::sandbox::{Launcher, Workers, WorkersSettings};
use serde_json::Value;
use vault::{MemoryRenditions, Rendition, RenditionKind, Renditions as _};

use super::Doors;
use super::people::text;

/// Everything in place but the program that would look: whoever tries to start it fails.
pub(super) fn parts(renditions: &MemoryRenditions) -> MediaParts {
    let launcher = Launcher::new(PathBuf::from("/nonexistent/albumen-hub"));
    MediaParts {
        renditions: Arc::new(renditions.clone()),
        workers: Workers::new(WorkersSettings::new(launcher.clone())),
        launcher,
        video_tools: None,
        at_a_time: 1,
        yields_to_uploads: false,
    }
}

/// 2024-07-03 09:46:40 UTC.
pub(crate) const JULY_2024_MS: TimestampMs = 1_720_000_000_000;

/// A look at a picture of 4000 by 3000 pixels that was taken at this moment, two hours east of Greenwich.
pub(crate) fn looked_at(taken_at_ms: TimestampMs) -> Description {
    Description {
        width: Some(4000),
        height: Some(3000),
        duration_ms: None,
        thumbhash: Some(taken_at_ms.to_be_bytes().to_vec()),
        taken_at_ms,
        local_ms: taken_at_ms + 2 * 60 * 60 * 1000,
        facts: serde_json::to_string(&Facts::default()).unwrap(),
        problem: None,
        described_by: DESCRIBED_BY,
        described_at_ms: 77,
    }
}

impl Doors {
    /// Writes down what a look found. `stored` is what `PUT` answered.
    pub(crate) async fn describe(&self, stored: &Value, found: Description) {
        self.describe_by(stored, found, Findable::default()).await;
    }

    /// Writes down what a look found, and by what it is searched for.
    pub(crate) async fn describe_by(&self, stored: &Value, found: Description, by: Findable) {
        let id = asset_id(stored);
        let write = self
            .catalog
            .write(move |tx| Box::pin(async move { descriptions::record(tx, id, &found, &by).await }));
        assert!(write.await.unwrap(), "there is no such asset");
    }

    /// Keeps a rendition.
    pub(crate) async fn show(&self, stored: &Value, kind: RenditionKind, bytes: &'static [u8]) {
        let rendition = Rendition { of: text(&stored["sha256"]).parse().unwrap(), kind };
        self.renditions.keep(rendition, bytes.into()).await.unwrap();
    }
}

fn asset_id(stored: &Value) -> AssetId {
    text(&stored["asset_id"]).parse().unwrap()
}
