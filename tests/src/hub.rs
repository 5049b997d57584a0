//! The hub as a family has it: a program with its folder, and an owner.

use std::path::{Path, PathBuf};
use std::process::Command;

use domain::{ContentHash, Name, Role};
use tempfile::TempDir;
use testkit::{FreshDatabase, HubLaunch, HubProcess, hub_binary};
use wire::{NewUser, SetupRequest};

use crate::{Account, Device, Engine, PASSWORD, Ran, run};

/// The owner's name.
const OWNER: &str = "anna";

/// A running hub that was claimed by its owner, with everything in a folder of its own.
#[derive(Debug)]
pub struct Hub {
    /// The program: to be killed, asked to leave and started again.
    pub process: HubProcess,
    owner: Account,
    catalog: Option<String>,
    // Dropped last, when nothing is connected any more.
    _database: Option<FreshDatabase>,
    _folder: Option<TempDir>,
}

impl Hub {
    /// Starts one on this engine and claims it.
    pub fn start(engine: Engine) -> Self {
        Self::start_and_claim(engine, claim)
    }

    /// Starts one on this engine; `claim` makes the owner's account, with [`PASSWORD`].
    pub fn start_and_claim(engine: Engine, claim: impl FnOnce(&HubProcess)) -> Self {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let made = Account::runtime().block_on(FreshDatabase::make());
                Some(made.expect("ALBUMEN_TEST_POSTGRES is set"))
            }
        };
        let catalog = database.as_ref().map(FreshDatabase::url);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let process = launch(&folder.path().join("data"), 0, catalog.as_deref()).start();
        claim(&process);
        Self::of(process, catalog, database, Some(folder))
    }

    /// Starts one with one setting of its own, given as a variable.
    pub fn start_with(name: &str, value: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let process = launch(&folder.path().join("data"), 0, None).variable(name, value).start();
        claim(&process);
        Self::of(process, None, None, Some(folder))
    }

    /// Starts one whose catalog is in this database.
    pub fn start_on(catalog: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let process = launch(&folder.path().join("data"), 0, Some(catalog)).start();
        claim(&process);
        Self::of(process, Some(catalog.to_owned()), None, Some(folder))
    }

    /// Starts one with everything in this folder, which leaves so much of its disk free.
    pub fn start_in(data: &Path, keep_free_mib: u64) -> Self {
        let process = launch(data, keep_free_mib, None).start();
        claim(&process);
        Self::of(process, None, None, None)
    }

    fn of(
        process: HubProcess,
        catalog: Option<String>,
        database: Option<FreshDatabase>,
        folder: Option<TempDir>,
    ) -> Self {
        let owner = Account::log_in(&process.url(), OWNER);
        Self { process, owner, catalog, _database: database, _folder: folder }
    }

    /// `http://ADDRESS:PORT`
    pub fn url(&self) -> String {
        self.process.url()
    }

    /// The owner, looking through the API.
    pub const fn owner(&self) -> &Account {
        &self.owner
    }

    /// Makes an account and signs in.
    pub fn make_account(&self, name: &str) -> Account {
        let name = Name::new(name).expect("a name");
        let new = NewUser { name: name.clone(), role: Role::Member, password: PASSWORD.to_owned() };
        self.owner.call(self.owner.client().make_user(&new));
        Account::log_in(&self.url(), name.as_str())
    }

    /// A new device of the owner.
    pub fn device(&self, name: &str) -> Device {
        let device = Device::new(name);
        device.connect(&self.url(), OWNER);
        device
    }

    /// The owner's name.
    pub const fn owner_name(&self) -> &'static str {
        OWNER
    }

    /// Runs another command of the hub's program on the same data.
    pub fn run(&self, words: &[&str]) -> Ran {
        let mut command = Command::new(hub_binary());
        command.args(words).arg("--data").arg(self.process.data_dir());
        if let Some(url) = &self.catalog {
            command.arg("--catalog").arg(url);
        }
        run(&mut command, "")
    }

    /// Everything that is kept, read again by `albumen-hub verify`: how many blobs are right. Panics
    /// when anything is missing or wrong.
    pub fn verify(&self) -> u64 {
        let report = self.run(&["verify", "--json"]).expect_code(0).json();
        assert_eq!(report["whole"], true, "{report}");
        report["proven"].as_u64().expect("a number")
    }

    /// Where the bytes of this content lie.
    pub fn blob_path(&self, content: ContentHash) -> PathBuf {
        let hex = content.to_string();
        self.blobs().join(&hex[..2]).join(&hex[2..4]).join(hex)
    }

    /// How many different contents are kept for good.
    pub fn blob_count(&self) -> usize {
        let folders =
            |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        folders(self.blobs()).flat_map(folders).flat_map(folders).count()
    }

    fn blobs(&self) -> PathBuf {
        self.process.data_dir().join("vault/blobs")
    }

    /// The bytes that lie in uploads that are not finished.
    pub fn staged_bytes(&self) -> u64 {
        size_below(&self.process.data_dir().join("vault/staging"))
    }
}

/// The lengths of all files in a folder. Files come and go while it is looked at.
fn size_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}

/// A hub with everything in this folder. Tests say how much of the disk it leaves free: they must not
/// fail because the machine's disk is nearly full.
fn launch(data: &Path, keep_free_mib: u64, catalog: Option<&str>) -> HubLaunch {
    let launch = HubLaunch::new(data).variable("ALBUMEN_UPLOADS_KEEP_FREE_MIB", keep_free_mib.to_string());
    match catalog {
        Some(url) => launch.catalog(url),
        None => launch,
    }
}

fn claim(process: &HubProcess) {
    let name = Name::new(OWNER).expect("a name");
    let request = SetupRequest { code: process.setup_code(), name, password: PASSWORD.to_owned() };
    Account::set_up(&process.url(), &request);
}
