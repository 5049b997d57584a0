//! The built programs together, from the outside.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

mod away;
mod by_itself;
mod care;
mod corpus;
mod crash;
mod full_disk;
mod network;
mod odd_files;
mod on_demand;
mod pairs;
mod pictures;
mod rough_requests;
mod sharing;
mod strangers;
mod tour;
