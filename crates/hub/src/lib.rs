//! The hub as a program: settings, wiring, listeners, lifecycle and admin commands. It holds no
//! rules of its own: those are in `library`.

pub mod arguments;
pub mod commands;
pub mod config;
mod connection;
pub mod data_dir;
pub mod error;
pub mod health;
pub mod listener;
pub mod logging;
mod media_parts;
mod memory;
pub mod metrics;
mod panics;
mod problem;
pub mod router;
pub mod running;
mod signals;
pub mod wiring;

pub use error::HubError;
pub use listener::Listener;
pub use running::Running;
