//! What the whole-system tests share: the built programs as processes, people who look at a hub
//! through its API, folders full of pictures, a network that fails, and strangers' clients.
//!
//! Nothing in here knows what is inside the programs: they are started, asked and killed. The one
//! exception is the device's ledger, which is read to learn what the device was told to be safe.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "for tests only: a panic is how a test is told"
)]

mod account;
mod chaos;
mod corpus;
mod device;
mod hub;
mod mock_system;
mod postgres;
mod program;
mod raw_http;
mod small_disk;
mod strangers;
mod tree;
mod wait;

pub use account::{Account, PASSWORD};
pub use chaos::ChaosProxy;
pub use corpus::{Corpus, CorpusFile};
pub use device::{Backup, Device};
pub use hub::Hub;
pub use mock_system::MockSystem;
pub use postgres::PrivatePostgres;
pub use program::{Ran, RunningProgram, run};
pub use raw_http::{RawConnection, RawReply};
pub use small_disk::SmallDisk;
pub use strangers::{node, python, script};
pub use testkit::{Engine, engines};
pub use tree::{Kept, Tree, noise_file, put_file, remove_file, set_modified};
pub use wait::{pause, until, until_some};
