//! `albumen run`: looks after this device until it is stopped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agent::attendant::status::{LiveStatus, Phase};
use agent::attendant::watch::FolderWatch;
use agent::attendant::{Attendant, EngineLock, Holder, Listener};
use agent::conditions::Probe;
use agent::ledger::LedgerError;
use agent::uploader::hub_client::RemoteHub;
use agent::{RunOptions, SystemPause};
use domain::{OsRandom, SystemClock};
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::arguments::RunArguments;
use crate::console;
use crate::device::Device;
use crate::failure::{Failure, Verdict};
use crate::state;
use crate::stop;

pub(crate) async fn run(device: &Device, arguments: &RunArguments) -> Result<Verdict, Failure> {
    let _lock = match EngineLock::take(&device.folder, Holder::Run).map_err(LedgerError::from)? {
        Ok(lock) => lock,
        Err(Holder::Run) => {
            return Err(Failure::words(
                "another albumen run looks after this device already: albumen status",
            ));
        }
        Err(Holder::Backup) => {
            return Err(Failure::words("a backup is running right now; start albumen run when it has ended"));
        }
    };
    let Probe { seen, looking } = Probe::of_this_system();
    let (follow, touched) = FolderWatch::new(&device.folder);
    let hubs = device.clone();
    let attendant = Attendant {
        folder: device.folder.clone(),
        make_hub: Box::new(move |connection| {
            let client = hubs.client(connection).map_err(|error| error.to_string())?;
            Ok(Arc::new(RemoteHub::new(client)))
        }),
        options: RunOptions {
            uploads: usize::from(arguments.parallel),
            patience: Duration::from_secs(arguments.patience_seconds),
            ..RunOptions::default()
        },
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        pause: Arc::new(SystemPause::new()),
        zone: TimeZone::system(),
        seen,
        touched,
        follow: Box::new(follow),
        listener: log(),
    };
    let stop = CancellationToken::new();
    tokio::select! {
        // In this order: Ctrl-C is listened for before anything begins.
        biased;
        () = stop::listen(stop.clone()) => Ok(Verdict::StoppedAtOnce),
        () = Box::pin(attendant.run(&stop)) => Ok(Verdict::Done),
        // The probe never ends.
        () = looking => Ok(Verdict::NotSafe),
    }
}

/// Writes a line for each state that is of another kind than the one before.
fn log() -> Listener {
    let last: Mutex<Option<Phase>> = Mutex::new(None);
    Arc::new(move |status: &LiveStatus| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let counts_on = matches!(status.phase, Phase::Looking { .. } | Phase::BackingUp { .. })
            && last
                .as_ref()
                .is_some_and(|last| std::mem::discriminant(last) == std::mem::discriminant(&status.phase));
        if !counts_on && last.as_ref() != Some(&status.phase) {
            console::note(&state::line(&status.phase, None));
        }
        *last = Some(status.phase.clone());
    })
}
