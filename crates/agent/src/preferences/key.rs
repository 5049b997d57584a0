//! The names of the settings, what each means, and how its value is read and shown. The only list: the
//! command line, its help and the file are made of it.

use jiff::Zoned;
use jiff::tz::TimeZone;

use super::value;
use super::{Hours, Kinds, Networks, Preferences, Subfolders};
use crate::uploader::flow::SLOWEST_BYTES;

const NETWORKS: &[(&str, Networks)] = &[("unmetered", Networks::Unmetered), ("any", Networks::Any)];
const KINDS: &[(&str, Kinds)] = &[("all", Kinds::All), ("photos", Kinds::Photos), ("videos", Kinds::Videos)];
const SUBFOLDERS: &[(&str, Subfolders)] = &[
    ("album", Subfolders::Album),
    ("year", Subfolders::Year),
    ("month", Subfolders::Month),
    ("day", Subfolders::Day),
];

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// See [`Key::about`], for this and all others.
    Automatic,
    /// When: networks.
    Networks,
    /// When: networks.
    MeteredVideos,
    /// When: networks.
    MeteredDailyLimit,
    /// When: networks.
    NamedNetworks,
    /// When: power.
    OnlyCharging,
    /// When: power.
    BatteryFrom,
    /// When: time.
    Hours,
    /// How.
    SpeedLimit,
    /// When: the item's own time.
    WaitAfterCapture,
    /// What.
    Kinds,
    /// What.
    SizeFrom,
    /// What.
    SizeTo,
    /// What.
    LeaveOut,
    /// What.
    Since,
    /// Where to.
    Subfolders,
}

impl Key {
    /// All of them, in the order in which a person reads them.
    pub const ALL: [Self; 16] = [
        Self::Automatic,
        Self::Networks,
        Self::MeteredVideos,
        Self::MeteredDailyLimit,
        Self::NamedNetworks,
        Self::OnlyCharging,
        Self::BatteryFrom,
        Self::Hours,
        Self::SpeedLimit,
        Self::WaitAfterCapture,
        Self::Kinds,
        Self::SizeFrom,
        Self::SizeTo,
        Self::LeaveOut,
        Self::Since,
        Self::Subfolders,
    ];

    /// The key of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// Its name in the file and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Networks => "networks",
            Self::MeteredVideos => "metered-videos",
            Self::MeteredDailyLimit => "metered-daily-limit",
            Self::NamedNetworks => "named-networks",
            Self::OnlyCharging => "only-charging",
            Self::BatteryFrom => "battery-from",
            Self::Hours => "hours",
            Self::SpeedLimit => "speed-limit",
            Self::WaitAfterCapture => "wait-after-capture",
            Self::Kinds => "kinds",
            Self::SizeFrom => "size-from",
            Self::SizeTo => "size-to",
            Self::LeaveOut => "leave-out",
            Self::Since => "since",
            Self::Subfolders => "subfolders",
        }
    }

    /// What it does, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Automatic => "Whether albumen run backs up by itself; off is a pause until it is on again",
            Self::Networks => {
                "unmetered: only wired networks and Wi-Fi that cost nothing by the byte; \
                 any: mobile networks and metered Wi-Fi, too"
            }
            Self::MeteredVideos => {
                "Whether videos go over mobile networks and metered Wi-Fi, where these are used at all"
            }
            Self::MeteredDailyLimit => "How much may go over mobile networks and metered Wi-Fi in a day",
            Self::NamedNetworks => {
                "Only these networks, by the names that the system gives them, with commas between them"
            }
            Self::OnlyCharging => "Whether to send only while the computer has mains power",
            Self::BatteryFrom => "On battery, nothing is sent below this level",
            Self::Hours => "The part of the day in which to send, such as 22:00-06:00",
            Self::SpeedLimit => "How fast to send at most, all files together",
            Self::WaitAfterCapture => "How long an item is left alone after it was last changed",
            Self::Kinds => "What to back up: all, photos or videos",
            Self::SizeFrom => "Smaller items are left out",
            Self::SizeTo => "Larger items are left out",
            Self::LeaveOut => {
                "Items to leave out, as patterns with commas between them: *.tmp is compared with each name on \
                 the way to an item, Chats/** with its whole path below the folder that was added"
            }
            Self::Since => {
                "Items that were last changed before this day are left out; now: only new ones from now on"
            }
            Self::Subfolders => {
                "Folders below this device's folder on the hub: one per album, or by the item's time of change \
                 year, month (2026/11) or day (2026/11/27)"
            }
        }
    }

    /// What may be written, for help texts.
    pub const fn values(self) -> &'static str {
        match self {
            Self::Automatic | Self::MeteredVideos | Self::OnlyCharging => "on, off",
            Self::Networks => "unmetered, any",
            Self::MeteredDailyLimit | Self::SizeFrom | Self::SizeTo => "a size such as 200 MB, none",
            Self::NamedNetworks => "names, any",
            Self::BatteryFrom => "a level such as 20 %, none",
            Self::Hours => "FROM-TO such as 22:00-06:00, any",
            Self::SpeedLimit => "a speed such as 2 MB/s, none",
            Self::WaitAfterCapture => "a time such as 10 min, none",
            Self::Kinds => "all, photos, videos",
            Self::LeaveOut => "patterns, none",
            Self::Since => "a day such as 2026-11-27, now, all",
            Self::Subfolders => "album, year, month, day",
        }
    }

    /// Its value as text. Reading that text gives the same value again.
    pub fn show(self, of: &Preferences, zone: &TimeZone) -> String {
        match self {
            Self::Automatic => value::show_switch(of.automatic).to_owned(),
            Self::Networks => shown(of.networks, NETWORKS),
            Self::MeteredVideos => value::show_switch(of.metered_videos).to_owned(),
            Self::MeteredDailyLimit => value::show_size(of.metered_daily_bytes),
            Self::NamedNetworks => value::show_names(&of.named_networks, "any"),
            Self::OnlyCharging => value::show_switch(of.only_charging).to_owned(),
            Self::BatteryFrom => value::show_percent(of.battery_from_percent),
            Self::Hours => show_hours(of.hours),
            Self::SpeedLimit => value::show_speed(of.speed_bytes),
            Self::WaitAfterCapture => value::show_time(of.wait_ms),
            Self::Kinds => shown(of.kinds, KINDS),
            Self::SizeFrom => value::show_size(of.size_from_bytes),
            Self::SizeTo => value::show_size(of.size_to_bytes),
            Self::LeaveOut => value::show_names(&of.leave_out, "none"),
            Self::Since => value::show_since(of.since_ms, zone),
            Self::Subfolders => shown(of.subfolders, SUBFOLDERS),
        }
    }

    /// Takes a value as a person wrote it; otherwise says what may be written, and changes nothing.
    pub fn set(self, of: &mut Preferences, text: &str, now: &Zoned) -> Result<(), String> {
        match self {
            Self::Automatic => of.automatic = value::switch(text)?,
            Self::Networks => of.networks = value::word(text, NETWORKS)?,
            Self::MeteredVideos => of.metered_videos = value::switch(text)?,
            Self::MeteredDailyLimit => of.metered_daily_bytes = value::size(text)?,
            Self::NamedNetworks => of.named_networks = value::names(text)?,
            Self::OnlyCharging => of.only_charging = value::switch(text)?,
            Self::BatteryFrom => of.battery_from_percent = value::percent(text)?,
            Self::Hours => of.hours = hours(text)?,
            Self::SpeedLimit => of.speed_bytes = value::speed(text, SLOWEST_BYTES)?,
            Self::WaitAfterCapture => of.wait_ms = value::time_ms(text)?,
            Self::Kinds => of.kinds = value::word(text, KINDS)?,
            Self::SizeFrom => of.size_from_bytes = value::size(text)?,
            Self::SizeTo => of.size_to_bytes = value::size(text)?,
            Self::LeaveOut => {
                let patterns = value::names(text)?;
                crate::rules::check_patterns(&patterns)?;
                of.leave_out = patterns;
            }
            Self::Since => of.since_ms = value::since(text, now)?,
            Self::Subfolders => of.subfolders = value::word(text, SUBFOLDERS)?,
        }
        Ok(())
    }

    /// Puts the default back.
    pub fn unset(self, of: &mut Preferences, now: &Zoned) -> Result<(), String> {
        let default = self.show(&Preferences::default(), now.time_zone());
        self.set(of, &default, now)
    }
}

fn shown<T: PartialEq>(value: T, words: &[(&str, T)]) -> String {
    words.iter().find(|(_, known)| *known == value).map(|(word, _)| (*word).to_owned()).unwrap_or_default()
}

fn hours(text: &str) -> Result<Option<Hours>, String> {
    if value::is_nothing(text) {
        return Ok(None);
    }
    let wrong = || "write two times of the day such as 22:00-06:00, or any".to_owned();
    let (from, to) = text.split_once(['-', '–']).ok_or_else(wrong)?;
    let (from, to) = (minute(from).ok_or_else(wrong)?, minute(to).ok_or_else(wrong)? % Hours::DAY);
    let from = from % Hours::DAY;
    if from == to {
        Err("both times are the same; for the whole day, write any".to_owned())
    } else {
        Ok(Some(Hours { from, to }))
    }
}

/// `22:00`, `22` or `6:30`, as minutes since midnight; 24:00 is the end of the day.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    let all = hour.checked_mul(60)?.checked_add(minute)?;
    (minute < 60 && all <= Hours::DAY).then_some(all)
}

fn show_hours(hours: Option<Hours>) -> String {
    hours.map_or_else(
        || "any".to_owned(),
        |Hours { from, to }| format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60),
    )
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn now() -> Zoned {
        Timestamp::from_second(1_700_000_000).unwrap().to_zoned(TimeZone::UTC)
    }

    #[test]
    fn every_key_is_listed_once_and_shows_what_it_understands() {
        let mut names: Vec<_> = Key::ALL.iter().map(|key| key.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Key::ALL.len());
        for key in Key::ALL {
            assert_eq!(Key::named(key.name()), Some(key));
            assert!(!key.about().is_empty() && !key.values().is_empty());
            let mut preferences = Preferences::default();
            let shown = key.show(&preferences, &TimeZone::UTC);
            key.set(&mut preferences, &shown, &now()).unwrap();
            assert!(preferences.is_default(), "{}: {shown}", key.name());
        }
    }

    #[test]
    fn each_key_changes_its_own_value_and_unset_takes_that_back() {
        for (key, text, shown) in [
            (Key::Automatic, "no", "off"),
            (Key::Networks, "Any", "any"),
            (Key::MeteredVideos, "on", "on"),
            (Key::MeteredDailyLimit, "0.2 GB", "200 MB"),
            (Key::NamedNetworks, "Home,  Office", "Home, Office"),
            (Key::OnlyCharging, "yes", "on"),
            (Key::BatteryFrom, "35", "35 %"),
            (Key::Hours, "22 - 6:30", "22:00-06:30"),
            (Key::SpeedLimit, "2MB/s", "2 MB/s"),
            (Key::WaitAfterCapture, "90 min", "90 min"),
            (Key::Kinds, "photos", "photos"),
            (Key::SizeFrom, "10 kB", "10 kB"),
            (Key::SizeTo, "4 GB", "4 GB"),
            (Key::LeaveOut, "*.tmp,Chats/**", "*.tmp, Chats/**"),
            (Key::Since, "2023-11-01", "2023-11-01"),
            (Key::Subfolders, "day", "day"),
        ] {
            let mut preferences = Preferences::default();
            key.set(&mut preferences, text, &now()).unwrap();
            assert_eq!(key.show(&preferences, &TimeZone::UTC), shown);
            let changed: Vec<_> = Key::ALL
                .into_iter()
                .filter(|key| {
                    key.show(&preferences, &TimeZone::UTC)
                        != key.show(&Preferences::default(), &TimeZone::UTC)
                })
                .collect();
            assert_eq!(changed, [key]);
            key.unset(&mut preferences, &now()).unwrap();
            assert!(preferences.is_default(), "{}", key.name());
        }
    }

    #[test]
    fn what_is_wrong_is_refused_in_words_and_changes_nothing() {
        for (key, text, words) in [
            (Key::Automatic, "maybe", "on or off"),
            (Key::Networks, "wifi", "unmetered, any"),
            (Key::Hours, "25:00-6", "22:00-06:00"),
            (Key::Hours, "6-6", "the same"),
            (Key::SpeedLimit, "1 kB/s", "the least is"),
            (Key::Subfolders, "week", "album, year, month, day"),
            (Key::LeaveOut, "a[b", "pattern"),
            (Key::BatteryFrom, "lots", "100 %"),
        ] {
            let mut preferences = Preferences::default();
            let refused = key.set(&mut preferences, text, &now()).unwrap_err();
            assert!(refused.contains(words), "{refused}");
            assert!(preferences.is_default());
        }
    }
}
