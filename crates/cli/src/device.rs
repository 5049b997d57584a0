//! This device: where it keeps what it knows, and how it reaches its hub.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agent::Settings;
use agent::attendant::Judge;
use agent::conditions::Seen;
use agent::settings::Connection;
use client::{HubAddress, HubClient, Patience, Token};
use domain::{Clock as _, Ids, OsRandom, SystemClock};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use tokio::sync::watch;

use crate::arguments::Arguments;
use crate::failure::Failure;

/// What every command needs to know of this device.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// Settings and ledger are in here.
    pub(crate) folder: PathBuf,
    patience: Patience,
}

impl Device {
    /// The device whose folder was named, or this account's own.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let folder = match &arguments.config {
            Some(folder) => folder.clone(),
            None => directories::ProjectDirs::from("", "", "albumen")
                .map(|places| places.data_local_dir().to_owned())
                .ok_or_else(|| {
                    Failure::usage(
                        "this account has no home folder: say with --config DIR where to keep settings",
                    )
                })?,
        };
        let mut patience = Patience::default();
        if let Some(seconds) = arguments.stall_seconds {
            let stall = Duration::from_secs(seconds);
            patience = Patience { connect: stall.min(patience.connect), stall, upload_stall: stall };
        }
        Ok(Self { folder, patience })
    }

    /// What the person chose so far; fresh settings when nothing was chosen yet.
    pub(crate) fn settings(&self) -> Result<Settings, Failure> {
        let fresh = || Settings::new(&Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)));
        Ok(Settings::load(&self.folder)?.unwrap_or_else(fresh))
    }

    /// Keeps what the person chose.
    pub(crate) fn save(&self, settings: &Settings) -> Result<(), Failure> {
        Ok(settings.save(&self.folder)?)
    }

    /// A client of a hub that does not know the device yet.
    pub(crate) fn stranger(&self, address: HubAddress) -> Result<HubClient, Failure> {
        Ok(HubClient::new(address, self.patience)?)
    }

    /// A client that calls as this device.
    pub(crate) fn client(&self, connection: &Connection) -> Result<HubClient, Failure> {
        let client = self.stranger(address(&connection.url)?)?;
        Ok(client.with_token(Token::new(connection.token.reveal())))
    }
}

/// The time here.
pub(crate) fn now() -> Zoned {
    let now = Timestamp::from_millisecond(SystemClock.now_ms()).unwrap_or_default();
    now.to_zoned(TimeZone::system())
}

/// Who decides what may be sent, from what the system says.
pub(crate) fn judge(seen: watch::Receiver<Seen>) -> Judge {
    Judge::new(Arc::new(SystemClock), TimeZone::system(), seen)
}

/// The connection, or words about how to get one.
pub(crate) fn connected(settings: &Settings) -> Result<&Connection, Failure> {
    settings.connection.as_ref().ok_or_else(|| {
        Failure::usage(
            "this device is not connected to a hub yet: albumen connect http://HUB:PORT --user NAME",
        )
    })
}

/// The address of a hub, as a person wrote it.
pub(crate) fn address(text: &str) -> Result<HubAddress, Failure> {
    text.parse().map_err(|error: client::AddressError| Failure::usage(error.to_string()))
}
