//! Why a command did not do what it should, and the program's exit code for it.

use std::process::ExitCode;

use agent::EngineError;
use agent::ledger::LedgerError;
use agent::settings::SettingsError;
use agent::uploader::HubError;

/// Why a command ended early. The message is for a person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command cannot be used like this, or not yet.
    #[error("{0}")]
    Usage(String),
    /// It did not work, and nobody did anything wrong.
    #[error("{0}")]
    Words(String),
    /// The hub, or the way to it.
    #[error(transparent)]
    Hub(#[from] client::Error),
    /// The hub, as a restore sees it.
    #[error(transparent)]
    Restore(#[from] HubError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The device's memory.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Failure {
    /// Wrong usage.
    pub(crate) fn usage(words: impl Into<String>) -> Self {
        Self::Usage(words.into())
    }

    /// Anything else.
    pub(crate) fn words(words: impl Into<String>) -> Self {
        Self::Words(words.into())
    }

    /// 2 when the person must write something else, otherwise 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let wrong_usage = match self {
            Self::Usage(_) => true,
            Self::Settings(error) => matches!(
                error,
                SettingsError::NotAFolder(..)
                    | SettingsError::SourceThere(_)
                    | SettingsError::NoSuchSource(_)
            ),
            _ => false,
        };
        if wrong_usage { Verdict::WrongUsage.into() } else { Verdict::NotSafe.into() }
    }
}

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Done; for a backup: everything chosen is safe.
    Done,
    /// Something is not safe, or did not work.
    NotSafe,
    /// The command was used wrongly.
    WrongUsage,
    /// Somebody pressed Ctrl-C twice.
    StoppedAtOnce,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Done => Self::SUCCESS,
            Verdict::NotSafe => Self::from(1),
            Verdict::WrongUsage => Self::from(2),
            // What a shell expects of a program that Ctrl-C ended.
            Verdict::StoppedAtOnce => Self::from(130),
        }
    }
}
