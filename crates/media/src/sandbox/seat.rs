//! One living worker, as the pool sees it.

use std::io;
use std::process::Stdio;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout};

use super::child::{self, Complaints};
use super::frame::{self, Answer, Hello, Outcome, PARTS_MAX, PartHeader, Request, VERSION};
use super::{Body, Cause, Done, Part, Protections, WORKER_COMMAND, WorkerError, WorkersSettings};

/// The longest name of a part, in bytes.
const NAME_MAX_BYTES: usize = 64;

/// What the standard library says when memory is refused, before it aborts.
const REFUSED_MEMORY: &str = "memory allocation of ";

/// A worker process. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Seat {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    complaints: Complaints,
    pub(super) protections: Protections,
    pub(super) jobs_done: u64,
}

/// Why an exchange did not work, before it is known how the worker ended.
enum Trouble {
    /// The worker has gone, or closed its pipes.
    Gone,
    /// Its words make no sense.
    Nonsense(String),
    /// Not the worker's fault.
    Other(WorkerError),
}

impl Seat {
    /// Starts a worker and waits until it is locked up.
    pub(super) async fn start(settings: &WorkersSettings) -> Result<Self, WorkerError> {
        let limits =
            serde_json::to_string(&settings.limits).map_err(|error| WorkerError::NotStarted(error.into()))?;
        let mut command = settings.launcher.command(WORKER_COMMAND, &limits, &[]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child::start(command).await.map_err(WorkerError::NotStarted)?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(WorkerError::NotStarted(io::Error::other("it has no pipes")));
        };
        let complaints = Complaints::new(child.stderr.take());
        let protections = Protections {
            limits: false,
            file_system: super::FileSystem::Open,
            system_calls: false,
            no_new_privileges: false,
        };
        let mut seat = Self { child, to, from, complaints, protections, jobs_done: 0 };
        seat.protections = seat.greet(settings).await?;
        Ok(seat)
    }

    async fn greet(&mut self, settings: &WorkersSettings) -> Result<Protections, WorkerError> {
        let limit = settings.job_time;
        let Self { from, complaints, .. } = &mut *self;
        let hello = tokio::select! {
            hello = tokio::time::timeout(limit, frame::receive::<Hello>(from)) => hello,
            never = complaints.listen() => match never {},
        };
        match hello {
            Err(_) => Err(WorkerError::TimedOut { limit }),
            Ok(Ok(Hello { version: VERSION, protections })) => Ok(protections),
            Ok(Ok(Hello { version, .. })) => {
                Err(WorkerError::SpokeNonsense(format!("its version is {version}, not {VERSION}")))
            }
            Ok(Err(error)) => Err(self.explain(trouble(error), settings).await),
        }
    }

    /// One job. After an error the worker is not to be used again.
    pub(super) async fn run<S, E>(
        &mut self,
        settings: &WorkersSettings,
        (job, question): (&str, Value),
        body: Body<S>,
    ) -> Result<Result<Done<Value>, String>, WorkerError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: Into<Cause>,
    {
        self.jobs_done += 1;
        let number = self.jobs_done;
        let request = Request { number, job: job.to_owned(), question, length_bytes: body.length_bytes };
        let limit = settings.job_time;
        let Self { to, from, complaints, .. } = &mut *self;
        let exchange = async {
            let told = async { tell(to, &request, body).await };
            let heard = async { hear(from, number, settings.answer_bytes_max).await };
            tokio::try_join!(told, heard).map(|((), answer)| answer)
        };
        let outcome = tokio::select! {
            outcome = tokio::time::timeout(limit, exchange) => outcome,
            never = complaints.listen() => match never {},
        };
        match outcome {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(trouble)) => Err(self.explain(trouble, settings).await),
            Err(_) => {
                self.kill().await;
                Err(WorkerError::TimedOut { limit })
            }
        }
    }

    /// Whether it is still there, as far as can be told.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends a worker that has nothing to do, and waits until it is gone.
    pub(super) async fn end(self) {
        let Self { mut child, to, mut complaints, .. } = self;
        drop(to);
        let _ = child::ending(&mut child, &mut complaints).await;
    }

    async fn kill(&mut self) {
        // It may be dead already, which is just as well.
        let _ = self.child.kill().await;
    }

    /// Finds out how the worker ended, and says so.
    async fn explain(&mut self, trouble: Trouble, settings: &WorkersSettings) -> WorkerError {
        match trouble {
            Trouble::Other(error) => {
                self.kill().await;
                error
            }
            Trouble::Nonsense(words) => {
                self.kill().await;
                WorkerError::SpokeNonsense(words)
            }
            Trouble::Gone => {
                let ending = child::ending(&mut self.child, &mut self.complaints).await;
                let signal = ending.ok().and_then(|ending| ending.signal);
                let words = self.complaints.words();
                if words.contains(REFUSED_MEMORY) {
                    return WorkerError::OutOfMemory { limit_bytes: settings.limits.memory_bytes };
                }
                WorkerError::Crashed { signal, words }
            }
        }
    }
}

/// Sends the request and the bytes, piece by piece as they come.
async fn tell<S, E>(to: &mut ChildStdin, request: &Request, mut body: Body<S>) -> Result<(), Trouble>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Cause>,
{
    let frame =
        frame::encode(request).map_err(|error| Trouble::Other(WorkerError::Refused(error.to_string())))?;
    let source = |error: Cause| Trouble::Other(WorkerError::Source(error));
    let mut left_bytes = body.length_bytes;
    if to.write_all(&frame).await.is_err() {
        return wait_for_the_end().await;
    }
    while let Some(piece) = body.pieces.next().await {
        let piece = piece.map_err(|error| source(error.into()))?;
        left_bytes = left_bytes
            .checked_sub(piece.len() as u64)
            .ok_or_else(|| source("there are more bytes than were promised".into()))?;
        if to.write_all(&piece).await.is_err() {
            return wait_for_the_end().await;
        }
    }
    if left_bytes > 0 {
        return Err(source(format!("{left_bytes} bytes less than were promised").into()));
    }
    Ok(())
}

/// A worker that no longer listens is about to be seen gone on the other pipe, which tells more.
async fn wait_for_the_end() -> Result<(), Trouble> {
    std::future::pending().await
}

/// Takes the answer, believing nothing.
async fn hear(
    from: &mut ChildStdout,
    number: u64,
    answer_bytes_max: u64,
) -> Result<Result<Done<Value>, String>, Trouble> {
    let Answer { number: answered, outcome } = frame::receive(from).await.map_err(trouble)?;
    if answered != number {
        return Err(Trouble::Nonsense(format!("an answer to question {answered} instead of {number}")));
    }
    match outcome {
        Outcome::Refused { words } => Ok(Err(words)),
        Outcome::Done { answer, parts } => {
            check(&parts, answer_bytes_max)?;
            let mut received = Vec::with_capacity(parts.len());
            for PartHeader { name, length_bytes } in parts {
                let mut bytes = Vec::new();
                let read = (&mut *from).take(length_bytes).read_to_end(&mut bytes).await.map_err(trouble)?;
                if (read as u64) < length_bytes {
                    return Err(Trouble::Gone);
                }
                received.push(Part { name, bytes });
            }
            Ok(Ok(Done { answer, parts: received }))
        }
    }
}

fn check(parts: &[PartHeader], answer_bytes_max: u64) -> Result<(), Trouble> {
    if parts.len() > PARTS_MAX {
        return Err(Trouble::Nonsense(format!("an answer in {} parts", parts.len())));
    }
    if parts.iter().any(|part| part.name.len() > NAME_MAX_BYTES) {
        return Err(Trouble::Nonsense("a part with an endless name".to_owned()));
    }
    let bytes = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.length_bytes));
    if bytes > answer_bytes_max {
        let what = "what was made of it";
        return Err(Trouble::Other(WorkerError::TooLarge { what, bytes, limit_bytes: answer_bytes_max }));
    }
    Ok(())
}

fn trouble(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::InvalidData => Trouble::Nonsense(error.to_string()),
        _ => Trouble::Gone,
    }
}
