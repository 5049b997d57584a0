//! Devices and what they say about themselves.

use catalog::changes::{self, ChangeKind, NewChange};
use catalog::devices::{self, Device};
use catalog::{Listed, Page, Tx, tokens};
use domain::{DeviceId, Name, TimestampMs, UserId};

use crate::error::{Error, Result};
use crate::{Caller, Library};

impl Library {
    /// The caller's devices, by name, retired ones too.
    pub async fn devices(&self, caller: &Caller, page: Page) -> Result<Listed<Device>> {
        let user_id = caller.user_id;
        // What was seen a moment ago should be visible now.
        self.write_touches().await?;
        self.catalog
            .read(move |tx| Box::pin(async move { Ok(devices::list_of_user(tx, user_id, &page).await?) }))
            .await
    }

    /// The device of this very call.
    pub async fn calling_device(&self, caller: &Caller) -> Result<Option<Device>> {
        let Some(calling) = &caller.device else { return Ok(None) };
        let id = calling.id;
        Ok(self.catalog.read(move |tx| Box::pin(devices::get(tx, id))).await?)
    }

    /// Renames one of the caller's devices. Its folder keeps its name.
    pub async fn rename_device(&self, caller: &Caller, id: DeviceId, name: Name) -> Result<Device> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    own(tx, user_id, id).await?;
                    devices::rename(tx, id, &name).await?;
                    note_change(tx, user_id, id, now_ms).await?;
                    own(tx, user_id, id).await
                })
            })
            .await
    }

    /// Retires one of the caller's devices: its tokens stop working, what it brought stays.
    pub async fn retire_device(&self, caller: &Caller, id: DeviceId) -> Result<()> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    own(tx, user_id, id).await?;
                    devices::retire(tx, id, now_ms).await?;
                    tokens::revoke_of_device(tx, id, now_ms).await?;
                    note_change(tx, user_id, id, now_ms).await
                })
            })
            .await
    }

    /// Keeps what the calling device says about its run, as JSON that only its readers look into.
    pub async fn keep_report(&self, caller: &Caller, report: String) -> Result<()> {
        let Some(device) = &caller.device else {
            return Err(Error::Forbidden("only a device reports about itself"));
        };
        let (id, now_ms) = (device.id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    devices::touch(tx, id, now_ms, Some(&report)).await?;
                    Ok(())
                })
            })
            .await
    }
}

async fn own(tx: &mut Tx, user_id: UserId, id: DeviceId) -> Result<Device> {
    devices::get(tx, id).await?.filter(|device| device.user_id == user_id).ok_or(Error::NotFound("device"))
}

pub(crate) async fn note_change(
    tx: &mut Tx,
    user_id: UserId,
    id: DeviceId,
    now_ms: TimestampMs,
) -> Result<()> {
    let change = NewChange {
        user_id: Some(user_id),
        device_id: Some(id),
        ..NewChange::new(ChangeKind::DeviceChanged, now_ms)
    };
    changes::append(tx, &change).await?;
    Ok(())
}
