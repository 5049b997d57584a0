//! How long the hub needs to answer offers.

use domain::{ContentHash, Random as _};
use testkit::SeededRandom;
use wire::{BATCH_MAX, OfferRequest};

use crate::hub::Bench;
use crate::measure::{scaled, timed};
use crate::pictures;
use crate::report::{Goal, Report};

/// 100 000 hashes in offers of 1 000, one after the other, to a hub that holds some thousand files:
/// mostly unknown ones, the dearest answer.
pub(crate) fn many_hashes(report: &mut Report) {
    let (folder, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let held = pictures::library(folder.path(), scaled(2000), 20_000);
    let bench = Bench::start(data.path());
    bench.send(&held, 16);
    let random = SeededRandom::new(3);
    let count = usize::try_from(scaled(100_000)).unwrap_or(usize::MAX);
    let mut hashes: Vec<ContentHash> = held.iter().map(|picture| picture.hashes.sha256).collect();
    hashes.resize_with(count.max(hashes.len()), || {
        let mut bytes = [0u8; 32];
        random.fill(&mut bytes);
        ContentHash::from_bytes(bytes)
    });
    let (held_count, took) = timed(|| offer_all(&bench, &hashes));
    assert_eq!(held_count, held.len(), "everything that was sent is held");
    let seconds = took.as_secs_f64();
    report.goal(
        &format!("offering {} hashes, HTTP included", hashes.len()),
        seconds,
        " s",
        Goal::AtMost(2.0),
    );
}

fn offer_all(bench: &Bench, hashes: &[ContentHash]) -> usize {
    bench.runtime.block_on(async {
        let mut held = 0;
        for batch in hashes.chunks(BATCH_MAX) {
            let offer = OfferRequest { space_id: None, hashes: batch.to_vec() };
            let reply = bench.client.offer(&offer).await.expect("an answer");
            held += reply.answers.iter().filter(|answer| **answer == wire::OfferAnswer::Held).count();
        }
        held
    })
}
