//! The care of what is kept: trash, restore, purge, sweep, verify, readiness.

pub(crate) mod clock;
pub(crate) mod proof;
mod ready;
mod sweep;
mod trash;
mod verify;

pub use ready::Readiness;
pub use sweep::Swept;
pub use verify::{Fault, FaultKind, VerifyProgress, VerifyReport};
