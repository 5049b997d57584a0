//! Requests that are too much, and connections that are too many.

use crate::bench::{Bench, log_in};
use crate::raw::{Line, get};

#[test]
fn a_huge_head_is_answered_and_nobody_else_notices() {
    let bench = Bench::new();
    let hub = bench.start();
    for header in [format!("x: {}", "a".repeat(1024 * 1024)), "x: a\r\n".repeat(2000)] {
        let mut line = Line::open(hub.address());
        line.try_send(format!("GET /healthz HTTP/1.1\r\nhost: hub\r\n{header}\r\n\r\n").as_bytes());
        // The hub answers as soon as it is too much and hangs up, which may overtake the answer.
        if let Some(reply) = line.head() {
            assert_eq!(reply.status, 431);
        }
    }
    let mut line = Line::open(hub.address());
    line.send(format!("GET /healthz HTTP/1.1\r\nhost: hub\r\nx: {}\r\n\r\n", "a".repeat(40_000)).as_bytes());
    assert_eq!(line.head().unwrap().status, 431);
    assert_eq!(get(hub.address(), "/healthz").status, 200);
}

#[test]
fn nonsense_is_answered_and_nobody_else_notices() {
    let bench = Bench::new();
    let hub = bench.start();
    let mut line = Line::open(hub.address());
    line.send(b"\x16\x03\x01 this is no HTTP\r\n\r\n");
    assert_eq!(line.head().unwrap().status, 400);
    assert_eq!(get(hub.address(), "/healthz").status, 200);
}

#[test]
fn more_connections_than_allowed_wait_for_their_turn() {
    let bench = Bench::new();
    let hub = bench.launch().variable("ALBUMEN_LISTEN_CONNECTIONS_MAX", "8").start();
    let mut lines: Vec<Line> = (0..8).map(|_| Line::open(hub.address())).collect();
    for line in &mut lines {
        line.send_head("GET", "/healthz", &[]);
        assert_eq!(line.reply("GET").unwrap().status, 200);
    }
    let mut ninth = Line::open(hub.address());
    ninth.send_head("GET", "/healthz", &[]);
    // All eight are served while the ninth waits, and go on being served.
    lines[0].send_head("GET", "/readyz", &[]);
    assert_eq!(lines[0].reply("GET").unwrap().status, 200);
    drop(lines.pop());
    assert_eq!(ninth.reply("GET").unwrap().status, 200);
}

/// What the system says that a process holds, in bytes.
#[cfg(target_os = "linux")]
fn resident_bytes(process_id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
#[cfg(target_os = "linux")]
fn an_idle_hub_is_small_also_after_somebody_logged_in() {
    const IDLE_MAX_BYTES: u64 = 40 * 1024 * 1024;
    let bench = Bench::with_owner();
    let hub = bench.start();
    for _ in 0..3 {
        log_in(&hub);
    }
    let bytes = resident_bytes(hub.process_id());
    assert!(bytes <= IDLE_MAX_BYTES, "{bytes} bytes");
}
