//! When the machine or a person asks the hub to leave.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::HubError;

/// SIGTERM and SIGINT, caught from the moment this is made.
#[derive(Debug)]
pub(crate) struct LeaveSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl LeaveSignals {
    /// Begins to catch them. They do not end the process any more.
    pub(crate) fn catch() -> Result<Self, HubError> {
        let catch = |kind| {
            signal(kind).map_err(|source| HubError::System { what: "signals cannot be caught", source })
        };
        Ok(Self { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    /// Waits for one, and tells its name.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
