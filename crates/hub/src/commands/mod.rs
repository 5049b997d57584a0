//! The commands, one file each.

mod config_sample;
pub mod doctor;
mod media_redo;
mod media_status;
mod media_worker;
mod openapi;
mod output;
mod serve;
mod user_add;
mod user_list;
mod user_switch;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Arguments, Command, ConfigCommand, MediaCommand, UserCommand};
use crate::config::{Config, Loaded};
use crate::data_dir::DataDir;
use crate::wiring::Parts;
use crate::{HubError, memory};

/// Something is wrong with what the command was asked about, or it could not do it.
const FAILED: u8 = 1;

/// The command or the settings make no sense.
const WRONG_USAGE: u8 = 2;

/// The most threads that serve. Their work waits for disk and network; more only cost memory.
const THREADS_MAX: usize = 4;

/// The most threads that wait for the disk or hash passwords.
const BLOCKING_THREADS_MAX: usize = 64;

/// How long a thread that waits for the disk may hold up the end of the program.
const LEAVE_TIME: Duration = Duration::from_millis(250);

/// Runs the command and says what went wrong, if something did, on standard error.
pub fn run(arguments: Arguments, environment: Vec<(OsString, OsString)>) -> ExitCode {
    match execute(arguments, environment) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&format!("albumen-hub: {}", error.in_full()));
            ExitCode::from(match error {
                HubError::Config(_) | HubError::Usage(_) => WRONG_USAGE,
                _ => FAILED,
            })
        }
    }
}

fn execute(arguments: Arguments, environment: Vec<(OsString, OsString)>) -> Result<ExitCode, HubError> {
    let Arguments { settings, command } = arguments;
    let command = command.unwrap_or(Command::Serve);
    match command {
        Command::Config(ConfigCommand::Sample) => return config_sample::run(),
        Command::Openapi => return openapi::run(),
        // Before any thread is started and any setting read: what follows is locked up.
        Command::MediaWorker { limits } => return Ok(media_worker::run(&limits)),
        Command::MediaTool { confinement, arguments } => {
            return Ok(media::sandbox::stage::main(&confinement, &arguments));
        }
        Command::MediaFilmFacts { film, known } => return Ok(media::look::film_facts_main(&film, &known)),
        Command::Serve => memory::start_again_frugally(&environment),
        Command::User(_) | Command::Media(_) | Command::Verify { .. } | Command::Doctor { .. } => {}
    }
    let loaded = Loaded::load(&settings.given(environment));
    let runtime = runtime()?;
    let ended = runtime.block_on(async move {
        match command {
            Command::Doctor { json } => doctor::run(loaded, json).await,
            Command::Verify { json } => verify::run(&loaded?, json).await,
            Command::User(UserCommand::Add { name, role, password_stdin }) => {
                user_add::run(&loaded?, name, role, password_stdin).await
            }
            Command::User(UserCommand::Disable { name }) => user_switch::run(&loaded?, name, false).await,
            Command::User(UserCommand::Enable { name }) => user_switch::run(&loaded?, name, true).await,
            Command::User(UserCommand::List { json }) => user_list::run(&loaded?, json).await,
            Command::Media(MediaCommand::Status { json }) => media_status::run(&loaded?, json).await,
            Command::Media(MediaCommand::Redo { failed, all, content_type, json }) => {
                let which = media_redo::which(failed, all, content_type);
                media_redo::run(&loaded?, which, json).await
            }
            _ => serve::run(&loaded?).await,
        }
    });
    runtime.shutdown_timeout(LEAVE_TIME);
    ended
}

fn runtime() -> Result<Runtime, HubError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores.min(THREADS_MAX))
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .enable_all()
        .build()
        .map_err(|source| HubError::System { what: "the machine gives no threads", source })
}

/// Opens what a hub already keeps, for a command that looks at it. A mistyped folder is refused
/// instead of becoming an empty hub in which everything seems to be in order.
async fn open_existing(config: &Config) -> Result<Parts, HubError> {
    let data = DataDir::existing(&config.data.dir)?;
    Parts::open(config, &data).await
}
