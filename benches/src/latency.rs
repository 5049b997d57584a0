//! How soon a picture is seen: from the last byte of its upload to its thumbnail.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use client::{Pieces, Wanted};
use domain::{AssetId, TwinHasher};
use futures_util::StreamExt as _;
use tokio_util::io::ReaderStream;
use wire::RenditionKind;

use crate::hub::{Bench, declaration};
use crate::measure::{median, scaled};
use crate::pictures::Picture;
use crate::renditions;
use crate::report::{Goal, Report};

/// Pieces that the sender reads at once.
const PIECE_BYTES: usize = 256 * 1024;

/// How often the sender asks whether the picture is there, as an event would tell it.
const ASK_EVERY: Duration = Duration::from_millis(5);

/// How long the hub is left alone before each picture.
const IDLE: Duration = Duration::from_millis(300);

/// Photos of 12 MP, one after the other, on a hub that has nothing else to do.
pub(crate) fn upload_to_thumbnail(report: &mut Report) {
    let Some(photo) = renditions::picture("12 MP.jpg", (4000, 3000)) else {
        Report::figure("upload to thumbnail", "not measured: no Python (scripts/setup-tests.sh)");
        return;
    };
    let phone = testkit::corpus_dir().map(|corpus| corpus.join(renditions::PHONE));
    measure(report, "photo of 12 MP", &photo, Goal::AtMost(300.0));
    if let Some(phone) = phone.filter(|path| path.is_file()) {
        measure(report, "HEIC of 12 MP of a phone", &phone, Goal::AtMost(300.0));
    }
}

fn measure(report: &mut Report, what: &str, photo: &Path, goal: Goal) {
    let (folder, data) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let bench = Bench::start(data.path());
    let waits: Vec<f64> = (0..scaled(31))
        .map(|number| {
            let picture = one_of_its_own(photo, folder.path(), number);
            bench.runtime.block_on(async { tokio::time::sleep(IDLE).await });
            bench.runtime.block_on(wait_for_thumbnail(&bench, &picture)).as_secs_f64() * 1000.0
        })
        .collect();
    let slowest = waits.iter().copied().fold(0.0, f64::max);
    Report::figure(
        &format!("{what}: the first, and the slowest"),
        &format!("{:.0} ms, {slowest:.0} ms", waits[0]),
    );
    report.goal(&format!("{what}: last byte to thumbnail, median"), median(waits), " ms", goal);
}

/// The photo with some bytes behind its end, so that its content is new.
fn one_of_its_own(photo: &Path, folder: &Path, number: u64) -> Picture {
    let mut bytes = std::fs::read(photo).expect("a photo");
    bytes.extend(number.to_be_bytes());
    let name = format!("{number}-{}", photo.file_name().unwrap_or_default().to_string_lossy());
    let path: PathBuf = folder.join(&name);
    let mut file = std::fs::File::create(&path).expect("room for a photo");
    file.write_all(&bytes).expect("room for a photo");
    Picture { path, name, size_bytes: bytes.len() as u64, hashes: TwinHasher::of(&bytes) }
}

async fn wait_for_thumbnail(bench: &Bench, picture: &Picture) -> Duration {
    let sent = Arc::new(Mutex::new(None));
    let pieces = telling_its_end(picture, sent.clone()).await;
    let begun = bench.client.begin_upload_with(&declaration(picture), picture.size_bytes, pieces).await;
    let stored = begun.expect("an upload that is stored").stored.expect("it is stored");
    fetch_thumbnail(bench, stored.asset_id.expect("it is a picture")).await;
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner).expect("all bytes were sent");
    sent.elapsed()
}

/// The picture's bytes; writes down when the last ones were taken.
#[expect(clippy::disallowed_methods, reason = "measuring elapsed time is what a bench is for")]
async fn telling_its_end(picture: &Picture, sent: Arc<Mutex<Option<Instant>>>) -> Pieces {
    let file = tokio::fs::File::open(&picture.path).await.expect("a picture");
    let pieces = ReaderStream::with_capacity(file, PIECE_BYTES);
    // Nobody asks for more when the declared length is reached: each piece may be the last.
    let timed = pieces.inspect(move |_| {
        *sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    });
    timed.boxed()
}

async fn fetch_thumbnail(bench: &Bench, id: AssetId) {
    loop {
        let facts = bench.client.asset_facts(id).await.expect("its facts");
        if facts.described {
            assert_eq!(facts.problem, None, "it can be shown");
            break;
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
    let wanted = Wanted::Rendition(id, RenditionKind::Thumbnail);
    let mut download = bench.client.download(wanted, 0).await.expect("its thumbnail");
    while download.next().await.expect("its thumbnail").is_some() {}
}
