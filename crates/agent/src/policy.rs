//! May pictures be sent now? A pure function of what a person prefers, what the system says, and the time
//! of day; its answer says why not, and when to ask again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::conditions::{Conditions, Link, Network};
use crate::preferences::{Hours, Networks, Preferences};

/// Why something waits. A closed list: whoever shows it has a word and a remedy for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Automatic backup is off.
    PausedByYou,
    /// This network is a mobile one.
    MobileNetwork,
    /// This network costs by the byte.
    MeteredNetwork,
    /// Photos may go over this network, videos not.
    VideosOnMetered,
    /// This network is none of the chosen ones.
    OtherNetwork,
    /// Which network this is cannot be told, and only some are chosen.
    UnknownNetwork,
    /// As much went over networks that cost by the byte as may in a day.
    DailyLimit,
    /// On battery.
    OnBattery,
    /// On battery, and that is low.
    BatteryLow,
    /// Not at this time of the day.
    OutsideHours,
    /// The item was changed a moment ago.
    Fresh,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::PausedByYou,
        Self::MobileNetwork,
        Self::MeteredNetwork,
        Self::VideosOnMetered,
        Self::OtherNetwork,
        Self::UnknownNetwork,
        Self::DailyLimit,
        Self::OnBattery,
        Self::BatteryLow,
        Self::OutsideHours,
        Self::Fresh,
    ];

    /// The reason that has these words.
    pub fn of_words(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.words() == words)
    }

    /// In words that follow an item's name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PausedByYou => "paused by you",
            Self::MobileNetwork => "waiting for Wi-Fi: this is a mobile network",
            Self::MeteredNetwork => "waiting for another network: this one is metered",
            Self::VideosOnMetered => "waiting for Wi-Fi: videos do not go over mobile or metered networks",
            Self::OtherNetwork => "waiting for one of your networks: this one is not chosen",
            Self::UnknownNetwork => "waiting for one of your networks: which one this is cannot be told",
            Self::DailyLimit => {
                "waiting for tomorrow: today's limit for mobile and metered networks is reached"
            }
            Self::OnBattery => "waiting for the charger",
            Self::BatteryLow => "waiting for the charger: the battery is low",
            Self::OutsideHours => "waiting for the hours that you chose",
            Self::Fresh => "waiting a while: it was changed a moment ago",
        }
    }

    /// What a person may type to send all the same.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::PausedByYou => "albumen settings set automatic on",
            Self::MobileNetwork | Self::MeteredNetwork => "albumen settings set networks any",
            Self::VideosOnMetered => "albumen settings set metered-videos on",
            Self::OtherNetwork | Self::UnknownNetwork => "albumen settings set named-networks any",
            Self::DailyLimit => "albumen settings set metered-daily-limit none",
            Self::OnBattery => "albumen settings set only-charging off",
            Self::BatteryLow => "albumen settings set battery-from none",
            Self::OutsideHours => "albumen settings set hours any",
            Self::Fresh => "albumen settings set wait-after-capture none",
        }
    }
}

/// What may go now: nothing in the way of it, or the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permit {
    /// Of photos and everything else that is no video.
    pub photos: Option<Reason>,
    /// Of videos.
    pub videos: Option<Reason>,
}

impl Permit {
    /// Nothing may go, because of this.
    pub const fn refused(reason: Reason) -> Self {
        Self { photos: Some(reason), videos: Some(reason) }
    }

    /// The reason why nothing may go; `None` when something may.
    pub fn nothing_may(&self) -> Option<Reason> {
        self.photos.filter(|_| self.videos.is_some())
    }
}

/// What was decided, and how long it holds if nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// What may go.
    pub permit: Permit,
    /// How many bytes at most; `None` for any number.
    pub allowance_bytes: Option<u64>,
    /// When the time alone may change the answer.
    pub again_in: Option<Duration>,
}

/// Decides. What cannot be told counts as what most computers have: a network that costs nothing, and
/// mains. Only a choice of named networks needs the name.
pub fn decide(
    preferences: &Preferences,
    conditions: &Conditions,
    minute_of_day: u16,
    metered_today_bytes: u64,
) -> Decision {
    let costs = conditions.network.costs();
    let left_bytes = preferences
        .metered_daily_bytes
        .filter(|_| costs)
        .map(|limit_bytes| limit_bytes.saturating_sub(metered_today_bytes));
    let general = paused(preferences)
        .or_else(|| network(preferences, conditions))
        .or_else(|| (left_bytes == Some(0)).then_some(Reason::DailyLimit))
        .or_else(|| power(preferences, conditions))
        .or_else(|| hours(preferences, minute_of_day));
    let videos_cost = costs && !preferences.metered_videos;
    let permit = Permit {
        photos: general,
        videos: general.or_else(|| videos_cost.then_some(Reason::VideosOnMetered)),
    };
    Decision {
        permit,
        allowance_bytes: left_bytes,
        again_in: again_in(preferences, left_bytes, minute_of_day),
    }
}

fn paused(preferences: &Preferences) -> Option<Reason> {
    (!preferences.automatic).then_some(Reason::PausedByYou)
}

fn network(preferences: &Preferences, conditions: &Conditions) -> Option<Reason> {
    if !preferences.named_networks.is_empty() {
        match &conditions.network {
            Network::Connected { name: Some(name), .. } if !preferences.named_networks.contains(name) => {
                return Some(Reason::OtherNetwork);
            }
            Network::Connected { name: None, .. } | Network::Unknown | Network::Away => {
                return Some(Reason::UnknownNetwork);
            }
            Network::Connected { .. } => {}
        }
    }
    match (&conditions.network, preferences.networks) {
        (Network::Connected { link: Link::Mobile, .. }, Networks::Unmetered) => Some(Reason::MobileNetwork),
        (Network::Connected { metered: true, .. }, Networks::Unmetered) => Some(Reason::MeteredNetwork),
        _ => None,
    }
}

fn power(preferences: &Preferences, conditions: &Conditions) -> Option<Reason> {
    let power = conditions.power;
    if power.on_battery != Some(true) {
        return None;
    }
    if preferences.only_charging {
        return Some(Reason::OnBattery);
    }
    let least = preferences.battery_from_percent?;
    power.percent.is_some_and(|percent| percent < least).then_some(Reason::BatteryLow)
}

fn hours(preferences: &Preferences, minute_of_day: u16) -> Option<Reason> {
    preferences.hours.is_some_and(|hours| !hours.contains(minute_of_day)).then_some(Reason::OutsideHours)
}

fn again_in(preferences: &Preferences, left_bytes: Option<u64>, minute_of_day: u16) -> Option<Duration> {
    let edge = preferences.hours.map(|hours| hours.minutes_to_edge(minute_of_day));
    let midnight = left_bytes.map(|_| Hours::DAY - minute_of_day.min(Hours::DAY - 1));
    let minutes = edge.into_iter().chain(midnight).min()?;
    Some(Duration::from_mins(minutes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conditions::Power;

    fn on(link: Link, metered: bool) -> Network {
        Network::Connected { link, metered, name: Some("Home".into()) }
    }

    fn reasons(change: impl Fn(&mut Preferences), network: Network, power: Power, minute: u16) -> Permit {
        let mut preferences = Preferences::default();
        change(&mut preferences);
        decide(&preferences, &Conditions { network, power }, minute, 0).permit
    }

    const MAINS: Power = Power { on_battery: Some(false), percent: Some(5) };
    const fn battery(percent: u8) -> Power {
        Power { on_battery: Some(true), percent: Some(percent) }
    }

    #[test]
    fn networks_that_cost_are_used_only_when_a_person_says_so() {
        let both = Permit::refused;
        let no_videos = Permit { photos: None, videos: Some(Reason::VideosOnMetered) };
        let any = |of: &mut Preferences| of.networks = Networks::Any;
        let with_videos = |of: &mut Preferences| (of.networks, of.metered_videos) = (Networks::Any, true);
        let usual = |_: &mut Preferences| {};
        for (link, metered, expected, expected_any) in [
            (Link::Wired, false, Permit::default(), Permit::default()),
            (Link::Wifi, false, Permit::default(), Permit::default()),
            (Link::Other, false, Permit::default(), Permit::default()),
            (Link::Wifi, true, both(Reason::MeteredNetwork), no_videos),
            (Link::Wired, true, both(Reason::MeteredNetwork), no_videos),
            (Link::Mobile, false, both(Reason::MobileNetwork), no_videos),
            (Link::Mobile, true, both(Reason::MobileNetwork), no_videos),
        ] {
            let network = || on(link, metered);
            assert_eq!(reasons(usual, network(), MAINS, 0), expected, "{link:?} {metered}");
            assert_eq!(reasons(any, network(), MAINS, 0), expected_any, "{link:?} {metered}");
            assert_eq!(reasons(with_videos, network(), MAINS, 0), Permit::default());
        }
    }

    #[test]
    fn what_cannot_be_told_holds_nothing_up_but_a_choice_of_names() {
        let nothing_known = Power::default();
        assert_eq!(reasons(|_| {}, Network::Unknown, nothing_known, 0), Permit::default());
        assert_eq!(reasons(|of| of.only_charging = true, Network::Away, nothing_known, 0), Permit::default());
        let named = |of: &mut Preferences| of.named_networks = vec!["Home".into()];
        assert_eq!(reasons(named, Network::Unknown, MAINS, 0), Permit::refused(Reason::UnknownNetwork));
        assert_eq!(reasons(named, on(Link::Wifi, false), MAINS, 0), Permit::default());
        let hotel = Network::Connected { link: Link::Wifi, metered: false, name: Some("Hotel".into()) };
        assert_eq!(reasons(named, hotel, MAINS, 0), Permit::refused(Reason::OtherNetwork));
        assert_eq!(
            reasons(named, on(Link::Wifi, true), MAINS, 0),
            Permit::refused(Reason::MeteredNetwork),
            "a chosen name does not make a network free"
        );
    }

    #[test]
    fn batteries_are_spared() {
        let home = || on(Link::Wifi, false);
        for (power, expected, charging_only) in [
            (MAINS, None, None),
            (battery(80), None, Some(Reason::OnBattery)),
            (battery(20), None, Some(Reason::OnBattery)),
            (battery(19), Some(Reason::BatteryLow), Some(Reason::OnBattery)),
            (Power { on_battery: Some(true), percent: None }, None, Some(Reason::OnBattery)),
        ] {
            assert_eq!(reasons(|_| {}, home(), power, 0).nothing_may(), expected, "{power:?}");
            let permit = reasons(|of| of.only_charging = true, home(), power, 0);
            assert_eq!(permit.nothing_may(), charging_only, "{power:?}");
            assert_eq!(reasons(|of| of.battery_from_percent = None, home(), power, 0), Permit::default());
        }
    }

    #[test]
    fn hours_say_when_to_look_again() {
        let night = Preferences { hours: Some(Hours { from: 1320, to: 360 }), ..Preferences::default() };
        for (minute, reason, minutes) in [
            (0, None, 360),
            (359, None, 1),
            (360, Some(Reason::OutsideHours), 960),
            (1319, Some(Reason::OutsideHours), 1),
            (1320, None, 480),
        ] {
            let decision = decide(&night, &Conditions::default(), minute, 0);
            assert_eq!(decision.permit.nothing_may(), reason, "{minute}");
            assert_eq!(decision.again_in, Some(Duration::from_mins(minutes)), "{minute}");
        }
        assert_eq!(decide(&Preferences::default(), &Conditions::default(), 0, 0).again_in, None);
    }

    #[test]
    fn the_daily_limit_counts_where_bytes_cost_and_ends_at_midnight() {
        let preferences = Preferences {
            networks: Networks::Any,
            metered_daily_bytes: Some(1000),
            ..Preferences::default()
        };
        let mobile = Conditions { network: on(Link::Mobile, true), power: MAINS };
        let some_left = decide(&preferences, &mobile, 1380, 999);
        assert_eq!((some_left.permit.photos, some_left.allowance_bytes), (None, Some(1)));
        let none_left = decide(&preferences, &mobile, 1380, 1000);
        assert_eq!(none_left.permit, Permit::refused(Reason::DailyLimit));
        assert_eq!(none_left.again_in, Some(Duration::from_hours(1)));
        let home = Conditions { network: on(Link::Wifi, false), power: MAINS };
        let free = decide(&preferences, &home, 1380, 5000);
        assert_eq!((free.permit, free.allowance_bytes), (Permit::default(), None));
    }

    #[test]
    fn a_pause_comes_first_and_every_reason_has_its_own_words_and_a_remedy_that_is_a_setting() {
        let paused = reasons(|of| of.automatic = false, on(Link::Mobile, true), battery(1), 0);
        assert_eq!(paused, Permit::refused(Reason::PausedByYou));
        let mut words: Vec<_> = Reason::ALL.iter().map(|reason| reason.words()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Reason::ALL.len());
        let now = jiff::Zoned::new(jiff::Timestamp::UNIX_EPOCH, jiff::tz::TimeZone::UTC);
        for reason in Reason::ALL {
            let mut remedy = reason.remedy().strip_prefix("albumen settings set ").unwrap().split(' ');
            let key = crate::preferences::Key::named(remedy.next().unwrap()).unwrap();
            key.set(&mut Preferences::default(), remedy.next().unwrap(), &now).unwrap();
        }
    }
}
