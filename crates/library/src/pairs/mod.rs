//! Pictures and videos that are one item: the halves of a live photo, a RAW beside its JPEG, an edited version
//! beside its original, a burst.
//!
//! Every file stays a whole file and an asset of its own. What belongs together is *found*, from three things
//! only: what the files say of themselves, what they are called, and what persons decided. [`arrange`](mod@arrange)
//! is a pure function of these, so that it does not matter which half came first, and looking again
//! gives the same. [`settle`] asks it about an asset and everything that may belong to it, and writes down
//! what has changed, in the caller's transaction. It runs wherever one of the three changes: when an asset was
//! described, filed once more, renamed, moved, deleted, brought back, and when a person decides.
//!
//! A wrong join hides a picture behind another one; a missed one shows two. So in doubt nothing is joined.

mod along;
mod arrange;
mod by_hand;
mod files;
mod item;
mod relation;
mod settle;
#[cfg(test)]
mod tests;

pub(crate) use along::{files_along, moved_out, moved_out_before_purge};
pub(crate) use files::burst_key;
pub use item::{FileOfItem, Item};
pub(crate) use item::{adjustments_of, item_of, with_parts};
pub(crate) use settle::settle;

pub use catalog::items::{ItemMarks, Part, PartOf, PartRole, PartRule};
