//! The service, with a systemd that only writes down what it is asked.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Device, Ran, program};

/// A home with a `systemctl` of its own.
struct Home {
    device: Device,
}

impl Home {
    /// `script` is what `systemctl` does; `$*` are its words, `$LOG` is where to write.
    fn new(script: &str) -> Self {
        let home = Self { device: Device::new() };
        std::fs::create_dir_all(home.place("bin")).unwrap();
        let systemctl = home.place("bin/systemctl");
        put(&systemctl, &format!("#!/bin/sh\nLOG={}\n{script}\n", home.place("log").display()));
        std::fs::set_permissions(&systemctl, std::fs::Permissions::from_mode(0o755)).unwrap();
        home
    }

    fn place(&self, name: &str) -> PathBuf {
        self.device.folder.path().join(name)
    }

    fn unit(&self) -> PathBuf {
        self.place("config/systemd/user/albumen.service")
    }

    fn run(&self, words: &[&str]) -> Ran {
        let mut command: Command = program(&self.device.home());
        let output = command
            .arg("service")
            .args(words)
            .env("PATH", self.place("bin"))
            .env("XDG_CONFIG_HOME", self.place("config"))
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn asked(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.place("log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

fn put(path: &Path, text: &str) {
    use std::io::Write as _;
    std::fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn it_is_installed_told_and_uninstalled() {
    let home = Home::new("echo \"$*\" >> \"$LOG\"");
    let shown = home.run(&["install", "--dry-run"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(!home.unit().exists() && home.asked().is_empty());

    let ran = home.run(&["install"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("Installed: albumen run looks after this device now"), "{}", ran.out);
    let unit = std::fs::read_to_string(home.unit()).unwrap();
    let program = env!("CARGO_BIN_EXE_albumen");
    let start = format!("ExecStart=\"{program}\" --config \"{}\" run\n", home.device.home().display());
    assert!(unit.contains(&start), "{unit}");
    assert!(unit.contains("WantedBy=default.target") && unit.contains("Restart=on-failure"), "{unit}");
    assert!(shown.out.ends_with(&unit), "{}", shown.out);
    assert_eq!(
        home.asked(),
        ["--user show-environment", "--user daemon-reload", "--user enable --now albumen.service"]
    );

    let status = home.run(&["status", "--json"]);
    assert_eq!(status.code, 0);
    let status = status.json();
    assert_eq!((&status["installed"], &status["running"]), (&true.into(), &true.into()), "{status}");

    assert_eq!(home.run(&["uninstall"]).code, 0);
    assert!(!home.unit().exists());
    assert!(home.asked().contains(&"--user disable --now albumen.service".to_owned()));
    assert_eq!(home.run(&["uninstall"]).out, "It was not installed.\n");
    assert_eq!(home.run(&["status"]).code, 1);
}

#[test]
fn where_there_is_no_systemd_nothing_is_promised() {
    for script in ["exit 1", "echo no bus >&2; exit 1"] {
        let home = Home::new(script);
        let ran = home.run(&["install"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("no systemd") && ran.err.contains("albumen run"), "{}", ran.err);
        assert!(!home.unit().exists());
        assert!(home.run(&["status"]).out.contains("Not installed"));
    }
    let missing = Home::new("");
    std::fs::remove_file(missing.place("bin/systemctl")).unwrap();
    assert!(missing.run(&["install"]).err.contains("no systemd"));
}

#[test]
fn what_systemd_refuses_is_told() {
    let home = Home::new("case \"$*\" in *enable*) echo out of order >&2; exit 1;; esac");
    let ran = home.run(&["install"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("enable --now albumen.service did not work: out of order"), "{}", ran.err);
}
