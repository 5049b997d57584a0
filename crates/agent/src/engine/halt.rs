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
    /// Ends the run gently when `stop` is cancelled: what is about to end does. Ending the run in another
    /// way leaves `stop` alone: it is also of others.
    pub fn by(stop: &CancellationToken) -> Self {
        Self { stop: stop.child_token(), cut: CancellationToken::new(), why: Arc::default() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halt_ends_its_run_and_nothing_else() {
        let everything = CancellationToken::new();
        let halt = Halt::by(&everything);
        halt.wait_for(Reason::MobileNetwork);
        halt.wait_for(Reason::OnBattery);
        assert!(halt.stop.is_cancelled() && halt.cut.is_cancelled() && !everything.is_cancelled());
        assert_eq!(
            halt.why(),
            (Ending::Waiting, Reason::MobileNetwork.words().to_owned()),
            "the first counts"
        );
        let gentle = Halt::by(&everything);
        everything.cancel();
        assert!(gentle.stop.is_cancelled() && !gentle.cut.is_cancelled());
        assert_eq!(gentle.why().0, Ending::Stopped);
    }
}
