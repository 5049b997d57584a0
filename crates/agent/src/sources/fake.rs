//! A source in memory, for tests and demonstrations: items come, change and go by calls, and reading
//! one can be made to fail or to catch it in the middle of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{
    BlockingItem, Facts, FileId, Glimpse, LocalId, OpenItem, ReadSeek, Scan, Sighting, Source, SourceId,
};

/// The file system of everything that is on no other.
const ROOT_DEVICE: u64 = 1;

/// Items in memory.
#[derive(Debug, Clone)]
pub struct FakeSource {
    id: SourceId,
    shelf: Arc<Mutex<Shelf>>,
}

#[derive(Debug, Default)]
struct Shelf {
    items: BTreeMap<LocalId, FakeItem>,
    next_inode: u64,
    /// The system's time, for what it notes of changes.
    ticks_ns: i64,
    /// Folders that are on file systems of their own.
    mounts: BTreeMap<LocalId, u64>,
    /// Folders that are there whatever is in them.
    mountpoints: BTreeSet<LocalId>,
    unreadable_folders: BTreeSet<LocalId>,
    away: bool,
    /// After how many more reads it is pulled out.
    away_after: Option<u64>,
    /// After how many more reads which disk is taken off.
    unmount_after: Option<(u64, LocalId)>,
    reads: u64,
}

#[derive(Debug, Clone)]
struct FakeItem {
    bytes: Arc<[u8]>,
    modified_at_ns: i64,
    changed_at_ns: i64,
    device: u64,
    inode: u64,
    unreadable: bool,
    /// How many of the next reads find the item at rest.
    still_reads: u32,
    /// How many reads after those find the item changed underneath.
    restless_reads: u32,
    /// It goes when those reads are over.
    vanishes: bool,
}

impl FakeItem {
    fn facts(&self) -> Facts {
        Facts {
            size_bytes: self.bytes.len() as u64,
            modified_at_ns: self.modified_at_ns,
            changed_at_ns: Some(self.changed_at_ns),
            file: Some(FileId { device: self.device, inode: self.inode }),
        }
    }
}

impl Shelf {
    /// The file system that a place is on now.
    fn device(&self, local: &LocalId) -> u64 {
        let above = self.mounts.iter().filter(|(folder, _)| local.is_within(folder));
        above.max_by_key(|(folder, _)| folder.as_bytes().len()).map_or(ROOT_DEVICE, |(_, &device)| device)
    }

    /// Whether an item can be met: its file system is there, and so is it.
    fn shows(&self, local: &LocalId, item: &FakeItem) -> bool {
        !self.away && item.device == self.device(local)
    }

    fn has_folder(&self, folder: &LocalId) -> bool {
        let mut items = self.items.iter().filter(|(local, item)| self.shows(local, item));
        self.mountpoints.contains(folder) || items.any(|(local, _)| local.is_within(folder))
    }

    fn tick(&mut self) -> i64 {
        self.ticks_ns += 1;
        self.ticks_ns
    }
}

impl FakeSource {
    /// An empty source.
    pub fn new(id: SourceId) -> Self {
        Self { id, shelf: Arc::default() }
    }

    /// Puts an item there, new or changed. `path` has `/` between its names.
    pub fn put(&self, path: &str, bytes: &[u8], modified_at_ns: i64) {
        let mut shelf = self.shelf();
        shelf.next_inode += 1;
        let inode = shelf.next_inode;
        let local = LocalId::from_slashes(path);
        let item = FakeItem {
            bytes: bytes.into(),
            modified_at_ns,
            changed_at_ns: shelf.tick(),
            device: shelf.device(&local),
            inode,
            unreadable: false,
            still_reads: 0,
            restless_reads: 0,
            vanishes: false,
        };
        shelf.items.insert(local, item);
    }

    /// Changes an item's bytes and sets its time back, as careful tools do; with the same bytes it is
    /// what `chmod` does.
    pub fn edit_in_place(&self, path: &str, bytes: &[u8]) {
        let mut shelf = self.shelf();
        let now_ns = shelf.tick();
        if let Some(item) = shelf.items.get_mut(&LocalId::from_slashes(path)) {
            (item.bytes, item.changed_at_ns) = (bytes.into(), now_ns);
        }
    }

    /// Attaches a disk at a folder: what is put there from now on is on it, and what was on it before is
    /// there again.
    pub fn mount(&self, folder: &str, device: u64) {
        let (folder, mut shelf) = (LocalId::from_slashes(folder), self.shelf());
        shelf.mountpoints.insert(folder.clone());
        shelf.mounts.insert(folder, device);
    }

    /// Takes the disk at a folder off. The folder stays, and is empty.
    pub fn unmount(&self, folder: &str) {
        self.shelf().mounts.remove(&LocalId::from_slashes(folder));
    }

    /// Takes the disk at a folder off once so many more items were opened.
    pub fn unmount_after(&self, folder: &str, reads: u64) {
        self.shelf().unmount_after = Some((reads, LocalId::from_slashes(folder)));
    }

    /// Gives a file system another number, as a restart of the computer may.
    pub fn renumber(&self, from: u64, to: u64) {
        let shelf = &mut *self.shelf();
        let devices = shelf.items.values_mut().map(|item| &mut item.device);
        for device in devices.chain(shelf.mounts.values_mut()).filter(|device| **device == from) {
            *device = to;
        }
    }

    /// Refuses or allows listing a folder.
    pub fn set_folder_unreadable(&self, folder: &str, unreadable: bool) {
        let folder = LocalId::from_slashes(folder);
        let folders = &mut self.shelf().unreadable_folders;
        if unreadable {
            folders.insert(folder)
        } else {
            folders.remove(&folder)
        };
    }

    /// Gives an item a second name, as a hard link does.
    pub fn hard_link(&self, from: &str, to: &str) {
        let mut shelf = self.shelf();
        if let Some(item) = shelf.items.get(&LocalId::from_slashes(from)).cloned() {
            shelf.items.insert(LocalId::from_slashes(to), item);
        }
    }

    /// Takes an item away.
    pub fn remove(&self, path: &str) {
        self.shelf().items.remove(&LocalId::from_slashes(path));
    }

    /// Refuses or allows reading an item.
    pub fn set_unreadable(&self, path: &str, unreadable: bool) {
        if let Some(item) = self.shelf().items.get_mut(&LocalId::from_slashes(path)) {
            item.unreadable = unreadable;
        }
    }

    /// Lets the next `reads` reads of an item find it changed while they read.
    pub fn set_restless(&self, path: &str, reads: u32) {
        if let Some(item) = self.shelf().items.get_mut(&LocalId::from_slashes(path)) {
            item.restless_reads = reads;
        }
    }

    /// Lets an item be read so often, then find it changed in the next read, or gone.
    pub fn set_trouble_after(&self, path: &str, still_reads: u32, vanishes: bool) {
        if let Some(item) = self.shelf().items.get_mut(&LocalId::from_slashes(path)) {
            (item.still_reads, item.restless_reads, item.vanishes) = (still_reads, 1, vanishes);
        }
    }

    /// Pulls the whole source out, or plugs it in again.
    pub fn set_away(&self, away: bool) {
        let mut shelf = self.shelf();
        (shelf.away, shelf.away_after) = (away, None);
    }

    /// Pulls the whole source out once so many more items were opened.
    pub fn set_away_after(&self, reads: u64) {
        self.shelf().away_after = Some(reads);
    }

    /// How often an item was opened to be hashed or sent.
    pub fn reads(&self) -> u64 {
        self.shelf().reads
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An item as it is found by an open: a restless one changes once more with every open.
    fn find(&self, local: &LocalId) -> io::Result<FakeItem> {
        let mut shelf = self.shelf();
        shelf.reads += 1;
        match &mut shelf.away_after {
            Some(0) => shelf.away = true,
            Some(left) => *left -= 1,
            None => {}
        }
        match shelf.unmount_after.take() {
            Some((0, folder)) => {
                shelf.mounts.remove(&folder);
            }
            left => shelf.unmount_after = left.map(|(reads, folder)| (reads - 1, folder)),
        }
        let device = shelf.device(local);
        if shelf.away {
            return Err(io::ErrorKind::NotFound.into());
        }
        let item = shelf.items.get_mut(local).filter(|item| item.device == device);
        let item = item.ok_or(io::ErrorKind::NotFound)?;
        if item.unreadable {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let found = item.clone();
        if item.still_reads > 0 {
            item.still_reads -= 1;
        } else if item.vanishes {
            shelf.items.remove(local);
            return Err(io::ErrorKind::NotFound.into());
        } else if item.restless_reads > 0 {
            item.restless_reads -= 1;
            item.modified_at_ns += 1;
        }
        Ok(found)
    }
}

#[async_trait]
impl Source for FakeSource {
    fn id(&self) -> SourceId {
        self.id
    }

    fn name(&self) -> String {
        format!("Fake {}", self.id.0)
    }

    fn place(&self) -> String {
        format!("fake source {}", self.id.0)
    }

    fn describe(&self, local: &LocalId) -> String {
        format!("fake://{}/{local}", self.id.0)
    }

    fn scan(&self) -> Scan {
        let shelf = self.shelf();
        if shelf.away {
            return Box::new(std::iter::once(Err(io::ErrorKind::NotFound.into())));
        }
        let closed = |local: &LocalId| shelf.unreadable_folders.iter().any(|folder| local.is_within(folder));
        let items = shelf.items.iter().filter(|(local, item)| shelf.shows(local, item) && !closed(local));
        let mut glimpses: Vec<_> = items
            .map(|(local, item)| {
                let sighting = Sighting { local: local.clone(), facts: item.facts() };
                (local, Ok(Glimpse::Item(sighting)))
            })
            .collect();
        glimpses.extend(shelf.unreadable_folders.iter().map(|folder| {
            (folder, Ok(Glimpse::UnreadableFolder(folder.clone(), "permission denied".into())))
        }));
        glimpses.sort_by_key(|(local, _)| *local);
        let glimpses: Vec<_> = glimpses.into_iter().map(|(_, glimpse)| glimpse).collect();
        Box::new(glimpses.into_iter())
    }

    fn facts(&self, local: &LocalId) -> io::Result<Facts> {
        let shelf = self.shelf();
        let item = shelf.items.get(local).filter(|item| shelf.shows(local, item));
        item.map(FakeItem::facts).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn holds_files(&self, folder: &LocalId) -> bool {
        let shelf = self.shelf();
        shelf.items.iter().any(|(local, item)| local.folder() == *folder && shelf.shows(local, item))
    }

    fn nearest(&self, folder: &LocalId) -> io::Result<(LocalId, Option<u64>)> {
        let shelf = self.shelf();
        if shelf.away {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut near = folder.clone();
        while !near.is_root() && !shelf.has_folder(&near) {
            near = near.folder();
        }
        let device = shelf.device(&near);
        Ok((near, Some(device)))
    }

    fn open_blocking(&self, local: &LocalId) -> io::Result<Box<dyn BlockingItem>> {
        Ok(Box::new(OpenFake { item: self.find(local)?, read_bytes: 0 }))
    }

    async fn open(&self, local: &LocalId) -> io::Result<Box<dyn OpenItem>> {
        Ok(Box::new(OpenFake { item: self.find(local)?, read_bytes: 0 }))
    }
}

struct OpenFake {
    item: FakeItem,
    read_bytes: usize,
}

impl BlockingItem for OpenFake {
    fn facts(&self) -> io::Result<Facts> {
        Ok(self.item.facts())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.item.bytes[self.read_bytes..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.read_bytes += length;
        Ok(length)
    }
}

#[async_trait]
impl OpenItem for OpenFake {
    async fn facts(&self) -> io::Result<Facts> {
        Ok(self.item.facts())
    }

    fn into_bytes(self: Box<Self>) -> Box<dyn ReadSeek> {
        Box::new(io::Cursor::new(self.item.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::{HashFailure, hash};

    #[test]
    fn a_restless_item_is_noticed_until_it_holds_still() {
        let source = FakeSource::new(SourceId(1));
        source.put("a.jpg", b"abc", 7);
        source.set_restless("a.jpg", 1);
        let local = LocalId::from_slashes("a.jpg");
        assert!(matches!(hash(&source, &local), Err(HashFailure::Changed)));
        assert_eq!(hash(&source, &local).unwrap().facts.modified_at_ns, 8);
        source.remove("a.jpg");
        assert!(matches!(hash(&source, &local), Err(HashFailure::Vanished)));
    }

    #[test]
    fn hard_links_share_their_file() {
        let source = FakeSource::new(SourceId(1));
        source.put("a/1.jpg", b"abc", 7);
        source.hard_link("a/1.jpg", "b/1.jpg");
        let facts: Vec<_> = source.scan().map(|glimpse| glimpse.unwrap()).collect();
        let [Glimpse::Item(a), Glimpse::Item(b)] = &facts[..] else { panic!("{facts:?}") };
        assert_eq!(a.facts, b.facts);
    }
}
