//! Linux: `NetworkManager`, `UPower` and `login1` on the system's message bus.
//!
//! Properties are read anew after each signal that they changed: a signal only wakes, it is not believed.
//! What is not there (no bus, no `NetworkManager`, no `UPower`) is not known, and is asked for again now and
//! then. Sources: the D-Bus interfaces `org.freedesktop.NetworkManager` (`NMState`, `NMMetered`),
//! `org.freedesktop.UPower`, `org.freedesktop.UPower.Device` and `org.freedesktop.login1.Manager`.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, select_all};
use tokio::sync::watch;
use tokio::time::timeout;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream, OwnedObjectPath, OwnedVariant};

use super::{Conditions, Link, Network, Power, Probe, Seen};

const NETWORK_MANAGER: &str = "org.freedesktop.NetworkManager";
const NETWORK_MANAGER_PATH: &str = "/org/freedesktop/NetworkManager";
const ACTIVE_CONNECTION: &str = "org.freedesktop.NetworkManager.Connection.Active";
const UPOWER: &str = "org.freedesktop.UPower";
const UPOWER_PATH: &str = "/org/freedesktop/UPower";
const DISPLAY_DEVICE_PATH: &str = "/org/freedesktop/UPower/devices/DisplayDevice";
const UPOWER_DEVICE: &str = "org.freedesktop.UPower.Device";
const LOGIN_MANAGER: &str = "org.freedesktop.login1.Manager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How long somebody on the bus may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a bus that was never there is not asked for.
const REST: Duration = Duration::from_mins(5);
/// How long one that went away, or did not answer, is not asked for.
const SHORT_REST: Duration = Duration::from_secs(5);
/// Signals that come within this time are answered with one look.
const GATHER: Duration = Duration::from_millis(50);

/// `NM_STATE_CONNECTED_LOCAL`: from here on there is some network.
const STATE_CONNECTED: u32 = 50;
/// `NM_STATE_ASLEEP`: this and what is above it, below connected, is known to be no network.
const STATE_ASLEEP: u32 = 10;
/// `NM_METERED_YES` and `NM_METERED_GUESS_YES`.
const METERED: [u32; 2] = [1, 3];
/// `UP_DEVICE_KIND_UNKNOWN`: there is no battery to show.
const NO_BATTERY: u32 = 0;

type Properties = HashMap<String, OwnedVariant>;

pub(super) fn probe() -> Probe {
    let (told, seen) = watch::channel(Seen::default());
    Probe { seen, looking: Box::pin(look_for_ever(told)) }
}

async fn look_for_ever(told: watch::Sender<Seen>) {
    loop {
        if let Err(error) = look(&told).await {
            tracing::debug!(%error, "the system's message bus does not tell about network and power");
        }
        // What was known last is believed for longer: a network that costs does not become free because
        // nobody answers.
        let was_there = told.borrow().asked && told.borrow().conditions != Conditions::default();
        told.send_if_modified(|seen| !std::mem::replace(&mut seen.asked, true));
        tokio::time::sleep(if was_there { SHORT_REST } else { REST }).await;
    }
}

/// Looks whenever something changed, until the bus goes away.
async fn look(told: &watch::Sender<Seen>) -> zbus::Result<()> {
    let away = |_| zbus::Error::Failure("the bus does not answer".to_owned());
    let bus = timeout(PATIENCE, Connection::system()).await.map_err(away)??;
    let mut signals = timeout(PATIENCE, signals(&bus)).await.map_err(away)??;
    loop {
        let conditions = Conditions { network: network(&bus).await?, power: power(&bus).await? };
        told.send_if_modified(|seen| {
            let is_news = !seen.asked || seen.conditions != conditions;
            (seen.asked, seen.conditions) = (true, conditions);
            is_news
        });
        let Some(first) = signals.next().await else { return Ok(()) };
        tell_awakening(&first, told);
        let gathered = tokio::time::sleep(GATHER);
        tokio::pin!(gathered);
        loop {
            tokio::select! {
                () = &mut gathered => break,
                next = signals.next() => match next {
                    Some(next) => tell_awakening(&next, told),
                    None => return Ok(()),
                },
            }
        }
    }
}

/// Whatever may change the answers, and the end of sleep.
async fn signals(bus: &Connection) -> zbus::Result<BoxStream<'static, Message>> {
    let mut all = Vec::new();
    for path in [NETWORK_MANAGER_PATH, UPOWER_PATH, DISPLAY_DEVICE_PATH] {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface(PROPERTIES)
            .member("PropertiesChanged")
            .path(path)
            .build()?;
        all.push(MessageStream::for_match_rule(rule, bus, None).await?);
    }
    for name in [NETWORK_MANAGER, UPOWER] {
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .interface("org.freedesktop.DBus")
            .member("NameOwnerChanged")
            .arg(0, name)
            .build()?;
        all.push(MessageStream::for_match_rule(rule, bus, None).await?);
    }
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(LOGIN_MANAGER)
        .member("PrepareForSleep")
        .build()?;
    all.push(MessageStream::for_match_rule(rule, bus, None).await?);
    let heard = select_all(all).filter_map(|message| async move { message.ok() });
    Ok(heard.boxed())
}

/// Counts the end of a sleep. Its beginning needs nothing: what is on its way goes on afterwards.
fn tell_awakening(message: &Message, told: &watch::Sender<Seen>) {
    let header = message.header();
    if header.member().is_some_and(|member| member.as_str() == "PrepareForSleep")
        && message.body().deserialize::<bool>().is_ok_and(|falls_asleep| !falls_asleep)
    {
        told.send_modify(|seen| seen.awakenings += 1);
    }
}

async fn network(bus: &Connection) -> zbus::Result<Network> {
    let Some(manager) = properties(bus, NETWORK_MANAGER, NETWORK_MANAGER_PATH, NETWORK_MANAGER).await? else {
        return Ok(Network::Unknown);
    };
    match take::<u32>(&manager, "State") {
        Some(state) if state >= STATE_CONNECTED => {}
        Some(state) if state >= STATE_ASLEEP => return Ok(Network::Away),
        _ => return Ok(Network::Unknown),
    }
    let name = match take::<OwnedObjectPath>(&manager, "PrimaryConnection") {
        Some(path) if path.as_str() != "/" => {
            let active = properties(bus, NETWORK_MANAGER, path.as_str(), ACTIVE_CONNECTION).await?;
            active.and_then(|active| take::<String>(&active, "Id")).filter(|name| !name.is_empty())
        }
        _ => None,
    };
    Ok(Network::Connected {
        link: link(&take::<String>(&manager, "PrimaryConnectionType").unwrap_or_default()),
        metered: take::<u32>(&manager, "Metered").is_some_and(|metered| METERED.contains(&metered)),
        name,
    })
}

/// The kind of a connection from its type in `NetworkManager`'s settings.
fn link(kind: &str) -> Link {
    match kind {
        "802-3-ethernet" | "pppoe" | "infiniband" | "adsl" => Link::Wired,
        "802-11-wireless" | "802-11-olpc-mesh" | "wifi-p2p" => Link::Wifi,
        // A phone that lends its network over Bluetooth pays for it like one that sends itself.
        "gsm" | "cdma" | "wimax" | "bluetooth" => Link::Mobile,
        _ => Link::Other,
    }
}

async fn power(bus: &Connection) -> zbus::Result<Power> {
    let upower = properties(bus, UPOWER, UPOWER_PATH, UPOWER).await?;
    let on_battery = upower.and_then(|upower| take::<bool>(&upower, "OnBattery"));
    if on_battery.is_none() {
        return Ok(Power::default());
    }
    let display = properties(bus, UPOWER, DISPLAY_DEVICE_PATH, UPOWER_DEVICE).await?.unwrap_or_default();
    let has_battery = take::<u32>(&display, "Type").is_some_and(|kind| kind != NO_BATTERY);
    let percent = take::<f64>(&display, "Percentage").filter(|_| has_battery).and_then(whole_percent);
    Ok(Power { on_battery, percent })
}

fn whole_percent(percent: f64) -> Option<u8> {
    (0..=100_u8).rev().find(|whole| f64::from(*whole) <= percent)
}

/// All properties of one interface; `None` where there is no such service. One that does not answer in
/// time is an error: it is there, and may say something else than what is assumed without it.
async fn properties(
    bus: &Connection,
    service: &str,
    path: &str,
    interface: &str,
) -> zbus::Result<Option<Properties>> {
    let about = (interface,);
    let asked = bus.call_method(Some(service), path, Some(PROPERTIES), "GetAll", &about);
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => {
            let body = answer.body();
            Ok(body.deserialize::<Properties>().ok())
        }
        Ok(Err(zbus::Error::InputOutput(error))) => Err(zbus::Error::InputOutput(error)),
        Ok(Err(_)) => Ok(None),
        Err(_) => Err(zbus::Error::Failure(format!("{service} does not answer"))),
    }
}

fn take<T: TryFrom<OwnedVariant>>(properties: &Properties, name: &str) -> Option<T> {
    properties.get(name).cloned().and_then(|value| T::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_connections_are_told_apart() {
        for (kind, expected) in [
            ("802-3-ethernet", Link::Wired),
            ("802-11-wireless", Link::Wifi),
            ("gsm", Link::Mobile),
            ("bluetooth", Link::Mobile),
            ("vpn", Link::Other),
            ("", Link::Other),
        ] {
            assert_eq!(link(kind), expected, "{kind}");
        }
    }

    #[test]
    fn a_level_is_rounded_down() {
        for (percent, whole) in [
            (57.9, Some(57)),
            (100.0, Some(100)),
            (0.4, Some(0)),
            (-1.0, None),
            (250.0, Some(100)),
            (f64::NAN, None),
        ] {
            assert_eq!(whole_percent(percent), whole, "{percent}");
        }
    }
}
