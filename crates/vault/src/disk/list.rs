//! All blobs in the order of their hashes.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use domain::ContentHash;

use super::layout::Layout;
use crate::{Error, Result, SealedBlob};

/// Up to `limit` blobs behind `after`. Reads the folders that may hold them and no others; what is not
/// named like a blob, or is filed elsewhere than its name says, is not ours and is left out.
pub(super) fn list(layout: &Layout, after: Option<ContentHash>, limit: usize) -> Result<Vec<SealedBlob>> {
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    let from = after.map(|hash| hash.to_string()).unwrap_or_default();
    for top in folders(&layout.blobs, from.get(..2))? {
        // Inside the first folder the search begins behind `after`; every later one counts in full.
        let from_leaf = if from.starts_with(&top) { from.get(2..4) } else { None };
        let top_path = layout.blobs.join(&top);
        for leaf in folders(&top_path, from_leaf)? {
            blobs_in(layout, &top_path.join(&leaf), after, &mut found)?;
            if found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
    }
    Ok(found)
}

fn failed(source: io::Error) -> Error {
    Error::from_io("list blobs", source)
}

/// The names in a folder, sorted; none when it is not (or no longer) a folder.
fn names(folder: &Path) -> Result<Vec<OsString>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries.map_err(failed)?,
    };
    let mut names = entries
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<io::Result<Vec<_>>>()
        .map_err(failed)?;
    names.sort_unstable();
    Ok(names)
}

/// The folders named by two hexadecimal digits, from one of that name on, sorted.
fn folders(parent: &Path, from: Option<&str>) -> Result<Vec<String>> {
    let is_ours = |name: &String| {
        name.len() == 2
            && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            && from.is_none_or(|from| name.as_str() >= from)
    };
    Ok(names(parent)?.into_iter().filter_map(|name| name.into_string().ok()).filter(is_ours).collect())
}

/// Adds the blobs of one folder that come behind `after`.
fn blobs_in(
    layout: &Layout,
    leaf: &Path,
    after: Option<ContentHash>,
    found: &mut Vec<SealedBlob>,
) -> Result<()> {
    for name in names(leaf)? {
        let Some(hash) = name.to_str().and_then(|name| name.parse::<ContentHash>().ok()) else { continue };
        let path = leaf.join(&name);
        if after.is_some_and(|after| hash <= after) || layout.blob(hash).file != path {
            continue;
        }
        match fs::symlink_metadata(&path) {
            // Removed since the listing began.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(facts) if facts.is_file() => found.push(SealedBlob { hash, size_bytes: facts.len() }),
            Ok(_) => {}
        }
    }
    Ok(())
}
