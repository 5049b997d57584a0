//! A worker whose jobs misbehave on demand, and a stage for tools: what the tests of the sandbox start.

use std::ffi::OsString;
use std::process::ExitCode;

use media::sandbox::{
    Body, Jobs, Launcher, TOOL_COMMAND, WORKER_COMMAND, Workers, WorkersSettings, stage, worker,
};

mod jobs;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let mut next = || words.next().and_then(|word| word.into_string().ok()).unwrap_or_default();
    match (next(), next()) {
        (command, limits) if command == WORKER_COMMAND => worker::main(&limits, &jobs()),
        (command, confinement) if command == TOOL_COMMAND => {
            // Behind "--".
            let arguments: Vec<OsString> = words.skip(1).collect();
            stage::main(&confinement, &arguments)
        }
        (command, _) if command == "hub" => hub(),
        _ => ExitCode::FAILURE,
    }
}

fn jobs() -> Jobs {
    Jobs::default().with::<jobs::Reverse>().with::<jobs::Misbehave>().with::<jobs::Attempt>()
}

/// Says which process its worker is, and waits for a job of that worker that never ends.
#[expect(clippy::unwrap_used, clippy::print_stdout, reason = "this is a test")]
fn hub() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let launcher = Launcher::this_program().unwrap();
        let settings = WorkersSettings { workers_max: 1, ..WorkersSettings::new(launcher) };
        let workers = Workers::new(settings);
        let worker = workers.run::<jobs::Misbehave>(&"who".to_owned(), Body::whole(&b""[..])).await;
        let worker = worker.unwrap().answer;
        println!("{worker}");
        let body = Body::whole(&b""[..]);
        workers.run::<jobs::Misbehave>(&"hang".to_owned(), body).await.unwrap_err();
        ExitCode::FAILURE
    })
}
