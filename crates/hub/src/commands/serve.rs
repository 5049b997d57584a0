//! `albumen-hub serve`

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

use super::output::{complain, print};
use crate::config::{Config, Loaded};
use crate::data_dir::{DataDir, Lock};
use crate::running::SOFT_TIME;
use crate::signals::LeaveSignals;
use crate::wiring::Parts;
use crate::{HubError, Listener, Running, logging, metrics};

/// How often a catalog that does not answer is tried at the start: databases may come up later
/// than the hub after a power cut. Afterwards whoever started the hub has to know.
const OPEN_ATTEMPTS: u32 = 30;

/// The time between two attempts.
const OPEN_PAUSE: Duration = Duration::from_secs(2);

/// Runs the hub until the machine or a person asks it to leave.
pub(super) async fn run(loaded: &Loaded) -> Result<ExitCode, HubError> {
    logging::start(&loaded.config.log);
    let mut signals = LeaveSignals::catch()?;
    let (running, _lock) = tokio::select! {
        started = start(&loaded.config) => started?,
        name = signals.next() => {
            tracing::info!("{name}: leaving before the start was done");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let name = signals.next().await;
    tracing::info!("{name}: finishing what is in flight, then leaving");
    let hurry = running.hurry();
    let mut stopping = Box::pin(running.stop(SOFT_TIME));
    tokio::select! {
        () = stopping.as_mut() => {}
        name = signals.next() => {
            tracing::info!("{name} again: leaving now");
            hurry.cancel();
            stopping.await;
        }
    }
    tracing::info!("left");
    Ok(ExitCode::SUCCESS)
}

async fn start(config: &Config) -> Result<(Running, Lock), HubError> {
    let data = DataDir::open(&config.data.dir)?;
    let lock = data.lock()?;
    let listener = Listener::bind(config.listen.address, config.listen.connections_max, "--listen").await?;
    let numbers = match config.metrics.listen {
        None => None,
        Some(address) => {
            let listener = Listener::bind(address, METRICS_CONNECTIONS_MAX, "--metrics").await?;
            metrics::start().map(|numbers| (listener, numbers))
        }
    };
    let parts = open_patiently(config, &data).await?;
    let setup_code = parts.library.fresh_setup_code().await?;
    let running = Running::start(parts, listener, numbers);
    // Programs that start a hub read this line; it never changes.
    print(&format!("albumen-hub listening on http://{}\n", running.address()))?;
    if let Some(address) = running.metrics_address() {
        tracing::info!("numbers for Prometheus on http://{address}/metrics");
    }
    tracing::info!(data = %data.path().display(), "everything is kept in {}", data.path().display());
    if let Some(code) = setup_code {
        complain(&welcome(&code, running.address(), &data));
    }
    Ok((running, lock))
}

/// Prometheus needs one connection, or a few.
const METRICS_CONNECTIONS_MAX: u32 = 16;

async fn open_patiently(config: &Config, data: &DataDir) -> Result<Parts, HubError> {
    let mut attempts = 1;
    loop {
        match Parts::open_to_serve(config, data).await {
            Err(error) if error.is_retryable() && attempts < OPEN_ATTEMPTS => {
                tracing::warn!(attempts, "{}; trying again", error.in_full());
                attempts += 1;
                tokio::time::sleep(OPEN_PAUSE).await;
            }
            opened => return opened,
        }
    }
}

/// What a fresh hub says to the person who started it. `testkit` looks for the line of the code.
fn welcome(code: &str, address: SocketAddr, data: &DataDir) -> String {
    format!(
        "\nThis hub has no owner yet. Whoever uses this code first becomes its owner:\n\n\
         Set-up code: {code}\n\n\
         On any computer that reaches this one:\n    \
         albumen setup {} --code {code} --user YOUR-NAME\n\
         Or here, without the code:\n    \
         albumen-hub user add YOUR-NAME --role owner --data {}\n",
        reachable(address),
        data.path().display(),
    )
}

/// The hub's address as a device in the same house would type it.
fn reachable(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() { house_address() } else { address.ip() };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

/// The address of this machine that faces its router. Asks the routing table only: connecting a
/// datagram socket sends nothing, and the address (RFC 5737) belongs to nobody.
fn house_address() -> IpAddr {
    let ask = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    };
    ask().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_hub_tells_code_and_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let text = welcome("ABCD-EFGH-JKLM", "127.0.0.1:8230".parse().unwrap(), &data);
        assert!(text.contains("\nSet-up code: ABCD-EFGH-JKLM\n"), "{text}");
        assert!(text.contains("albumen setup http://127.0.0.1:8230 --code ABCD"), "{text}");
        assert!(text.contains(&format!("--data {}", dir.path().display())), "{text}");
    }

    #[test]
    fn an_address_that_devices_can_type() {
        let shown = reachable("0.0.0.0:8230".parse().unwrap());
        assert!(!shown.contains("0.0.0.0") && shown.ends_with(":8230"), "{shown}");
    }
}
