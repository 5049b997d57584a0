//! Brings the database's layout up to date: numbered files that are applied once, in order, under
//! the writers' lock, and never edited afterwards.

use domain::TimestampMs;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::sql::migrations as sql;
use crate::tx::{Tx, query};

/// One step of the layout.
struct Step {
    number: i64,
    name: &'static str,
    text: &'static str,
}

/// Every step so far. A released file never changes: its checksum stands in every database.
const STEPS: &[Step] = &[
    Step { number: 1, name: "0001_first.sql", text: include_str!("../migrations/0001_first.sql") },
    Step { number: 2, name: "0002_trash_seen.sql", text: include_str!("../migrations/0002_trash_seen.sql") },
    Step {
        number: 3,
        name: "0003_descriptions.sql",
        text: include_str!("../migrations/0003_descriptions.sql"),
    },
    Step { number: 4, name: "0004_items.sql", text: include_str!("../migrations/0004_items.sql") },
];

impl Step {
    /// SHA-256 of the file, whatever its line ends became on the way.
    fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.text.replace('\r', "")))
    }
}

/// Applies what is missing, all of it or nothing. Refuses, in words, a database that is newer than
/// this program or whose steps are not the ones that this program knows.
pub(crate) async fn migrate(tx: &mut Tx, now_ms: TimestampMs) -> Result<()> {
    tx.begin().await?;
    let done = apply_missing(tx, now_ms).await;
    if done.is_err() {
        // The connection is dropped by the caller; this only ends it early where that is possible.
        drop(tx.command("rollback").await);
        return done;
    }
    tx.command("commit").await
}

async fn apply_missing(tx: &mut Tx, now_ms: TimestampMs) -> Result<()> {
    tx.command(
        "create table if not exists migrations (
            number bigint not null primary key,
            name text not null,
            checksum text not null,
            applied_at_ms bigint not null
        )",
    )
    .await?;
    let applied = query(sql::APPLIED).all(tx).await?;
    for row in &applied {
        let (number, name) = (row.number("number")?, row.text("name")?);
        check(number, &name, &row.text("checksum")?)?;
    }
    let bytes = if tx.is_sqlite() { "blob" } else { "bytea" };
    for step in STEPS.iter().skip(applied.len()) {
        tx.long_command(&step.text.replace("$BYTES", bytes)).await?;
        query(sql::RECORD)
            .bind(step.number)
            .bind(step.name)
            .bind(step.checksum())
            .bind(now_ms)
            .run(tx)
            .await?;
        tracing::info!(step = step.name, "the catalog's layout moved on to {}", step.name);
    }
    Ok(())
}

fn check(number: i64, name: &str, checksum: &str) -> Result<()> {
    let Some(step) = STEPS.iter().find(|step| step.number == number) else {
        return Err(Error::Migration(format!(
            "the catalog was made by a newer Albumen (its layout has step {number}, \"{name}\", this program \
             ends at step {}); start that version, or restore a copy from before",
            STEPS.len()
        )));
    };
    if step.checksum() != checksum {
        return Err(Error::Migration(format!(
            "step {number} of the catalog's layout (\"{name}\") is not the one in this program: it was changed \
             after it had been applied; use the program that made this catalog"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_a_step_and_numbers_have_no_gaps() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(STEPS.iter().map(|step| step.name).collect::<Vec<_>>(), files);
        for (index, step) in STEPS.iter().enumerate() {
            assert_eq!(step.number, i64::try_from(index).unwrap() + 1);
            assert!(step.name.starts_with(&format!("{:04}_", step.number)));
        }
    }

    /// Broke? A released migration must never change. Put its old text back and write a new one.
    #[test]
    fn released_steps_stay_as_they_are() {
        let checksums: Vec<_> =
            STEPS.iter().map(|step| format!("{} {}", step.name, step.checksum())).collect();
        insta::assert_debug_snapshot!(checksums);
    }
}
