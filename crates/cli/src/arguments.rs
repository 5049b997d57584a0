//! The command line, as data. What is wrong with it is told by clap, with exit code 2.

use std::path::PathBuf;

use agent::preferences::Key;
use clap::{Args, Parser, Subcommand};

/// Keeps this computer's albums safe on your hub.
#[derive(Debug, Parser)]
#[command(
    name = "albumen",
    version,
    about = "Keeps this computer's albums safe on your hub.",
    after_help = "Start with:\n  albumen connect http://HUB:PORT --user NAME\n  albumen source add ~/Pictures\n  albumen backup\n\n\
                  Exit codes: 0 everything chosen is safe, 1 something is not, 2 wrong usage.",
    max_term_width = 100,
    propagate_version = false
)]
pub(crate) struct Arguments {
    /// Where this device keeps its settings and its memory of what is safe
    #[arg(long, global = true, env = "ALBUMEN_HOME", value_name = "DIR", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,

    /// Give a connection up when no byte moved for so long
    #[arg(
        long,
        global = true,
        env = "ALBUMEN_STALL_SECONDS",
        value_name = "SECONDS",
        hide = true,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub(crate) stall_seconds: Option<u64>,

    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Claim a fresh hub with the code that it printed when it first started
    Setup(SetupArguments),
    /// Connect this device to a hub
    Connect(ConnectArguments),
    /// Make this device's token useless and forget the hub
    Disconnect(DisconnectArguments),
    /// Choose the folders that hold your albums
    #[command(subcommand)]
    Source(SourceCommand),
    /// List the albums in your folders, and choose among them
    Albums(AlbumsArguments),
    /// Say when, over which network, and what is backed up
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Bring everything chosen to the hub
    Backup(BackupArguments),
    /// Look after this device until stopped: back up by itself, whenever the settings allow it
    Run(RunArguments),
    /// Let the system start albumen run with your session
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Say what is safe, as far as this device knows
    Status(StatusArguments),
    /// Bring pictures and videos back from the hub
    Restore(RestoreArguments),
}

/// How the password comes in: asked for in a terminal, or on standard input. Never as an argument,
/// which others on this computer could read.
#[derive(Debug, Args)]
pub(crate) struct PasswordArguments {
    /// Read the password from the first line of standard input instead of asking for it
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SetupArguments {
    /// Where the hub is, such as `http://192.168.1.4:8000`
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The one-time code that the hub printed
    #[arg(long)]
    pub(crate) code: String,
    /// What to call the owner's account
    #[arg(long, value_name = "NAME")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ConnectArguments {
    /// Where the hub is, such as `http://192.168.1.4:8000`
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// Your account on the hub
    #[arg(long, value_name = "NAME")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) password: PasswordArguments,
    /// What to call this device; names its folder on the hub [default: this computer's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) device_name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DisconnectArguments {
    /// Forget the hub even when it cannot be reached; the token then works until it is revoked there
    #[arg(long)]
    pub(crate) forget: bool,
}

/// What to do with the folders.
#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    /// Add a folder: every folder in it that holds pictures or videos is an album
    Add {
        /// The folder
        path: PathBuf,
        /// Also back up files that are no pictures or videos
        #[arg(long)]
        all_files: bool,
    },
    /// List the folders
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take a folder out; nothing is deleted, neither here nor on the hub
    Remove {
        /// The folder, as it is listed
        path: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AlbumsArguments {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) choice: Option<AlbumsCommand>,
}

/// A decision about albums.
#[derive(Debug, Subcommand)]
pub(crate) enum AlbumsCommand {
    /// Back these albums up
    Include(AlbumNames),
    /// Never back up what is in these albums, not through other albums either
    Exclude(AlbumNames),
    /// Do not back these albums up, but leave their pictures to other albums
    Neutral(AlbumNames),
}

#[derive(Debug, Args)]
pub(crate) struct AlbumNames {
    /// Names as `albumen albums` lists them
    #[arg(required = true, value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsCommand {
    /// Show all settings, or one
    Show {
        /// Only this one
        #[arg(value_name = "KEY")]
        key: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change a setting, and say what that does
    #[command(after_help = settings_help())]
    Set {
        /// Which
        #[arg(value_name = "KEY")]
        key: String,
        /// Its new value; several words count as one value
        #[arg(value_name = "VALUE", required = true)]
        value: Vec<String>,
        #[command(flatten)]
        how: ChangeArguments,
    },
    /// Put a setting back to its default, and say what that does
    Unset {
        /// Which
        #[arg(value_name = "KEY")]
        key: String,
        #[command(flatten)]
        how: ChangeArguments,
    },
}

/// How a change is made.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ChangeArguments {
    /// Only say what it would do
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// All settings with what they mean: made of the list that the engine obeys.
fn settings_help() -> String {
    let one = |key: Key| format!("  {}\n      {}\n      [{}]\n", key.name(), key.about(), key.values());
    format!("Keys:\n{}", Key::ALL.map(one).concat())
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub(crate) struct BackupArguments {
    /// Only say what would be done: ask nobody, send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object at the end, and nothing else, on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Large files on their way at a time; up to four small ones (1 MiB) go in place of each
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) parallel: u8,
    /// Compare every item with the hub again, also those known to be safe
    #[arg(long)]
    pub(crate) verify: bool,
    /// Send now, whatever the settings say about network, battery and time of the day
    #[arg(long)]
    pub(crate) anyway: bool,
    /// End the run when the hub was away for so long
    #[arg(
        long,
        env = "ALBUMEN_PATIENCE_SECONDS",
        value_name = "SECONDS",
        hide = true,
        value_parser = clap::value_parser!(u64).range(..=86_400)
    )]
    pub(crate) patience_seconds: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Large files on their way at a time; up to four small ones (1 MiB) go in place of each
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) parallel: u8,
    /// Call the hub away when it did not answer for so long
    #[arg(
        long,
        env = "ALBUMEN_PATIENCE_SECONDS",
        value_name = "SECONDS",
        hide = true,
        default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(..=86_400)
    )]
    pub(crate) patience_seconds: u64,
}

/// What to do with the service.
#[derive(Debug, Subcommand)]
pub(crate) enum ServiceCommand {
    /// Start albumen run now, and with your session from now on
    Install {
        /// Only say what would be written, and where
        #[arg(long)]
        dry_run: bool,
    },
    /// Stop it, and start it no more
    Uninstall,
    /// Say whether it is installed, and whether it runs
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// List every item that is not safe, and every one that was left out, with its reason
    #[arg(long)]
    pub(crate) items: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArguments {
    /// The folder to write into; files that are there already are kept
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Only this album [default: everything that the device backed up]
    #[arg(long, value_name = "NAME")]
    pub(crate) album: Option<String>,
    /// What another device backed up [default: this device]
    #[arg(long, value_name = "NAME")]
    pub(crate) device: Option<String>,
    /// How long the hub may be away before the restore goes on without it
    #[arg(
        long,
        env = "ALBUMEN_PATIENCE_SECONDS",
        value_name = "SECONDS",
        hide = true,
        value_parser = clap::value_parser!(u64).range(..=86_400)
    )]
    pub(crate) patience_seconds: Option<u64>,
    /// Only say what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object at the end, and nothing else, on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split(' '))
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_is_written_is_what_is_understood() {
        let backup = parse("albumen backup --config /c --parallel 8 --json").unwrap();
        assert_eq!(backup.config, Some("/c".into()));
        let Command::Backup(backup) = backup.command else { panic!("{backup:?}") };
        assert_eq!((backup.parallel, backup.json, backup.dry_run, backup.verify), (8, true, false, false));

        let albums = parse("albumen albums exclude Trips Screenshots").unwrap();
        let Command::Albums(AlbumsArguments { json: false, choice: Some(AlbumsCommand::Exclude(names)) }) =
            albums.command
        else {
            panic!("{albums:?}")
        };
        assert_eq!(names.names, ["Trips", "Screenshots"]);
    }

    #[test]
    fn wrong_usage_is_refused() {
        for line in [
            "albumen",
            "albumen bakcup",
            "albumen backup --parallel 0",
            "albumen backup --parallel 33",
            "albumen albums include",
            "albumen connect http://nas",
            "albumen connect http://nas --user anna --password secret",
            "albumen setup http://nas --user anna",
            "albumen restore",
            "albumen source",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
