//! Numbers for Prometheus, on a listener of their own: who may reach the pictures need not see
//! them, and the other way round.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Where durations are counted, in seconds.
const BUCKETS_SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// How often measured values are folded into buckets when nobody asks for them.
pub(crate) const UPKEEP: Duration = Duration::from_secs(15);

/// The content type of the text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Starts to count, for the whole process. Without this call, counting costs next to nothing.
/// `None` when something else counts already.
pub fn start() -> Option<PrometheusHandle> {
    static STARTED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || PrometheusBuilder::new().set_buckets(BUCKETS_SECONDS).ok()?.install_recorder().ok();
    STARTED.get_or_init(install).clone()
}

/// `GET /metrics`
pub fn router(numbers: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(show)).with_state(numbers)
}

async fn show(State(numbers): State<PrometheusHandle>) -> ([(http::HeaderName, &'static str); 1], String) {
    if let Some(bytes) = resident_bytes() {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; memory stays below 2^53 bytes")]
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    metrics::gauge!("albumen_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    ([(CONTENT_TYPE, TEXT_FORMAT)], numbers.render())
}

/// The memory that this process holds; `None` where the system does not tell.
pub fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn this_test_holds_some_memory() {
        let bytes = resident_bytes().unwrap();
        assert!(bytes > 100_000, "{bytes}");
    }
}
