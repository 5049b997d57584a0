//! A process locks itself up.
//!
//! Every step that a system lacks is left out and said so in [`Protections`]; none of them is a
//! reason to stop. The order matters: seccomp last, because it forbids the calls of the others.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls;
#[cfg(target_os = "linux")]
mod files;

use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use serde::{Deserialize, Serialize};

use super::{FileSystem, Limits, Protections};

/// Addresses that may be used beyond memory that can be written to: the program itself, its
/// libraries, stacks, and what allocators reserve without using.
const ADDRESSES_BEYOND_BYTES: u64 = 2 << 30;

/// Open files of a worker: its three pipes and some room for what the system's library opens.
const WORKER_FILES_MAX: u64 = 16;

/// Open files of a tool.
const TOOL_FILES_MAX: u64 = 128;

/// What a tool may use and touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ToolConfinement {
    /// The tool, by its real path.
    pub(super) program: PathBuf,
    /// The files that it may read.
    pub(super) files: Vec<PathBuf>,
    /// The folder that it may write in.
    pub(super) folder: Option<PathBuf>,
    pub(super) memory_bytes: u64,
    pub(super) processor_seconds: u64,
    pub(super) file_bytes_max: u64,
}

/// Where programs and their libraries are; nothing of the hub's.
const LIBRARIES: &[&str] = &[
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/ld-musl-x86_64.path",
    "/etc/ld-musl-aarch64.path",
];

/// Locks a worker up: it may compute, and use the pipes that it has.
pub(super) fn worker(limits: &Limits) -> Protections {
    die_with_parent();
    // Safe comes before seen: while pictures arrive, the hub and whoever sends on this machine go first.
    let _ = rustix::process::nice(5);
    let limits = [
        limit(Resource::Nofile, WORKER_FILES_MAX),
        limit(Resource::Fsize, 0),
        common_limits(limits.memory_bytes, limits.processor_seconds),
    ];
    Protections {
        limits: limits.iter().all(|set| *set),
        no_new_privileges: no_new_privileges(),
        file_system: close_files(&Allowed::default()),
        system_calls: forbid_calls(Kind::Worker),
    }
}

/// Locks up what is about to become a tool.
pub(super) fn tool(confinement: &ToolConfinement) -> Protections {
    die_with_parent();
    // Films take long and nobody waits for them; what arrives from devices goes first.
    let _ = rustix::process::nice(10);
    let limits = [
        limit(Resource::Nofile, TOOL_FILES_MAX),
        limit(Resource::Fsize, confinement.file_bytes_max),
        common_limits(confinement.memory_bytes, confinement.processor_seconds),
    ];
    let libraries = LIBRARIES.iter().map(Path::new);
    let allowed = Allowed {
        run: libraries.chain([confinement.program.as_path()]).collect(),
        read: confinement.files.iter().map(PathBuf::as_path).collect(),
        write: confinement.folder.as_deref(),
    };
    Protections {
        limits: limits.iter().all(|set| *set),
        no_new_privileges: no_new_privileges(),
        file_system: close_files(&allowed),
        system_calls: forbid_calls(Kind::Tool),
    }
}

/// What stays open of the file system.
#[derive(Debug, Default)]
struct Allowed<'a> {
    /// May be read and run.
    run: Vec<&'a Path>,
    /// May be read.
    read: Vec<&'a Path>,
    /// May be filled.
    write: Option<&'a Path>,
}

/// Which calls are needed.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Worker,
    Tool,
}

fn common_limits(memory_bytes: u64, processor_seconds: u64) -> bool {
    let addresses = memory_bytes.saturating_add(ADDRESSES_BEYOND_BYTES);
    // Bookkeeping aside, memory that can be written to; only Linux counts it so.
    let memory = limit(Resource::Data, memory_bytes);
    let addresses = limit(Resource::As, addresses);
    let time = limit(Resource::Cpu, processor_seconds);
    let core = limit(Resource::Core, 0);
    memory && addresses && time && core
}

/// Sets a limit, or as much of it as was allowed before.
fn limit(resource: Resource, most: u64) -> bool {
    let before = rustix::process::getrlimit(resource).maximum;
    let most = before.map_or(most, |before| before.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
}

/// A child must not go on when the hub is gone: nobody would limit its time.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    {
        // Where this is refused, the end of its input still ends a worker, and its time a tool.
        let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    }
}

fn no_new_privileges() -> bool {
    #[cfg(target_os = "linux")]
    return rustix::thread::set_no_new_privs(true).is_ok();
    #[cfg(not(target_os = "linux"))]
    false
}

fn close_files(allowed: &Allowed<'_>) -> FileSystem {
    #[cfg(target_os = "linux")]
    return files::close(allowed).unwrap_or(FileSystem::Open);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = allowed;
        FileSystem::Open
    }
}

fn forbid_calls(kind: Kind) -> bool {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    return calls::forbid(kind).is_ok();
    #[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
    {
        let _ = kind;
        false
    }
}
