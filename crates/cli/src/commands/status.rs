//! `albumen status`: what is safe, as far as this device knows. Asks nobody.

use agent::attendant::status::{Items, LiveStatus};
use agent::attendant::{EngineLock, Holder};
use agent::ledger::{Counts, LastRun, Ledger, LedgerError};
use agent::sources::SourceId;
use agent::{Ending, Settings};
use domain::{Clock as _, SystemClock, TimestampMs};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::arguments::StatusArguments;
use crate::console::{self, Mood, paint};
use crate::device::Device;
use crate::failure::{Failure, Verdict};
use crate::outcome;
use crate::state;
use crate::words::{count, items, safe, size};

/// The status as `--json` prints it. The token is not in it.
#[derive(Debug, Serialize)]
struct Status {
    hub: Option<String>,
    user: Option<String>,
    device_name: Option<String>,
    sources: Vec<String>,
    /// A backup is going on right now; the rest is then left out.
    running: bool,
    counts: Option<Counts>,
    last_run: Option<LastRun>,
    /// What `albumen run` does right now; absent while it does not run.
    engine: Option<LiveStatus>,
    /// What is not on the hub, item by item; only when asked for.
    items: Option<Items>,
}

pub(crate) fn run(device: &Device, arguments: &StatusArguments) -> Result<Verdict, Failure> {
    let settings = device.settings()?;
    let mut status = gather(device, &settings)?;
    if arguments.items {
        status.items = Some(Items::read(&device.folder).unwrap_or_default());
    }
    if arguments.json {
        console::say_json(&status)?;
        return Ok(Verdict::Done);
    }
    let zone = TimeZone::system();
    let now_ms = SystemClock.now_ms();
    for (line, mood) in lines(&status, now_ms, &zone) {
        console::say(&mood.map_or_else(|| line.clone(), |mood| paint(&line, mood)));
    }
    Ok(Verdict::Done)
}

fn gather(device: &Device, settings: &Settings) -> Result<Status, Failure> {
    let sources: Vec<SourceId> = settings.sources().iter().map(|source| source.id).collect();
    let memory = match Ledger::open(&device.folder) {
        Ok(ledger) => Some((ledger.counts(&sources)?, ledger.last_run()?)),
        Err(LedgerError::Busy) => None,
        Err(error) => return Err(error.into()),
    };
    let connection = settings.connection.as_ref();
    Ok(Status {
        hub: connection.map(|connection| connection.url.clone()),
        user: connection.map(|connection| connection.user.clone()),
        device_name: connection.map(|connection| connection.device_name.to_string()),
        sources: settings
            .sources()
            .iter()
            .map(|source| source.path.to_path().display().to_string())
            .collect(),
        running: memory.is_none(),
        counts: memory.as_ref().map(|(counts, _)| *counts),
        last_run: memory.and_then(|(_, last_run)| last_run),
        engine: (EngineLock::holder(&device.folder) == Some(Holder::Run))
            .then(|| LiveStatus::read(&device.folder))
            .flatten(),
        items: None,
    })
}

fn lines(status: &Status, now_ms: TimestampMs, zone: &TimeZone) -> Vec<(String, Option<Mood>)> {
    let mut lines = vec![];
    if let Some(engine) = &status.engine {
        lines.push((state::line(&engine.phase, Some(now_ms)), state::mood(&engine.phase)));
        lines.extend(state::details(engine, zone).into_iter().map(|line| (line, None)));
    }
    match (&status.hub, &status.user, &status.device_name) {
        (Some(hub), Some(user), Some(device)) => {
            lines.push((format!("Hub: {} as {}, this is \"{}\"", safe(hub), safe(user), safe(device)), None));
        }
        _ => lines.push(("Not connected: albumen connect http://HUB:PORT --user NAME".to_owned(), None)),
    }
    match status.sources.len() {
        0 => lines.push(("No folders yet: albumen source add FOLDER".to_owned(), None)),
        1 => lines.push((format!("Folder: {}", safe(&status.sources[0])), None)),
        number => lines.push((format!("Folders: {number} (albumen source list)"), None)),
    }
    if status.running && status.engine.is_none() {
        lines.push(("A backup is running right now.".to_owned(), None));
    }
    if let Some(counts) = &status.counts {
        lines.push((known(counts), None));
    }
    if let Some(last) = &status.last_run {
        let mood = if last.all_safe { Mood::Good } else { Mood::Bad };
        lines.push((last_run(last, zone), Some(mood)));
        lines.extend(last.why.as_deref().map(|why| (format!("  {}", safe(why)), None)));
    } else if status.counts.is_some() {
        lines.push(("No backup has ended yet: albumen backup".to_owned(), None));
    }
    if let Some(listed) = &status.items {
        lines.extend(item_lines(listed).into_iter().map(|line| (line, None)));
    }
    lines
}

fn item_lines(listed: &Items) -> Vec<String> {
    let mut lines = Vec::new();
    for (kind, list) in
        [("waiting", &listed.waiting), ("not safe", &listed.failed), ("left out", &listed.skipped)]
    {
        lines.extend(outcome::reasons(kind, list.iter().map(|item| (&*item.item, &*item.reason))));
    }
    if lines.is_empty() {
        lines.push("No item is waiting, not safe or left out, as far as the last look knows.".to_owned());
    }
    lines
}

fn known(counts: &Counts) -> String {
    let mut parts = vec![format!("{} safe on the hub", items(counts.stored))];
    for (number, what) in [
        (counts.waiting, "waiting"),
        (counts.failed, "failed"),
        (counts.deleted_earlier, "deleted on the hub and not sent again"),
    ] {
        if number > 0 {
            parts.push(format!("{} {what}", count(number)));
        }
    }
    format!("Known here: {} ({} altogether)", parts.join(", "), size(counts.bytes))
}

fn last_run(last: &LastRun, zone: &TimeZone) -> String {
    let when = state::clock(last.finished_at_ms, zone);
    let how = match last.ending {
        Ending::Complete if last.all_safe => format!("all {} safe", items(last.safe)),
        Ending::Complete if last.failed == 0 => {
            format!("{} safe as far as is known here, but the hub did not confirm it", items(last.safe))
        }
        Ending::Complete => format!("{} safe, {} not", items(last.safe), count(last.failed)),
        Ending::HubAway => format!("the hub went away, {} safe", items(last.safe)),
        Ending::Revoked => "the hub did not know this device any more".to_owned(),
        Ending::HubFull => format!("the hub's disk was full, {} safe", items(last.safe)),
        Ending::Stopped => format!("stopped, {} safe", items(last.safe)),
        Ending::Waiting => format!("waiting, {} safe", items(last.safe)),
    };
    format!("Last backup: {when}, {how}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        Status {
            hub: Some("http://nas:8000".into()),
            user: Some("anna".into()),
            device_name: Some("lap\ntop".into()),
            sources: vec!["/home/anna/Pictures".into()],
            running: false,
            counts: Some(Counts {
                stored: 4810,
                waiting: 2,
                failed: 0,
                deleted_earlier: 1,
                bytes: 12_000_000,
            }),
            last_run: Some(LastRun {
                finished_at_ms: 1_700_000_000_000,
                ending: Ending::Complete,
                seen: 4812,
                safe: 4812,
                skipped: 0,
                failed: 0,
                all_safe: true,
                why: None,
            }),
            engine: None,
            items: None,
        }
    }

    fn text(status: &Status) -> Vec<String> {
        lines(status, 0, &TimeZone::UTC).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn a_status_is_four_lines() {
        assert_eq!(
            text(&status()),
            [
                "Hub: http://nas:8000 as anna, this is \"lap\\ntop\"",
                "Folder: /home/anna/Pictures",
                "Known here: 4 810 items safe on the hub, 2 waiting, 1 deleted on the hub and not sent again (12 MB altogether)",
                "Last backup: 2023-11-14 22:13, all 4 812 items safe",
            ]
        );
    }

    #[test]
    fn a_new_device_is_told_what_to_do() {
        let fresh = Status {
            hub: None,
            user: None,
            device_name: None,
            sources: vec![],
            counts: Some(Counts::default()),
            last_run: None,
            ..status()
        };
        assert_eq!(
            text(&fresh),
            [
                "Not connected: albumen connect http://HUB:PORT --user NAME",
                "No folders yet: albumen source add FOLDER",
                "Known here: 0 items safe on the hub (0 bytes altogether)",
                "No backup has ended yet: albumen backup",
            ]
        );
    }

    #[test]
    fn a_running_backup_is_told_and_not_disturbed() {
        let running = Status { running: true, counts: None, last_run: None, ..status() };
        assert_eq!(text(&running)[2..], ["A backup is running right now."]);
    }

    #[test]
    fn a_run_that_did_not_end_well_is_not_called_safe() {
        for (ending, words) in [
            (Ending::HubAway, "the hub went away, 4 812 items safe"),
            (Ending::Revoked, "the hub did not know this device any more"),
            (Ending::HubFull, "the hub's disk was full, 4 812 items safe"),
            (Ending::Stopped, "stopped, 4 812 items safe"),
            (Ending::Complete, "4 812 items safe, 2 not"),
        ] {
            let last = LastRun { ending, all_safe: false, failed: 2, ..status().last_run.unwrap() };
            assert_eq!(last_run(&last, &TimeZone::UTC), format!("Last backup: 2023-11-14 22:13, {words}"));
        }
        let why = Some("/mnt/card: it is empty now\n".to_owned());
        let unconfirmed = LastRun { all_safe: false, why, ..status().last_run.unwrap() };
        assert_eq!(
            text(&Status { last_run: Some(unconfirmed), ..status() })[3..],
            [
                "Last backup: 2023-11-14 22:13, 4 812 items safe as far as is known here, \
                 but the hub did not confirm it",
                "  /mnt/card: it is empty now\\n",
            ]
        );
    }
}
