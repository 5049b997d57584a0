//! `albumen`: keeps this computer's albums safe on a hub.
//!
//! Wiring only: [`arguments`] says what can be asked, [`commands`] has one file for each, the engine is
//! the crate `agent`. Results go to standard output, everything else to standard error.

mod arguments;
mod commands;
mod console;
mod device;
mod failure;
mod outcome;
mod password;
mod progress;
mod state;
mod stop;
mod suggest;
mod words;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Command};
use crate::device::Device;
use crate::failure::{Failure, Verdict};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = EnvFilter::try_from_env("ALBUMEN_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(log).with_writer(std::io::stderr).with_ansi(false).init();
    match begin(arguments) {
        Ok(verdict) => verdict.into(),
        Err(failure) => {
            // Words of a hub or a file's name may be in it.
            console::note(&format!("albumen: {}", words::safe(&failure.to_string())));
            failure.exit_code()
        }
    }
}

fn begin(arguments: Arguments) -> Result<Verdict, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::words(format!("the system gives no threads: {error}")))?;
    let verdict = runtime.block_on(dispatch(arguments));
    // Reads of slow disks may still be going on; nobody waits for them any more.
    runtime.shutdown_background();
    verdict
}

async fn dispatch(arguments: Arguments) -> Result<Verdict, Failure> {
    let device = Device::new(&arguments)?;
    match arguments.command {
        Command::Setup(arguments) => commands::setup::run(&device, arguments).await,
        Command::Connect(arguments) => commands::connect::run(&device, arguments).await,
        Command::Disconnect(arguments) => commands::disconnect::run(&device, &arguments).await,
        Command::Source(command) => commands::source::run(&device, &command),
        Command::Albums(arguments) => commands::albums::run(&device, arguments).await,
        Command::Settings(command) => commands::settings::run(&device, command).await,
        Command::Backup(arguments) => commands::backup::run(&device, &arguments).await,
        Command::Run(arguments) => commands::run::run(&device, &arguments).await,
        Command::Service(command) => commands::service::run(&device, &command),
        Command::Status(arguments) => commands::status::run(&device, &arguments),
        Command::Restore(arguments) => commands::restore::run(&device, arguments).await,
    }
}
