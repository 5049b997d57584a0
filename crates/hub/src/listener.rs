//! Takes connections, and no more than the hub can bear.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::HubError;
use crate::connection::Connection;

/// How long to wait when the machine has no room for another connection (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(250);

/// A connection on which nothing moves is asked after this time whether its other end still lives.
const KEEPALIVE_IDLE: Duration = Duration::from_mins(1);

/// Bytes that the other end does not confirm for this long, in milliseconds, mean that it is gone:
/// a phone that left the house must not hold its connection for hours.
const UNCONFIRMED_MS: u32 = 90_000;

/// When to stop, in two stages.
#[derive(Debug, Clone, Default)]
pub struct Stages {
    /// Take nothing new, finish what has begun.
    pub soft: CancellationToken,
    /// Drop what is left.
    pub hard: CancellationToken,
}

/// A bound socket that nobody is served on yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    permits: Arc<Semaphore>,
}

impl Listener {
    /// Binds. `flag` is what a person would change when that does not work.
    pub async fn bind(
        address: SocketAddr,
        connections_max: u32,
        flag: &'static str,
    ) -> Result<Self, HubError> {
        let cannot = |source| HubError::Listen { address, flag, source };
        let socket = TcpListener::bind(address).await.map_err(cannot)?;
        let address = socket.local_addr().map_err(cannot)?;
        let most = usize::try_from(connections_max).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Self { socket, address, permits: Arc::new(Semaphore::new(most)) })
    }

    /// Where it listens, with the port that port 0 became.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `router` until `stages.soft`. Connections run on `tracker` and outlive this call;
    /// they end by the same stages.
    pub async fn serve(self, router: Router, stages: Stages, tracker: TaskTracker) {
        let serving = async {
            loop {
                // A permit first: who cannot be served yet waits in the kernel's queue.
                let Ok(permit) = self.permits.clone().acquire_owned().await else { return };
                let Some((stream, peer)) = self.accept().await else { continue };
                tune(&stream);
                let connection = Connection { stream, peer, router: router.clone(), stages: stages.clone() };
                tracker.spawn(async move {
                    connection.serve().await;
                    drop(permit);
                });
            }
        };
        stages.soft.run_until_cancelled(serving).await;
    }

    async fn accept(&self) -> Option<(TcpStream, SocketAddr)> {
        match self.socket.accept().await {
            Ok(accepted) => Some(accepted),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }
}

/// Without these a connection works all the same, only less well.
fn tune(stream: &TcpStream) {
    let tuned = stream.set_nodelay(true).and_then(|()| find_dead_ends(stream));
    if let Err(error) = tuned {
        tracing::debug!(%error, "a connection cannot be tuned: {error}");
    }
}

fn find_dead_ends(stream: impl AsFd) -> std::io::Result<()> {
    use rustix::net::sockopt;
    sockopt::set_socket_keepalive(&stream, true)?;
    sockopt::set_tcp_keepidle(&stream, KEEPALIVE_IDLE)?;
    #[cfg(target_os = "linux")]
    sockopt::set_tcp_user_timeout(&stream, UNCONFIRMED_MS)?;
    Ok(())
}
