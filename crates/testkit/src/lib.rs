//! For tests only: clocks that a hand moves, repeatable randomness, sample pictures, the hub as a
//! process and (feature `hub`) inside the test, databases of their own (feature `postgres`).
//!
//! Everything in here panics when something is not as a test needs it: a test has nobody to
//! report an error to.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "for tests only: a panic is how a test is told"
)]

mod clock;
#[cfg(feature = "postgres")]
mod database;
mod engine;
mod environment;
mod hub_binary;
mod hub_process;
mod random;
pub mod samples;
#[cfg(feature = "hub")]
mod test_hub;

pub use clock::HandClock;
#[cfg(feature = "postgres")]
pub use database::FreshDatabase;
pub use engine::{Engine, engines};
pub use environment::{corpus_dir, free_port, postgres_server, skip_or_fail, tools_dir};
pub use hub_binary::{binary, hub_binary};
pub use hub_process::{HubLaunch, HubProcess};
pub use random::SeededRandom;
#[cfg(feature = "hub")]
pub use test_hub::{PASSWORD, TestHub, TestHubPlan};
