//! The care of what is kept: trash, restore, purge, sweep, verify, readiness.

mod ready;
mod sweep;
mod trash;
mod verify;

pub use ready::Readiness;
pub use sweep::Swept;
pub use verify::{Fault, FaultKind, VerifyProgress, VerifyReport};
