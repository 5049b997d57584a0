//! How many small changes a second become durable, with 1, 8 and 64 callers that each wait for
//! their own: `cargo run --release -p albumen-catalog --example commits [URL]`. Without a URL it is
//! SQLite in a folder below the current one. Prints also how long an offer of 100 000 hashes takes.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench: it prints, measures time, and has nobody to answer to"
)]

use std::sync::Arc;
use std::time::Instant;

use catalog::{Catalog, Error, offers, settings};
use domain::{SpaceId, SystemClock, TwinHasher};
use futures_util::future::join_all;

const CHANGES: usize = 6400;

async fn with_callers(catalog: &Catalog, callers: usize) {
    let (before, started) = (catalog.pace(), Instant::now());
    let work = (0..callers).map(|caller| {
        let catalog = catalog.clone();
        async move {
            for number in 0..CHANGES / callers {
                let written = catalog.write(move |tx| {
                    Box::pin(
                        async move { settings::set(tx, &format!("{caller}"), &format!("{number}")).await },
                    )
                });
                written.await.unwrap();
            }
        }
    });
    join_all(work).await;
    let (after, seconds) = (catalog.pace(), started.elapsed().as_secs_f64());
    let groups = after.groups - before.groups;
    println!(
        "{callers:>3} callers: {:>7.0} changes/s, {:>6.0} commits/s, {:.1} changes each",
        CHANGES as f64 / seconds,
        groups as f64 / seconds,
        CHANGES as f64 / groups as f64
    );
}

async fn offer(catalog: &Catalog) {
    let hashes: Vec<_> =
        (0..100_000_u32).map(|number| TwinHasher::of(&number.to_be_bytes()).sha256).collect();
    let space = SpaceId::from_bytes([1; 16]);
    let started = Instant::now();
    for chunk in hashes.chunks(1000) {
        let chunk = chunk.to_vec();
        let answered = catalog.read(move |tx| {
            Box::pin(async move { Ok::<_, Error>(offers::answers(tx, space, &[space], &chunk).await?.len()) })
        });
        assert_eq!(answered.await.unwrap(), 1000);
    }
    println!("an offer of 100 000 hashes: {:.2} s", started.elapsed().as_secs_f64());
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir_in(".").unwrap();
    let here = format!("sqlite://{}", folder.path().join("catalog.db").display());
    let url = std::env::args().nth(1).unwrap_or(here);
    let catalog = Catalog::open(&url, Arc::new(SystemClock)).await.unwrap();
    println!("{:?}", catalog.kind());
    for callers in [1, 8, 64] {
        with_callers(&catalog, callers).await;
    }
    offer(&catalog).await;
    catalog.close().await;
}
