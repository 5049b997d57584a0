//! The use cases as the doors see them: the public API over real databases and vaults, on SQLite
//! and, where it matters most, on PostgreSQL too (`ALBUMEN_TEST_POSTGRES`).

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "for tests only: a panic is how a test is told, files are damaged on purpose, and tasks end with their test"
)]

mod accounts;
mod clocks;
mod common;
mod declared;
mod deleted;
mod describing;
mod faults;
mod filing;
mod gates;
mod items;
mod model;
mod offers;
mod refused_bytes;
mod resuming;
mod room;
mod same_content;
mod spaces;
mod standing;
mod strangers;
mod sweeping;
mod verifying;
