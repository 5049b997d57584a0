//! `albumen-hub user list`

use std::fmt::Write as _;
use std::process::ExitCode;

use catalog::users::User;
use serde_json::{Value, json};

use super::open_existing;
use super::output::{print, print_json};
use crate::HubError;
use crate::config::Loaded;

pub(super) async fn run(loaded: &Loaded, as_json: bool) -> Result<ExitCode, HubError> {
    let parts = open_existing(&loaded.config).await?;
    let listed = parts.library.list_accounts().await;
    parts.catalog.close().await;
    let users = listed?;
    if as_json {
        print_json(&users.iter().map(to_json).collect())?;
    } else {
        print(&table(&users))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn to_json(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "name": user.name.to_string(),
        "role": user.role.as_str(),
        "created_at_ms": user.created_at_ms,
        "disabled_at_ms": user.disabled_at_ms,
    })
}

fn table(users: &[User]) -> String {
    if users.is_empty() {
        return "There are no accounts yet.\n".to_owned();
    }
    let mut text = String::new();
    for user in users {
        let off = if user.disabled_at_ms.is_some() { "  (switched off)" } else { "" };
        // Writing to a String does not fail. A name with a line end stays on its line.
        let _ = writeln!(text, "{:8}  {}{off}", user.role.as_str(), user.name.to_string().escape_debug());
    }
    text
}
