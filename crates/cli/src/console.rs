//! The terminal: results on standard output, everything else on standard error.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use crate::failure::Failure;

/// Prints one line of the result. A reader that went away is no reason to fail.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Prints one line about the way to it.
pub(crate) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Prints the result as one line of JSON.
pub(crate) fn say_json(result: &impl Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(result)
        .map_err(|error| Failure::words(format!("the result cannot be written as JSON: {error}")))?;
    say(&line);
    Ok(())
}

/// Whether a person watches standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal() && !is_dumb()
}

/// Whether a person could be asked something.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// How a result is meant. The words say it as well: colour is never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should be.
    Good,
    /// Somebody should look at it.
    Bad,
}

/// Paints a line of standard output, if it goes to a terminal whose owner likes colours.
pub(crate) fn paint(line: &str, mood: Mood) -> String {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    colour(line, mood, wanted && io::stdout().is_terminal() && !is_dumb())
}

fn colour(line: &str, mood: Mood, wanted: bool) -> String {
    match (wanted, mood) {
        (false, _) => line.to_owned(),
        (true, Mood::Good) => format!("\u{1b}[32m{line}\u{1b}[0m"),
        (true, Mood::Bad) => format!("\u{1b}[33m{line}\u{1b}[0m"),
    }
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_only_added_where_it_is_wanted() {
        assert_eq!(colour("All safe", Mood::Good, false), "All safe");
        assert_eq!(colour("All safe", Mood::Good, true), "\u{1b}[32mAll safe\u{1b}[0m");
        assert_ne!(colour("x", Mood::Good, true), colour("x", Mood::Bad, true));
    }
}
