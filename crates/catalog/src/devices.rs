//! Phones, tablets and computers that back up.

use domain::{DeviceId, InstallationId, Name, TimestampMs, UserId};

use crate::error::{Error, Result};
use crate::names::name_key;
use crate::page::{ByBytes, Listed, Page};
use crate::row::Row;
use crate::sql::devices as sql;
use crate::tx::{Tx, query};

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
    // PostgreSQL keeps no NUL in text, and a platform with one is nonsense anyway.
    let platform = introduction.platform.replace('\0', "");
    let known = query(sql::BY_INSTALLATION)
        .bind(introduction.user_id)
        .bind(introduction.installation)
        .optional(tx)
        .await?;
    if let Some(row) = known {
        let id = row.key("id")?;
        query(sql::RECLAIM).bind(id).bind(platform).run(tx).await?;
        return Ok((get(tx, id).await?.ok_or(Error::NotFound("device"))?, false));
    }
    let name = free_name(tx, introduction).await?;
    query(sql::INSERT)
        .bind(introduction.id)
        .bind(introduction.user_id)
        .bind(introduction.installation)
        .bind(name.as_str())
        .bind(name_key(&name))
        .bind(platform)
        .bind(introduction.now_ms)
        .run(tx)
        .await?;
    Ok((get(tx, introduction.id).await?.ok_or(Error::NotFound("device"))?, true))
}

/// A device by its id, retired or not.
pub async fn get(tx: &mut Tx, id: DeviceId) -> Result<Option<Device>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(device_of).transpose()
}

/// A person's devices, by name, retired ones too.
pub async fn list_of_user(tx: &mut Tx, user_id: UserId, page: &Page) -> Result<Listed<Device>> {
    let ByBytes(after) = page.start(TAG)?;
    let rows = query(sql::LIST_OF_USER).bind(user_id).bind(after).bind(page.rows() + 1).all(tx).await?;
    let devices = rows.iter().map(device_of).collect::<Result<_>>()?;
    Ok(Listed::cut(devices, page.rows(), TAG, |device: &Device| ByBytes(name_key(&device.name))))
}

/// Renames a device. False when there is no such device; `NameTaken` when the person has another
/// one of that name. Its folder keeps its name.
pub async fn rename(tx: &mut Tx, id: DeviceId, name: &Name) -> Result<bool> {
    let done = query(sql::RENAME).bind(id).bind(name.as_str()).bind(name_key(name)).changed(tx);
    done.await.map_err(|error| error.or_name_taken(name))
}

/// Retires a device. False when there is no such device or it is retired already. Its tokens are
/// the caller's to revoke in the same transaction.
pub async fn retire(tx: &mut Tx, id: DeviceId, now_ms: TimestampMs) -> Result<bool> {
    query(sql::RETIRE).bind(id).bind(now_ms).changed(tx).await
}

/// Remembers that a device called and, when it said so, how its run ended (JSON). Times never
/// move backwards. False when there is no such device.
pub async fn touch(tx: &mut Tx, id: DeviceId, now_ms: TimestampMs, report: Option<&str>) -> Result<bool> {
    let known = query(sql::TOUCH).bind(id).bind(now_ms).changed(tx).await?;
    if let Some(report) = report {
        query(sql::REPORT).bind(id).bind(now_ms).bind(report).run(tx).await?;
    }
    Ok(known)
}

/// Which list a cursor is of.
const TAG: u8 = b'd';

/// The name as introduced, or with as many digits of the installation's id as it takes. The last
/// digits, because the first ones only say when the id was made.
async fn free_name(tx: &mut Tx, introduction: &Introduction) -> Result<Name> {
    let digits = introduction.installation.to_string().replace('-', "");
    let mut name = introduction.name.clone();
    for length in [4, 8, 16, 32] {
        let taken = query(sql::BY_NAME)
            .bind(introduction.user_id)
            .bind(name_key(&name))
            .optional(tx)
            .await?
            .is_some();
        if !taken {
            return Ok(name);
        }
        let suffix = &digits[digits.len() - length..];
        name = Name::lenient(&format!("{}-{suffix}", Name::lenient(introduction.name.as_str())));
        if !name.as_str().ends_with(suffix) {
            name = Name::lenient(suffix);
        }
    }
    Ok(name)
}

fn device_of(row: &Row) -> Result<Device> {
    Ok(Device {
        id: row.key("id")?,
        user_id: row.key("user_id")?,
        installation: row.key("installation_id")?,
        name: row.name("name")?,
        platform: row.text("platform")?,
        created_at_ms: row.number("created_at_ms")?,
        last_contact_at_ms: row.number_or_none("last_contact_at_ms")?,
        retired_at_ms: row.number_or_none("retired_at_ms")?,
        report: row.text_or_none("report")?,
        reported_at_ms: row.number_or_none("reported_at_ms")?,
    })
}
