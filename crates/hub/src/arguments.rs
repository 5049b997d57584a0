//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use domain::{Name, Role};

use crate::config::{Flag, Given};

/// Keeps a family's photo albums safe at home.
#[derive(Debug, Parser)]
#[command(name = "albumen-hub", version, about, max_term_width = 100)]
pub struct Arguments {
    /// Settings that a flag can change.
    #[command(flatten)]
    pub settings: SettingFlags,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes, because every command has to find the hub's data.
#[derive(Debug, Args)]
pub struct SettingFlags {
    /// The folder of the catalog and the pictures [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The settings file [default: albumen.toml in the data folder, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the hub listens [default: 0.0.0.0:8230]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// A PostgreSQL database for the catalog [default: a file in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub catalog: Option<String>,
    /// Where Prometheus may fetch numbers [default: nowhere]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub metrics: Option<String>,
    /// How log lines are written: human, json or auto
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// How much is logged: error, warn, info, debug or trace
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
}

impl SettingFlags {
    /// What was given, with this environment, ready for [`crate::config::Loaded::load`].
    pub fn given(&self, environment: Vec<(std::ffi::OsString, std::ffi::OsString)>) -> Given {
        let table = [
            ("--listen", "listen.address", &self.listen),
            ("--catalog", "catalog.url", &self.catalog),
            ("--metrics", "metrics.listen", &self.metrics),
            ("--log-format", "log.format", &self.log_format),
            ("--log-level", "log.level", &self.log_level),
        ];
        let flags = table
            .into_iter()
            .filter_map(|(name, key, value)| value.clone().map(|value| Flag { name, key, value }))
            .collect();
        Given { config_file: self.config.clone(), data_dir: self.data.clone(), flags, environment }
    }
}

/// What the hub can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the hub (this is what happens without a command)
    Serve,
    /// Look after accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Read everything that is kept again and compare it with its name
    Verify {
        /// One JSON object instead of words
        #[arg(long)]
        json: bool,
    },
    /// Look at the settings, the disk and the catalog, and say what is wrong
    Doctor {
        /// One JSON object instead of words
        #[arg(long)]
        json: bool,
    },
    /// Look after what pictures and videos are shown with
    #[command(subcommand)]
    Media(MediaCommand),
    /// Look at the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the OpenAPI document of the hub's interface
    Openapi,
    /// Decode pictures in a sandbox; the hub starts this by itself
    #[command(hide = true, name = media::sandbox::WORKER_COMMAND)]
    MediaWorker {
        /// What it may use, as JSON
        limits: String,
    },
    /// Run a program in a sandbox; the hub starts this by itself
    #[command(hide = true, name = media::sandbox::TOOL_COMMAND)]
    MediaTool {
        /// What it may use and touch, as JSON
        confinement: String,
        /// The program's arguments
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Read what a video says about itself; the hub starts this by itself, in a sandbox
    #[command(hide = true, name = media::look::FILM_FACTS_COMMAND)]
    MediaFilmFacts {
        /// The video
        film: PathBuf,
        /// What is known of it, as JSON
        known: String,
    },
}

/// What can be done with thumbnails, previews and facts. It works beside a running hub.
#[derive(Debug, Subcommand)]
pub enum MediaCommand {
    /// How far looking into pictures and videos is, and how long the rest takes
    Status {
        /// One JSON object instead of words
        #[arg(long)]
        json: bool,
    },
    /// Look into pictures and videos again: all that an older program looked into, or those chosen here
    Redo {
        /// Those that could not be shown
        #[arg(long, conflicts_with_all = ["all", "content_type"])]
        failed: bool,
        /// All
        #[arg(long, conflicts_with = "content_type")]
        all: bool,
        /// Those of a type, such as image/heic
        #[arg(long = "type", value_name = "TYPE")]
        content_type: Option<String>,
        /// One JSON object instead of words
        #[arg(long)]
        json: bool,
    },
}

/// What can be done with accounts. It works beside a running hub.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account
    Add {
        /// The person's name
        #[arg(value_parser = |name: &str| Name::new(name))]
        name: Name,
        /// owner, manager or member
        #[arg(long, default_value = "member")]
        role: Role,
        /// Read the password from standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
    /// Switch an account off: nobody gets in with it, its pictures stay
    Disable {
        /// The person's name
        #[arg(value_parser = |name: &str| Name::new(name))]
        name: Name,
    },
    /// Switch an account on again
    Enable {
        /// The person's name
        #[arg(value_parser = |name: &str| Name::new(name))]
        name: Name,
    },
    /// List the accounts
    List {
        /// One JSON array instead of a table
        #[arg(long)]
        json: bool,
    },
}

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print a commented albumen.toml with every setting at its default
    Sample,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Loaded, Origin, keys};

    #[test]
    fn the_command_line_is_consistent() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn every_flag_sets_its_key_also_behind_the_command() {
        let words = "albumen-hub serve --data /nowhere/data --listen 127.0.0.1:1 --catalog postgres://db/x \
                     --metrics 127.0.0.1:2 --log-format json --log-level debug";
        let arguments = Arguments::try_parse_from(words.split_whitespace()).unwrap();
        let loaded = Loaded::load(&arguments.settings.given(Vec::new())).unwrap();
        let mut flags: Vec<String> = keys()
            .filter_map(|key| match loaded.origin(key) {
                Origin::Flag(name) => Some(format!("{name} {}", key.dotted())),
                _ => None,
            })
            .collect();
        flags.sort();
        assert_eq!(
            flags,
            [
                "--catalog catalog.url",
                "--data data.dir",
                "--listen listen.address",
                "--log-format log.format",
                "--log-level log.level",
                "--metrics metrics.listen"
            ]
        );
        assert_eq!(loaded.config.listen.address.port(), 1);
    }

    #[test]
    fn the_hidden_commands_are_found_by_the_names_that_the_sandbox_starts_them_by_and_stay_hidden() {
        let tool = ["albumen-hub", media::sandbox::TOOL_COMMAND, "{}", "--", "-i", "file:/x", "--data"];
        let parsed = Arguments::try_parse_from(tool).unwrap();
        let Some(Command::MediaTool { confinement, arguments }) = parsed.command else {
            panic!("{parsed:?}")
        };
        assert_eq!((confinement.as_str(), arguments.len()), ("{}", 3));
        assert!(parsed.settings.data.is_none(), "an argument of the tool was taken for one of the hub's");
        let worker = ["albumen-hub", media::sandbox::WORKER_COMMAND, "{}"];
        let parsed = Arguments::try_parse_from(worker).unwrap();
        assert!(matches!(parsed.command, Some(Command::MediaWorker { .. })), "{parsed:?}");
        let help = <Arguments as clap::CommandFactory>::command().render_long_help().to_string();
        assert!(help.contains("doctor") && !help.contains("media-"), "{help}");
    }

    #[test]
    fn a_wrong_role_names_the_right_ones() {
        let words = ["albumen-hub", "user", "add", "sam", "--role", "boss"];
        let refused = Arguments::try_parse_from(words).unwrap_err().to_string();
        assert!(refused.contains("owner, manager, member"), "{refused}");
    }
}
