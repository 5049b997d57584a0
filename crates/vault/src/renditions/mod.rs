//! What is made from blobs to show them: thumbnails, previews, films that browsers play.
//!
//! Renditions are not blobs. Each can be made again from its blob, so losing one costs time and no
//! picture: they are written whole or not at all, but nobody waits for a folder to be durable. They
//! are named by their blob, not by their own bytes, and belong to content, not to a person: who may
//! see the blob may see them.

mod budget;
mod disk;
mod memory;

use std::fmt::Debug;
use std::ops::Range;
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use domain::ContentHash;

pub use disk::DiskRenditions;
pub use memory::MemoryRenditions;

use crate::{ByteStream, Result};

/// A kind of rendition: its name on disk and what it is served as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RenditionKind {
    /// A small picture for lists and timelines, also of a video.
    Thumbnail,
    /// A picture that fills a screen, also of a video.
    Preview,
    /// The whole picture, for originals that browsers cannot show. Made when it is asked for.
    FullSize,
    /// A few silent seconds of a video, shown while the pointer rests on it.
    HoverClip,
    /// A video that every browser plays, for originals that some cannot. Made when it is asked for.
    Playback,
}

impl RenditionKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Thumbnail, Self::Preview, Self::FullSize, Self::HoverClip, Self::Playback];

    /// What the rendition's bytes are.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Thumbnail => "image/webp",
            Self::Preview | Self::FullSize => "image/jpeg",
            Self::HoverClip | Self::Playback => "video/mp4",
        }
    }

    /// Its name in addresses and entity tags.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::Preview => "preview",
            Self::FullSize => "full-size",
            Self::HoverClip => "hover-clip",
            Self::Playback => "playback",
        }
    }

    /// The kind of this name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it is made only when somebody asks for it, and may go again for want of room.
    pub const fn is_on_demand(self) -> bool {
        match self {
            Self::Thumbnail | Self::Preview => false,
            Self::FullSize | Self::HoverClip | Self::Playback => true,
        }
    }

    /// How a rendition's file ends, behind the name of its blob.
    const fn ending(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail.webp",
            Self::Preview => "preview.jpg",
            Self::FullSize => "full.jpg",
            Self::HoverClip => "clip.mp4",
            Self::Playback => "playback.mp4",
        }
    }
}

/// Which rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rendition {
    /// The blob that it was made from.
    pub of: ContentHash,
    /// Which one.
    pub kind: RenditionKind,
}

/// Keeps renditions. Calls may run side by side; of two that keep the same rendition either wins.
#[async_trait]
pub trait Renditions: Send + Sync + Debug {
    /// Keeps these bytes, in place of older ones. Nobody ever reads a part of them.
    async fn keep(&self, rendition: Rendition, bytes: Bytes) -> Result<()>;

    /// Keeps a file that was written below [`Renditions::scratch`], by moving it away from there.
    async fn adopt(&self, rendition: Rendition, file: &Path) -> Result<()>;

    /// A fresh, empty folder for a tool that writes files. It and what is in it go when it is dropped.
    async fn scratch(&self) -> Result<tempfile::TempDir>;

    /// How long a rendition is; `None` when it was not made or was lost.
    async fn size_of(&self, rendition: Rendition) -> Result<Option<u64>>;

    /// Streams a range of a rendition. [`crate::Error::NotFound`] names its blob;
    /// [`crate::Error::OutOfRange`] as with blobs.
    async fn read(&self, rendition: Rendition, range: Range<u64>) -> Result<ByteStream>;

    /// Removes one rendition; fine when there is none.
    async fn remove(&self, rendition: Rendition) -> Result<()>;

    /// Removes the least recently used of what was made on demand until the rest takes at most
    /// `budget_bytes`; `spared`, which was made just now, stays in any case. Gives the bytes that became
    /// free. Who reads a rendition at that moment reads it to its end.
    async fn thin(&self, budget_bytes: u64, spared: Rendition) -> Result<u64>;

    /// Removes every rendition of a blob.
    async fn remove_all_of(&self, blob: ContentHash) -> Result<()> {
        for kind in RenditionKind::ALL {
            self.remove(Rendition { of: blob, kind }).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::hash::TwinHasher;
    use futures_util::TryStreamExt as _;
    use rstest::rstest;

    use super::*;
    use crate::Error;

    fn thumbnail(of: &str) -> Rendition {
        Rendition { of: TwinHasher::of(of.as_bytes()).sha256, kind: RenditionKind::Thumbnail }
    }

    async fn bytes_of(renditions: &dyn Renditions, wanted: Rendition) -> Vec<u8> {
        let length = renditions.size_of(wanted).await.unwrap().unwrap();
        let stream = renditions.read(wanted, 0..length).await.unwrap();
        stream.try_collect::<Vec<_>>().await.unwrap().concat()
    }

    #[expect(clippy::disallowed_methods, reason = "a tool's file")]
    fn write(path: &Path, text: &str) {
        std::fs::write(path, text).unwrap();
    }

    fn on_disk() -> (Option<tempfile::TempDir>, Arc<dyn Renditions>) {
        let root = tempfile::tempdir().unwrap();
        let renditions = Arc::new(DiskRenditions::open(root.path()).unwrap());
        (Some(root), renditions)
    }

    fn in_memory() -> (Option<tempfile::TempDir>, Arc<dyn Renditions>) {
        (None, Arc::new(MemoryRenditions::default()))
    }

    type Fresh = fn() -> (Option<tempfile::TempDir>, Arc<dyn Renditions>);

    #[rstest]
    #[case::disk(on_disk)]
    #[case::memory(in_memory)]
    #[tokio::test]
    async fn what_is_kept_comes_back_and_the_newer_wins(#[case] fresh: Fresh) {
        let (_root, renditions) = fresh();
        let (a, b) = (thumbnail("a"), Rendition { kind: RenditionKind::Preview, ..thumbnail("a") });
        assert_eq!(renditions.size_of(a).await.unwrap(), None);
        assert!(matches!(renditions.read(a, 0..0).await, Err(Error::NotFound { hash }) if hash == a.of));
        renditions.keep(a, Bytes::from_static(b"older, longer")).await.unwrap();
        renditions.keep(a, Bytes::from_static(b"newer")).await.unwrap();
        renditions.keep(b, Bytes::from_static(b"other")).await.unwrap();
        assert_eq!(bytes_of(&*renditions, a).await, b"newer");
        assert_eq!(bytes_of(&*renditions, b).await, b"other");
        let part = renditions.read(a, 1..3).await.unwrap().try_collect::<Vec<_>>().await.unwrap().concat();
        assert_eq!(part, b"ew");
        assert!(matches!(renditions.read(a, 0..6).await, Err(Error::OutOfRange { size_bytes: 5 })));
    }

    #[rstest]
    #[case::disk(on_disk)]
    #[case::memory(in_memory)]
    #[tokio::test]
    async fn all_renditions_of_a_blob_go_and_no_others(#[case] fresh: Fresh) {
        let (_root, renditions) = fresh();
        for kind in RenditionKind::ALL {
            renditions.keep(Rendition { kind, ..thumbnail("a") }, Bytes::from_static(b"x")).await.unwrap();
        }
        renditions.keep(thumbnail("b"), Bytes::from_static(b"y")).await.unwrap();
        for _ in 0..2 {
            renditions.remove_all_of(thumbnail("a").of).await.unwrap();
        }
        for kind in RenditionKind::ALL {
            assert_eq!(renditions.size_of(Rendition { kind, ..thumbnail("a") }).await.unwrap(), None);
        }
        assert_eq!(bytes_of(&*renditions, thumbnail("b")).await, b"y");
    }

    #[rstest]
    #[case::disk(on_disk)]
    #[case::memory(in_memory)]
    #[tokio::test]
    async fn what_was_made_on_demand_keeps_to_its_budget(#[case] fresh: Fresh) {
        let (_root, renditions) = fresh();
        let ten = Bytes::from_static(b"ten bytes!");
        let film = |of| Rendition { kind: RenditionKind::Playback, ..thumbnail(of) };
        renditions.keep(thumbnail("a"), ten.clone()).await.unwrap();
        for of in ["a", "b", "c"] {
            renditions.keep(film(of), ten.clone()).await.unwrap();
        }
        assert_eq!(renditions.thin(30, film("c")).await.unwrap(), 0);
        let reading = renditions.read(film("a"), 0..10).await.unwrap();
        assert_eq!(renditions.thin(15, film("c")).await.unwrap(), 20);
        for (wanted, is_there) in [(thumbnail("a"), true), (film("a"), false), (film("b"), false)] {
            assert_eq!(renditions.size_of(wanted).await.unwrap().is_some(), is_there, "{wanted:?}");
        }
        assert_eq!(bytes_of(&*renditions, film("c")).await, ten);
        assert_eq!(reading.try_collect::<Vec<_>>().await.unwrap().concat(), ten, "it is read to its end");
        assert_eq!(renditions.thin(0, film("c")).await.unwrap(), 0);
    }

    #[rstest]
    #[case::disk(on_disk)]
    #[case::memory(in_memory)]
    #[tokio::test]
    async fn a_tools_file_is_taken_over_and_its_folder_goes(#[case] fresh: Fresh) {
        let (_root, renditions) = fresh();
        let scratch = renditions.scratch().await.unwrap();
        let (made, left) = (scratch.path().join("made.mp4"), scratch.path().join("left.mp4"));
        write(&made, "film");
        write(&left, "trial");
        let film = Rendition { kind: RenditionKind::Playback, ..thumbnail("a") };
        renditions.adopt(film, &made).await.unwrap();
        drop(scratch);
        assert!(!left.exists());
        assert_eq!(bytes_of(&*renditions, film).await, b"film");
    }
}
