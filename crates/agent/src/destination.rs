//! Into which folder of the hub an item goes.

use domain::{FolderPath, Name, TimestampMs};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::preferences::Subfolders;

/// The topmost folder of backups, in the person's own Space. The hub puts what names no folder below it,
/// too.
const BACKUP_FOLDER: &str = "Album Backup";

/// Names folders. The default leaves it to the hub, which makes one for each device album.
#[derive(Debug, Clone)]
pub struct Destination {
    subfolders: Subfolders,
    /// Where the person is: a day ends there at midnight.
    zone: TimeZone,
}

impl Default for Destination {
    fn default() -> Self {
        Self { subfolders: Subfolders::Album, zone: TimeZone::UTC }
    }
}

impl Destination {
    /// Folders of this kind; days as in this time zone.
    pub const fn new(subfolders: Subfolders, zone: TimeZone) -> Self {
        Self { subfolders, zone }
    }

    /// The folder of an item that was last changed then; `None` for the one of its album.
    pub fn folder(&self, device: &Name, modified_at_ms: TimestampMs) -> Option<FolderPath> {
        let parts = match self.subfolders {
            Subfolders::Album => return None,
            Subfolders::Year => 1,
            Subfolders::Month => 2,
            Subfolders::Day => 3,
        };
        let day = Timestamp::from_millisecond(modified_at_ms).ok()?.to_zoned(self.zone.clone()).date();
        let date = [format!("{:04}", day.year()), format!("{:02}", day.month()), format!("{:02}", day.day())];
        let mut names = vec![Name::new(BACKUP_FOLDER).ok()?, device.clone()];
        for part in &date[..parts] {
            names.push(Name::new(part).ok()?);
        }
        FolderPath::new(names).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_goes_where_its_day_is_here() {
        let device = Name::new("Laptop").unwrap();
        // Half past eleven in the evening in London, past midnight in Berlin.
        let at_ms = 1_704_065_400_000;
        let east = TimeZone::fixed(jiff::tz::offset(1));
        for (subfolders, zone, folder) in [
            (Subfolders::Album, TimeZone::UTC, None),
            (Subfolders::Year, TimeZone::UTC, Some("Album Backup/Laptop/2023")),
            (Subfolders::Year, east.clone(), Some("Album Backup/Laptop/2024")),
            (Subfolders::Month, TimeZone::UTC, Some("Album Backup/Laptop/2023/12")),
            (Subfolders::Day, east, Some("Album Backup/Laptop/2024/01/01")),
        ] {
            let named = Destination::new(subfolders, zone).folder(&device, at_ms);
            assert_eq!(named.map(|folder| folder.to_string()).as_deref(), folder);
        }
    }
}
