//! `albumen service`: lets systemd start `albumen run` with a person's session.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;

use crate::arguments::ServiceCommand;
use crate::console;
use crate::device::Device;
use crate::failure::{Failure, Verdict};
use crate::words::safe;

/// What systemd calls it.
const UNIT: &str = "albumen.service";

const NO_SYSTEMD: &str = "this system has no systemd for your session (systemctl --user); \
                          let your system start this with your session instead: albumen run";

/// The service as `status --json` prints it.
#[derive(Debug, Serialize)]
struct ServiceStatus {
    unit: String,
    installed: bool,
    /// `None` where there is no systemd to ask.
    enabled: Option<bool>,
    running: Option<bool>,
}

pub(crate) fn run(device: &Device, command: &ServiceCommand) -> Result<Verdict, Failure> {
    let path = unit_path()?;
    match command {
        ServiceCommand::Install { dry_run } => install(device, &path, *dry_run)?,
        ServiceCommand::Uninstall => uninstall(&path)?,
        ServiceCommand::Status { json } => return status(&path, *json),
    }
    Ok(Verdict::Done)
}

fn install(device: &Device, path: &Path, dry_run: bool) -> Result<(), Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::words(format!("where this program is cannot be told: {error}")))?;
    let home = std::path::absolute(&device.folder)
        .map_err(|error| Failure::words(format!("the device's folder cannot be named: {error}")))?;
    let text = unit(&program, &home)?;
    if dry_run {
        console::say(&format!("{} would be:", safe(&path.display().to_string())));
        console::say(text.trim_end());
        return Ok(());
    }
    // Asked first: a unit that nobody starts would be a promise that nobody keeps.
    if !systemd_answers() {
        return Err(Failure::words(NO_SYSTEMD));
    }
    write(path, &text).map_err(|error| {
        Failure::words(format!("{} cannot be written: {error}", safe(&path.display().to_string())))
    })?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--now", UNIT])?;
    console::say("Installed: albumen run looks after this device now, and with your session from now on.");
    console::say("So that it also runs while you are not signed in: loginctl enable-linger");
    console::say("What it does: albumen status");
    Ok(())
}

fn uninstall(path: &Path) -> Result<(), Failure> {
    if !path.exists() {
        console::say("It was not installed.");
        return Ok(());
    }
    if systemd_answers() {
        systemctl(&["disable", "--now", UNIT])?;
    }
    std::fs::remove_file(path).map_err(|error| {
        Failure::words(format!("{} cannot be removed: {error}", safe(&path.display().to_string())))
    })?;
    if systemd_answers() {
        systemctl(&["daemon-reload"])?;
    }
    console::say(
        "Uninstalled. Nothing was deleted, neither here nor on the hub; albumen backup still works.",
    );
    Ok(())
}

fn status(path: &Path, json: bool) -> Result<Verdict, Failure> {
    let installed = path.exists();
    let answers = systemd_answers();
    let asked = |question: &str| answers.then(|| is(question));
    let status = ServiceStatus {
        unit: path.display().to_string(),
        installed,
        enabled: asked("is-enabled"),
        running: asked("is-active"),
    };
    if json {
        console::say_json(&status)?;
    } else {
        console::say(status_line(&status));
    }
    Ok(if status.installed && status.running == Some(true) { Verdict::Done } else { Verdict::NotSafe })
}

fn status_line(status: &ServiceStatus) -> &'static str {
    match (status.installed, status.enabled, status.running) {
        (false, ..) => "Not installed: albumen service install",
        (true, None, _) | (true, _, None) => NO_SYSTEMD,
        (true, Some(true), Some(true)) => "Installed and running. What it does: albumen status",
        (true, Some(false), Some(true)) => {
            "Running, but not started with your session: albumen service install"
        }
        (true, _, Some(false)) => {
            "Installed, but not running: systemctl --user status albumen.service says why"
        }
    }
}

/// The unit file. What systemd would take for something else in the paths is escaped (systemd.unit(5) and
/// systemd.syntax(7)): `%` begins a specifier, `$` a variable, quotes and backslashes quote.
fn unit(program: &Path, home: &Path) -> Result<String, Failure> {
    let (program, home) = (quoted(program)?, quoted(home)?);
    Ok(format!(
        "[Unit]\n\
         Description=Keeps this computer's albums safe on your hub\n\
         \n\
         [Service]\n\
         ExecStart=\"{program}\" --config \"{home}\" run\n\
         Restart=on-failure\n\
         RestartSec=30\n\
         # What a person does on this computer comes first.\n\
         Nice=10\n\
         IOSchedulingClass=idle\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n"
    ))
}

fn quoted(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().filter(|text| !text.contains(char::is_control)).ok_or_else(|| {
        Failure::words(format!(
            "a service cannot name this folder, which is no plain text: {}",
            safe(&path.display().to_string())
        ))
    })?;
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '%' | '$' => quoted.extend([letter, letter]),
            _ => quoted.push(letter),
        }
    }
    Ok(quoted)
}

/// Where systemd looks for a person's units: `$XDG_CONFIG_HOME/systemd/user`.
fn unit_path() -> Result<PathBuf, Failure> {
    directories::BaseDirs::new()
        .map(|places| places.config_dir().join("systemd/user").join(UNIT))
        .ok_or_else(|| Failure::words("this account has no home folder to install a service in"))
}

#[expect(clippy::disallowed_methods, reason = "a unit can be written again; systemd reads it when told to")]
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

fn systemd_answers() -> bool {
    let asked = Command::new("systemctl").args(["--user", "show-environment"]).output();
    asked.is_ok_and(|answer| answer.status.success())
}

fn is(question: &str) -> bool {
    let asked = Command::new("systemctl").args(["--user", "--quiet", question, UNIT]).output();
    asked.is_ok_and(|answer| answer.status.success())
}

fn systemctl(words: &[&str]) -> Result<(), Failure> {
    let failed = |why: &str| {
        Failure::words(format!("systemctl --user {} did not work: {}", words.join(" "), safe(why.trim())))
    };
    let ran = Command::new("systemctl").arg("--user").args(words).output();
    let ran = ran.map_err(|error| failed(&error.to_string()))?;
    if ran.status.success() { Ok(()) } else { Err(failed(&String::from_utf8_lossy(&ran.stderr))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_cannot_be_taken_for_anything_else() {
        let text = unit(Path::new("/opt/my albums/albumen"), Path::new("/home/a\"b\\c%h$HOME")).unwrap();
        assert!(
            text.contains(
                "ExecStart=\"/opt/my albums/albumen\" --config \"/home/a\\\"b\\\\c%%h$$HOME\" run\n"
            ),
            "{text}"
        );
        assert!(unit(Path::new("/a\nExecStartPre=/bin/evil"), Path::new("/b")).is_err());
    }

    #[test]
    fn the_status_says_what_to_do() {
        let of = |installed, enabled, running| {
            status_line(&ServiceStatus { unit: String::new(), installed, enabled, running })
        };
        assert!(of(false, Some(false), Some(false)).contains("albumen service install"));
        assert!(of(true, None, None).contains("no systemd"));
        assert!(of(true, Some(true), Some(true)).starts_with("Installed and running"));
        assert!(of(true, Some(true), Some(false)).contains("says why"));
    }
}
