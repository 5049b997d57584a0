//! What may go wrong with a worker.

use std::time::Duration;

/// Why a job has no answer. Whatever it was, the pool has put it right: the next job is not touched.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The worker died of this job.
    #[error("reading it crashed the program that decodes{}{}", by_signal(*signal), after_words(words))]
    Crashed {
        /// What killed it, when a signal did.
        signal: Option<i32>,
        /// Its last words, shortened.
        words: String,
    },
    /// The job took too long, and its worker was ended.
    #[error("reading it took longer than {} s", limit.as_secs_f32())]
    TimedOut {
        /// What was allowed.
        limit: Duration,
    },
    /// The job wanted more memory than a worker may have.
    #[error("reading it takes more than {} MiB of memory", limit_bytes >> 20)]
    OutOfMemory {
        /// What was allowed, in bytes.
        limit_bytes: u64,
    },
    /// The worker said something that makes no sense, and was ended.
    #[error("the program that decodes said something that makes no sense: {0}")]
    SpokeNonsense(String),
    /// The file, or what came out of it, is larger than allowed.
    #[error("{what} has {bytes} bytes, more than the {limit_bytes} that are taken")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its length.
        bytes: u64,
        /// What was allowed.
        limit_bytes: u64,
    },
    /// The job ended in good order and says why there is nothing.
    #[error("{0}")]
    Refused(String),
    /// The bytes could not be had; nothing is said about the picture.
    #[error("its bytes could not be read")]
    Source(#[source] super::Cause),
    /// No worker could be started.
    #[error("the program that decodes cannot be started")]
    NotStarted(#[source] std::io::Error),
    /// The pool was closed.
    #[error("the hub is stopping")]
    Closed,
}

impl WorkerError {
    /// Whether the same picture may do better another time: when the reason lies outside of it.
    pub const fn may_retry(&self) -> bool {
        match self {
            // Killed from outside, as Linux does when the whole machine is out of memory.
            Self::Crashed { signal, .. } => matches!(signal, Some(SIGNAL_KILL | SIGNAL_TERMINATE)),
            // The machine may have been busy.
            Self::TimedOut { .. } | Self::Source(_) | Self::NotStarted(_) | Self::Closed => true,
            Self::OutOfMemory { .. } | Self::SpokeNonsense(_) | Self::TooLarge { .. } | Self::Refused(_) => {
                false
            }
        }
    }
}

const SIGNAL_KILL: i32 = 9;
const SIGNAL_TERMINATE: i32 = 15;

fn by_signal(signal: Option<i32>) -> String {
    signal.map_or_else(String::new, |signal| format!(" (signal {signal})"))
}

fn after_words(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(": {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_says_what_is_known_and_no_more() {
        let crashed = |signal, words: &str| WorkerError::Crashed { signal, words: words.into() }.to_string();
        assert_eq!(crashed(None, ""), "reading it crashed the program that decodes");
        assert_eq!(crashed(Some(6), "oh"), "reading it crashed the program that decodes (signal 6): oh");
    }

    #[test]
    fn what_lies_in_the_picture_is_not_tried_again() {
        assert!(!WorkerError::OutOfMemory { limit_bytes: 1 }.may_retry());
        assert!(!WorkerError::Refused(String::new()).may_retry());
        let crashed = |signal| WorkerError::Crashed { signal, words: String::new() };
        assert!(!crashed(None).may_retry() && !crashed(Some(11)).may_retry());
        assert!(crashed(Some(9)).may_retry());
        assert!(WorkerError::NotStarted(std::io::Error::other("full")).may_retry());
        assert!(WorkerError::TimedOut { limit: Duration::from_secs(1) }.may_retry());
    }
}
