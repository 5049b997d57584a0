//! The files that are measured with.

use std::path::{Path, PathBuf};
use std::process::Command;

use domain::{Random as _, TwinHasher};
use testkit::SeededRandom;

use crate::report::Report;

/// One file and what a device knows of it before it sends it.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
    pub(crate) hashes: domain::Hashes,
}

/// Real JPEGs from the generator of large libraries when it and Pillow are there, otherwise files of
/// the same sizes with random bytes behind a JPEG's first ones: ingest does not decode.
pub(crate) fn library(folder: &Path, count: u64, median_bytes: u64) -> Vec<Picture> {
    if !generated(folder, count, median_bytes) {
        Report::figure("pictures", "made here: the library generator or Pillow is not there");
        make(folder, count, median_bytes);
    }
    let mut pictures = read(folder);
    pictures.truncate(usize::try_from(count).unwrap_or(usize::MAX));
    pictures
}

fn generated(folder: &Path, count: u64, median_bytes: u64) -> bool {
    let Some(corpus) = testkit::corpus_dir() else { return false };
    let script = corpus.ancestors().map(|dir| dir.join("make_library.py")).find(|path| path.is_file());
    let tools = std::env::var_os("ALBUMEN_TEST_TOOLS").map(PathBuf::from);
    let (Some(script), Some(tools)) = (script, tools) else { return false };
    let mut command = Command::new(tools.join("python/bin/python"));
    command.arg(script).arg(folder).args(["--videos", "0", "--dups", "0", "--no-hash", "--files"]);
    command.arg(count.to_string()).arg("--median").arg(median_bytes.to_string());
    if median_bytes < 1_000_000 {
        command.arg("--small");
    }
    command.stdout(std::process::Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Files of random bytes that begin like a JPEG.
pub(crate) fn make(folder: &Path, count: u64, size_bytes: u64) {
    let random = SeededRandom::new(7);
    let mut bytes = vec![0u8; usize::try_from(size_bytes).unwrap_or(0)];
    for index in 0..count {
        let album = folder.join(format!("album {:02}", index % 20));
        std::fs::create_dir_all(&album).expect("a folder for made pictures");
        random.fill(&mut bytes);
        bytes[..4].copy_from_slice(&[0xff, 0xd8, 0xff, 0xe0]);
        #[expect(clippy::disallowed_methods, reason = "made files need not survive a power cut")]
        std::fs::write(album.join(format!("IMG_{index:06}.jpg")), &bytes).expect("room for made pictures");
    }
}

fn read(folder: &Path) -> Vec<Picture> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    files
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending.eq_ignore_ascii_case("jpg")))
        .map(|entry| {
            let bytes = std::fs::read(entry.path()).expect("a picture that was just made");
            Picture {
                path: entry.path().to_owned(),
                name: entry.file_name().to_string_lossy().into_owned(),
                size_bytes: bytes.len() as u64,
                hashes: TwinHasher::of(&bytes),
            }
        })
        .collect()
}

/// All their bytes.
pub(crate) fn total_bytes(pictures: &[Picture]) -> u64 {
    pictures.iter().map(|picture| picture.size_bytes).sum()
}
