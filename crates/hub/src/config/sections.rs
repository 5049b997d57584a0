//! The sections of `albumen.toml`. The words of each field appear in the sample.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::section::{Setting, Shape, section};

/// The port of a hub that was told nothing else.
pub const DEFAULT_PORT: u16 = 8230;

section! {
    /// Where the hub listens.
    Listen "listen" {
        /// Address and port. With 0.0.0.0 every device in the house reaches the hub; the one-time
        /// set-up code keeps others from claiming it. Port 0 takes a free one.
        address: SocketAddr = SocketAddr::from((Ipv4Addr::UNSPECIFIED, DEFAULT_PORT));
        /// How many connections are served at once. Further ones wait.
        connections_max: u32 = 512;
    }
}

section! {
    /// Where everything is kept.
    Data "data" {
        /// The folder of the catalog and the pictures. Below systemd's `STATE_DIRECTORY` when the
        /// hub runs as its service, otherwise ./data.
        dir: PathBuf = PathBuf::from("data");
    }
}

section! {
    /// Who is where, which album holds what: everything but the pictures themselves.
    Catalog "catalog" {
        /// A PostgreSQL database. Left out, the catalog is the file catalog.db in the data folder.
        url: Option<String> = None, such as "postgres://albumen@localhost/albumen";
    }
}

section! {
    /// What was deleted.
    Trash "trash" {
        /// How many days deleted items can be brought back.
        days: u32 = 30;
    }
}

section! {
    /// Pictures on their way in.
    Uploads "uploads" {
        /// How many hours an interrupted upload is kept for its device to go on.
        expiry_hours: u32 = 168;
        /// How many seconds a device may stay silent in the middle of a request.
        stall_seconds: u32 = 30;
        /// How much of the disk stays free, in MiB. Uploads wait when less is left.
        keep_free_mib: u32 = 512;
        /// How many hours bytes that nothing names are kept before they are swept away.
        sweep_grace_hours: u32 = 24;
    }
}

section! {
    /// How pictures and videos are shown.
    Media "media" {
        /// How much room, in MiB, that may take which is made when somebody asks for it, such as films
        /// that every browser plays. What nobody has looked at for longest makes way.
        on_demand_mib: u32 = 10 * 1024;
    }
}

section! {
    /// People who signed in.
    Sessions "sessions" {
        /// How many days a sign-in lasts, used or not. A device stays signed in until its token is revoked.
        days: u32 = 30;
    }
}

section! {
    /// What the hub says while it runs, on standard error.
    Log "log" {
        /// "human" lines, "json" objects, or "auto": human on a terminal, json elsewhere.
        format: LogFormat = LogFormat::Auto;
        /// How much: "error", "warn", "info", "debug" or "trace", also per part, such as
        /// "info,sqlx=warn".
        level: String = "info".to_owned();
    }
}

section! {
    /// Numbers for Prometheus.
    Metrics "metrics" {
        /// Address and port of their own listener. Left out, there is none.
        listen: Option<SocketAddr> = None, such as "127.0.0.1:9230";
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human on a terminal, JSON elsewhere.
    Auto,
    /// A line for people.
    Human,
    /// One JSON object per line.
    Json,
}

impl Setting for LogFormat {
    const SHAPE: Shape = Shape::Text;

    fn read(value: &toml::Value) -> Result<Self, String> {
        match value.as_str() {
            Some("auto") => Ok(Self::Auto),
            Some("human") => Ok(Self::Human),
            Some("json") => Ok(Self::Json),
            _ => Err(format!("must be \"auto\", \"human\" or \"json\", not {value}")),
        }
    }

    fn show(&self) -> Option<toml::Value> {
        let word = match self {
            Self::Auto => "auto",
            Self::Human => "human",
            Self::Json => "json",
        };
        Some(toml::Value::String(word.to_owned()))
    }
}

/// A key whose value cannot work, and why.
pub(crate) type Objection = (&'static str, String);

/// More than this many days is taken for a mistake: nobody keeps a trash for a lifetime.
const DAYS_MAX: u32 = 3650;

fn within(name: &'static str, value: u32, least: u32, most: u32) -> Result<(), Objection> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err((name, format!("must lie between {least} and {most}, not {value}")))
    }
}

impl Listen {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        within("connections_max", self.connections_max, 8, 65_536)
    }
}

impl Data {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        if self.dir.as_os_str().is_empty() {
            return Err(("dir", "must name a folder; it is empty".to_owned()));
        }
        Ok(())
    }
}

impl Catalog {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        match &self.url {
            Some(url) if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) => Err((
                "url",
                "must begin with \"postgres://\"; leave it out to keep the catalog in the data folder"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }
}

impl Trash {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        within("days", self.days, 0, DAYS_MAX)
    }
}

impl Uploads {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        within("expiry_hours", self.expiry_hours, 1, 24 * DAYS_MAX)?;
        within("stall_seconds", self.stall_seconds, 1, 3600)?;
        // A sweep must never meet bytes whose row is just about to be written.
        within("sweep_grace_hours", self.sweep_grace_hours, 1, 24 * DAYS_MAX)
    }
}

impl Media {
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "every section answers the same question"
    )]
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        Ok(())
    }
}

impl Sessions {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        within("days", self.days, 1, DAYS_MAX)
    }
}

impl Log {
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        match tracing_subscriber::filter::Builder::default().parse(&self.level) {
            Ok(_) => Ok(()),
            Err(error) => Err(("level", format!("is not understood ({error}); \"info\" is a good start"))),
        }
    }
}

impl Metrics {
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "every section answers the same question"
    )]
    pub(crate) fn validate(&self) -> Result<(), Objection> {
        Ok(())
    }
}
