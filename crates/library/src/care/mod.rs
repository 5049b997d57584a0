//! The care of what is kept: trash, restore, purge, sweep, verify, readiness.

pub(crate) mod clock;
pub(crate) mod proof;
mod protection;
mod ready;
mod sweep;
mod trash;
mod verify;

pub use catalog::protection::Protection;
pub use ready::Readiness;
pub use sweep::Swept;
pub(crate) use trash::trash_one;
pub use verify::{Fault, FaultKind, VerifyProgress, VerifyReport};
