//! Ctrl-C: the first one stops cleanly, the second at once.

use tokio_util::sync::CancellationToken;

use crate::console;

/// Cancels `stop` at the first wish to end (Ctrl-C, or SIGTERM from the system) and comes back at the
/// second: then drop the work and leave. That is harmless, as a kill at any moment loses nothing that
/// was stored. Run it beside the work.
pub(crate) async fn listen(stop: CancellationToken) {
    wish().await;
    console::note(
        "Stopping. What is safe stays safe, and the next run goes on from here. Ctrl-C again stops at once.",
    );
    stop.cancel();
    wish().await;
}

/// Comes back when somebody wants the program to end; never when the system cannot tell.
#[cfg(unix)]
async fn wish() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Comes back when somebody wants the program to end; never when the system cannot tell.
#[cfg(not(unix))]
async fn wish() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
