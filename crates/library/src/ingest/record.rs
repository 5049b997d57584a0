//! The one transaction that makes sealed bytes a picture in a Space: blob, asset, entry, album,
//! job, changes, upload.

use catalog::albums;
use catalog::assets::{self, AssetKind, NewAsset};
use catalog::blobs::{self, NewBlob};
use catalog::changes::{self, ChangeKind, NewChange};
use catalog::entries::{self, Filed, NewFile};
use catalog::jobs;
use catalog::uploads::{self, FinishedAs};
use catalog::{Tx, offers, tokens, tombstones};
use domain::{Action, AlbumId, AssetId, EntryId, Hashes, Ids, JobId, TimestampMs, TokenId, UserId};
use media::{MediaKind, MediaType};

use super::Stored;
use super::begin::minds_deletion;
use super::session::SealedBytes;
use crate::describe::describe_job;
use crate::error::{Error, Result};
use crate::{Caller, Library, pairs, spaces};

/// Sealed bytes on their way into the catalog. Everything that needs randomness or the clock is
/// drawn beforehand, so that the transaction is short.
pub(super) struct Arrival {
    user_id: UserId,
    token_id: TokenId,
    minds_deletion: bool,
    declared: uploads::NewUpload,
    written_down: bool,
    hashes: Hashes,
    fresh: bool,
    media: MediaType,
    ids: Ids,
    entry_id: EntryId,
    asset_id: AssetId,
    album_id: AlbumId,
    job_id: JobId,
    now_ms: TimestampMs,
    remember_until_ms: TimestampMs,
}

impl Arrival {
    pub(super) fn new(
        library: &Library,
        caller: &Caller,
        declared: &uploads::NewUpload,
        sealed: SealedBytes,
        head: &[u8],
        written_down: bool,
    ) -> Self {
        let now_ms = library.now_ms();
        Self {
            user_id: caller.user_id,
            token_id: caller.token_id,
            minds_deletion: minds_deletion(caller, declared.send_again),
            declared: declared.clone(),
            written_down,
            hashes: sealed.hashes,
            fresh: sealed.fresh,
            media: media::sniff(head),
            ids: library.ids.clone(),
            entry_id: library.ids.fresh(),
            asset_id: library.ids.fresh(),
            album_id: library.ids.fresh(),
            job_id: library.ids.fresh(),
            now_ms,
            remember_until_ms: now_ms + library.settings.upload_expiry_ms(),
        }
    }

    /// Writes everything. An error undoes all of it; the bytes stay sealed, unseen, until a retry
    /// or the sweep.
    pub(super) async fn record(self, tx: &mut Tx) -> Result<Stored> {
        if !tokens::is_working(tx, self.token_id, self.now_ms).await? {
            return Err(Error::SignInAgain);
        }
        let space_id = self.declared.space_id;
        let space = spaces::demand(tx, self.user_id, space_id, Action::Change).await?.space;
        let known = offers::answers(tx, space_id, &[], &[self.hashes.sha256]).await?;
        let known = known.first().copied();
        let already_held = known.is_some_and(|row| row.here);
        if known.is_some_and(|row| row.deleted_here) && !already_held {
            if self.minds_deletion {
                return Err(Error::DeletedEarlier);
            }
            tombstones::clear(tx, space_id, &[self.hashes.sha256]).await?;
        }
        let mut news = self.keep_blob(tx).await?;
        let (asset_id, is_new) = self.keep_asset(tx, &mut news).await?;
        let filed = self.file(tx, space.root_id, asset_id, &mut news).await?;
        if let Some(asset_id) = asset_id.filter(|_| !is_new) {
            // It has one more place, or is live again: others may belong to it here.
            news.extend(pairs::settle(tx, &[asset_id], self.now_ms).await?);
        }
        if known.is_some_and(|row| row.deleted_here) && !already_held {
            news.push(self.change(ChangeKind::ContentRestored));
        }
        if let Some(asset_id) = asset_id {
            self.join_album(tx, asset_id, &mut news).await?;
        }
        changes::append_many(tx, &news).await?;
        let stored = Stored {
            entry_id: filed.id,
            asset_id,
            sha256: self.hashes.sha256,
            name: filed.name,
            already_held,
        };
        self.close_upload(tx, &stored).await?;
        Ok(stored)
    }

    async fn keep_blob(&self, tx: &mut Tx) -> Result<Vec<NewChange>> {
        let blob = NewBlob {
            sha256: self.hashes.sha256,
            sha1: self.hashes.sha1,
            size_bytes: self.hashes.size_bytes,
            content_type: self.media.content_type.to_owned(),
            now_ms: self.now_ms,
        };
        let arrival = blobs::upsert_kept(tx, &blob).await?;
        if self.fresh && !arrival.created {
            // These very bytes were hashed on their way in, or read again: the next sender need not doubt.
            blobs::mark_proven(tx, &[self.hashes.sha256], self.now_ms).await?;
        }
        if !arrival.was_damaged {
            return Ok(Vec::new());
        }
        if !self.fresh {
            // Found to be damaged only after the bytes that arrived had given way to it: they are
            // needed once more.
            return Err(Error::UploadGone);
        }
        // Everybody who has this content may breathe again.
        let spaces = blobs::live_in(tx, self.hashes.sha256).await?;
        Ok(spaces
            .into_iter()
            .map(|space_id| NewChange {
                space_id: Some(space_id),
                ..self.change(ChangeKind::ContentRepaired)
            })
            .collect())
    }

    /// The asset, when it is a picture or video, and whether it is new.
    async fn keep_asset(&self, tx: &mut Tx, news: &mut Vec<NewChange>) -> Result<(Option<AssetId>, bool)> {
        let Some(kind) = self.media.kind else { return Ok((None, false)) };
        let asset = NewAsset {
            id: self.asset_id,
            space_id: self.declared.space_id,
            sha256: self.hashes.sha256,
            kind: asset_kind(kind),
            taken_at_ms: self.declared.modified_at_ms.unwrap_or(self.now_ms),
            now_ms: self.now_ms,
        };
        let (asset_id, created) = assets::upsert(tx, &asset).await?;
        if created {
            jobs::enqueue(tx, &describe_job(self.job_id, asset_id, self.now_ms)).await?;
            news.push(NewChange { asset_id: Some(asset_id), ..self.change(ChangeKind::AssetAdded) });
        }
        Ok((Some(asset_id), created))
    }

    async fn file(
        &self,
        tx: &mut Tx,
        root_id: EntryId,
        asset_id: Option<AssetId>,
        news: &mut Vec<NewChange>,
    ) -> Result<Filed> {
        let declared = &self.declared;
        let folders = entries::ensure_folder_path(
            tx,
            &self.ids,
            root_id,
            &declared.folder,
            declared.device_id,
            self.now_ms,
        )
        .await?;
        for folder in folders.iter().filter(|folder| folder.created) {
            news.push(NewChange { entry_id: Some(folder.id), ..self.change(ChangeKind::EntryAdded) });
        }
        let file = NewFile {
            id: self.entry_id,
            space_id: declared.space_id,
            parent_id: folders.last().map_or(root_id, |folder| folder.id),
            name: declared.name.clone(),
            name_raw: declared.name_raw.clone(),
            sha256: self.hashes.sha256,
            size_bytes: self.hashes.size_bytes,
            asset_id,
            modified_at_ms: declared.modified_at_ms,
            device_id: declared.device_id,
            now_ms: self.now_ms,
        };
        let filed = entries::insert_file(tx, &file).await?;
        if filed.created {
            news.push(NewChange {
                entry_id: Some(filed.id),
                asset_id,
                sha256: Some(self.hashes.sha256),
                ..self.change(ChangeKind::EntryAdded)
            });
        }
        Ok(filed)
    }

    async fn join_album(&self, tx: &mut Tx, asset_id: AssetId, news: &mut Vec<NewChange>) -> Result<()> {
        let Some(name) = &self.declared.album else { return Ok(()) };
        let (album_id, _) =
            albums::ensure(tx, self.album_id, self.declared.space_id, name, self.now_ms).await?;
        if albums::add_assets(tx, album_id, &[asset_id], self.now_ms).await? > 0 {
            news.push(NewChange { album_id: Some(album_id), ..self.change(ChangeKind::AlbumChanged) });
        }
        Ok(())
    }

    async fn close_upload(&self, tx: &mut Tx, stored: &Stored) -> Result<()> {
        if !self.written_down {
            uploads::insert(tx, &self.declared).await?;
        }
        let finished = FinishedAs {
            entry_id: stored.entry_id,
            asset_id: stored.asset_id,
            sha256: stored.sha256,
            size_bytes: self.hashes.size_bytes,
            name: stored.name.clone(),
            already_held: stored.already_held,
        };
        if uploads::set_finished(tx, self.declared.id, &finished, self.now_ms, self.remember_until_ms).await?
        {
            return Ok(());
        }
        // Ended or expired while the last bytes were arriving: what was given up stays given up.
        Err(Error::UploadGone)
    }

    fn change(&self, kind: ChangeKind) -> NewChange {
        let sha256 = matches!(kind, ChangeKind::ContentRestored | ChangeKind::ContentRepaired)
            .then_some(self.hashes.sha256);
        NewChange {
            space_id: Some(self.declared.space_id),
            device_id: self.declared.device_id,
            sha256,
            ..NewChange::new(kind, self.now_ms)
        }
    }
}

/// What the catalog calls a kind of media.
pub(super) const fn asset_kind(kind: MediaKind) -> AssetKind {
    match kind {
        MediaKind::Picture => AssetKind::Picture,
        MediaKind::Video => AssetKind::Video,
    }
}
