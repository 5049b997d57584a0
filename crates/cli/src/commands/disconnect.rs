//! `albumen disconnect`: gives the token back.

use wire::ProblemCode;

use crate::arguments::DisconnectArguments;
use crate::console;
use crate::device::{Device, connected};
use crate::failure::{Failure, Verdict};

pub(crate) async fn run(device: &Device, arguments: &DisconnectArguments) -> Result<Verdict, Failure> {
    let mut settings = device.settings()?;
    let connection = connected(&settings)?;
    let url = connection.url.clone();
    match device.client(connection)?.log_out().await {
        Ok(()) => console::say(&format!("Disconnected from {url}. What is there stays there.")),
        Err(error) if error.code() == Some(ProblemCode::SignInAgain) => {
            console::say(&format!("{url} had forgotten this device already. What is there stays there."));
        }
        Err(error) if arguments.forget => {
            console::say(&format!("{url} is forgotten here. Revoke this device there as well: {error}"));
        }
        Err(error) => {
            return Err(Failure::words(format!(
                "{error}. Nothing was changed; with --forget the hub is forgotten here all the same"
            )));
        }
    }
    settings.connection = None;
    device.save(&settings)?;
    Ok(Verdict::Done)
}
