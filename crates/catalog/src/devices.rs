//! Phones, tablets and computers that back up.

use domain::{DeviceId, InstallationId, Name, TimestampMs, UserId};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// A phone, tablet or computer that backs up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The device's id.
    pub id: DeviceId,
    /// Whose it is.
    pub user_id: UserId,
    /// Which installation of the device program it is.
    pub installation: InstallationId,
    /// What its owner calls it; unique among the owner's devices.
    pub name: Name,
    /// What it runs on, such as `linux`.
    pub platform: String,
    /// Since when the hub knows it.
    pub created_at_ms: TimestampMs,
    /// When it last called.
    pub last_contact_at_ms: Option<TimestampMs>,
    /// Since when it is retired.
    pub retired_at_ms: Option<TimestampMs>,
    /// How its last run ended, as JSON that only the library reads into.
    pub report: Option<String>,
    /// When that report came.
    pub reported_at_ms: Option<TimestampMs>,
}

/// How a device introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// A fresh id, used when the device is new.
    pub id: DeviceId,
    /// Whose device it is.
    pub user_id: UserId,
    /// Made once by the device itself.
    pub installation: InstallationId,
    /// What its owner calls it.
    pub name: Name,
    /// What it runs on.
    pub platform: String,
    /// Now.
    pub now_ms: TimestampMs,
}

/// Finds or adds a device; `true` when it is new. The same installation of the same person gets
/// the same device with the name it has on the hub, and a retired one works again. When another
/// installation has the name, the new one is called `NAME-ab12` after its installation id.
pub async fn insert_or_reclaim(tx: &mut Tx, introduction: &Introduction) -> Result<(Device, bool)> {
    unfinished((tx, introduction))
}

/// A device by its id, retired or not.
pub async fn get(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>> {
    unfinished((tx, id))
}

/// A person's devices, by name, retired ones too.
pub async fn list_of_user(tx: &mut Tx, user_id: UserId, page: &Page) -> Result<Listed<Device>> {
    unfinished((tx, user_id, page))
}

/// Renames a device. False when there is no such device; `NameTaken` when the person has another
/// one of that name. Its folder keeps its name.
pub async fn rename(tx: &mut Tx, id: DeviceId, name: &Name) -> Result<bool> {
    unfinished((tx, id, name))
}

/// Retires a device. False when there is no such device or it is retired already. Its tokens are
/// the caller's to revoke in the same transaction.
pub async fn retire(tx: &mut Tx, id: DeviceId, now_ms: TimestampMs) -> Result<bool> {
    unfinished((tx, id, now_ms))
}

/// Remembers that a device called and, when it said so, how its run ended (JSON). Times never
/// move backwards. False when there is no such device.
pub async fn touch(tx: &mut Tx, id: DeviceId, now_ms: TimestampMs, report: Option<&str>) -> Result<bool> {
    unfinished((tx, id, now_ms, report))
}
