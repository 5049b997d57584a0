//! What a film is packed in.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::VideoError;
use crate::{SNIFF_BYTES, sniff};

/// What a film is packed in, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Container {
    /// MPEG-4, 3GP.
    Mp4,
    /// `QuickTime`.
    QuickTime,
    /// Matroska with what browsers know.
    WebM,
    /// Matroska.
    Matroska,
    /// AVI.
    Avi,
    /// MPEG transport stream, as camcorders write it.
    TransportStream,
    /// MPEG program stream, as DVDs have it.
    ProgramStream,
    /// Windows Media.
    Asf,
    /// Flash.
    Flash,
    /// Ogg.
    Ogg,
}

impl Container {
    /// The container of a media type; `None` for what is no film.
    pub fn of(content_type: &str) -> Option<Self> {
        Some(match content_type {
            "video/mp4" | "video/x-m4v" | "video/3gpp" | "video/3gpp2" => Self::Mp4,
            "video/quicktime" => Self::QuickTime,
            "video/webm" => Self::WebM,
            "video/x-matroska" | "video/matroska" => Self::Matroska,
            "video/x-msvideo" => Self::Avi,
            "video/mp2t" => Self::TransportStream,
            "video/mpeg" => Self::ProgramStream,
            "video/x-ms-wmv" | "video/x-ms-asf" => Self::Asf,
            "video/x-flv" => Self::Flash,
            "video/ogg" => Self::Ogg,
            _ => return None,
        })
    }

    /// What ffmpeg calls its reader. Only this one is used, whatever else the bytes look like.
    pub(super) const fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 | Self::QuickTime => "mov",
            Self::WebM | Self::Matroska => "matroska",
            Self::Avi => "avi",
            Self::TransportStream => "mpegts",
            Self::ProgramStream => "mpeg",
            Self::Asf => "asf",
            Self::Flash => "flv",
            Self::Ogg => "ogg",
        }
    }
}

/// The container of a file, and the path by which it is opened.
pub(super) async fn of_file(path: &Path) -> Result<(Container, PathBuf), VideoError> {
    let path = path.to_owned();
    let looking = tokio::task::spawn_blocking(move || {
        let path = std::path::absolute(path)?;
        let mut first = Vec::new();
        File::open(&path)?.take(SNIFF_BYTES as u64).read_to_end(&mut first)?;
        Ok((first, path))
    });
    let looked = looking.await.unwrap_or_else(|_| Err(std::io::Error::other("the runtime is stopping")));
    let (first, path) = looked.map_err(|source| VideoError::Storage { what: "opening the video", source })?;
    let content_type = sniff(&first).content_type;
    let container = Container::of(content_type).ok_or(VideoError::UnknownKind(content_type))?;
    Ok((container, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_other_files_are_no_films() {
        let lists: [&[u8]; 3] = [
            b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
            b"ffconcat version 1.0\nfile /etc/passwd\n",
            b"<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"/>",
        ];
        for list in lists {
            assert_eq!(Container::of(sniff(list).content_type), None);
        }
        for no_film in ["image/jpeg", "audio/mp4", "application/vnd.apple.mpegurl", "video/dash+xml", ""] {
            assert_eq!(Container::of(no_film), None, "{no_film}");
        }
    }
}
