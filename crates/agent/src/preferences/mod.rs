//! What a person prefers: when, over which network, and what is backed up. Part of the one settings file.
//!
//! Each preference is one [`Key`] with a name, an explanation and a value as text. The file holds those
//! that differ from the defaults, as the same texts: what is written there can be read, and a key that
//! this version does not know is refused by name instead of being passed over in silence.

mod key;
mod value;

use std::collections::BTreeMap;

use domain::TimestampMs;
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use key::Key;

/// Which networks pictures may go over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Networks {
    /// Wired and Wi-Fi, but none that costs by the byte.
    #[default]
    Unmetered,
    /// Mobile networks and metered Wi-Fi as well.
    Any,
}

/// Which kinds of items are backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kinds {
    /// Photos and videos.
    #[default]
    All,
    /// No videos.
    Photos,
    /// Videos only.
    Videos,
}

/// Into which folders below the device's own folder on the hub items go. Hub albums do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subfolders {
    /// One for each device album.
    #[default]
    Album,
    /// `2026`
    Year,
    /// `2026/11`
    Month,
    /// `2026/11/27`
    Day,
}

/// A part of the day, in minutes since midnight. It may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first minute in it.
    pub from: u16,
    /// The first minute after it.
    pub to: u16,
}

impl Hours {
    /// Minutes of a day.
    pub const DAY: u16 = 24 * 60;

    /// Whether a minute of the day is in it.
    pub const fn contains(self, minute: u16) -> bool {
        if self.from <= self.to {
            self.from <= minute && minute < self.to
        } else {
            self.from <= minute || minute < self.to
        }
    }

    /// Minutes until it begins (from outside) or ends (from inside), one at least.
    pub const fn minutes_to_edge(self, minute: u16) -> u16 {
        let edge = if self.contains(minute) { self.to } else { self.from };
        let left = (edge + Self::DAY - minute) % Self::DAY;
        if left == 0 { Self::DAY } else { left }
    }
}

/// Everything that a person prefers on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// `albumen run` backs up by itself.
    pub automatic: bool,
    /// Which networks.
    pub networks: Networks,
    /// On networks that cost by the byte also videos.
    pub metered_videos: bool,
    /// How many bytes a day may go over networks that cost by the byte.
    pub metered_daily_bytes: Option<u64>,
    /// Only these networks, by name; all when empty.
    pub named_networks: Vec<String>,
    /// Only with the charger.
    pub only_charging: bool,
    /// On battery not below this level.
    pub battery_from_percent: Option<u8>,
    /// Only in this part of the day.
    pub hours: Option<Hours>,
    /// No more bytes a second than this.
    pub speed_bytes: Option<u64>,
    /// An item is left alone for so long after it was last changed.
    pub wait_ms: u64,
    /// Which kinds.
    pub kinds: Kinds,
    /// No items smaller than this.
    pub size_from_bytes: Option<u64>,
    /// No items larger than this.
    pub size_to_bytes: Option<u64>,
    /// No items whose path fits one of these patterns.
    pub leave_out: Vec<String>,
    /// No items older than this, by the time of their last change.
    pub since_ms: Option<TimestampMs>,
    /// Into which folders.
    pub subfolders: Subfolders,
}

impl Default for Preferences {
    /// Considerate: nothing that costs money, and no flat battery.
    fn default() -> Self {
        Self {
            automatic: true,
            networks: Networks::Unmetered,
            metered_videos: false,
            metered_daily_bytes: None,
            named_networks: Vec::new(),
            only_charging: false,
            battery_from_percent: Some(20),
            hours: None,
            speed_bytes: None,
            wait_ms: 0,
            kinds: Kinds::All,
            size_from_bytes: None,
            size_to_bytes: None,
            leave_out: Vec::new(),
            since_ms: None,
            subfolders: Subfolders::Album,
        }
    }
}

impl Preferences {
    /// Whether these are the defaults.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Serialize for Preferences {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let defaults = Self::default();
        let texts = Key::ALL.into_iter().map(|key| {
            let shown = |of| key.show(of, &TimeZone::UTC);
            (key.name(), shown(self), shown(&defaults))
        });
        let differing = texts.filter(|(_, text, default)| text != default);
        serializer.collect_map(differing.map(|(name, text, _)| (name, text)))
    }
}

impl<'de> Deserialize<'de> for Preferences {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let mut preferences = Self::default();
        // Days in the file are in UTC, so that a journey does not move them.
        let epoch = Zoned::new(jiff::Timestamp::UNIX_EPOCH, TimeZone::UTC);
        for (name, text) in texts {
            let key = Key::named(&name)
                .ok_or_else(|| de::Error::custom(format!("this version knows no setting \"{name}\"")))?;
            key.set(&mut preferences, &text, &epoch)
                .map_err(|words| de::Error::custom(format!("{name} cannot be \"{text}\": {words}")))?;
        }
        Ok(preferences)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_what_differs_and_reads_as_it_was_written() {
        assert_eq!(serde_json::to_string(&Preferences::default()).unwrap(), "{}");
        let mut chosen = Preferences {
            automatic: false,
            networks: Networks::Any,
            metered_daily_bytes: Some(200_000_000),
            named_networks: vec!["Home".into(), "Café Ö".into()],
            battery_from_percent: None,
            hours: Some(Hours { from: 22 * 60, to: 6 * 60 + 30 }),
            speed_bytes: Some(2_500_000),
            wait_ms: 600_000,
            kinds: Kinds::Photos,
            size_to_bytes: Some(123_456_789),
            leave_out: vec!["WhatsApp/**".into(), "*.tmp".into()],
            since_ms: Some(1_700_000_000_123),
            subfolders: Subfolders::Month,
            ..Preferences::default()
        };
        let text = serde_json::to_string(&chosen).unwrap();
        assert!(text.contains(r#""metered-daily-limit":"200 MB""#), "{text}");
        assert_eq!(serde_json::from_str::<Preferences>(&text).unwrap(), chosen);
        (chosen.only_charging, chosen.metered_videos, chosen.size_from_bytes) = (true, true, Some(7));
        let text = serde_json::to_string(&chosen).unwrap();
        assert_eq!(serde_json::from_str::<Preferences>(&text).unwrap(), chosen);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let refused = |text| serde_json::from_str::<Preferences>(text).unwrap_err().to_string();
        assert!(refused(r#"{"netwroks":"any"}"#).contains("knows no setting \"netwroks\""));
        assert!(refused(r#"{"hours":"late"}"#).contains("hours cannot be \"late\""));
    }

    #[test]
    fn hours_may_go_over_midnight() {
        let night = Hours { from: 22 * 60, to: 6 * 60 };
        for (minute, inside, left) in
            [(0, true, 360), (359, true, 1), (360, false, 960), (1319, false, 1), (1320, true, 480)]
        {
            assert_eq!((night.contains(minute), night.minutes_to_edge(minute)), (inside, left), "{minute}");
        }
        let day = Hours { from: 480, to: 1080 };
        assert!(day.contains(480) && !day.contains(1080) && !day.contains(0));
        assert_eq!(day.minutes_to_edge(1080), 840);
    }
}
