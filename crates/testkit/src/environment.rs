//! What the machine that runs the tests has to offer.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

/// The pictures that tests read, with their manifest: `ALBUMEN_CORPUS`, or `shared/corpus/public`
/// beside the checkout. `None` when there is neither; say so with [`skip_or_fail`].
pub fn corpus_dir() -> Option<PathBuf> {
    place("ALBUMEN_CORPUS", Path::new("shared/corpus/public"))
}

/// The tools that tests start, such as a proxy that breaks connections: `ALBUMEN_TOOLS`, or
/// `shared/tools` beside the checkout.
pub fn tools_dir() -> Option<PathBuf> {
    place("ALBUMEN_TOOLS", Path::new("shared/tools"))
}

/// The PostgreSQL server for tests, as `postgres://USER@HOST:PORT/DATABASE` of somebody who may
/// make databases: `ALBUMEN_TEST_POSTGRES`.
pub fn postgres_server() -> Option<String> {
    std::env::var("ALBUMEN_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// A variable, or a folder beside this checkout or one above it.
fn place(variable: &str, beside: &Path) -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(variable).filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        assert!(named.is_dir(), "{variable} names {}, which is no folder", named.display());
        return Some(named);
    }
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|above| above.join(beside))
        .find(|place| place.is_dir())
}

/// Says loudly that a test does not run here, and why. In CI, where everything must be there, it
/// fails instead.
#[expect(clippy::print_stderr, reason = "whoever runs the tests has to see it")]
pub fn skip_or_fail(reason: &str) {
    assert!(std::env::var_os("CI").is_none(), "nothing may be skipped in CI: {reason}");
    eprintln!("SKIPPED: {reason}");
}

/// A port of this machine that was free a moment ago, for programs that cannot take port 0.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("the address of a listener").port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_can_be_taken() {
        let port = free_port();
        assert_ne!(port, 0);
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    }

    #[test]
    fn folders_beside_the_checkout_are_found_from_below() {
        let manifest = Path::new("crates/testkit/Cargo.toml");
        let found =
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find(|above| above.join(manifest).is_file());
        let name = found.unwrap().file_name().unwrap();
        assert!(
            place("ALBUMEN_NO_SUCH_VARIABLE", Path::new("crates/testkit"))
                .unwrap()
                .ends_with("crates/testkit")
        );
        assert!(place("ALBUMEN_NO_SUCH_VARIABLE", Path::new(name)).is_some());
        assert_eq!(place("ALBUMEN_NO_SUCH_VARIABLE", Path::new("no such folder")), None);
    }
}
