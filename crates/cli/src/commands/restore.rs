//! `albumen restore`: brings files back from the hub.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agent::restore::{self, RemoteArchive, RestoreOutcome, RestoreParts};
use agent::uploader::HubError;
use agent::{RunOptions, SystemPause};
use client::HubClient;
use domain::{Name, OsRandom};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use wire::{FileBelow, PageQuery};

use super::albums::no_such_album;
use crate::arguments::RestoreArguments;
use crate::console::{self, Mood, paint};
use crate::device::{Device, connected};
use crate::failure::{Failure, Verdict};
use crate::progress::Progress;
use crate::words::{count, part_verb, safe, size, took, verb};
use crate::{outcome, stop, suggest};

/// Files on their way at a time.
const DOWNLOADS: usize = 4;
/// How many devices are asked for, to guess which was meant.
const GUESSES: u32 = 1000;

/// A dry run as `--json` prints it.
#[derive(Debug, Serialize)]
struct DryRun {
    files: u64,
    bytes: u64,
    items: Vec<Planned>,
}

#[derive(Debug, Serialize)]
struct Planned {
    item: String,
    bytes: u64,
}

pub(crate) async fn run(device: &Device, arguments: RestoreArguments) -> Result<Verdict, Failure> {
    let settings = device.settings()?;
    let connection = connected(&settings)?;
    let hub = device.client(connection)?;
    let name = match &arguments.device {
        None => connection.device_name.clone(),
        Some(name) => {
            Name::new(name).map_err(|error| Failure::usage(format!("no device is called that: {error}")))?
        }
    };
    let archive = match RemoteArchive::of_device(hub.clone(), &name).await {
        Ok(archive) => archive,
        Err(error) => return Err(no_such_device(&hub, &name, error).await),
    };
    let progress = Arc::new(Progress::new(arguments.json));
    let parts = RestoreParts {
        archive: Arc::new(archive),
        pause: Arc::new(SystemPause::new()),
        random: Arc::new(OsRandom),
        reports: Arc::clone(&progress) as Arc<dyn agent::Reports>,
        downloads: DOWNLOADS,
        patience: arguments.patience_seconds.map_or(RunOptions::default().patience, Duration::from_secs),
    };
    let listed = tokio::select! {
        listed = list(&parts, arguments.album.as_deref()) => listed,
        never = progress.draw() => match never {},
    };
    if arguments.dry_run || listed.is_err() {
        progress.clear();
        return dry_run(listed?, &arguments);
    }
    let Some(outcome) = watch(&parts, listed?, &arguments.to, &progress).await else {
        return Ok(Verdict::StoppedAtOnce);
    };
    report(&outcome, &arguments)
}

/// What is on the hub. An album without files is one that is not there.
async fn list(parts: &RestoreParts, album: Option<&str>) -> Result<Vec<FileBelow>, Failure> {
    let files = restore::list(parts, album).await?;
    match album {
        Some(album) if files.is_empty() => {
            let all = restore::list(parts, None).await?;
            let mut names: Vec<String> = all.iter().map(|file| file.folder.to_string()).collect();
            names.dedup();
            let words = no_such_album(album, names.iter().map(String::as_str));
            Err(Failure::usage(format!("{words}; nothing was written")))
        }
        _ => Ok(files),
    }
}

/// Says that a device has backed up nothing, and which one may have been meant.
async fn no_such_device(hub: &HubClient, name: &Name, error: HubError) -> Failure {
    if !matches!(error, HubError::Refused(_)) {
        return error.into();
    }
    let page = PageQuery { after: None, limit: Some(GUESSES) };
    let devices = hub.devices(&page).await.map(|devices| devices.items).unwrap_or_default();
    let others = devices.iter().map(|device| device.name.as_str()).filter(|other| *other != name.as_str());
    match suggest::nearest(name.as_str(), others) {
        Some(near) => {
            Failure::usage(format!("nothing was backed up by \"{name}\", did you mean \"{near}\"?"))
        }
        None => Failure::usage(format!("nothing was backed up by \"{name}\": {error}")),
    }
}

/// Writes beside the display and beside Ctrl-C; `None` when it was left at once.
async fn watch(
    parts: &RestoreParts,
    files: Vec<FileBelow>,
    to: &Path,
    progress: &Progress,
) -> Option<RestoreOutcome> {
    let stop = CancellationToken::new();
    let outcome = tokio::select! {
        // In this order: Ctrl-C is listened for before anything begins.
        biased;
        () = stop::listen(stop.clone()) => None,
        never = progress.draw() => match never {},
        outcome = Box::pin(restore::restore(parts, files, to, &stop)) => Some(outcome),
    };
    progress.clear();
    outcome
}

fn dry_run(files: Vec<FileBelow>, arguments: &RestoreArguments) -> Result<Verdict, Failure> {
    let plan = restore::plan(files);
    if arguments.json {
        let items =
            plan.items.iter().map(|item| Planned { item: item.shown(), bytes: item.size_bytes }).collect();
        console::say_json(&DryRun { files: plan.items.len() as u64, bytes: plan.bytes(), items })?;
    } else {
        console::say(&format!(
            "{} ({}) would be written to {}; what is there already is kept.",
            files_words(plan.items.len() as u64),
            size(plan.bytes()),
            safe(&arguments.to.display().to_string())
        ));
    }
    Ok(Verdict::Done)
}

fn report(outcome: &RestoreOutcome, arguments: &RestoreArguments) -> Result<Verdict, Failure> {
    if arguments.json {
        console::say_json(outcome)?;
    } else {
        let mood = if outcome.all_back() { Mood::Good } else { Mood::Bad };
        for (index, line) in lines(outcome, &arguments.to.display().to_string()).iter().enumerate() {
            console::say(&if index == 0 { paint(line, mood) } else { line.clone() });
        }
    }
    Ok(if outcome.all_back() { Verdict::Done } else { Verdict::NotSafe })
}

fn lines(outcome: &RestoreOutcome, to: &str) -> Vec<String> {
    let back = outcome.restored + outcome.kept;
    let place = safe(to);
    let mut lines = vec![match (outcome.files, outcome.failed.len() as u64) {
        (0, 0) => "Nothing is backed up there, so there was nothing to bring back.".to_owned(),
        (1, 0) => format!("The only file is back in {place}, verified"),
        (files, 0) => format!("All {} are back in {place}, verified", files_words(files)),
        (files, failed) => format!(
            "{} of {} {} back in {place}; {} {} not:",
            count(back),
            files_words(files),
            part_verb(back, files),
            count(failed),
            verb(failed)
        ),
    }];
    lines.extend(outcome::reason_lines(outcome.failed.iter().map(|file| (&*file.item, &*file.reason))));
    let renamed: Vec<(String, &str)> = outcome
        .renamed
        .iter()
        .map(|file| (format!("{} is now {}", file.name, file.written), &*file.reason))
        .collect();
    lines.extend(outcome::reasons(
        "under another name",
        renamed.iter().map(|(file, reason)| (file.as_str(), *reason)),
    ));
    if outcome.files > 0 {
        lines.push(format!(
            "{} written, {} there already; {} in {}.",
            count(outcome.restored),
            count(outcome.kept),
            size(outcome.bytes_written),
            took(outcome.seconds)
        ));
    }
    lines
}

fn files_words(number: u64) -> String {
    format!("{} file{}", count(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use agent::restore::{NotRestored, Renamed};

    use super::*;

    #[test]
    fn a_restore_ends_in_words() {
        let all = RestoreOutcome {
            files: 4812,
            restored: 4800,
            kept: 12,
            bytes_written: 12_000_000_000,
            seconds: 184.0,
            ..RestoreOutcome::default()
        };
        assert_eq!(
            lines(&all, "/home/anna/back"),
            [
                "All 4 812 files are back in /home/anna/back, verified",
                "4 800 written, 12 there already; 12 GB in 3 min 4 s.",
            ]
        );
        let some = RestoreOutcome {
            files: 3,
            restored: 1,
            kept: 0,
            renamed: vec![Renamed {
                name: "Trips/a:b.jpg".into(),
                written: "/back/Trips/a_b.jpg".into(),
                reason: "this disk cannot hold the name".into(),
            }],
            failed: vec![
                NotRestored { item: "Trips/\u{1b}c.jpg".into(), reason: "the hub is away".into() },
                NotRestored { item: "Trips/d.jpg".into(), reason: "the hub is away".into() },
            ],
            bytes_written: 500,
            seconds: 1.0,
        };
        assert_eq!(
            lines(&some, "/back"),
            [
                "1 of 3 files is back in /back; 2 are not:",
                "  Trips/\\u{1b}c.jpg: the hub is away",
                "  Trips/d.jpg: the hub is away",
                "1 item under another name:",
                "  Trips/a:b.jpg is now /back/Trips/a_b.jpg: this disk cannot hold the name",
                "1 written, 0 there already; 500 bytes in 1.0 s.",
            ]
        );
        assert!(lines(&RestoreOutcome::default(), "/back")[0].starts_with("Nothing is backed up there"));
    }
}
