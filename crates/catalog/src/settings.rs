//! Small facts about the hub itself, by name.

use crate::error::{Error, Result};
use crate::sql::settings as sql;
use crate::tx::{Tx, query};

/// The name of the hub's id.
pub const HUB_ID: &str = "hub_id";

/// The name of the hash of the one-time set-up code.
pub const SETUP_CODE_HASH: &str = "setup_code_hash";

/// A setting's value.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let row = query(sql::GET).bind(name).optional(tx).await?;
    row.map(|row| row.text("value")).transpose()
}

/// Writes a setting, whether it was there or not.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    query(sql::SET).bind(name).bind(value).run(tx).await?;
    Ok(())
}

/// Writes a setting unless it is there; gives back the one that stands.
pub async fn ensure(tx: &mut Tx, name: &str, value: &str) -> Result<String> {
    query(sql::ENSURE).bind(name).bind(value).run(tx).await?;
    get(tx, name).await?.ok_or(Error::NotFound("setting"))
}

/// Deletes a setting if it has this very value: whoever gets `true` is the only one who ever will.
pub async fn take(tx: &mut Tx, name: &str, value: &str) -> Result<bool> {
    query(sql::TAKE).bind(name).bind(value).changed(tx).await
}
