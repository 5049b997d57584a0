//! What a database server does about power cuts, beyond what each of our connections asks for.

use crate::error::Result;
use crate::sql::Sql;
use crate::tx::{Tx, query};

/// The server's settings without which a commit may not survive a power cut. (PostgreSQL's own words,
/// which SQLite does not understand; hence not among the statements of both engines.)
const SETTINGS: [(&str, Sql); 3] = [
    ("fsync", show("show fsync")),
    ("full_page_writes", show("show full_page_writes")),
    ("synchronous_commit", show("show synchronous_commit")),
];

const fn show(text: &'static str) -> Sql {
    Sql { name: "durability::SHOW", text, row_width: 0 }
}

/// The names of those settings that are off on the server, as this connection has them. Nothing on
/// SQLite, where each connection sets what matters itself.
pub async fn switched_off(tx: &mut Tx) -> Result<Vec<&'static str>> {
    let mut off = Vec::new();
    if tx.is_sqlite() {
        return Ok(off);
    }
    for (name, sql) in SETTINGS {
        if query(sql).one(tx).await?.text(name)? == "off" {
            off.push(name);
        }
    }
    Ok(off)
}
