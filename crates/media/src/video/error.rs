//! Why there is nothing of a film.

use std::io;
use std::time::Duration;

use crate::sandbox::ToolError;

/// Why a film could not be looked into or made something of.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// The programs for films are missing or do not run here.
    #[error("{0}")]
    ToolsMissing(String),
    /// It is no film of a kind that is known.
    #[error("{0} is not a kind of video that can be looked into")]
    UnknownKind(&'static str),
    /// It holds nothing to see: a sound, or a film without frames.
    #[error("there is no picture in this video")]
    NoPicture,
    /// It is broken. The words are those of ffmpeg.
    #[error("this video cannot be read: {0}")]
    Broken(String),
    /// It took too long.
    #[error("working on this video took longer than {} s", limit.as_secs_f32())]
    TimedOut {
        /// What was allowed.
        limit: Duration,
    },
    /// What came out is too large.
    #[error("what was made of this video would be larger than {limit_bytes} bytes")]
    TooLarge {
        /// What was allowed.
        limit_bytes: u64,
    },
    /// Something outside of it got in the way: the system ended ffmpeg, or the disk is full.
    #[error("working on this video was interrupted: {0}")]
    Interrupted(String),
    /// Reading the file itself, or the scratch folder, failed.
    #[error("{what} failed")]
    Storage {
        /// What was tried.
        what: &'static str,
        /// The system's word.
        #[source]
        source: io::Error,
    },
}

impl VideoError {
    /// Whether the same film may do better another time: when the reason lies outside of it.
    pub const fn may_retry(&self) -> bool {
        match self {
            Self::ToolsMissing(_) | Self::TimedOut { .. } | Self::Interrupted(_) | Self::Storage { .. } => {
                true
            }
            Self::UnknownKind(_) | Self::NoPicture | Self::Broken(_) | Self::TooLarge { .. } => false,
        }
    }
}

impl From<ToolError> for VideoError {
    fn from(error: ToolError) -> Self {
        match error {
            ToolError::NotStarted(source) => {
                Self::Storage { what: "starting the program for videos", source }
            }
            ToolError::TimedOut { limit } => Self::TimedOut { limit },
            ToolError::TooLarge { limit_bytes } => Self::TooLarge { limit_bytes },
            ToolError::Failed { signal, words } if is_from_outside(signal, &words) => {
                Self::Interrupted(words)
            }
            failed @ ToolError::Failed { .. } => Self::Broken(without_places(&failed.to_string())),
        }
    }
}

/// ffmpeg's words without what says nothing to people, and should not be told to them: where the file
/// lies on the hub, and where things lie in ffmpeg's memory.
fn without_places(words: &str) -> String {
    let mut kept = Vec::new();
    let mut is_in_brackets = false;
    for word in words.split_whitespace() {
        is_in_brackets |= word.starts_with('[');
        if is_in_brackets {
            is_in_brackets = !word.ends_with(']');
        } else if !word.starts_with("file:/") && !word.starts_with('/') {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// Killed or asked to end, or told by the system that there is no room (the words of `strerror`).
fn is_from_outside(signal: Option<i32>, words: &str) -> bool {
    matches!(signal, Some(9 | 15))
        || ["No space left on device", "Disk quota exceeded"].iter().any(|full| words.contains(full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_tell_where_the_hub_keeps_things() {
        let words =
            "[mov,mp4 @ 0x560e] moov atom not found; file:/data/vault/blobs/d4/00/d400: Invalid data found";
        let failed = ToolError::Failed { signal: None, words: words.to_owned() };
        let said = VideoError::from(failed).to_string();
        assert_eq!(said, "this video cannot be read: moov atom not found; Invalid data found");
    }

    #[test]
    fn what_is_not_the_films_fault_is_tried_again() {
        let failed =
            |signal, words: &str| VideoError::from(ToolError::Failed { signal, words: words.into() });
        assert!(!failed(None, "moov atom not found").may_retry());
        assert!(!failed(Some(11), "").may_retry());
        assert!(failed(Some(9), "").may_retry());
        assert!(failed(None, "av_interleaved_write_frame(): No space left on device").may_retry());
        assert!(VideoError::from(ToolError::NotStarted(io::Error::other("gone"))).may_retry());
    }
}
