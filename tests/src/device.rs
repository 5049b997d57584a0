//! A computer whose albums are backed up: the program `albumen` with a folder of its own.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use agent::ledger::State;
use agent::{Ledger, Settings};
use domain::ContentHash;
use serde_json::Value;
use tempfile::TempDir;

use crate::{PASSWORD, Ran, RunningProgram, run, until_some};

/// A device: where it keeps what it knows, and a folder for pictures.
#[derive(Debug)]
pub struct Device {
    name: String,
    folder: TempDir,
    /// Where the system's message bus is.
    bus: String,
}

/// A bus that is not there: what this machine's own system says about network and power is nobody's affair.
const NO_BUS: &str = "unix:path=/nonexistent/bus";

/// How a backup ended.
#[derive(Debug, Clone)]
pub struct Backup {
    /// The exit code.
    pub code: i32,
    /// The one object that it printed.
    pub outcome: Value,
    /// What it said meanwhile.
    pub err: String,
}

impl Backup {
    /// A number of the outcome.
    pub fn number(&self, field: &str) -> u64 {
        self.outcome[field].as_u64().unwrap_or_else(|| panic!("no number {field}: {self:#?}"))
    }

    /// The reason that is given for an item, by the end of its path; `None` when none is.
    pub fn reason(&self, list: &str, item_end: &str) -> Option<&str> {
        let items = self.outcome[list].as_array().expect("a list");
        let found =
            items.iter().find(|item| item["item"].as_str().is_some_and(|path| path.ends_with(item_end)))?;
        found["reason"].as_str()
    }

    /// The same backup, when everything chosen is safe.
    #[must_use]
    pub fn expect_safe(self) -> Self {
        assert_eq!(self.code, 0, "not everything is safe: {self:#?}");
        assert_eq!(self.outcome["failed"], Value::Array(vec![]), "{self:#?}");
        self
    }

    fn of(ran: Ran) -> Self {
        let code = ran.code.unwrap_or_else(|| panic!("a signal ended it: {ran:#?}"));
        assert!(code < 2, "wrong usage: {ran:#?}");
        let outcome = ran.json();
        let backup = Self { code, outcome, err: ran.err };
        let listed = |list: &str| backup.outcome[list].as_array().expect("a list").len() as u64;
        let told =
            backup.number("stored") + backup.number("already_held") + listed("skipped") + listed("failed");
        assert_eq!(backup.number("seen"), told, "the numbers do not agree: {backup:#?}");
        backup
    }
}

impl Device {
    /// A device that knows no hub yet.
    pub fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("Pictures")).expect("a new folder");
        Self { name: name.to_owned(), folder, bus: NO_BUS.to_owned() }
    }

    /// From now on the system's message bus is at this address.
    pub fn hear(&mut self, bus: &str) {
        bus.clone_into(&mut self.bus);
    }

    /// What `albumen run` says that it does: its status, once it has written one.
    pub fn engine(&self) -> Value {
        self.status()["engine"].clone()
    }

    /// Waits until `albumen run` is in this state.
    pub fn until_engine_is(&self, state: &str) -> Value {
        until_some(&format!("the state {state}, last {}", self.engine()), || {
            let engine = self.engine();
            (engine["state"] == state).then_some(engine)
        })
    }

    /// A folder for this device's pictures.
    pub fn pictures(&self) -> PathBuf {
        self.folder.path().join("Pictures")
    }

    /// Where settings and ledger are.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// A place in the device's folder that belongs to nobody else.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes it a device of this account.
    pub fn connect(&self, url: &str, user: &str) {
        let words = ["connect", url, "--user", user, "--password-stdin", "--device-name", &self.name];
        let _ = self.run_with(&format!("{PASSWORD}\n"), words).expect_code(0);
    }

    /// Chooses a folder; with `all_files` also what is no picture or video.
    pub fn add_source(&self, folder: &Path, all_files: bool) {
        let mut words = vec![OsStr::new("source"), "add".as_ref(), folder.as_os_str()];
        if all_files {
            words.push("--all-files".as_ref());
        }
        let _ = self.run(words).expect_code(0);
    }

    /// Runs `albumen` with these words to its end.
    pub fn run<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Ran {
        self.run_with("", words)
    }

    /// The same with this text on standard input.
    pub fn run_with<W: AsRef<OsStr>>(&self, input: &str, words: impl IntoIterator<Item = W>) -> Ran {
        run(&mut self.command(words), input)
    }

    /// Starts `albumen` with these words and lets it run.
    pub fn start<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> RunningProgram {
        RunningProgram::start(&mut self.command(words), "")
    }

    /// Backs up, to the end.
    pub fn backup(&self) -> Backup {
        Backup::of(self.run(["backup", "--json"]))
    }

    /// Starts a backup and lets it run; [`Device::finish`] waits for its end.
    pub fn start_backup(&self) -> RunningProgram {
        self.start(["backup", "--json"])
    }

    /// Waits for the end of a backup that was started.
    pub fn finish(&self, backup: RunningProgram) -> Backup {
        Backup::of(backup.wait())
    }

    /// `albumen status --json`
    pub fn status(&self) -> Value {
        self.run(["status", "--json"]).expect_code(0).json()
    }

    /// Brings everything back into a new folder, which must work.
    pub fn restore(&self) -> PathBuf {
        let to = tempfile::Builder::new().prefix("restored").tempdir_in(self.folder.path());
        let to = to.expect("a new folder").keep();
        let _ =
            self.run(["restore".as_ref(), "--to".as_ref(), to.as_os_str(), "--json".as_ref()]).expect_code(0);
        to
    }

    /// The contents that the device was told to be safe on the hub. No backup may be running.
    pub fn acknowledged(&self) -> BTreeSet<ContentHash> {
        let settings = Settings::load(&self.home()).expect("settings").expect("a device that was set up");
        let ledger = Ledger::open(&self.home()).expect("the ledger");
        let mut contents = BTreeSet::new();
        for source in settings.sources() {
            for row in ledger.known(source.id).expect("the ledger") {
                let (_, record) = row.expect("a row");
                if matches!(record.state, State::Stored { .. }) {
                    contents.insert(record.hashes.expect("what is stored was hashed").sha256);
                }
            }
        }
        contents
    }

    fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = Command::new(testkit::binary("albumen-cli", "albumen"));
        for wish in ["COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "ALBUMEN_LOG", "ALBUMEN_STALL_SECONDS"] {
            command.env_remove(wish);
        }
        command.env("ALBUMEN_HOME", self.home()).env("DBUS_SYSTEM_BUS_ADDRESS", &self.bus).args(words);
        command
    }
}
