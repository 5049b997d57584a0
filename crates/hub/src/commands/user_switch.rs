//! `albumen-hub user disable NAME` and `albumen-hub user enable NAME`

use std::process::ExitCode;

use domain::Name;

use super::open_existing;
use super::output::complain;
use crate::HubError;
use crate::config::Loaded;

/// Switches an account off or on. A hub that runs beside this sees it with its next request.
pub(super) async fn run(loaded: &Loaded, name: Name, on: bool) -> Result<ExitCode, HubError> {
    let parts = open_existing(&loaded.config).await?;
    let switched = parts.library.switch_account(name.clone(), on).await;
    parts.catalog.close().await;
    let words = match (switched?, on) {
        (true, false) => "is switched off now: nobody gets in with it, and its pictures stay",
        (false, false) => "was switched off already",
        (true, true) => "is switched on again, with the tokens and devices it had",
        (false, true) => "was switched on already",
    };
    complain(&format!("The account {name} {words}."));
    Ok(ExitCode::SUCCESS)
}
