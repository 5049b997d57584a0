//! The machine around the hub: its clock, its ports, its limits.

use std::path::Path;
use std::time::UNIX_EPOCH;

use domain::{Clock, TimestampMs};
use rustix::process::{Resource, getrlimit};

use super::Finding;
use crate::Listener;
use crate::config::Config;
use crate::data_dir::{DataDir, DataDirError};

/// 2025-09-01: this program is younger than that, so no right clock says less.
const WRITTEN_AFTER_MS: TimestampMs = 1_756_684_800_000;

/// How far a file may lie in the future before the clock is doubted.
const FUTURE_MS: i64 = 10 * 60 * 1000;

/// Files that the hub opens besides its connections: catalog, vault, logs.
const OTHER_FILES: u64 = 128;

pub(super) async fn examine(config: &Config, clock: &dyn Clock) -> Vec<Finding> {
    let newest_ms = last_change_ms(&DataDir::at(&config.data.dir).catalog_file());
    let mut findings = vec![judge_clock(clock.now_ms(), newest_ms), port(config).await];
    let files_max = getrlimit(Resource::Nofile).current;
    findings.extend(judge_files(files_max, config.listen.connections_max));
    findings
}

fn last_change_ms(file: &Path) -> Option<TimestampMs> {
    let changed = std::fs::metadata(file).ok()?.modified().ok()?;
    i64::try_from(changed.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

fn judge_clock(now_ms: TimestampMs, newest_ms: Option<TimestampMs>) -> Finding {
    const TOPIC: &str = "clock";
    const MEND: &str = "set the clock; a time service such as systemd-timesyncd keeps it right";
    if now_ms < WRITTEN_AFTER_MS {
        return Finding::problem(TOPIC, "the clock stands before the day this program was made", MEND);
    }
    match newest_ms {
        Some(newest_ms) if newest_ms > now_ms.saturating_add(FUTURE_MS) => {
            let minutes = (newest_ms - now_ms) / 60_000;
            let words =
                format!("the catalog was last changed {minutes} minutes from now: the clock went back");
            Finding::problem(TOPIC, words, MEND)
        }
        _ => Finding::fine(TOPIC, "the clock makes sense"),
    }
}

async fn port(config: &Config) -> Finding {
    const TOPIC: &str = "port";
    let address = config.listen.address;
    // The lock of a hub that runs here also says that the port is rightly taken. Looking must
    // not make a folder.
    let in_use = DataDir::existing(&config.data.dir).and_then(|data| data.lock().map(drop));
    if let Err(DataDirError::InUse { process_id, .. }) = in_use {
        let process = process_id.map_or_else(String::new, |id| format!(" as process {id}"));
        return Finding::fine(TOPIC, format!("a hub is running here{process}"));
    }
    match Listener::bind(address, 1, "--listen").await {
        Ok(_) => Finding::fine(TOPIC, format!("{address} is free")),
        Err(error) => {
            Finding::problem(TOPIC, error.in_full(), "stop the other program, or change listen.address")
        }
    }
}

fn judge_files(files_max: Option<u64>, connections_max: u32) -> Option<Finding> {
    // Each connection may have a file open as well.
    let needed = u64::from(connections_max) * 2 + OTHER_FILES;
    files_max.filter(|files_max| *files_max < needed).map(|files_max| {
        let words = format!("the machine lets a program open {files_max} files; the hub may need {needed}");
        Finding::note("limits", words, "raise the limit (LimitNOFILE=), or lower listen.connections_max")
    })
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn clocks_that_make_sense_and_clocks_that_do_not() {
        let now = 1_800_000_000_000;
        let table = [
            (now, None, Level::Fine),
            (now, Some(now), Level::Fine),
            (now, Some(now + FUTURE_MS), Level::Fine),
            (now, Some(now + FUTURE_MS + 1), Level::Problem),
            (0, None, Level::Problem),
            (i64::MAX, Some(now), Level::Fine),
        ];
        for (now_ms, newest_ms, level) in table {
            assert_eq!(judge_clock(now_ms, newest_ms).level, level, "{now_ms} {newest_ms:?}");
        }
    }

    #[test]
    fn open_files_are_counted_twice_a_connection() {
        assert_eq!(judge_files(Some(1152), 512), None);
        assert_eq!(judge_files(None, 512), None);
        assert_eq!(judge_files(Some(1151), 512).unwrap().level, Level::Note);
    }
}
