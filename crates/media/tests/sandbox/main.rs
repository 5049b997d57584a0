//! Real worker processes that behave, misbehave and try to get out. `cfg(test)` tells clippy that what
//! the tests share is tests as well.

#[cfg(test)]
mod attempts;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod misbehaviour;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod tools;

use std::time::Duration;

use bytes::Bytes;
use media::sandbox::{Body, Done, Launcher, Limits, WorkerError, Workers, WorkersSettings};

use jobs::{Misbehave, Reverse};

/// Long enough for anything that ends by itself, on the busiest machine.
const AGES: Duration = Duration::from_mins(5);

fn launcher() -> Launcher {
    Launcher::new(env!("CARGO_BIN_EXE_media-worker-for-tests").into())
}

fn settings() -> WorkersSettings {
    WorkersSettings {
        limits: Limits { memory_bytes: 256 << 20, processor_seconds: 600 },
        job_time: AGES,
        idle_time: AGES,
        workers_max: 1,
        answer_bytes_max: 4 << 20,
        input_bytes_max: 64 << 20,
        ..WorkersSettings::new(launcher())
    }
}

fn one_worker() -> Workers {
    Workers::new(settings())
}

async fn misbehave(workers: &Workers, how: &str) -> Result<u64, WorkerError> {
    let body = Body::whole(&b"bytes"[..]);
    workers.run::<Misbehave>(&how.to_owned(), body).await.map(|done| done.answer)
}

async fn reverse(workers: &Workers, bytes: impl Into<Bytes>) -> Result<Done<u64>, WorkerError> {
    workers.run::<Reverse>(&(), Body::whole(bytes)).await
}

/// Whether a process is there: one that has ended and was not yet asked about is not.
fn lives(id: u64) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat"))
        .is_ok_and(|line| !line.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

/// Waits for something that other processes bring about.
async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
}
