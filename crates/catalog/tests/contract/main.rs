//! The catalog's contract: every public function, on SQLite and on PostgreSQL.
//!
//! PostgreSQL cases need `ALBUMEN_TEST_POSTGRES` (see `scripts/postgres.sh run`); without it they say
//! that they were skipped, and fail where `CI` is set.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "all of this is test code, and a skipped case must be heard of"
)]

#[macro_use]
mod common;

mod accounts;
mod albums;
mod assets;
mod blobs;
mod changes;
mod coverage;
mod descriptions;
mod durability;
mod entries;
mod filing;
mod items;
mod jobs;
mod layout;
mod lost;
mod map;
mod offers;
mod protection;
mod search;
mod spaces;
mod statements;
mod trash;
mod uploads;
mod writer;
