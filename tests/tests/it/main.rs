//! The built programs together, from the outside.

mod away;
mod care;
mod corpus;
mod crash;
mod full_disk;
mod network;
mod odd_files;
mod rough_requests;
mod sharing;
mod strangers;
mod tour;
