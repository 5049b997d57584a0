//! What the system says about network and power. A probe states facts; what follows from them is decided
//! in [`crate::policy`].

#[cfg(all(feature = "desktop", target_os = "linux"))]
mod dbus;

use std::fmt::Write as _;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// What a network runs over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// A cable.
    Wired,
    /// Wi-Fi.
    Wifi,
    /// A mobile network, or a phone that lends its own.
    Mobile,
    /// Anything else, such as a VPN.
    Other,
}

/// The network that leads to everywhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// The system cannot tell.
    #[default]
    Unknown,
    /// There is none, as far as the system knows. The hub may be reachable all the same: some networks are
    /// set up behind the system's back.
    Away,
    /// There is one.
    Connected {
        /// What it runs over.
        link: Link,
        /// It costs by the byte, or the system guesses so.
        metered: bool,
        /// What the system calls it: for Wi-Fi its name.
        name: Option<String>,
    },
}

impl Network {
    /// Whether it costs by the byte: mobile networks always count as if they did.
    pub const fn costs(&self) -> bool {
        match self {
            Self::Connected { link, metered, .. } => *metered || matches!(link, Link::Mobile),
            Self::Unknown | Self::Away => false,
        }
    }
}

/// Where the power comes from. `None` is what the system cannot tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Power {
    /// It comes from a battery.
    pub on_battery: Option<bool>,
    /// How full that is.
    pub percent: Option<u8>,
}

/// Everything that the system says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// The network.
    pub network: Network,
    /// The power.
    pub power: Power,
}

impl Conditions {
    /// In words: `Wi-Fi "Home", on battery (57 %)`.
    pub fn words(&self) -> String {
        let mut words = match &self.network {
            Network::Unknown => "the network cannot be told".to_owned(),
            Network::Away => "no network".to_owned(),
            Network::Connected { link, metered, name } => {
                let mut words = match link {
                    Link::Wired => "wired network",
                    Link::Wifi => "Wi-Fi",
                    Link::Mobile => "mobile network",
                    Link::Other => "network",
                }
                .to_owned();
                if let Some(name) = name {
                    // Writing into a string does not fail.
                    let _ = write!(words, " \"{name}\"");
                }
                words.push_str(if *metered { " (metered)" } else { "" });
                words
            }
        };
        if self.power.on_battery == Some(true) {
            words.push_str(", on battery");
            if let Some(percent) = self.power.percent {
                let _ = write!(words, " ({percent} %)");
            }
        }
        words
    }
}

/// What a probe saw last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The system was asked once: before that, the conditions are only guessed.
    pub asked: bool,
    /// What it said.
    pub conditions: Conditions,
    /// How often it woke up from sleep since.
    pub awakenings: u64,
}

/// A probe: what it saw last, and the work of looking, which is to run beside everything else for as long
/// as somebody wants to know.
pub struct Probe {
    /// Changes with what the system says.
    pub seen: watch::Receiver<Seen>,
    /// Never ends.
    pub looking: BoxFuture<'static, ()>,
}

impl std::fmt::Debug for Probe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Probe({:?})", self.seen)
    }
}

impl Probe {
    /// The probe for this system; one that can tell nothing where there is none.
    #[cfg(all(feature = "desktop", target_os = "linux"))]
    pub fn of_this_system() -> Self {
        dbus::probe()
    }

    /// The probe for this system; one that can tell nothing where there is none.
    #[cfg(not(all(feature = "desktop", target_os = "linux")))]
    pub fn of_this_system() -> Self {
        Self::silent()
    }

    /// What the system says now, for somebody who asks once.
    pub async fn asked(self) -> watch::Receiver<Seen> {
        let (mut seen, looking) = (self.seen, self.looking);
        tokio::select! {
            // One that has nobody left to ask tells nothing; then nothing is known.
            _ = seen.wait_for(|seen| seen.asked) => {}
            () = looking => {}
        }
        seen
    }

    /// A probe that can tell nothing.
    pub fn silent() -> Self {
        let (told, seen) = watch::channel(Seen { asked: true, ..Seen::default() });
        let looking = Box::pin(async move {
            // Held for ever, so that whoever waits for a change waits.
            let _told = told;
            std::future::pending::<()>().await;
        });
        Self { seen, looking }
    }

    /// A probe that says what a test tells it.
    pub fn told(conditions: Conditions) -> (watch::Sender<Seen>, Self) {
        let (told, seen) = watch::channel(Seen { asked: true, conditions, awakenings: 0 });
        (told, Self { seen, looking: Box::pin(std::future::pending()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_told_in_words() {
        let network = Network::Connected { link: Link::Wifi, metered: true, name: Some("Home".into()) };
        let power = Power { on_battery: Some(true), percent: Some(57) };
        let said = Conditions { network, power }.words();
        assert_eq!(said, "Wi-Fi \"Home\" (metered), on battery (57 %)");
        assert_eq!(Conditions::default().words(), "the network cannot be told");
        let away =
            Conditions { network: Network::Away, power: Power { on_battery: Some(false), percent: None } };
        assert_eq!(away.words(), "no network");
    }

    #[test]
    fn mobile_networks_cost_whatever_they_say() {
        for (link, metered, costs) in
            [(Link::Mobile, false, true), (Link::Wifi, true, true), (Link::Wifi, false, false)]
        {
            assert_eq!(Network::Connected { link, metered, name: None }.costs(), costs);
        }
        assert!(!Network::Unknown.costs() && !Network::Away.costs());
    }
}
