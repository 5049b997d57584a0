//! What is sniffed, against what other people's tools found in a folder of real, broken and lying
//! files.
//!
//! The folder is not part of this repository. The environment variable `ALBUMEN_CORPUS` names it, or a
//! folder `shared/corpus/public` beside the checkout or above it is taken.

use std::env;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use media::{MediaKind, SNIFF_BYTES, sniff};
use serde_json::Value;

/// Where we differ from the manifest on purpose: name, what we say, why.
const DIFFERENT: &[(&str, &str, &str)] = &[
    (
        "stills/animation_icos4d.apng",
        "image/png",
        "an animated PNG is a PNG to whoever does not know better, and every browser takes both",
    ),
    ("broken/corrupted.hif", "image/heic", "brand heix is registered under image/heic"),
    (
        "broken/libheif-corpus-008.heic",
        "image/heic",
        "the major brand was wiped out, the brand it is compatible with still says HEIC",
    ),
];

fn corpus() -> Option<PathBuf> {
    if let Some(named) = env::var_os("ALBUMEN_CORPUS") {
        return Some(PathBuf::from(named));
    }
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|folder| folder.join("shared/corpus/public"))
        .find(|folder| folder.join("MANIFEST.json").is_file())
}

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(SNIFF_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The manifest's type; where its reader had no word, that of `file`, which calls nothing "empty".
fn expected(entry: &Value) -> &str {
    match entry["mime"].as_str().or_else(|| entry["file_magic_mime"].as_str()) {
        Some("inode/x-empty") => "application/octet-stream",
        Some(found) => found,
        None => panic!("the manifest says nothing about {}", entry["name"]),
    }
}

#[test]
fn every_file_is_what_other_tools_say_it_is() {
    let Some(corpus) = corpus() else {
        assert!(env::var_os("CI").is_none(), "the corpus is missing; set ALBUMEN_CORPUS");
        // Past the test runner, which would swallow it.
        writeln!(
            std::io::stderr(),
            "SKIPPED: no corpus found; set ALBUMEN_CORPUS to test sniffing on real files"
        )
        .unwrap();
        return;
    };
    let manifest: Value = serde_json::from_reader(File::open(corpus.join("MANIFEST.json")).unwrap()).unwrap();
    let entries = manifest["files"].as_array().unwrap();
    assert!(entries.len() > 100, "the corpus has shrunk to {} files", entries.len());
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for entry in entries {
        let name = entry["name"].as_str().unwrap();
        let found = sniff(&first_bytes(&corpus.join(name)).unwrap());
        let different = DIFFERENT.iter().find(|(different, ..)| *different == name);
        seen.extend(different.map(|(name, ..)| *name));
        let expected = different.map_or_else(|| expected(entry), |(_, ours, _)| ours);
        let kind = match expected.split('/').next() {
            Some("image") if expected != "image/svg+xml" => Some(MediaKind::Picture),
            Some("video") => Some(MediaKind::Video),
            _ => None,
        };
        if (found.content_type, found.kind) != (expected, kind) {
            wrong.push(format!("{name}: {found:?}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen.len(), DIFFERENT.len(), "a difference is listed that no longer exists: {seen:?}");
}

#[test]
fn each_listed_difference_is_one() {
    let Some(corpus) = corpus() else { return };
    let manifest: Value = serde_json::from_reader(File::open(corpus.join("MANIFEST.json")).unwrap()).unwrap();
    for entry in manifest["files"].as_array().unwrap() {
        for (name, ours, why) in DIFFERENT {
            assert!(entry["name"] != *name || expected(entry) != *ours, "{name} does not differ: {why}");
        }
    }
}
