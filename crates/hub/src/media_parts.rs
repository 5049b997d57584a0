//! Who looks into pictures and videos on this machine, and how many at a time.

use std::sync::Arc;

use library::describe::MediaParts;
use media::sandbox::{Launcher, Workers, WorkersSettings};
use media::video::VideoTools;
use vault::DiskRenditions;

use crate::HubError;
use crate::data_dir::DataDir;

/// Below this much memory one picture is decoded at a time, and none while uploads arrive.
const SMALL_MACHINE_BYTES: u64 = 2_000_000_000;

/// Gets everything ready. Nothing is started before the first picture comes. `None` where nothing can be
/// looked into: pictures are kept safe all the same, and nobody sees thumbnails.
pub(crate) async fn open(data: &DataDir) -> Option<MediaParts> {
    let opened = try_open(data).await;
    opened.inspect_err(|error| tracing::error!(error = error.in_full(), "no thumbnails and no facts")).ok()
}

async fn try_open(data: &DataDir) -> Result<MediaParts, HubError> {
    let renditions = DiskRenditions::open(&data.vault()).map_err(HubError::Vault)?;
    let launcher = Launcher::this_program()
        .map_err(|source| HubError::System { what: "this program cannot find itself", source })?;
    let video_tools = VideoTools::find(launcher.clone(), None).await;
    let video_tools =
        video_tools.inspect_err(|error| tracing::warn!(%error, "no pictures of videos: {error}"));
    let is_small = memory_bytes().is_some_and(|bytes| bytes < SMALL_MACHINE_BYTES);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let at_a_time = if is_small { 1 } else { cores };
    let settings = WorkersSettings { workers_max: at_a_time, ..WorkersSettings::new(launcher.clone()) };
    Ok(MediaParts {
        renditions: Arc::new(renditions),
        workers: Workers::new(settings),
        launcher,
        video_tools: video_tools.ok(),
        at_a_time,
        yields_to_uploads: is_small,
    })
}

/// All memory of the machine; `None` where the system does not say.
fn memory_bytes() -> Option<u64> {
    total_of(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

/// `MemTotal` of `proc_meminfo(5)`, which counts in KiB.
fn total_of(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_memory_is_read_as_the_system_writes_it() {
        assert_eq!(total_of("MemTotal:        1003948 kB\nMemFree: 1 kB\n"), Some(1_028_042_752));
        assert_eq!(total_of("MemFree: 1 kB\n"), None);
        assert_eq!(total_of("MemTotal: many\n"), None);
    }
}
