//! How far a run is, counted from the engine's events. Pure: time comes with each event.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use agent::Event;

use super::rate::Rate;

/// What is going on, apart from numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Phase {
    /// Nothing was heard yet.
    #[default]
    Starting,
    /// Sources are looked at.
    Looking {
        /// Where.
        place: String,
    },
    /// Items are read, offered and sent.
    Working,
    /// Files are written.
    Restoring,
    /// It is over.
    Ended,
}

/// The hub does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Away {
    /// What the network said.
    pub(crate) reason: String,
    /// When it is tried again.
    pub(crate) retry_at_ms: u64,
}

/// An item whose bytes are on their way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flight {
    /// Which.
    pub(crate) item: Arc<str>,
    /// Its length.
    pub(crate) size_bytes: u64,
    /// How much of it the hub was sent.
    pub(crate) sent_bytes: u64,
}

/// How far a run is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// What is going on.
    pub(crate) phase: Phase,
    /// Items that the scan met so far.
    pub(crate) seen: u64,
    /// Items that are chosen.
    pub(crate) chosen: u64,
    /// Their bytes.
    pub(crate) chosen_bytes: u64,
    /// Items that are on the hub.
    pub(crate) safe: u64,
    /// Their bytes.
    pub(crate) safe_bytes: u64,
    /// Items that somebody decided against.
    pub(crate) skipped: u64,
    /// Items that are not safe.
    pub(crate) failed: u64,
    /// Items that were read and hashed in this run.
    pub(crate) hashed: u64,
    /// Bytes that went over the network in this run.
    pub(crate) moved_bytes: u64,
    /// Bytes that a restore wrote of files that are not back yet.
    unfinished_bytes: u64,
    /// Items on their way, the one that began first in front.
    pub(crate) flights: VecDeque<Flight>,
    /// Items that wait for their next try: when, and why.
    pub(crate) retrying: HashMap<Arc<str>, (u64, String)>,
    /// Set while the hub does not answer.
    pub(crate) away: Option<Away>,
    /// Why everything is compared again, if it is.
    pub(crate) comparing: Option<String>,
    network: Rate,
    progress: Rate,
}

impl Tally {
    /// Takes an event that happened at `now_ms`. Others than these are passed over: what a later engine
    /// tells may be new.
    pub(crate) fn apply(&mut self, event: &Event, now_ms: u64) {
        match event {
            Event::Looking { .. } | Event::Surveyed { .. } | Event::RestorePlanned { .. } => {
                self.begin(event);
            }
            Event::Hashed { .. } => self.hashed += 1,
            Event::Sending { item, bytes, from_byte } => self.take_off(item, *bytes, *from_byte),
            Event::Sent { item, bytes } => self.sent(item, *bytes),
            Event::RestoreWrote { item, bytes } => self.wrote(item, *bytes),
            Event::Stored { item, bytes, .. } => self.is_safe(item, *bytes),
            Event::Restored { item, bytes, kept, .. } => self.is_back(item, *bytes, *kept),
            Event::Skipped(item) => {
                self.land(&item.item);
                self.skipped += 1;
            }
            Event::Failed(item) => {
                self.land(&item.item);
                self.failed += 1;
            }
            Event::Retrying { item, in_ms, reason } => {
                self.land(item);
                self.retrying.insert(Arc::clone(item), (now_ms.saturating_add(*in_ms), reason.clone()));
            }
            Event::HubAway { reason, retry_in_ms } => {
                self.forget_speed();
                let retry_at_ms = now_ms.saturating_add(*retry_in_ms);
                self.away = Some(Away { reason: reason.clone(), retry_at_ms });
            }
            Event::HubBack => self.away = None,
            Event::ComparingAll { reason } => self.comparing = Some(reason.clone()),
            Event::Ended(_) => self.end(),
            _ => {}
        }
    }

    /// A part of the run begins: what it is about is known now.
    fn begin(&mut self, event: &Event) {
        match event {
            Event::Looking { place, seen } => {
                self.phase = Phase::Looking { place: place.clone() };
                self.seen = *seen;
            }
            Event::Surveyed { chosen, chosen_bytes, safe, safe_bytes, .. } => {
                self.phase = Phase::Working;
                (self.chosen, self.chosen_bytes) = (*chosen, *chosen_bytes);
                (self.safe, self.safe_bytes) = (*safe, *safe_bytes);
            }
            Event::RestorePlanned { files, bytes } => {
                self.phase = Phase::Restoring;
                (self.chosen, self.chosen_bytes) = (*files, *bytes);
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        self.phase = Phase::Ended;
        self.flights.clear();
        self.retrying.clear();
        self.away = None;
    }

    /// Lets time go by: speeds are measured between ticks. Call it a few times a second.
    pub(crate) fn tick(&mut self, now_ms: u64) {
        if matches!(self.phase, Phase::Working | Phase::Restoring) && self.away.is_none() {
            self.network.note(now_ms, self.moved_bytes);
            self.progress.note(now_ms, self.done_bytes());
        }
    }

    /// Items that are done, one way or another.
    pub(crate) fn done(&self) -> u64 {
        self.safe + self.skipped + self.failed
    }

    /// Bytes that are on the hub, those of items on their way included.
    pub(crate) fn done_bytes(&self) -> u64 {
        let flying: u64 = self.flights.iter().map(|flight| flight.sent_bytes).sum();
        (self.safe_bytes + self.unfinished_bytes + flying).min(self.chosen_bytes.max(self.safe_bytes))
    }

    /// Bytes over the network per second; `None` while nobody can know.
    pub(crate) fn bytes_per_second(&self, now_ms: u64) -> Option<u64> {
        self.network.per_second(now_ms)
    }

    /// How long it still takes; `None` unless it goes steadily.
    pub(crate) fn time_left(&self, now_ms: u64) -> Option<std::time::Duration> {
        self.progress.time_left(now_ms, self.chosen_bytes.saturating_sub(self.done_bytes()))
    }

    fn forget_speed(&mut self) {
        self.network.restart();
        self.progress.restart();
    }

    fn take_off(&mut self, item: &Arc<str>, size_bytes: u64, sent_bytes: u64) {
        self.land(item);
        self.flights.push_back(Flight { item: Arc::clone(item), size_bytes, sent_bytes });
    }

    fn sent(&mut self, item: &Arc<str>, bytes: u64) {
        self.moved_bytes += bytes;
        if let Some(flight) = self.flights.iter_mut().find(|flight| flight.item == *item) {
            flight.sent_bytes = (flight.sent_bytes + bytes).min(flight.size_bytes);
        }
    }

    /// More of a file was written.
    fn wrote(&mut self, item: &Arc<str>, bytes: u64) {
        self.retrying.remove(item);
        self.moved_bytes += bytes;
        self.unfinished_bytes += bytes;
    }

    /// An item is on the hub.
    fn is_safe(&mut self, item: &Arc<str>, bytes: u64) {
        self.land(item);
        self.safe += 1;
        self.safe_bytes += bytes;
    }

    /// A file is on this device.
    fn is_back(&mut self, item: &Arc<str>, bytes: u64, kept: bool) {
        self.is_safe(item, bytes);
        if !kept {
            self.unfinished_bytes = self.unfinished_bytes.saturating_sub(bytes);
        }
    }

    /// The item is no longer on its way, and waits for nothing.
    fn land(&mut self, item: &Arc<str>) {
        self.flights.retain(|flight| flight.item != *item);
        self.retrying.remove(item);
    }
}

#[cfg(test)]
mod tests {
    use agent::{Ending, NotStored};

    use super::*;

    fn item() -> Arc<str> {
        "/p/a.jpg".into()
    }

    fn sending(from_byte: u64) -> Event {
        Event::Sending { item: item(), bytes: 100, from_byte }
    }

    fn sent(bytes: u64) -> Event {
        Event::Sent { item: item(), bytes }
    }

    fn not_stored() -> NotStored {
        NotStored { album: "a".into(), item: item(), reason: "gone".into(), permanent: true }
    }

    fn after(events: &[Event]) -> Tally {
        let mut tally = Tally::default();
        let surveyed =
            Event::Surveyed { chosen: 3, chosen_bytes: 400, safe: 1, safe_bytes: 200, left_out: 0 };
        tally.apply(&surveyed, 0);
        for event in events {
            tally.apply(event, 1000);
        }
        tally
    }

    #[test]
    fn bytes_on_their_way_count_once() {
        let half = [sending(0), sent(30), sent(20)];
        assert_eq!(after(&half).done_bytes(), 250);
        let stored = Event::Stored { item: item(), bytes: 100, already_held: false };
        let tally = after(&[&half[..], &[stored]].concat());
        assert_eq!((tally.done(), tally.done_bytes(), tally.moved_bytes), (2, 300, 50));
        assert!(tally.flights.is_empty());
    }

    #[test]
    fn a_second_try_does_not_count_the_first_ones_bytes_as_progress() {
        let retrying = Event::Retrying { item: item(), in_ms: 4000, reason: "cut".into() };
        let waiting = after(&[sending(0), sent(80), retrying.clone()]);
        assert_eq!((waiting.done_bytes(), waiting.moved_bytes), (200, 80));
        assert_eq!(waiting.retrying[&item()], (5000, "cut".to_owned()));
        let again = after(&[sending(0), sent(80), retrying, sending(40), sent(10)]);
        assert_eq!((again.done_bytes(), again.moved_bytes), (250, 90));
        assert!(again.retrying.is_empty());
    }

    #[test]
    fn whatever_becomes_of_an_item_it_is_done() {
        assert_eq!(after(&[sending(0), Event::Failed(not_stored())]).done(), 2);
        assert_eq!(after(&[Event::Skipped(not_stored())]).done(), 2);
        let ended = after(&[sending(0), Event::Ended(Ending::Stopped)]);
        assert!(ended.flights.is_empty() && ended.phase == Phase::Ended);
    }

    #[test]
    fn a_restore_counts_what_it_wrote_once() {
        let mut tally = Tally::default();
        tally.apply(&Event::RestorePlanned { files: 3, bytes: 300 }, 0);
        tally.apply(&Event::Restored { item: item(), place: item(), bytes: 100, kept: true }, 0);
        tally.apply(&Event::RestoreWrote { item: item(), bytes: 60 }, 0);
        assert_eq!((tally.done(), tally.done_bytes(), tally.moved_bytes), (1, 160, 60));
        tally.apply(&Event::RestoreWrote { item: item(), bytes: 40 }, 0);
        tally.apply(&Event::Restored { item: item(), place: item(), bytes: 100, kept: false }, 0);
        assert_eq!((tally.done(), tally.done_bytes(), tally.moved_bytes), (2, 200, 100));
    }

    #[test]
    fn a_file_that_is_fetched_again_waits_until_bytes_come_or_it_ends() {
        let retrying = Event::Retrying { item: item(), in_ms: 4000, reason: "cut".into() };
        for (next, failed) in [
            (Event::RestoreWrote { item: item(), bytes: 1 }, 0),
            (Event::Restored { item: item(), place: "/back/a.jpg".into(), bytes: 100, kept: false }, 0),
            (Event::Failed(not_stored()), 1),
        ] {
            let mut tally = Tally::default();
            tally.apply(&Event::RestorePlanned { files: 1, bytes: 100 }, 0);
            tally.apply(&retrying, 0);
            assert_eq!(tally.retrying.len(), 1);
            tally.apply(&next, 4000);
            assert_eq!((tally.retrying.len(), tally.failed), (0, failed), "{next:?}");
        }
    }

    #[test]
    fn a_hub_that_is_away_stops_the_clock() {
        let mut tally = after(&[sending(0)]);
        for second in 0..40 {
            tally.apply(&sent(1), second * 1000);
            tally.tick(second * 1000);
        }
        assert_eq!(tally.bytes_per_second(39_000), Some(1));
        assert!(tally.time_left(39_000).is_some());
        tally.apply(&Event::HubAway { reason: "refused".into(), retry_in_ms: 8000 }, 39_000);
        assert_eq!(tally.away.as_ref().map(|away| away.retry_at_ms), Some(47_000));
        tally.tick(45_000);
        assert_eq!((tally.bytes_per_second(45_000), tally.time_left(45_000)), (None, None));
        tally.apply(&Event::HubBack, 47_000);
        assert_eq!(tally.away, None);
    }
}
