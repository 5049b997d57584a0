//! `albumen connect`: makes this computer a device of a hub.

use agent::settings::{Connection, Secret};
use agent::{Ledger, Settings};
use client::HubAddress;
use domain::Name;
use wire::{DeviceIntroduction, LoginAnswer, LoginRequest};

use super::setup::user_name;
use crate::arguments::ConnectArguments;
use crate::console;
use crate::device::{Device, address};
use crate::failure::{Failure, Verdict};
use crate::{password, words};

pub(crate) async fn run(device: &Device, arguments: ConnectArguments) -> Result<Verdict, Failure> {
    let address = address(&arguments.url)?;
    let user = user_name(&arguments.user)?;
    let device_name = device_name(arguments.device_name.as_deref())?;
    let mut settings = device.settings()?;
    let hub = device.stranger(address.clone())?;
    if hub.setup_state().await?.needed {
        return Err(Failure::words(format!(
            "{address} has no owner yet: albumen setup {address} --code CODE --user NAME, with the code that it printed"
        )));
    }
    if !address.is_private() {
        console::note(
            "Note: http:// is not encrypted; whoever is between this device and the hub can read along.",
        );
    }
    let password = password::ask(&arguments.password, &arguments.user)?;
    let introduction = DeviceIntroduction {
        installation: settings.installation,
        name: device_name,
        platform: std::env::consts::OS.to_owned(),
    };
    let answer = hub.log_in(&LoginRequest { name: user, password, device: Some(introduction) }).await?;
    let before = settings.connection.take();
    let now = connection(&address, answer)?;
    if !is_same_device(before.as_ref(), &now) {
        // What was safe in somebody else's Space is not safe in this one. First, so that no crash
        // leaves the new account with the old claims.
        Ledger::open(&device.folder)?.begin_anew()?;
    }
    settings.connection = Some(now);
    device.save(&settings)?;
    forget(device, before).await;
    tell(&settings, &address);
    Ok(Verdict::Done)
}

/// Whether the hub takes this computer for the device that it was before.
fn is_same_device(before: Option<&Connection>, now: &Connection) -> bool {
    before.is_some_and(|before| {
        before.device_id.is_some() && (before.device_id, before.hub_id) == (now.device_id, now.hub_id)
    })
}

/// What is kept of a login.
fn connection(address: &HubAddress, answer: LoginAnswer) -> Result<Connection, Failure> {
    let device = answer
        .me
        .device
        .ok_or_else(|| Failure::words(format!("{address} did not take this computer as a device")))?;
    Ok(Connection {
        url: address.to_string(),
        user: answer.me.user.name.to_string(),
        token: Secret::new(answer.token),
        device_name: device.name,
        device_id: Some(device.id),
        hub_id: Some(answer.me.hub_id),
    })
}

/// Revokes the token of an earlier connection, which nobody needs any more. If that does not work now,
/// it stays in the person's list of tokens, where it can be revoked.
async fn forget(device: &Device, before: Option<Connection>) {
    let Some(before) = before else { return };
    if let Ok(hub) = device.client(&before)
        && let Err(error) = hub.log_out().await
    {
        tracing::debug!(%error, "the token of the earlier connection was not revoked");
    }
}

fn tell(settings: &Settings, address: &HubAddress) {
    let Some(connection) = &settings.connection else { return };
    console::say(&format!(
        "Connected to {address} as {}. This device is called \"{}\".",
        words::safe(&connection.user),
        words::safe(connection.device_name.as_str())
    ));
    let next = if settings.sources().is_empty() { "albumen source add FOLDER" } else { "albumen backup" };
    console::say(&format!("Next: {next}"));
}

/// The name that the person gave, or this computer's own.
fn device_name(given: Option<&str>) -> Result<Name, Failure> {
    match given {
        Some(name) => Name::new(name)
            .map_err(|error| Failure::usage(format!("the device cannot be called that: {error}"))),
        None => Ok(computer_name(hostname::get().ok().map(|name| name.to_string_lossy().into_owned()))),
    }
}

/// A computer's network name without its domain.
fn computer_name(host: Option<String>) -> Name {
    let host = host.unwrap_or_default();
    match host.split('.').next() {
        None | Some("" | "localhost") => Name::lenient("Computer"),
        Some(first) => Name::lenient(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_is_called_by_its_own_name() {
        for (host, name) in [
            (Some("laptop.home.arpa"), "laptop"),
            (Some("nas"), "nas"),
            (Some("localhost"), "Computer"),
            (None, "Computer"),
        ] {
            assert_eq!(computer_name(host.map(str::to_owned)).as_str(), name);
        }
    }

    #[test]
    fn only_the_same_device_of_the_same_hub_keeps_what_it_knows() {
        let connected = |device: u8, hub: u8| Connection {
            url: "http://hub".to_owned(),
            user: "sam".to_owned(),
            token: Secret::new("secret".to_owned()),
            device_name: Name::new("laptop").unwrap(),
            device_id: Some(domain::DeviceId::from_bytes([device; 16])),
            hub_id: Some(domain::HubId::from_bytes([hub; 16])),
        };
        let before = connected(1, 1);
        assert!(is_same_device(Some(&before), &connected(1, 1)));
        assert!(!is_same_device(Some(&before), &connected(2, 1)), "another person, or another device");
        assert!(!is_same_device(Some(&before), &connected(1, 2)), "another hub");
        assert!(!is_same_device(None, &connected(1, 1)), "somebody may have been here in between");
    }

    #[test]
    fn a_name_that_cannot_be_a_folder_is_refused() {
        assert!(matches!(device_name(Some("a/b")), Err(Failure::Usage(_))));
        assert_eq!(device_name(Some("Anna's laptop")).unwrap().as_str(), "Anna's laptop");
    }
}
