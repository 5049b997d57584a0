//! Watching folders on a computer. An event only wakes: what is there is found by a look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::watch;

use super::wish::Wish;
use super::{Follow, Touched};
use crate::settings::SETTINGS_FILE;

/// Watches the sources, and in the device's folder what others write there.
#[derive(Debug)]
pub struct FolderWatch {
    told: watch::Sender<Touched>,
    sources: Option<RecommendedWatcher>,
    /// Which folder each source was: a disk that was attached again is another one.
    followed: BTreeMap<PathBuf, Option<FolderId>>,
    /// Some folder could not be watched: all are tried again with every look.
    incomplete: bool,
    _home: Option<RecommendedWatcher>,
}

impl FolderWatch {
    /// Watches the device's folder, which is there, and no source yet.
    pub fn new(home: &Path) -> (Self, watch::Receiver<Touched>) {
        let (told, touched) = watch::channel(Touched::default());
        let for_home = told.clone();
        let made = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| changes(&event) && event.paths.iter().any(|path| is_for_us(path))) {
                for_home.send_modify(|touched| touched.home += 1);
            }
        });
        let mut watcher = made.inspect_err(|error| cannot(home, error)).ok();
        if let Some(watcher) = &mut watcher
            && let Err(error) = watcher.watch(home, RecursiveMode::NonRecursive)
        {
            cannot(home, &error);
        }
        let followed = BTreeMap::new();
        (Self { told, sources: None, followed, incomplete: false, _home: watcher }, touched)
    }
}

impl Follow for FolderWatch {
    fn follow(&mut self, sources: &[PathBuf]) {
        let wanted: BTreeMap<_, _> =
            sources.iter().map(|source| (source.clone(), folder_id(source))).collect();
        if wanted == self.followed && !self.incomplete {
            return;
        }
        let told = self.told.clone();
        let made = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| changes(&event)) {
                told.send_modify(|touched| touched.sources += 1);
            }
        });
        self.incomplete = false;
        let mut watcher = match made {
            Ok(watcher) => watcher,
            Err(error) => {
                tracing::warn!(%error, "folders cannot be watched; the regular looks find what changes");
                self.incomplete = true;
                return;
            }
        };
        for source in wanted.keys() {
            if let Err(error) = watcher.watch(source, RecursiveMode::Recursive) {
                cannot(source, &error);
                self.incomplete = true;
            }
        }
        (self.sources, self.followed) = (Some(watcher), wanted);
    }
}

/// Device and inode number, where there are such.
type FolderId = (u64, u64);

#[cfg(unix)]
fn folder_id(folder: &Path) -> Option<FolderId> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(folder).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn folder_id(folder: &Path) -> Option<FolderId> {
    folder.is_dir().then_some((0, 0))
}

fn cannot(folder: &Path, error: &notify::Error) {
    tracing::warn!(
        folder = %folder.display(), %error,
        "the folder cannot be watched as a whole; the regular looks find what changes"
    );
}

/// Whether an event can mean new content. Reading does not, and the engine reads a lot.
fn changes(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

/// Whether somebody else wrote a file in the device's folder that the engine reads.
fn is_for_us(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == SETTINGS_FILE || name == Wish::FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn new_files_wake_and_reading_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let (home, pictures) = (folder.path().join("home"), folder.path().join("pictures"));
        std::fs::create_dir_all(pictures.join("deep")).unwrap();
        std::fs::create_dir_all(&home).unwrap();
        let (mut watch, mut touched) = FolderWatch::new(&home);
        watch.follow(std::slice::from_ref(&pictures));
        std::fs::read_dir(&pictures).unwrap().for_each(drop);
        std::fs::File::create(home.join("ledger.redb")).unwrap();
        std::fs::File::create(pictures.join("deep/a.jpg")).unwrap();
        touched.wait_for(|touched| touched.sources > 0).await.unwrap();
        assert_eq!(touched.borrow().home, 0, "what the engine writes itself does not wake it");
        std::fs::File::create(home.join(SETTINGS_FILE)).unwrap();
        touched.wait_for(|touched| touched.home > 0).await.unwrap();
    }

    #[test]
    fn a_look_is_no_change() {
        let opened = Event::new(EventKind::Access(AccessKind::Open(AccessMode::Any)));
        let read = Event::new(EventKind::Access(AccessKind::Close(AccessMode::Read)));
        let written = Event::new(EventKind::Access(AccessKind::Close(AccessMode::Write)));
        assert_eq!([opened, read, written].map(|event| changes(&event)), [false, false, true]);
    }
}
