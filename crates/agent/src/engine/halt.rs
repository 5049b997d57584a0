//! How a run is ended from outside.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use super::news::STOPPED;
use crate::policy::Reason;
use crate::report::Ending;

/// Ends a run. Clones end the same one.
#[derive(Debug, Clone)]
pub struct Halt {
    /// Nothing more is begun.
    pub(super) stop: CancellationToken,
    /// The hub is no longer waited for. Follows the stop after a moment, unless it comes with it.
    pub(super) cut: CancellationToken,
    why: Arc<OnceLock<Reason>>,
}

impl Halt {
    /// Ends the run gently when `stop` is cancelled: what is about to end does.
    pub fn by(stop: &CancellationToken) -> Self {
        Self { stop: stop.clone(), cut: CancellationToken::new(), why: Arc::default() }
    }

    /// Ends the run now: no byte goes any more, and what is not through waits for this reason.
    pub fn wait_for(&self, reason: Reason) {
        // The first reason counts.
        let _ = self.why.set(reason);
        self.cut.cancel();
        self.stop.cancel();
    }

    /// Ends the run now, to begin another at once.
    pub fn cut_short(&self) {
        self.cut.cancel();
        self.stop.cancel();
    }

    /// How the run ended because of this, and the reason for what is not through.
    pub(super) fn why(&self) -> (Ending, String) {
        match self.why.get() {
            Some(reason) => (Ending::Waiting, reason.words().to_owned()),
            None => (Ending::Stopped, STOPPED.to_owned()),
        }
    }
}
