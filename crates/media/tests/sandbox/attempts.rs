//! What a worker must not be able to do, tried from inside a real one.

use media::sandbox::{Body, FileSystem};

use super::jobs::Attempt;
use super::{misbehave, one_worker};

async fn attempt(what: &str) -> Result<String, String> {
    one_worker().run::<Attempt>(&what.to_owned(), Body::whole(&b""[..])).await.unwrap().answer
}

/// Whether this kernel has landlock, as far as can be found out without asking landlock.
#[cfg(target_os = "linux")]
fn has_landlock() -> bool {
    if let Ok(modules) = std::fs::read_to_string("/sys/kernel/security/lsm") {
        return modules.contains("landlock");
    }
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(12))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn everything_that_this_kernel_offers_is_on() {
    let workers = one_worker();
    let protections = workers.protections().await.unwrap();
    assert!(protections.limits && protections.no_new_privileges, "{protections:?}");
    assert_eq!(protections.file_system != FileSystem::Open, has_landlock(), "{protections:?}");
    let known = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    assert_eq!(protections.system_calls, known, "{protections:?}");
    // Not only by its own word.
    let worker = misbehave(&workers, "who").await.unwrap();
    let status = std::fs::read_to_string(format!("/proc/{worker}/status")).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    assert_eq!(field("NoNewPrivs:"), Some("1"), "{status}");
    assert_eq!(field("Seccomp:"), Some(if known { "2" } else { "0" }), "{status}");
    let limits = std::fs::read_to_string(format!("/proc/{worker}/limits")).unwrap();
    let limit = |name: &str| limits.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
    assert!(limit("Max data size").starts_with("268435456 "), "{limits}");
    assert!(limit("Max core file size").starts_with("0 "), "{limits}");
    assert!(limit("Max cpu time").starts_with("600 "), "{limits}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_but_computing_works() {
    let refused = [
        "read a file",
        "list a folder",
        "write a file",
        "look at a file",
        "connect",
        "listen",
        "send datagrams",
        "make a local socket",
        "run a program",
        "signal somebody",
        "get more memory back",
    ];
    for what in refused {
        let answer = attempt(what).await;
        assert_eq!(answer, Err("permission denied".to_owned()), "{what}");
    }
    assert_eq!(attempt("start a thread").await, Ok("done".to_owned()));
}
