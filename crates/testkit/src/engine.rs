//! The databases that a hub's catalog may live in.

use crate::{postgres_server, skip_or_fail};

/// Where the catalog lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A database of its own on the server of `ALBUMEN_TEST_POSTGRES`.
    Postgres,
}

/// The engines that this machine can test: always SQLite, and PostgreSQL where there is a server.
/// Says so when there is none; in CI that fails.
pub fn engines() -> Vec<Engine> {
    if postgres_server().is_some() {
        return vec![Engine::Sqlite, Engine::Postgres];
    }
    skip_or_fail("no PostgreSQL: ALBUMEN_TEST_POSTGRES is not set");
    vec![Engine::Sqlite]
}
