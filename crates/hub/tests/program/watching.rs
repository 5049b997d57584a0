//! Health, readiness, metrics, the log.

use std::net::SocketAddr;
use std::process::Command;

use crate::bench::{Bench, log_in, put};
use crate::raw::{Reply, get, request};

/// Where the numbers are, as the log says.
fn metrics_address(said: &str) -> SocketAddr {
    let line = said.lines().find(|line| line.contains("numbers for Prometheus")).unwrap();
    let (_, rest) = line.split_once("http://").unwrap();
    rest.split("/metrics").next().unwrap().parse().unwrap()
}

#[test]
fn health_and_readiness_need_no_token() {
    let bench = Bench::with_owner();
    let hub = bench.start();
    assert_eq!((get(hub.address(), "/healthz").status, get(hub.address(), "/readyz").status), (200, 200));
    // What is no address of the hub's is one of the web app's.
    let page = get(hub.address(), "/metrics");
    assert!(page.text().contains("<html"), "{}", page.text());
    assert!(!page.text().contains("albumen_"), "no numbers on the main listener");
}

#[test]
fn a_hub_that_cannot_write_is_alive_but_not_ready() {
    let bench = Bench::with_owner();
    let hub = bench.start();
    let staging = bench.data().join("vault/staging");
    let aside = bench.data().join("vault/aside");
    // A shell renames it: what the tests do to the vault is nobody's recipe.
    let rename = |from: &std::path::Path, to: &std::path::Path| {
        assert!(Command::new("mv").arg(from).arg(to).status().unwrap().success());
    };
    rename(&staging, &aside);
    assert_eq!(get(hub.address(), "/healthz").status, 200);
    let reply: Reply = get(hub.address(), "/readyz");
    assert_eq!(reply.status, 503, "{}", reply.text());
    assert!(reply.header("retry-after").is_some());
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("the folder of the pictures: "), "{detail}");
    rename(&aside, &staging);
    assert_eq!(get(hub.address(), "/readyz").status, 200);
}

#[test]
fn numbers_have_their_own_listener() {
    let bench = Bench::with_owner();
    let hub = bench.launch().flag("--metrics").flag("127.0.0.1:0").start();
    hub.wait_until_said("numbers for Prometheus");
    let metrics = metrics_address(&hub.said());
    assert_ne!(metrics, hub.address());
    put(&hub, &log_in(&hub), "a.jpg", &testkit::samples::jpeg(1));
    // The request's line and its numbers come after its last byte.
    hub.wait_until_said("PUT /api/v1/files 20");
    let reply = get(metrics, "/metrics");
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    let text = reply.text();
    for expected in [
        "process_resident_memory_bytes ",
        "albumen_build_info{version=\"",
        "albumen_http_requests_total{method=\"PUT\",route=\"/api/v1/files\",status=\"20",
        "albumen_http_request_seconds_bucket{route=\"/api/v1/files\",le=\"",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert_eq!(get(metrics, "/healthz").status, 404, "nothing else is there");
}

#[test]
fn one_line_per_request_as_json_or_for_people() {
    let bench = Bench::with_owner();
    let hub = bench.start();
    let token = log_in(&hub);
    let authorization = format!("authorization: Bearer {token}");
    request(hub.address(), "GET", "/api/v1/devices?secret=1", &[&authorization], b"");
    hub.wait_until_said("GET /api/v1/devices 200");
    let said = hub.said();
    let line = said.lines().find(|line| line.contains("GET /api/v1/devices 200")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["status"], &line["path"]), (&200.into(), &"/api/v1/devices".into()));
    assert!(line["caller"].as_str().unwrap().starts_with("sam"), "{line}");
    assert_eq!((&line["address"], &line["complete"]), (&"127.0.0.1".into(), &true.into()));
    assert!(!said.contains(&token) && !said.contains(crate::bench::PASSWORD), "secrets are never logged");
    drop(hub);

    let hub = bench.launch().flag("--log-format").flag("human").start();
    get(hub.address(), "/healthz");
    hub.wait_until_said("GET /healthz 200");
    let said = hub.said();
    let line = said.lines().find(|line| line.contains("GET /healthz 200")).unwrap();
    assert!(!line.starts_with('{') && line.contains("INFO"), "{line}");
}
