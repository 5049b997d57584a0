//! The inside of a worker.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use super::frame::{self, Answer, Hello, Outcome, PartHeader, Request, VERSION};
use super::{Done, Input, Jobs, Limits, confine};

/// The whole life of a worker: locks itself up, says what holds it, and does one job after the
/// other until its input ends. `limits` is the argument that followed [`super::WORKER_COMMAND`].
///
/// Call it first thing in `main`, before any thread is started: only what is started later is locked
/// up as well.
pub fn main(limits: &str, jobs: &Jobs) -> ExitCode {
    match work(limits, jobs) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error is all there is to complain to, and may be gone.
            let _ = writeln!(io::stderr(), "media worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn work(limits: &str, jobs: &Jobs) -> io::Result<()> {
    let limits: Limits = serde_json::from_str(limits)?;
    let protections = confine::worker(&limits);
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    frame::write(&mut output, &Hello { version: VERSION, protections })?;
    output.flush()?;
    while let Some(request) = frame::read(&mut input)? {
        answer(jobs, request, &mut input, &mut output)?;
    }
    Ok(())
}

fn answer(jobs: &Jobs, request: Request, input: &mut dyn Read, output: &mut impl Write) -> io::Result<()> {
    let Request { number, job, question, length_bytes } = request;
    let mut input = Input::new(input, length_bytes);
    let done = jobs.run(&job, question, &mut input);
    input.skip_rest()?;
    let (outcome, parts) = match done {
        Ok(Done { answer, parts }) => {
            let header = |part: &super::Part| PartHeader {
                name: part.name.clone(),
                length_bytes: part.bytes.len() as u64,
            };
            (Outcome::Done { answer, parts: parts.iter().map(header).collect() }, parts)
        }
        Err(refusal) => (Outcome::Refused { words: refusal.0 }, Vec::new()),
    };
    let frame = match frame::encode(&Answer { number, outcome }) {
        Ok(frame) => frame,
        Err(error) => {
            let words = format!("the answer of \"{job}\" cannot be sent: {error}");
            return frame::write(output, &Answer { number, outcome: Outcome::Refused { words } });
        }
    };
    output.write_all(&frame)?;
    for part in parts {
        output.write_all(&part.bytes)?;
    }
    output.flush()
}
