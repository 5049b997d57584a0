//! The files that were there when the program was built.

use rust_embed::RustEmbed;

use crate::{File, Files};

/// `built/`, which always exists, so that the program builds without the web app.
#[derive(RustEmbed)]
#[folder = "built/"]
struct Built;

/// The files in the program itself.
#[derive(Debug)]
pub(crate) struct Embedded;

impl Files for Embedded {
    fn file(&self, path: &str) -> Option<File> {
        let found = Built::get(&format!("app/{path}"))?;
        let tag = hex::encode(&found.metadata.sha256_hash()[..16]);
        Some(File { bytes: found.data, tag })
    }
}
