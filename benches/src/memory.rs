//! How much memory the hub takes.

use bytes::Bytes;
use client::{Declaration, Pieces};
use domain::Name;
use futures_util::{StreamExt as _, stream};

use crate::hub::Bench;
use crate::measure::{resident_mib, scaled};
use crate::report::{Goal, Report};

/// One piece that is sent over and over.
const PIECE_BYTES: u64 = 256 * 1024;

/// Idle, and with sixteen uploads of 1 GiB each in flight at once, all of them sent to the end.
pub(crate) fn resident(report: &mut Report) {
    let data = tempfile::tempdir().expect("a folder for the hub");
    let bench = Bench::start(data.path());
    let process_id = bench.hub.process_id();
    let (idle, _) = resident_mib(process_id).expect("the hub's memory");
    report.goal("hub, idle, resident", idle, " MiB", Goal::AtMost(40.0));
    let pieces = scaled(4096);
    bench.runtime.block_on(async {
        let uploads = (0..16u8).map(|index| send_large(&bench, index, pieces));
        futures_util::future::join_all(uploads).await;
    });
    let (_, highest) = resident_mib(process_id).expect("the hub's memory");
    let what = format!("hub, 16 uploads of {} MiB in flight, highest resident", pieces / 4);
    report.goal(&what, highest, " MiB", Goal::AtMost(150.0));
}

async fn send_large(bench: &Bench, index: u8, pieces: u64) {
    let file = Declaration::named(Name::new(format!("large {index}.mp4")).expect("a name"));
    let length = pieces * PIECE_BYTES;
    let begun = bench.client.begin_upload(&file, length).await.expect("an upload");
    let piece = Bytes::from(vec![index; usize::try_from(PIECE_BYTES).unwrap_or(0)]);
    let body: Pieces = stream::iter((0..pieces).map(move |_| Ok(piece.clone()))).boxed();
    let appended = bench.client.append(begun.id, 0, body, length).await.expect("all bytes");
    assert!(appended.stored.is_some(), "the hub says that it is stored");
}
