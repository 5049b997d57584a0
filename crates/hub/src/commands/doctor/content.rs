//! What is kept: does the catalog answer, and do catalog and disk tell the same story?

use std::cmp::Ordering;
use std::sync::Arc;

use catalog::blobs::{self, BlobState};
use catalog::{Catalog, durability};
use domain::{Clock, ContentHash};
use vault::{DiskVault, Vault};

use super::Finding;
use crate::commands::output::count;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::wiring::catalog_url;

const TOPIC: &str = "content";

/// How many names are compared at once.
const BATCH: u32 = 1000;

pub(super) async fn examine(config: &Config, data: &DataDir, clock: Arc<dyn Clock>) -> Vec<Finding> {
    let catalog = match Catalog::open(&catalog_url(config, data), clock.clone()).await {
        Ok(catalog) => catalog,
        Err(error) => return vec![catalog_problem(&error)],
    };
    let mut findings = vec![match catalog.ready().await {
        Ok(()) => Finding::fine("catalog", format!("the catalog ({}) answers", kind(&catalog))),
        Err(error) => catalog_problem(&error),
    }];
    findings.extend(durability(&catalog).await);
    match DiskVault::open(&data.vault(), clock) {
        Err(error) => findings.push(vault_problem(&error)),
        Ok(vault) => match compare(&catalog, &vault).await {
            Ok(comparison) => findings.extend(comparison.findings()),
            Err(error) => findings.push(Finding::problem(TOPIC, error, "see the other lines first")),
        },
    }
    catalog.close().await;
    findings
}

/// Whether the server keeps what it has confirmed. Nothing is said of SQLite: the hub sees to that itself.
async fn durability(catalog: &Catalog) -> Vec<Finding> {
    if catalog.kind() == catalog::Kind::Sqlite {
        return Vec::new();
    }
    let off = catalog.read(|tx| Box::pin(async move { durability::switched_off(tx).await })).await;
    match off {
        Ok(off) => judge_durability(&off),
        // That it does not answer is said already.
        Err(_) => Vec::new(),
    }
}

fn judge_durability(off: &[&str]) -> Vec<Finding> {
    const TOPIC: &str = "durability";
    if off.is_empty() {
        return vec![Finding::fine(TOPIC, "PostgreSQL keeps what it has confirmed through a power cut")];
    }
    let risk = |setting: &&str| {
        let (risk, mend) = match *setting {
            "synchronous_commit" => (
                "what the hub has confirmed may be forgotten after a power cut, although the hub asks for it",
                "see what sits between hub and server (a pooler that drops options?), or set it to on",
            ),
            "full_page_writes" => (
                "a power cut in the middle of a write may destroy the catalog",
                "set it to on in postgresql.conf and reload the server",
            ),
            _ => (
                "a power cut may lose or destroy the catalog, and devices have deleted what it confirmed",
                "set it to on in postgresql.conf and reload the server",
            ),
        };
        Finding::problem(TOPIC, format!("PostgreSQL runs with {setting} = off: {risk}"), mend)
    };
    off.iter().map(risk).collect()
}

fn kind(catalog: &Catalog) -> &'static str {
    match catalog.kind() {
        catalog::Kind::Sqlite => "a file in the data folder",
        catalog::Kind::Postgres => "PostgreSQL",
    }
}

fn catalog_problem(error: &catalog::Error) -> Finding {
    let mend = if error.is_retryable() {
        "see whether its server runs and catalog.url is right"
    } else {
        "see docs/operating.md; do not delete anything before there is a copy of the data folder"
    };
    Finding::problem("catalog", with_cause(error), mend)
}

fn vault_problem(error: &vault::Error) -> Finding {
    Finding::problem(TOPIC, with_cause(error), "see whether the disk is mounted and healthy")
}

fn with_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// What only one side knows.
#[derive(Debug, Default, PartialEq, Eq)]
struct Comparison {
    kept: u64,
    missing: u64,
    wrong_size: u64,
    orphans: u64,
    staged: u64,
}

impl Comparison {
    fn findings(&self) -> Vec<Finding> {
        let kept = count(self.kept, "file is", "files are");
        let mut findings = Vec::new();
        if self.missing + self.wrong_size == 0 {
            findings.push(Finding::fine(TOPIC, format!("{kept} kept, and all are on the disk")));
        } else {
            let words = format!(
                "of {} kept, {} missing on the disk and {} the wrong size",
                count(self.kept, "file", "files"),
                count(self.missing, "is", "are"),
                count(self.wrong_size, "has", "have"),
            );
            let mend = "run `albumen-hub verify`: it names them, and devices that have them send them again";
            findings.push(Finding::problem(TOPIC, words, mend));
        }
        if self.orphans > 0 {
            let words = format!("{} on the disk that nothing names", count(self.orphans, "file", "files"));
            findings.push(Finding::note(TOPIC, words, "nothing: the hub sweeps them after a grace period"));
        }
        if self.staged > 0 {
            let words = format!("{} half-way in", count(self.staged, "upload is", "uploads are"));
            findings.push(Finding::note(TOPIC, words, "nothing: devices finish them, or they expire"));
        }
        findings
    }
}

/// Walks both sides in the order of their hashes, a batch at a time.
async fn compare(catalog: &Catalog, vault: &dyn Vault) -> Result<Comparison, library::Cause> {
    let mut found =
        Comparison { staged: u64::try_from(vault.staged().await?.len())?, ..Comparison::default() };
    let (mut rows, mut files) = (Rows::default(), Files::default());
    loop {
        match (rows.peek(catalog).await?, files.peek(vault).await?) {
            (None, None) => return Ok(found),
            (row, file) => {
                let order = match (&row, &file) {
                    (Some(row), Some(file)) => row.0.cmp(&file.0),
                    (Some(_), None) => Ordering::Less,
                    (None, _) => Ordering::Greater,
                };
                if let Some((_, size_bytes)) = row.filter(|_| order.is_le()) {
                    rows.0.next();
                    if let Some(size_bytes) = size_bytes {
                        found.kept += 1;
                        found.missing += u64::from(order.is_lt());
                        found.wrong_size +=
                            u64::from(order.is_eq() && file.is_some_and(|file| file.1 != size_bytes));
                    }
                }
                if order.is_ge() {
                    files.0.next();
                    found.orphans += u64::from(order.is_gt());
                }
            }
        }
    }
}

/// A sorted list that is fetched in batches.
#[derive(Debug)]
struct Batched<T> {
    batch: std::iter::Peekable<std::vec::IntoIter<(ContentHash, T)>>,
    after: Option<ContentHash>,
    ended: bool,
}

impl<T> Default for Batched<T> {
    fn default() -> Self {
        Self { batch: Vec::new().into_iter().peekable(), after: None, ended: false }
    }
}

impl<T: Copy> Batched<T> {
    fn next(&mut self) {
        self.batch.next();
    }

    fn first(&mut self) -> Option<(ContentHash, T)> {
        self.batch.peek().copied()
    }

    fn refill(&mut self, items: Vec<(ContentHash, T)>) {
        self.after = items.last().map(|(hash, _)| *hash).or(self.after);
        self.ended = items.is_empty();
        self.batch = items.into_iter().peekable();
    }
}

/// The catalog's side: the size of what should be there; `None` for what is on its way out.
#[derive(Debug, Default)]
struct Rows(Batched<Option<u64>>);

impl Rows {
    async fn peek(
        &mut self,
        catalog: &Catalog,
    ) -> Result<Option<(ContentHash, Option<u64>)>, library::Cause> {
        if self.0.first().is_none() && !self.0.ended {
            let after = self.0.after;
            let rows = catalog.read(move |tx| Box::pin(blobs::list_after(tx, after, BATCH))).await?;
            let size = |row: &blobs::Blob| matches!(row.state, BlobState::Kept).then_some(row.size_bytes);
            self.0.refill(rows.iter().map(|row| (row.sha256, size(row))).collect());
        }
        Ok(self.0.first())
    }
}

/// The disk's side: the size of what is there.
#[derive(Debug, Default)]
struct Files(Batched<u64>);

impl Files {
    async fn peek(&mut self, vault: &dyn Vault) -> Result<Option<(ContentHash, u64)>, library::Cause> {
        if self.0.first().is_none() && !self.0.ended {
            let files = vault.list(self.0.after, usize::try_from(BATCH)?).await?;
            self.0.refill(files.into_iter().map(|file| (file.hash, file.size_bytes)).collect());
        }
        Ok(self.0.first())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn each_setting_that_is_off_is_a_problem_in_words() {
        let fine = judge_durability(&[]);
        assert_eq!(fine.iter().map(|finding| finding.level).collect::<Vec<_>>(), [Level::Fine]);
        let found = judge_durability(&["fsync", "full_page_writes", "synchronous_commit"]);
        assert_eq!(found.len(), 3);
        for (finding, name) in found.iter().zip(["fsync", "full_page_writes", "synchronous_commit"]) {
            assert_eq!(finding.level, Level::Problem);
            assert!(finding.words.contains(&format!("{name} = off: ")), "{}", finding.words);
        }
    }

    #[test]
    fn only_what_is_missing_or_broken_is_a_problem() {
        let levels = |comparison: Comparison| -> Vec<Level> {
            comparison.findings().iter().map(|finding| finding.level).collect()
        };
        let whole = || Comparison { kept: 3, ..Comparison::default() };
        assert_eq!(levels(whole()), [Level::Fine]);
        assert_eq!(
            levels(Comparison { orphans: 1, staged: 1, ..whole() }),
            [Level::Fine, Level::Note, Level::Note]
        );
        assert_eq!(levels(Comparison { missing: 1, ..whole() }), [Level::Problem]);
        assert_eq!(levels(Comparison { wrong_size: 1, ..whole() }), [Level::Problem]);
        let words = &Comparison { missing: 1, wrong_size: 2, ..whole() }.findings()[0].words;
        assert_eq!(words, "of 3 files kept, 1 is missing on the disk and 2 have the wrong size");
    }
}
