//! `albumen-hub config sample`

use std::process::ExitCode;

use super::output::print;
use crate::{HubError, config};

pub(super) fn run() -> Result<ExitCode, HubError> {
    print(&config::sample())?;
    Ok(ExitCode::SUCCESS)
}
