//! The device side as a library: what a phone, tablet or computer does to keep its albums safe.
//!
//! `engine` is the only place that knows the order: scan → ledger → hash → offer → file or upload →
//! record → report. Everything else does one thing and can be tested alone: [`sources`] state what is
//! on the device, the [`ledger`] remembers, the [`planner`] decides (pure), the [`uploader`] talks to
//! the hub, [`report`] tells whoever watches, [`restore`] brings things back.
//!
//! Pure Rust, without C dependencies: the same crate goes into a phone app.

pub mod albums;
pub mod attendant;
pub mod conditions;
pub mod destination;
mod durable;
pub mod engine;
pub mod ledger;
pub mod pause;
pub mod planner;
pub mod policy;
pub mod preferences;
pub mod report;
pub mod restore;
pub mod rules;
pub mod settings;
pub mod sources;
pub mod uploader;

pub use engine::{Engine, EngineError, Halt, Parts, RunOptions};
pub use ledger::Ledger;
pub use pause::{Pause, SystemPause};
pub use preferences::Preferences;
pub use report::{Ending, Event, NotStored, Outcome, Reports};
pub use settings::Settings;
