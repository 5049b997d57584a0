//! Somebody else's program, run once in the sandbox.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdout};

use super::child::{self, Complaints, Ending};
use super::confine::ToolConfinement;
use super::stage::NOT_STARTED;
use super::{Launcher, TOOL_COMMAND, ToolLimits};

/// Signals that say which limit was met (the same on all Linux machines that we know).
const SIGNAL_FILE_SIZE: i32 = 25;
const SIGNAL_PROCESSOR_TIME: i32 = 24;

/// How much is read of what a tool says at once, in bytes.
const PIECE_BYTES: usize = 16 * 1024;

/// One run of a tool: which, and what it may touch. It may read these files and write in this folder;
/// there is no network, no environment, and nothing on its standard input.
#[derive(Debug, Clone)]
pub struct Tool<'a> {
    /// How the sandbox is started.
    pub launcher: &'a Launcher,
    /// The tool's program, by its real path (no symbolic link).
    pub program: &'a Path,
    /// Its arguments. Nothing that a stranger's file contains belongs here.
    pub arguments: Vec<OsString>,
    /// What it may read, apart from the system's libraries.
    pub files: Vec<PathBuf>,
    /// Where it may write.
    pub folder: Option<PathBuf>,
    /// What it may use.
    pub limits: ToolLimits,
}

/// Why a tool did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It could not be started.
    #[error("it cannot be started")]
    NotStarted(#[source] io::Error),
    /// It took too long, and was ended.
    #[error("it took longer than {} s", limit.as_secs_f32())]
    TimedOut {
        /// What was allowed.
        limit: Duration,
    },
    /// It wrote more than it may.
    #[error("it made more than {limit_bytes} bytes")]
    TooLarge {
        /// What was allowed.
        limit_bytes: u64,
    },
    /// It ended and said that it failed, or was ended by a signal.
    #[error("{words}{}", signal.map_or_else(String::new, |signal| format!(" (signal {signal})")))]
    Failed {
        /// What ended it, when a signal did.
        signal: Option<i32>,
        /// What it complained, shortened.
        words: String,
    },
}

impl Tool<'_> {
    /// Runs it and gives what it says on standard output, at most `bytes_max` of it.
    pub async fn output(self, bytes_max: usize) -> Result<Vec<u8>, ToolError> {
        let mut output = Vec::new();
        self.run(|piece| {
            output.extend_from_slice(piece);
            output.len() <= bytes_max
        })
        .await
        .map_err(|error| match error {
            ToolError::TooLarge { limit_bytes: 0 } => ToolError::TooLarge { limit_bytes: bytes_max as u64 },
            other => other,
        })?;
        Ok(output)
    }

    /// Runs it and shows what it says on standard output, piece by piece, as long as `hear` wants
    /// more; else it is ended with [`ToolError::TooLarge`] of 0 bytes. Dropping the future kills it.
    pub async fn run(self, mut hear: impl FnMut(&[u8]) -> bool) -> Result<(), ToolError> {
        let limits = self.limits;
        let mut child = self.start().await?;
        let mut complaints = Complaints::new(child.stderr.take());
        let said = match child.stdout.take() {
            Some(stdout) => {
                let listening = tokio::time::timeout(limits.time, listen(stdout, &mut hear));
                tokio::select! {
                    said = listening => said.unwrap_or(Said::Endless),
                    never = complaints.listen() => match never {},
                }
            }
            None => Said::Everything,
        };
        match said {
            Said::Everything => {}
            Said::TooMuch => {
                kill(&mut child).await;
                return Err(ToolError::TooLarge { limit_bytes: 0 });
            }
            Said::Endless => {
                kill(&mut child).await;
                return Err(ToolError::TimedOut { limit: limits.time });
            }
        }
        let ending = child::ending(&mut child, &mut complaints).await.map_err(ToolError::NotStarted)?;
        judge(ending, limits, complaints.words())
    }

    async fn start(&self) -> Result<Child, ToolError> {
        let Self { launcher, program, arguments, files, folder, limits } = self;
        let confinement = ToolConfinement {
            program: program.to_path_buf(),
            files: files.clone(),
            folder: folder.clone(),
            memory_bytes: limits.memory_bytes,
            processor_seconds: limits.time.as_secs().saturating_mul(8).max(10),
            file_bytes_max: limits.file_bytes_max,
        };
        let confinement =
            serde_json::to_string(&confinement).map_err(|error| ToolError::NotStarted(error.into()))?;
        let mut command = launcher.command(TOOL_COMMAND, &confinement, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        child::start(command).await.map_err(ToolError::NotStarted)
    }
}

/// How listening to a tool ended.
enum Said {
    Everything,
    TooMuch,
    Endless,
}

async fn listen(mut from: ChildStdout, hear: &mut impl FnMut(&[u8]) -> bool) -> Said {
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match from.read(&mut piece).await {
            Ok(0) | Err(_) => return Said::Everything,
            Ok(read) if hear(&piece[..read]) => {}
            Ok(_) => return Said::TooMuch,
        }
    }
}

async fn kill(child: &mut Child) {
    // It may be dead already, which is just as well.
    let _ = child.kill().await;
}

fn judge(ending: Ending, limits: ToolLimits, words: String) -> Result<(), ToolError> {
    match ending {
        Ending { code: Some(0), .. } => Ok(()),
        Ending { code: Some(code), .. } if code == i32::from(NOT_STARTED) => {
            Err(ToolError::NotStarted(io::Error::other(words)))
        }
        Ending { signal: Some(SIGNAL_FILE_SIZE), .. } => {
            Err(ToolError::TooLarge { limit_bytes: limits.file_bytes_max })
        }
        Ending { signal: Some(SIGNAL_PROCESSOR_TIME), .. } => Err(ToolError::TimedOut { limit: limits.time }),
        Ending { signal, .. } if words.is_empty() => {
            Err(ToolError::Failed { signal, words: "it failed without a word".to_owned() })
        }
        Ending { signal, .. } => Err(ToolError::Failed { signal, words }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_tool_ended_is_told_by_its_signal_and_words() {
        let limits = ToolLimits::default();
        let ended = |signal, code| Ending { signal, code };
        assert!(judge(ended(None, Some(0)), limits, "a warning".into()).is_ok());
        let large = judge(ended(Some(25), None), limits, String::new());
        assert!(
            matches!(large, Err(ToolError::TooLarge { limit_bytes }) if limit_bytes == limits.file_bytes_max)
        );
        let slow = judge(ended(Some(24), None), limits, String::new());
        assert!(matches!(slow, Err(ToolError::TimedOut { .. })));
        let silent = judge(ended(None, Some(1)), limits, String::new()).unwrap_err();
        assert_eq!(silent.to_string(), "it failed without a word");
        let killed = judge(ended(Some(9), None), limits, "bad frame".into()).unwrap_err();
        assert_eq!(killed.to_string(), "bad frame (signal 9)");
    }
}
