//! The folder, and the disk below it.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::statvfs;

use super::Finding;
use crate::commands::output::size;
use crate::config::Config;
use crate::data_dir::DataDir;

const TOPIC: &str = "disk";

/// The file that is written to see whether writing works.
const PROBE: &str = ".albumen-doctor";

pub(super) fn examine(config: &Config) -> Vec<Finding> {
    let dir = &config.data.dir;
    if !dir.exists() {
        let words = format!("the data folder {} does not exist yet", dir.display());
        return vec![Finding::note(TOPIC, words, "nothing: the first start makes it")];
    }
    let mut findings = vec![writable(dir)];
    match DataDir::existing(dir) {
        Ok(data) => findings.extend(same_disk(&data)),
        Err(error) => findings.push(Finding::note(
            TOPIC,
            error,
            "nothing, if this is a new hub: the first start makes what is missing",
        )),
    }
    findings.extend(room(dir, config.uploads.keep_free_bytes()));
    findings
}

fn writable(dir: &Path) -> Finding {
    let probe = dir.join(PROBE);
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(b"probe")?;
        file.sync_all()
    });
    // Also after a failure: an empty file must not stay.
    let removed = std::fs::remove_file(&probe);
    match written.and(removed) {
        Ok(()) => Finding::fine(TOPIC, format!("the data folder {} can be written to", dir.display())),
        Err(error) => Finding::problem(
            TOPIC,
            format!("the data folder {} cannot be written to: {error}", dir.display()),
            match error.kind() {
                ErrorKind::PermissionDenied => "give the folder to the account that runs the hub (chown)",
                ErrorKind::StorageFull => "make room on the disk",
                ErrorKind::ReadOnlyFilesystem => {
                    "mount the disk for writing; a disk that fails turns read-only"
                }
                _ => "check the disk's health",
            },
        ),
    }
}

/// Sealing renames from one folder into the other, which only works on one file system.
fn same_disk(data: &DataDir) -> Option<Finding> {
    let device = |name: &str| std::fs::metadata(data.vault().join(name)).map(|found| found.dev()).ok();
    let (staging, blobs) = (device("staging")?, device("blobs")?);
    Some(if staging == blobs {
        Finding::fine(TOPIC, "arriving and kept pictures are on the same file system")
    } else {
        Finding::problem(
            TOPIC,
            format!("staging and blobs in {} are on different file systems", data.vault().display()),
            "mount the disk at the data folder, not inside it",
        )
    })
}

fn room(dir: &Path, keep_free_bytes: u64) -> Option<Finding> {
    let found = statvfs(dir).ok()?;
    Some(judge_room(found.f_bavail.saturating_mul(found.f_frsize), keep_free_bytes))
}

/// Uploads stop at the first number; ten times that is when to begin to think.
fn judge_room(free_bytes: u64, keep_free_bytes: u64) -> Finding {
    let words = format!("{} are free", size(free_bytes));
    if free_bytes <= keep_free_bytes {
        let words = format!("only {words}; uploads wait for more than {}", size(keep_free_bytes));
        Finding::problem(TOPIC, words, "make room, or lower uploads.keep_free_mib")
    } else if free_bytes / 10 < keep_free_bytes {
        Finding::note(TOPIC, format!("{words}, which is not much"), "plan for a larger disk")
    } else {
        Finding::fine(TOPIC, words)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn room_is_judged_by_what_has_to_stay_free() {
        for (free, keep, level) in [
            (100, 100, Level::Problem),
            (101, 100, Level::Note),
            (1000, 100, Level::Fine),
            (5, 0, Level::Fine),
        ] {
            assert_eq!(judge_room(free, keep).level, level, "{free} {keep}");
        }
    }

    #[test]
    fn a_folder_that_is_none_cannot_be_written_to() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(writable(dir.path()).level, Level::Fine);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
        let file = dir.path().join("file");
        File::create(&file).unwrap();
        let found = writable(&file);
        assert_eq!(found.level, Level::Problem);
        assert!(found.words.contains("cannot be written to"), "{}", found.words);
    }

    #[test]
    fn a_new_hub_is_no_problem() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.data.dir = dir.path().join("new");
        let found = examine(&config);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].level, Level::Note);
    }
}
