//! `albumen setup`: claims a fresh hub.

use client::Token;
use domain::Name;
use wire::SetupRequest;

use crate::arguments::SetupArguments;
use crate::console;
use crate::device::{Device, address};
use crate::failure::{Failure, Verdict};
use crate::{password, words};

pub(crate) async fn run(device: &Device, arguments: SetupArguments) -> Result<Verdict, Failure> {
    let address = address(&arguments.url)?;
    let name = user_name(&arguments.user)?;
    let hub = device.stranger(address.clone())?;
    if !hub.setup_state().await?.needed {
        return Err(Failure::words(format!(
            "{address} has an owner already. To connect this device: albumen connect {address} --user NAME"
        )));
    }
    let password = password::ask_new(&arguments.password, &arguments.user)?;
    let owner = hub.set_up(&SetupRequest { code: arguments.code, name, password }).await?;
    // Nothing here keeps that token; were it not given back now, it would stand in the owner's list.
    if let Err(error) = hub.with_token(Token::new(owner.token)).log_out().await {
        tracing::debug!(%error, "the token of the set-up was not given back");
    }
    let user = words::safe(&arguments.user);
    console::say(&format!("{address} is yours, {user}."));
    console::say(&format!("Next: albumen connect {address} --user {user}"));
    Ok(Verdict::Done)
}

/// The name of an account, as a person wrote it.
pub(super) fn user_name(text: &str) -> Result<Name, Failure> {
    Name::new(text).map_err(|error| Failure::usage(format!("this cannot be an account: {error}")))
}
