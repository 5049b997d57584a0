//! Passwords: asked for without echo, or read from standard input.

use std::io::{self, BufRead};

use crate::arguments::PasswordArguments;
use crate::console;
use crate::failure::Failure;

/// Gets the password of an account that exists.
pub(crate) fn ask(arguments: &PasswordArguments, user: &str) -> Result<String, Failure> {
    if arguments.password_stdin {
        return first_line(io::stdin().lock());
    }
    must_be_asked()?;
    prompt(&format!("Password of {}: ", crate::words::safe(user)))
}

/// Gets a password for a new account: typed twice, so that a slip of the finger does not lock its owner out.
pub(crate) fn ask_new(arguments: &PasswordArguments, user: &str) -> Result<String, Failure> {
    if arguments.password_stdin {
        return first_line(io::stdin().lock());
    }
    must_be_asked()?;
    let password =
        prompt(&format!("New password of {} (at least 8 characters): ", crate::words::safe(user)))?;
    if prompt("The same again: ")? != password {
        return Err(Failure::words("the two passwords are not the same; nothing was done"));
    }
    Ok(password)
}

fn must_be_asked() -> Result<(), Failure> {
    if console::can_ask() {
        return Ok(());
    }
    Err(Failure::usage(
        "there is no terminal to ask for the password in: pipe it in and add --password-stdin",
    ))
}

fn prompt(words: &str) -> Result<String, Failure> {
    let password = rpassword::prompt_password(words)
        .map_err(|error| Failure::words(format!("the password could not be asked for: {error}")))?;
    not_empty(password)
}

fn first_line(mut input: impl BufRead) -> Result<String, Failure> {
    let mut line = String::new();
    input
        .read_line(&mut line)
        .map_err(|error| Failure::words(format!("the password could not be read: {error}")))?;
    not_empty(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn not_empty(password: String) -> Result<String, Failure> {
    if password.is_empty() {
        return Err(Failure::usage("no password came; nothing was done"));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password_spaces_and_all() {
        for (input, password) in [
            ("secret\n", "secret"),
            ("secret", "secret"),
            ("two words \r\nmore\n", "two words "),
            ("ü🦊\n", "ü🦊"),
        ] {
            assert_eq!(first_line(input.as_bytes()).unwrap(), password);
        }
    }

    #[test]
    fn no_password_is_wrong_usage() {
        for input in ["", "\n", "\r\nsecret"] {
            assert!(matches!(first_line(input.as_bytes()), Err(Failure::Usage(_))), "{input:?}");
        }
        assert!(matches!(first_line(&b"\xff\n"[..]), Err(Failure::Words(_))));
    }
}
