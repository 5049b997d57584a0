//! Begin: the place is checked, the upload is written down, staging is open.

use catalog::uploads;
use catalog::{Tx, entries, tombstones};
use domain::{Action, ContentHash, EntryId, FolderPath, SpaceId};

use super::UploadState;
use super::request::FileDeclaration;
use crate::error::{Error, Result};
use crate::{Caller, Library, spaces};

/// What a client wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// How many bytes will come.
    pub length: u64,
    /// What is declared about the file.
    pub file: FileDeclaration,
    /// The declaration as the client wrote it, for telling it back.
    pub metadata: Option<String>,
}

impl Library {
    /// Begins an upload that can be resumed. An empty file is finished at once.
    pub async fn begin(&self, caller: &Caller, new: NewUpload) -> Result<UploadState> {
        let declared = self.declare(caller, new).await?;
        // Before a single byte is sent: there is room for it beside all that others were promised.
        let promise = self.promises.claim(declared.id, declared.size_bytes.unwrap_or(0)).await?;
        let staged = self.vault.stage(declared.id).await?;
        let (id, length) = (declared.id, declared.size_bytes.unwrap_or(0));
        let state = UploadState {
            id,
            offset: 0,
            length,
            expires_at_ms: declared.expires_at_ms,
            metadata: declared.metadata.clone(),
            stored: None,
        };
        let inserted =
            self.catalog.write(move |tx| Box::pin(async move { uploads::insert(tx, &declared).await })).await;
        if let Err(error) = inserted {
            // Without a row nobody can find these (no) bytes again; the sweep would, later.
            drop(staged);
            self.vault.discard(id).await?;
            return Err(error.into());
        }
        promise.keep();
        self.sessions.insert(id, staged);
        if length == 0 {
            return self.append(caller, id, 0, None, futures_util::stream::empty()).await;
        }
        Ok(state)
    }

    /// Checks where the file may go and whether it is wanted there.
    pub(super) async fn declare(&self, caller: &Caller, new: NewUpload) -> Result<uploads::NewUpload> {
        let folder = new.file.folder_for(caller)?;
        let way = folder.clone();
        let (user_id, wanted, sha256) = (caller.user_id, new.file.space_id, new.file.sha256);
        let minds_deletion = minds_deletion(caller, new.file.send_again);
        let space_id = self
            .catalog
            .read(move |tx| {
                Box::pin(async move {
                    let space = spaces::demand_or_own(tx, user_id, wanted, Action::Change).await?.space;
                    if let Some(sha256) = sha256.filter(|_| minds_deletion) {
                        refuse_deleted(tx, space.id, sha256).await?;
                    }
                    refuse_blocked(tx, space.root_id, &way).await?;
                    Ok::<_, Error>(space.id)
                })
            })
            .await?;
        let now_ms = self.now_ms();
        Ok(uploads::NewUpload {
            id: self.ids.fresh(),
            user_id,
            device_id: caller.device.as_ref().map(|device| device.id),
            space_id,
            folder,
            album: new.file.album.as_ref().map(super::DeviceAlbum::hub_name),
            name: new.file.name,
            name_raw: new.file.name_raw,
            sha256,
            sha1: new.file.sha1,
            size_bytes: Some(new.length),
            modified_at_ms: new.file.modified_at_ms,
            send_again: new.file.send_again,
            metadata: new.metadata,
            created_at_ms: now_ms,
            expires_at_ms: now_ms + self.settings.upload_expiry_ms(),
        })
    }
}

/// Refuses a folder on whose way a file stands, before its bytes travel in vain. One that comes to
/// stand there later is met when the file is filed.
async fn refuse_blocked(tx: &mut Tx, root_id: EntryId, folder: &FolderPath) -> Result<()> {
    let mut parent_id = root_id;
    for name in folder.names() {
        let Some(child) = entries::child_by_key(tx, parent_id, name).await? else { return Ok(()) };
        if child.file.is_some() {
            return Err(Error::NameTaken(child.name));
        }
        parent_id = child.id;
    }
    Ok(())
}

/// What runs by itself must not bring back what a person deleted; a person may, by sending it.
pub(super) const fn minds_deletion(caller: &Caller, send_again: bool) -> bool {
    caller.device.is_some() && !send_again
}

/// Refuses content that was deleted in this Space.
pub(super) async fn refuse_deleted(tx: &mut Tx, space_id: SpaceId, sha256: ContentHash) -> Result<()> {
    if tombstones::for_hashes(tx, space_id, &[sha256]).await?.is_empty() {
        return Ok(());
    }
    Err(Error::DeletedEarlier)
}
