//! Real pictures, whole, broken and lying, with the sums that others computed.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One file of the corpus, as its manifest has it.
#[derive(Debug, Clone)]
pub struct CorpusFile {
    /// Folder and name.
    pub name: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its SHA-1 in hexadecimal.
    pub sha1: String,
    /// Its length.
    pub size_bytes: u64,
    /// Where others read that it was taken: degrees north and east.
    pub place: Option<(f64, f64)>,
}

/// The folder of real pictures and its manifest.
#[derive(Debug)]
pub struct Corpus {
    /// Where the files are.
    pub folder: PathBuf,
    /// The files of the manifest.
    pub files: Vec<CorpusFile>,
}

impl Corpus {
    /// The corpus, when this machine has it. Without it this says so; in CI it fails.
    pub fn find() -> Option<Self> {
        let Some(named) = testkit::corpus_dir() else {
            testkit::skip_or_fail("no pictures: ALBUMEN_CORPUS is not set");
            return None;
        };
        // The variable may name the whole corpus, of which this is the part that may be passed on.
        let folder =
            [named.join("public"), named].into_iter().find(|folder| folder.join("MANIFEST.json").is_file());
        let folder = folder.expect("ALBUMEN_CORPUS has a MANIFEST.json");
        Some(Self { files: read_manifest(&folder), folder })
    }
}

fn read_manifest(folder: &Path) -> Vec<CorpusFile> {
    let file = File::open(folder.join("MANIFEST.json")).expect("the manifest");
    let manifest: Value =
        serde_json::from_reader(std::io::BufReader::new(file)).expect("the manifest is JSON");
    let files = manifest["files"].as_array().expect("a list of files");
    assert_eq!(Some(files.len() as u64), manifest["count"].as_u64(), "the manifest agrees with itself");
    let text = |file: &Value, field: &str| file[field].as_str().expect("a text").to_owned();
    let read = |file: &Value| CorpusFile {
        name: text(file, "name"),
        sha256: text(file, "sha256"),
        sha1: text(file, "sha1"),
        size_bytes: file["bytes"].as_u64().expect("a length"),
        place: file["gps"][0].as_f64().zip(file["gps"][1].as_f64()),
    };
    files.iter().map(read).collect()
}
