//! Code that reads hostile bytes runs in processes of its own, which can do nothing but compute.
//!
//! Two kinds, both this very program started again with a hidden command ([`Launcher`]):
//!
//! - A **worker** ([`WORKER_COMMAND`]) decodes pictures. It locks itself up before it reads a byte
//!   ([`worker::main`]), then does one [`Job`] after another: bytes in, an answer out. [`Workers`]
//!   keeps a few of them and replaces each that dies, hangs or talks nonsense.
//! - A **tool** ([`TOOL_COMMAND`]) is somebody else's program, such as ffmpeg. The stage
//!   ([`stage::main`]) locks itself up, leaving only what that tool needs, and becomes it.
//!
//! What holds them ([`Protections`]): limits of memory, time and files; landlock for the file
//! system; seccomp for system calls. Where a system lacks one of these, the others still hold. A
//! worker outlives a picture, so one that was taken over may see those that come after it until it
//! is retired; it has no way to send them anywhere.

mod child;
mod confine;
mod error;
mod frame;
mod job;
mod launcher;
mod limits;
mod protections;
mod seat;
pub mod stage;
mod tool;
pub mod worker;
mod workers;

pub use error::WorkerError;
pub use job::{Done, Input, Job, Jobs, Part, Refusal};
pub use launcher::{Launcher, TOOL_COMMAND, WORKER_COMMAND};
pub use limits::{Limits, ToolLimits};
pub use protections::{FileSystem, Protections};
pub use tool::{Tool, ToolError};
pub use workers::{Body, Cause, Workers, WorkersSettings};
