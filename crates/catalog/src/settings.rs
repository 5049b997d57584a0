//! Small facts about the hub itself, by name.

use crate::error::{Result, unfinished};
use crate::tx::Tx;

/// The name of the hub's id.
pub const HUB_ID: &str = "hub_id";

/// The name of the hash of the one-time set-up code.
pub const SETUP_CODE_HASH: &str = "setup_code_hash";

/// A setting's value.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    unfinished((tx, name))
}

/// Writes a setting, whether it was there or not.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    unfinished((tx, name, value))
}

/// Writes a setting unless it is there; gives back the one that stands.
pub async fn ensure(tx: &mut Tx, name: &str, value: &str) -> Result<String> {
    unfinished((tx, name, value))
}

/// Deletes a setting if it has this very value: whoever gets `true` is the only one who ever will.
pub async fn take(tx: &mut Tx, name: &str, value: &str) -> Result<bool> {
    unfinished((tx, name, value))
}
