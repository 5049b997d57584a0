//! A hub at work, and how it stops: soft first, hard when that takes too long.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use library::Library;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::listener::{Listener, Stages};
use crate::wiring::Parts;
use crate::{metrics, router};

/// How long what has begun may take to end, before it is dropped. Together with the two times
/// below it stays under ten seconds, after which service managers lose their patience.
pub const SOFT_TIME: Duration = Duration::from_secs(7);

/// How long dropping may take.
const HARD_TIME: Duration = Duration::from_secs(1);

/// How long the catalog may take to write down what is queued.
const CLOSE_TIME: Duration = Duration::from_secs(1);

/// A hub that listens and works.
#[derive(Debug)]
pub struct Running {
    parts: Parts,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    stages: Stages,
    workers_stop: CancellationToken,
    connections: TaskTracker,
    workers: TaskTracker,
}

impl Running {
    /// Starts to serve and to work in the background.
    pub fn start(parts: Parts, listener: Listener, numbers: Option<(Listener, PrometheusHandle)>) -> Self {
        let running = Self {
            address: listener.address(),
            metrics_address: numbers.as_ref().map(|(listener, _)| listener.address()),
            stages: Stages::default(),
            workers_stop: CancellationToken::new(),
            connections: TaskTracker::new(),
            workers: TaskTracker::new(),
            parts,
        };
        let Self { connections, stages, workers, workers_stop, .. } = &running;
        let doors = router::router(running.parts.library.clone());
        connections.spawn(listener.serve(doors, stages.clone(), connections.clone()));
        if let Some((listener, numbers)) = numbers {
            workers.spawn(fold(numbers.clone(), workers_stop.clone()));
            connections.spawn(listener.serve(metrics::router(numbers), stages.clone(), connections.clone()));
        }
        running.parts.library.start_workers(workers, workers_stop.clone());
        running
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where Prometheus may ask.
    pub const fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// The use cases that it serves.
    pub const fn library(&self) -> &Arc<Library> {
        &self.parts.library
    }

    /// Cancel it, and a stop that is under way does not wait any longer.
    pub fn hurry(&self) -> CancellationToken {
        self.stages.hard.clone()
    }

    /// Stops: takes nothing new, lets uploads end at their next chunk's edge with everything that
    /// arrived durable, answers what was asked, and drops what is not done after `soft_time`. Then
    /// the workers and the catalog end. Bytes that were acknowledged are safe in every case.
    pub async fn stop(self, soft_time: Duration) {
        let Self { parts, stages, workers_stop, connections, workers, .. } = self;
        connections.close();
        workers.close();
        stages.soft.cancel();
        workers_stop.cancel();
        parts.library.stop_uploads();
        let ended = async {
            tokio::join!(connections.wait(), workers.wait());
        };
        let in_time = stages.hard.run_until_cancelled(tokio::time::timeout(soft_time, ended)).await;
        if !matches!(in_time, Some(Ok(()))) {
            tracing::warn!(
                connections = connections.len(),
                workers = workers.len(),
                "not everything ended in time; dropping the rest"
            );
            stages.hard.cancel();
            let _ = tokio::time::timeout(HARD_TIME, connections.wait()).await;
        }
        if tokio::time::timeout(CLOSE_TIME, parts.catalog.close()).await.is_err() {
            tracing::warn!("the catalog did not close in time; the next start recovers it");
        }
    }
}

/// Folds measured values into buckets, so that they do not pile up when nobody asks for them.
async fn fold(numbers: PrometheusHandle, stop: CancellationToken) {
    let folding = async {
        loop {
            tokio::time::sleep(metrics::UPKEEP).await;
            numbers.run_upkeep();
        }
    };
    stop.run_until_cancelled(folding).await;
}
