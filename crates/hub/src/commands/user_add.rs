//! `albumen-hub user add NAME`

use std::io::{IsTerminal as _, stdin};
use std::process::ExitCode;

use domain::{Name, Role};

use super::output::complain;
use crate::HubError;
use crate::config::Loaded;
use crate::data_dir::DataDir;
use crate::wiring::Parts;

/// Makes an account, also before the hub runs for the first time.
pub(super) async fn run(
    loaded: &Loaded,
    name: Name,
    role: Role,
    password_stdin: bool,
) -> Result<ExitCode, HubError> {
    let password = ask(password_stdin)?;
    let data = DataDir::open(&loaded.config.data.dir)?;
    let parts = Parts::open(&loaded.config, &data).await?;
    let made = parts.library.make_account(name, role, &password).await;
    parts.catalog.close().await;
    let user = made?;
    complain(&format!("{} has an account now, as {}.", user.name, user.role));
    Ok(ExitCode::SUCCESS)
}

fn ask(password_stdin: bool) -> Result<String, HubError> {
    let unreadable = |source| HubError::System { what: "the password cannot be read", source };
    if password_stdin {
        let mut line = String::new();
        stdin().read_line(&mut line).map_err(unreadable)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !stdin().is_terminal() {
        let words = "there is no terminal to ask for the password on; use --password-stdin";
        return Err(HubError::Usage(words.to_owned()));
    }
    let password = rpassword::prompt_password("Password: ").map_err(unreadable)?;
    let again = rpassword::prompt_password("The same again: ").map_err(unreadable)?;
    if password == again {
        Ok(password)
    } else {
        Err(HubError::Usage("the two passwords differ; nothing was done".to_owned()))
    }
}
