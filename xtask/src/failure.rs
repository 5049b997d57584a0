//! Why a command did not end well.

use std::path::PathBuf;

/// Why a command did not end well. `main` turns `Found` into exit status 1, everything else into 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The check worked and found something: the report, ready to print.
    #[error("{0}")]
    Found(String),
    /// Wrong arguments.
    #[error("{0}")]
    Usage(&'static str),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program could not be started.
    #[error("cannot run `{program}`: {source}")]
    Start {
        /// The command line.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ran and failed.
    #[error("`{program}` failed:\n{output}")]
    Program {
        /// The command line.
        program: String,
        /// What it wrote on standard error.
        output: String,
    },
    /// A program answered something that cannot be understood.
    #[error("`{program}` answered something unexpected: {what}")]
    Answer {
        /// The command line.
        program: String,
        /// What is wrong with it.
        what: String,
    },
}

/// Runs a program in the workspace's root and answers its standard output.
pub(crate) fn output_of(program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let shown = format!("{program} {}", arguments.join(" "));
    let output = std::process::Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|source| Failure::Start { program: shown.clone(), source })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        return Err(Failure::Program { program: shown, output });
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Failure::Answer { program: shown, what: "it is not UTF-8".to_owned() })
}

/// The workspace's root: the folder above this crate's.
pub(crate) fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map_or(own.clone(), PathBuf::from)
}

/// The cargo that runs us, or the one on the path.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Reads a file of the workspace, named from its root.
pub(crate) fn read(path: &str) -> Result<String, Failure> {
    let path = root().join(path);
    std::fs::read_to_string(&path).map_err(|source| Failure::File { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let failure = output_of("albumen-no-such-program", &["--now"]).unwrap_err();
        assert!(failure.to_string().starts_with("cannot run `albumen-no-such-program --now`"));
    }

    #[test]
    fn a_failing_program_shows_what_it_said() {
        let failure = output_of(&cargo(), &["no-such-command"]).unwrap_err();
        assert!(matches!(&failure, Failure::Program { output, .. } if output.contains("no-such-command")));
    }

    #[test]
    fn the_root_is_where_the_workspace_is() {
        assert!(read("Cargo.toml").unwrap().contains("[workspace]"));
        assert!(matches!(read("no/such/file"), Err(Failure::File { .. })));
    }
}
