//! `albumen albums`: lists the device albums, and decides about them.

use std::sync::Arc;

use agent::albums::{self, Albums, ListedAlbum};
use agent::settings::AlbumState;
use agent::{Ledger, Settings};
use domain::Name;
use serde::Serialize;

use crate::arguments::{AlbumsArguments, AlbumsCommand};
use crate::console;
use crate::device::Device;
use crate::failure::{Failure, Verdict};
use crate::suggest;
use crate::words::{count, items, safe, size};

/// An album as `albums --json` prints it.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    name: &'a str,
    place: &'a str,
    state: AlbumState,
    items: u64,
    bytes: u64,
}

pub(crate) async fn run(device: &Device, arguments: AlbumsArguments) -> Result<Verdict, Failure> {
    if arguments.json && arguments.choice.is_some() {
        return Err(Failure::usage("--json is for the list; decisions print nothing to read for a program"));
    }
    let mut settings = device.settings()?;
    if settings.sources().is_empty() {
        return Err(Failure::usage(
            "there are no folders to look for albums in yet: albumen source add FOLDER",
        ));
    }
    let albums = look(device, &settings).await?;
    for away in &albums.away {
        console::note(&format!("{} cannot be looked at: {}", safe(&away.place), safe(&away.reason)));
    }
    match arguments.choice {
        None => list(&albums, arguments.json)?,
        Some(choice) => {
            let (names, state) = match choice {
                AlbumsCommand::Include(names) => (names, AlbumState::Include),
                AlbumsCommand::Exclude(names) => (names, AlbumState::Exclude),
                AlbumsCommand::Neutral(names) => (names, AlbumState::Neutral),
            };
            decide(&mut settings, &albums.albums, &names.names, state)?;
            device.save(&settings)?;
            console::say(&decided(&names.names, state));
        }
    }
    Ok(Verdict::Done)
}

/// Looks at the folders, off the runtime.
async fn look(device: &Device, settings: &Settings) -> Result<Albums, Failure> {
    let (folder, settings) = (device.folder.clone(), settings.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let ledger = Ledger::open(&folder)?;
        albums::list(&settings.open_sources(), &settings, &ledger)
    });
    Ok(looked
        .await
        .map_err(|error| Failure::words(format!("looking at the folders broke down: {error}")))??)
}

fn list(albums: &Albums, json: bool) -> Result<(), Failure> {
    if json {
        let rows = albums.albums.iter().map(|album| Listed {
            name: &album.name,
            place: &album.place,
            state: album.state,
            items: album.items,
            bytes: album.bytes,
        });
        return console::say_json(&rows.collect::<Vec<_>>());
    }
    for line in table(&albums.albums) {
        console::say(&line);
    }
    Ok(())
}

/// One line per album, in columns, and what comes of it.
fn table(albums: &[ListedAlbum]) -> Vec<String> {
    if albums.is_empty() {
        return vec!["No albums: none of the folders holds pictures or videos.".to_owned()];
    }
    let names: Vec<_> = albums.iter().map(|album| safe(&album.name)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let row = |(album, name): (&ListedAlbum, _)| {
        let size = size(album.bytes);
        format!("{:<7}  {name:<width$}  {:>12}  {size:>10}", album.state.as_str(), items(album.items))
    };
    let mut lines: Vec<String> = albums.iter().zip(&names).map(row).collect();
    let of = |state| albums.iter().filter(|album| album.state == state).count() as u64;
    lines.push(format!(
        "{} of {} albums are backed up, {} excluded, {} neutral.",
        count(of(AlbumState::Include)),
        count(albums.len() as u64),
        count(of(AlbumState::Exclude)),
        count(of(AlbumState::Neutral))
    ));
    lines
}

/// Decides about every named album, or about none when one of the names is not known.
fn decide(
    settings: &mut Settings,
    albums: &[ListedAlbum],
    names: &[String],
    state: AlbumState,
) -> Result<(), Failure> {
    let mut meant = Vec::new();
    let mut unknown = Vec::new();
    for name in names {
        match albums.iter().find(|album| key(&album.name) == key(name)) {
            Some(album) => meant.push(album),
            None => unknown.push(no_such_album(name, albums.iter().map(|album| Arc::as_ref(&album.name)))),
        }
    }
    if !unknown.is_empty() {
        return Err(Failure::usage(format!("{}; nothing was changed", unknown.join("; "))));
    }
    for album in meant {
        settings.set_album_state(album.source, &album.folder, state);
    }
    Ok(())
}

/// "There is no …", with what was probably meant.
pub(super) fn no_such_album<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match suggest::nearest(name, known) {
        Some(near) => format!("there is no album \"{name}\", did you mean \"{near}\"?"),
        None => format!("there is no album \"{name}\""),
    }
}

/// How names are compared: composed and decomposed letters are the same, as on the hub.
fn key(album: &str) -> String {
    let part_key = |part: &str| Name::new(part).map_or_else(|_| part.to_owned(), |name| name.key());
    album.split('/').map(part_key).collect::<Vec<_>>().join("/")
}

fn decided(names: &[String], state: AlbumState) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("\"{}\"", safe(name))).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let what = match state {
        AlbumState::Include => "backed up from the next run on",
        AlbumState::Exclude => {
            "never backed up, not through other albums either; what is on the hub stays there"
        }
        AlbumState::Neutral => "not backed up, but other albums may bring the same pictures",
    };
    format!("{} {verb} {what}.", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use agent::sources::{LocalId, SourceId};
    use domain::{Ids, OsRandom, SystemClock};

    use super::*;

    fn album(name: &str, state: AlbumState, items: u64) -> ListedAlbum {
        ListedAlbum {
            source: SourceId(1),
            folder: LocalId::from_slashes(name),
            name: name.into(),
            place: "/p".into(),
            state,
            items,
            bytes: items * 1_000_000,
        }
    }

    fn albums() -> Vec<ListedAlbum> {
        vec![
            album("Camera", AlbumState::Include, 4812),
            album("Caf\u{e9}\n", AlbumState::Exclude, 1),
            album("Trips/2026", AlbumState::Neutral, 12),
        ]
    }

    fn settings() -> Settings {
        Settings::new(&Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)))
    }

    #[test]
    fn the_list_is_in_columns() {
        assert_eq!(
            table(&albums()),
            [
                "include  Camera       4 812 items      4.8 GB",
                "exclude  Café\\n            1 item      1.0 MB",
                "neutral  Trips/2026      12 items       12 MB",
                "1 of 3 albums are backed up, 1 excluded, 1 neutral.",
            ]
        );
        assert_eq!(table(&[]), ["No albums: none of the folders holds pictures or videos."]);
    }

    #[test]
    fn a_decision_is_for_all_names_or_for_none() {
        let mut settings = settings();
        let state =
            |settings: &Settings, name: &str| settings.album_state(SourceId(1), &LocalId::from_slashes(name));
        let names = ["Trips/2026".to_owned(), "Camra".to_owned(), "Nothing".to_owned()];
        let refused = decide(&mut settings, &albums(), &names, AlbumState::Exclude).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "there is no album \"Camra\", did you mean \"Camera\"?; there is no album \"Nothing\"; nothing was changed"
        );
        assert_eq!(state(&settings, "Trips/2026"), AlbumState::Include);

        decide(&mut settings, &albums(), &names[..1], AlbumState::Exclude).unwrap();
        assert_eq!(state(&settings, "Trips/2026"), AlbumState::Exclude);
    }

    #[test]
    fn composed_and_decomposed_names_are_the_same() {
        let decomposed = ["Cafe\u{301}\n".to_owned()];
        assert!(decide(&mut settings(), &albums(), &decomposed, AlbumState::Include).is_ok());
    }

    #[test]
    fn what_a_decision_means_is_said() {
        let one = decided(&["Trips".to_owned()], AlbumState::Include);
        assert_eq!(one, "\"Trips\" is backed up from the next run on.");
        let two = decided(&["A".to_owned(), "B\n".to_owned()], AlbumState::Exclude);
        assert!(two.starts_with("\"A\", \"B\\n\" are never backed up"), "{two}");
    }
}
