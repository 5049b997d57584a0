//! `albumen source`: the folders that hold the albums.

use std::path::Path;

use agent::Ledger;
use serde::Serialize;

use crate::arguments::SourceCommand;
use crate::console;
use crate::device::Device;
use crate::failure::{Failure, Verdict};
use crate::words;

/// A folder as `source list --json` prints it.
#[derive(Debug, Serialize)]
struct Listed {
    path: String,
    all_files: bool,
    reachable: bool,
}

pub(crate) fn run(device: &Device, command: &SourceCommand) -> Result<Verdict, Failure> {
    match command {
        SourceCommand::Add { path, all_files } => add(device, path, *all_files)?,
        SourceCommand::List { json } => list(device, *json)?,
        SourceCommand::Remove { path } => remove(device, path)?,
    }
    Ok(Verdict::Done)
}

fn add(device: &Device, path: &Path, all_files: bool) -> Result<(), Failure> {
    let mut settings = device.settings()?;
    settings.add_source(path, all_files)?;
    device.save(&settings)?;
    let what = if all_files { "all files" } else { "pictures and videos" };
    console::say(&format!("Added {}: {what} in it, each folder an album.", shown(path)));
    let next = if settings.connection.is_some() {
        "albumen backup, or albumen albums to choose"
    } else {
        "albumen connect http://HUB:PORT --user NAME"
    };
    console::say(&format!("Next: {next}"));
    Ok(())
}

fn list(device: &Device, json: bool) -> Result<(), Failure> {
    let settings = device.settings()?;
    let sources: Vec<Listed> = settings
        .sources()
        .iter()
        .map(|source| {
            let path = source.path.to_path();
            Listed { reachable: path.is_dir(), path: path.display().to_string(), all_files: source.all_files }
        })
        .collect();
    if json {
        return console::say_json(&sources);
    }
    if sources.is_empty() {
        console::say("No folders yet: albumen source add FOLDER");
    }
    for source in sources {
        let kind = if source.all_files { " (all files)" } else { "" };
        let gone = if source.reachable { "" } else { " (cannot be opened right now)" };
        console::say(&format!("{}{kind}{gone}", words::safe(&source.path)));
    }
    Ok(())
}

fn remove(device: &Device, path: &Path) -> Result<(), Failure> {
    let mut settings = device.settings()?;
    let id = settings.remove_source(path)?;
    // The ledger first: when it is busy nothing was changed, and a source's id is never used again.
    Ledger::open(&device.folder)?.forget_source(id)?;
    device.save(&settings)?;
    console::say(&format!("Removed {}. Nothing was deleted, neither here nor on the hub.", shown(path)));
    Ok(())
}

fn shown(path: &Path) -> String {
    words::safe(&path.display().to_string()).into_owned()
}
