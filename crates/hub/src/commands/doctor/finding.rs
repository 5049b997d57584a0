//! What was found, in words.

use std::fmt::Display;

use serde_json::{Value, json};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Note,
    /// Somebody has to do something.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, such as `disk`. Stable, for programs.
    pub topic: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub words: String,
    /// What to do about it.
    pub mend: Option<String>,
}

impl Finding {
    /// All is well here.
    pub fn fine(topic: &'static str, words: impl Display) -> Self {
        Self { topic, level: Level::Fine, words: words.to_string(), mend: None }
    }

    /// Worth knowing, and what one could do.
    pub fn note(topic: &'static str, words: impl Display, mend: impl Display) -> Self {
        Self { topic, level: Level::Note, words: words.to_string(), mend: Some(mend.to_string()) }
    }

    /// Wrong, and what to do.
    pub fn problem(topic: &'static str, words: impl Display, mend: impl Display) -> Self {
        Self { level: Level::Problem, ..Self::note(topic, words, mend) }
    }

    pub(super) fn to_json(&self) -> Value {
        let level = match self.level {
            Level::Fine => "fine",
            Level::Note => "note",
            Level::Problem => "problem",
        };
        json!({ "topic": self.topic, "level": level, "words": self.words, "mend": self.mend })
    }

    pub(super) fn in_words(&self) -> String {
        let mark = match self.level {
            Level::Fine => "ok",
            Level::Note => " i",
            Level::Problem => "!!",
        };
        match &self.mend {
            None => format!("{mark} {}: {}", self.topic, self.words),
            Some(mend) => format!("{mark} {}: {}\n     What to do: {mend}", self.topic, self.words),
        }
    }
}
