//! The help texts are read by people: a change of them is looked at.

use crate::Device;

#[test]
fn help_texts() {
    let device = Device::new();
    for command in [
        "",
        "setup",
        "connect",
        "disconnect",
        "source",
        "source add",
        "source list",
        "source remove",
        "albums",
        "albums include",
        "albums exclude",
        "albums neutral",
        "settings",
        "settings show",
        "settings set",
        "settings unset",
        "backup",
        "run",
        "service",
        "service install",
        "service uninstall",
        "service status",
        "status",
        "restore",
    ] {
        let ran = device.run(command.split_whitespace().chain(["--help"]));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{command}");
        insta::assert_snapshot!(format!("help {command}").trim().replace(' ', "-"), ran.out);
    }
}

#[test]
fn the_version_is_the_packages() {
    let ran = Device::new().run(["--version"]);
    assert_eq!((ran.code, ran.out.trim()), (0, concat!("albumen ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn wrong_usage_is_2_and_says_what_is_right() {
    let device = Device::new();
    for (arguments, words) in [
        (vec![], "Usage: albumen"),
        (vec!["bakcup"], "similar subcommand exists: 'backup'"),
        (vec!["backup", "--paralel", "3"], "--parallel"),
        (vec!["backup", "--parallel", "99"], "1..=32"),
        (vec!["albums", "include"], "<NAME>"),
        (vec!["backup"], "albumen connect http://HUB:PORT --user NAME"),
        (vec!["backup", "--json"], "not connected to a hub yet"),
        (vec!["restore", "--to", "x"], "not connected to a hub yet"),
        (vec!["disconnect"], "not connected to a hub yet"),
        (vec!["source", "add", "/does/not/exist"], "/does/not/exist"),
        (vec!["source", "remove", "/does/not/exist"], "is not one of the sources"),
        (vec!["connect", "nas:8000", "--user", "anna", "--password-stdin"], "http://nas:8000"),
        (vec!["connect", "http://nas", "--user", "a/b", "--password-stdin"], "this cannot be an account"),
    ] {
        let ran = device.run(&arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(words), "{arguments:?}: {}", ran.err);
    }
}
