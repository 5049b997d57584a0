//! Folders and files.

use domain::{EntryId, SpaceId};
use wire::{Entry, EntryPatch, EntryWithPath, FileBelow, NewFolder, Page, PageQuery};

use crate::http::Call;
use crate::{HubClient, Result};

impl HubClient {
    /// An entry, and where it is.
    pub async fn entry(&self, id: EntryId) -> Result<EntryWithPath> {
        self.ask(Call::get(format!("api/v1/entries/{id}"))).await
    }

    /// The folder or file at `path` below a Space, such as `Album Backup/Laptop`.
    pub async fn look_up(&self, space: SpaceId, path: &str) -> Result<EntryWithPath> {
        self.ask(Call::get(format!("api/v1/spaces/{space}/lookup")).query("path", Some(path))).await
    }

    /// What is directly in a folder.
    pub async fn children(&self, folder: EntryId, page: &PageQuery) -> Result<Page<Entry>> {
        self.ask(Call::get(format!("api/v1/entries/{folder}/children")).page(page)).await
    }

    /// All files below a folder, however deep.
    pub async fn files_below(&self, folder: EntryId, page: &PageQuery) -> Result<Page<FileBelow>> {
        self.ask(Call::get(format!("api/v1/entries/{folder}/files")).page(page)).await
    }

    /// Makes a folder. Refused when the name is taken.
    pub async fn make_folder(&self, new: &NewFolder) -> Result<Entry> {
        self.ask(Call::post("api/v1/folders").json(new)).await
    }

    /// Renames or moves an entry.
    pub async fn change_entry(&self, id: EntryId, patch: &EntryPatch) -> Result<Entry> {
        self.ask(Call::patch(format!("api/v1/entries/{id}")).json(patch)).await
    }

    /// Puts an entry, and all below it, into the trash.
    pub async fn trash_entry(&self, id: EntryId) -> Result<()> {
        self.tell(Call::delete(format!("api/v1/entries/{id}"))).await
    }
}
