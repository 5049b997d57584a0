//! `albumen-hub`: see `albumen-hub --help`.

use std::process::ExitCode;

use clap::Parser as _;
use hub::arguments::Arguments;

fn main() -> ExitCode {
    hub::commands::run(Arguments::parse(), std::env::vars_os().collect())
}
