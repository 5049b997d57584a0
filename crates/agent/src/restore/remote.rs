//! This device's files on the real hub.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use client::{HubClient, Wanted};
use domain::{EntryId, Name, SpaceKind};
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use wire::{FileBelow, Page, PageQuery};

use super::Archive;
use crate::uploader::HubError;

/// The folder that devices' folders are in.
const BACKUPS: &str = "Album Backup";

/// Files below one folder of the hub.
#[derive(Clone)]
pub struct RemoteArchive {
    client: HubClient,
    root: EntryId,
}

impl RemoteArchive {
    /// The files that a device of this name backed up into its owner's Space. `Refused` when there is
    /// no such folder.
    pub async fn of_device(client: HubClient, device: &Name) -> Result<Self, HubError> {
        let spaces = client.spaces(&PageQuery::default()).await?;
        let mine = spaces.items.into_iter().find(|space| space.kind == SpaceKind::My);
        let mine = mine.ok_or_else(|| HubError::Refused("this account has no Space of its own".into()))?;
        let folder = client.look_up(mine.id, &format!("{BACKUPS}/{device}")).await?;
        Ok(Self { client, root: folder.entry.id })
    }

    /// The files below any folder.
    pub const fn below(client: HubClient, root: EntryId) -> Self {
        Self { client, root }
    }
}

impl fmt::Debug for RemoteArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteArchive({}, {})", self.client.address(), self.root)
    }
}

#[async_trait]
impl Archive for RemoteArchive {
    async fn files(&self, after: Option<String>) -> Result<Page<FileBelow>, HubError> {
        Ok(self.client.files_below(self.root, &PageQuery { after, limit: Some(1000) }).await?)
    }

    async fn read(
        &self,
        entry: EntryId,
        from_bytes: u64,
    ) -> Result<BoxStream<'static, Result<Bytes, HubError>>, HubError> {
        let download = self.client.download(Wanted::Entry(entry), from_bytes).await?;
        let mut to_drop = from_bytes.saturating_sub(download.starts_at_bytes);
        // A server between us and the hub may answer with the whole file: what came before is dropped.
        let pieces = download.into_stream().map(move |piece| {
            let mut piece = piece.map_err(HubError::from)?;
            let dropped = usize::try_from(to_drop).map_or(piece.len(), |to_drop| to_drop.min(piece.len()));
            to_drop -= dropped as u64;
            Ok(piece.split_off(dropped))
        });
        Ok(pieces.boxed())
    }
}

#[cfg(test)]
#[path = "remote_tests.rs"]
mod tests;
