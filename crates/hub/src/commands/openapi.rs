//! `albumen-hub openapi`

use std::process::ExitCode;

use super::output::print;
use crate::HubError;

pub(super) fn run() -> Result<ExitCode, HubError> {
    let document = http_native::openapi_json();
    print(document.trim_end())?;
    print("\n")?;
    Ok(ExitCode::SUCCESS)
}
