//! The limits of the machine: bare programs that do the same work without a hub.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog::Catalog;
use domain::{Hashes, SystemClock, TwinHasher};

use crate::measure::timed;
use crate::pictures::Picture;
use crate::report;

/// Reads, hashes twice, writes and fsyncs every file, with this many threads. No names, no rows.
pub(crate) fn write_and_hash(pictures: &[Picture], into: &Path, threads: usize) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(picture) = pictures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let target = into.join(picture.hashes.sha256.to_string());
                    let hashes = copy_and_hash(&picture.path, &target).expect("room for a copy");
                    assert_eq!(hashes, picture.hashes, "the copy is the picture");
                }
            });
        }
    });
}

/// The argument that makes this program the one-by-one peer.
pub(crate) const ONE_BY_ONE: &str = "--one-by-one";

/// What a server does that takes one file after the other, each with its own fsyncs and its own row:
/// write, fsync, rename, fsync the folder, commit. No HTTP, which flatters it. The files' paths come on
/// standard input; the seconds that it took go to standard output.
pub(crate) fn one_by_one(into: &Path) {
    let paths: Vec<PathBuf> = std::io::stdin().lines().map_while(Result::ok).map(PathBuf::from).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let catalog = runtime.block_on(open_catalog(into));
    let ((), took) = timed(|| {
        for path in &paths {
            keep_one(path, into, |hashes| runtime.block_on(commit_row(&catalog, hashes)));
        }
    });
    runtime.block_on(catalog.close());
    report::say(&took.as_secs_f64().to_string());
}

fn keep_one(path: &Path, into: &Path, commit: impl FnOnce(&Hashes)) {
    let temporary = into.join("incoming");
    let hashes = copy_and_hash(path, &temporary).expect("room for a copy");
    let folder = into.join(&hashes.sha256.to_string()[..2]);
    std::fs::create_dir_all(&folder).expect("a folder");
    #[expect(clippy::disallowed_methods, reason = "the peer's own recipe, fsync follows")]
    std::fs::rename(&temporary, folder.join(hashes.sha256.to_string())).expect("a rename");
    File::open(&folder).and_then(|folder| folder.sync_all()).expect("an fsync");
    commit(&hashes);
}

async fn open_catalog(folder: &Path) -> Catalog {
    let url = format!("sqlite://{}", folder.join("naive.db").display());
    Catalog::open(&url, Arc::new(SystemClock)).await.expect("a catalog")
}

async fn commit_row(catalog: &Catalog, hashes: &Hashes) {
    let (name, value) = (hashes.sha256.to_string(), hashes.sha1.to_string());
    catalog
        .write(move |tx| Box::pin(async move { catalog::settings::set(tx, &name, &value).await }))
        .await
        .expect("a row");
}

fn copy_and_hash(from: &Path, to: &Path) -> std::io::Result<Hashes> {
    let (mut source, mut target) = (File::open(from)?, File::create(to)?);
    let mut hasher = TwinHasher::new();
    let mut piece = vec![0u8; 256 * 1024];
    loop {
        let length = source.read(&mut piece)?;
        if length == 0 {
            break;
        }
        hasher.update(&piece[..length]);
        target.write_all(&piece[..length])?;
    }
    target.sync_all()?;
    Ok(hasher.finish())
}
