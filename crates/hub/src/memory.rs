//! Keeps the hub small while it idles.

use std::ffi::{OsStr, OsString};

/// How glibc is told from which size on a piece of memory goes back to the system when it is freed.
const THRESHOLD_VARIABLE: &str = "MALLOC_MMAP_THRESHOLD_";

/// 1 MiB: above everything that a request needs often, below what hashing a password needs.
const THRESHOLD_BYTES: &str = "1048576";

/// Starts this program once more in its own place, with glibc told to give large pieces of memory
/// back. Does nothing where that has been done, where somebody has chosen, or without glibc; a
/// hub that cannot be started again runs all the same.
///
/// Left alone, glibc raises that size with the first freed piece (19 MiB, when somebody logs in) and
/// then keeps what it has: measured with 16 clients sending 800 MB, 62 MB stayed resident, with this
/// 31 MB; after one login 41 MB and 23 MB. It reads its settings only at the start of a process, and
/// setting them later takes code that the compiler cannot check. Another allocator (mimalloc) held
/// 48 MB at the start and 88 MB afterwards.
pub(crate) fn start_again_frugally(environment: &[(OsString, OsString)]) {
    if chosen(environment) {
        return;
    }
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::os::unix::process::CommandExt as _;
        let mut words = std::env::args_os();
        let name = words.next();
        let Ok(program) = std::env::current_exe() else { return };
        let mut command = std::process::Command::new(program);
        command.args(words).env(THRESHOLD_VARIABLE, THRESHOLD_BYTES);
        if let Some(name) = name {
            command.arg0(name);
        }
        // Only comes back when it did not work; then the hub is a little larger.
        let _ = command.exec();
    }
}

fn chosen(environment: &[(OsString, OsString)]) -> bool {
    let ours = [THRESHOLD_VARIABLE, "GLIBC_TUNABLES"].map(OsStr::new);
    environment.iter().any(|(name, _)| ours.contains(&name.as_os_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_happens_once_and_never_against_a_choice() {
        let environment = |name: &str| vec![("HOME".into(), "/".into()), (name.into(), "x".into())];
        assert!(!chosen(&environment("PATH")));
        assert!(chosen(&environment(THRESHOLD_VARIABLE)));
        assert!(chosen(&environment("GLIBC_TUNABLES")));
    }
}
