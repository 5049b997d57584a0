//! Ctrl-C: the first one stops cleanly, the second at once.

use tokio_util::sync::CancellationToken;

use crate::console;

/// Cancels `stop` at the first wish to end (Ctrl-C, or SIGTERM from the system) and comes back at the
/// second: then drop the work and leave. That is harmless, as a kill at any moment loses nothing that
/// was stored. Run it beside the work.
pub(crate) async fn listen(stop: CancellationToken) {
    let mut wishes = Wishes::new();
    wishes.next().await;
    console::note(
        "Stopping. What is safe stays safe, and the next run goes on from here. Ctrl-C again stops at once.",
    );
    stop.cancel();
    wishes.next().await;
}

/// Hears when somebody wants the program to end. One for the whole run, so that none is missed.
#[cfg(unix)]
struct Wishes(Option<[tokio::signal::unix::Signal; 2]>);

#[cfg(unix)]
impl Wishes {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let both = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        Self(if let (Ok(interrupt), Ok(terminate)) = both { Some([interrupt, terminate]) } else { None })
    }

    /// Comes back at the next wish; never when the system cannot tell.
    async fn next(&mut self) {
        let Some([interrupt, terminate]) = &mut self.0 else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Hears when somebody wants the program to end.
#[cfg(not(unix))]
struct Wishes;

#[cfg(not(unix))]
impl Wishes {
    fn new() -> Self {
        Self
    }

    /// Comes back at the next wish; never when the system cannot tell.
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
