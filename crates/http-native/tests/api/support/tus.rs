//! What tus clients say, letter for letter.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Ask, Doors, Person, Reply};

/// The version of the protocol.
pub(crate) const TUS: &str = "1.0.0";

/// `key base64(value)`.
pub(crate) fn pair(key: &str, value: impl AsRef<[u8]>) -> String {
    format!("{key} {}", STANDARD.encode(value))
}

/// The value of `Upload-Metadata`.
pub(crate) fn metadata(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| pair(key, value)).collect::<Vec<_>>().join(",")
}

/// An upload that has begun.
#[derive(Debug)]
pub(crate) struct Upload {
    /// As `Location` said.
    pub(crate) path: String,
}

impl Doors {
    /// `POST /tus` of a client that has said everything but what is added to the answer.
    pub(crate) fn creation(&self, person: &Person, length: usize) -> Ask<'_> {
        self.post("/tus").by(person).tus().header("Upload-Length", &length.to_string())
    }

    /// Begins an upload of this name and length.
    pub(crate) async fn begin(&self, person: &Person, name: &str, length: usize) -> Upload {
        let begun = self.creation(person, length).header("Upload-Metadata", &pair("filename", name));
        Upload { path: begun.send().await.expect(201).header("location").to_owned() }
    }

    /// `PATCH` with bytes at an offset.
    pub(crate) fn append(&self, person: &Person, upload: &Upload, offset: usize, bytes: &[u8]) -> Ask<'_> {
        self.patch(&upload.path).by(person).header("Upload-Offset", &offset.to_string()).chunk(bytes.to_vec())
    }

    /// `HEAD` of an upload.
    pub(crate) async fn look(&self, person: &Person, upload: &Upload) -> Reply {
        self.ask("HEAD", &upload.path).by(person).tus().send().await
    }
}
