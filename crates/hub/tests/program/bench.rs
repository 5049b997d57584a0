//! A data folder and the program on it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use testkit::{HubLaunch, HubProcess};

use crate::raw::{Reply, request};

/// Of the owner that [`Bench::with_owner`] makes.
pub(crate) const PASSWORD: &str = "a sentence only sam knows";

/// The program that cargo built for these tests.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_albumen-hub");

/// A fresh data folder.
pub(crate) struct Bench {
    dir: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// With an account "sam" that owns the hub.
    pub(crate) fn with_owner() -> Self {
        let bench = Self::new();
        let made =
            bench.run_with_input(&["user", "add", "sam", "--role", "owner", "--password-stdin"], PASSWORD);
        assert!(made.status.success(), "{}", stderr(&made));
        bench
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// How a hub starts on the folder.
    pub(crate) fn launch(&self) -> HubLaunch {
        HubLaunch::new(&self.data()).binary(PROGRAM)
    }

    pub(crate) fn start(&self) -> HubProcess {
        self.launch().start()
    }

    /// Runs a command on the folder to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.run_with_input(words, "")
    }

    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(words).arg("--data").arg(self.data());
        run_to_end(command, input)
    }

    /// What a command prints as JSON, and its exit status.
    pub(crate) fn json(&self, words: &[&str]) -> (Value, i32) {
        let output = self.run(words);
        let json = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{words:?} printed no JSON: {error}\n{}", stderr(&output)));
        (json, output.status.code().unwrap())
    }

    /// The one file below the vault's blobs.
    pub(crate) fn only_blob(&self) -> PathBuf {
        let mut files = Vec::new();
        files_below(&self.data().join("vault/blobs"), &mut files);
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, files) } else { files.push(path) }
    }
}

/// Without the variables of whoever runs the tests.
pub(crate) fn run_to_end(mut command: Command, input: &str) -> Output {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ALBUMEN_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that refuses early does not read its input.
    let _ = child.stdin.take().unwrap().write_all(format!("{input}\n").as_bytes());
    child.wait_with_output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A token of the owner.
pub(crate) fn log_in(hub: &HubProcess) -> String {
    let body = serde_json::json!({ "name": "sam", "password": PASSWORD }).to_string();
    let reply =
        request(hub.address(), "POST", "/api/v1/login", &["content-type: application/json"], body.as_bytes());
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["token"].as_str().unwrap().to_owned()
}

/// Sends a whole file.
pub(crate) fn put(hub: &HubProcess, token: &str, name: &str, bytes: &[u8]) -> Reply {
    let headers = [&format!("authorization: Bearer {token}"), &format!("albumen-filename: {name}")];
    request(hub.address(), "PUT", "/api/v1/files", &headers.map(String::as_str), bytes)
}
