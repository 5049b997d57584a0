use std::sync::Mutex;

use domain::{Name, TwinHasher};

use super::*;
use crate::sources::SourceId;
use crate::sources::fake::FakeSource;
use crate::uploader::fake_hub::{FakeHub, Fault, away};

/// What a transfer told, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Sending(u64),
    Sent(u64),
    Begun(UploadId),
}

#[derive(Default)]
struct Heard {
    told: Mutex<Vec<Told>>,
    /// The device cannot remember that an upload was begun.
    forgetful: bool,
    /// Cancelled as soon as so many bytes went out.
    stops: Option<(u64, CancellationToken)>,
}

impl Heard {
    fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    fn sent_bytes(&self) -> u64 {
        self.told().iter().map(|told| if let Told::Sent(bytes) = told { *bytes } else { 0 }).sum()
    }
}

#[async_trait::async_trait]
impl TransferLog for Heard {
    fn sending(&self, from_byte: u64) {
        self.told.lock().unwrap().push(Told::Sending(from_byte));
    }

    fn sent(&self, bytes: u64) {
        self.told.lock().unwrap().push(Told::Sent(bytes));
        if let Some((after_bytes, stop)) = &self.stops
            && self.sent_bytes() >= *after_bytes
        {
            stop.cancel();
        }
    }

    async fn begun(&self, upload: UploadId) -> Result<(), LedgerError> {
        if self.forgetful {
            return Err(LedgerError::Full);
        }
        self.told.lock().unwrap().push(Told::Begun(upload));
        Ok(())
    }
}

const PATH: &str = "Camera/v.mov";
const SMALL: &[u8] = b"small";
const LARGE: &[u8] = b"a video of thirty-one bytes....";

struct Scene {
    hub: Arc<FakeHub>,
    source: FakeSource,
    bytes: &'static [u8],
}

impl Scene {
    fn new(bytes: &'static [u8]) -> Self {
        let source = FakeSource::new(SourceId(1));
        source.put(PATH, bytes, 1_000_000);
        Self { hub: Arc::default(), source, bytes }
    }

    /// A transfer of what the item was at first.
    fn transfer(&self, upload: Option<UploadId>) -> Transfer {
        let (hashes, local) = (TwinHasher::of(self.bytes), LocalId::from_slashes(PATH));
        let facts = Facts {
            size_bytes: hashes.size_bytes,
            modified_at_ns: 1_000_000,
            changed_at_ns: None,
            file: None,
        };
        Transfer {
            hub: self.hub.clone(),
            source: Arc::new(self.source.clone()),
            local,
            facts,
            flow: Flow::default(),
            file: NewFile {
                folder: None,
                sha256: hashes.sha256,
                sha1: hashes.sha1,
                size_bytes: hashes.size_bytes,
                name: Name::new("v.mov").unwrap(),
                name_raw: None,
                album: "Camera".into(),
                modified_at_ms: 1,
            },
            upload,
            may_have_finished: true,
            small_bytes: 10,
            piece_bytes: 10,
            stop: CancellationToken::new(),
        }
    }

    async fn send(&self) -> (Result<Arrived, Box<Unsent>>, Vec<Told>) {
        self.go_on(None).await
    }

    async fn go_on(&self, upload: Option<UploadId>) -> (Result<Arrived, Box<Unsent>>, Vec<Told>) {
        let heard = Arc::new(Heard::default());
        let sent = self.transfer(upload).send(heard.clone()).await;
        (sent, heard.told())
    }

    /// Sends until the hub's n-th call fails, and gives back what is left to do.
    async fn fail(&self, call: u64, fault: Fault) -> Box<Unsent> {
        self.hub.fail_after(call, fault);
        self.send().await.0.unwrap_err()
    }
}

#[tokio::test]
async fn a_small_file_goes_in_one_request() {
    let scene = Scene::new(SMALL);
    let (sent, told) = scene.send().await;
    let arrived = sent.unwrap();
    assert_eq!((arrived.stored.name.as_str(), arrived.changed_since), ("v.mov", false));
    assert_eq!(told, [Told::Sending(0), Told::Sent(5)]);
    assert_eq!(
        {
            let shelf = scene.hub.shelf();
            (shelf.steps, shelf.begun)
        },
        (1, 0)
    );
    assert!(scene.hub.holds(SMALL));
}

#[tokio::test]
async fn an_empty_file_arrives_like_any_other() {
    let scene = Scene::new(b"");
    let (sent, told) = scene.send().await;
    assert!(!sent.unwrap().changed_since && scene.hub.holds(b""));
    assert_eq!(told, [Told::Sending(0)]);
}

#[tokio::test]
async fn a_large_file_goes_in_pieces_and_is_remembered_before_the_first() {
    let scene = Scene::new(LARGE);
    let (sent, told) = scene.send().await;
    sent.unwrap();
    let [Told::Begun(_), rest @ ..] = &told[..] else { panic!("{told:?}") };
    let pieces = [10, 10, 10, 1].map(Told::Sent);
    assert_eq!(rest, [&[Told::Sending(0)][..], &pieces].concat());
    assert!(scene.hub.holds(LARGE));
}

#[tokio::test]
async fn bytes_that_the_hub_has_are_not_sent_again() {
    let scene = Scene::new(LARGE);
    // Begin, one piece; the second is cut in the middle.
    let unsent = scene.fail(2, Fault::Cut).await;
    assert!(unsent.progressed && matches!(unsent.failure, SendFailure::Hub(HubError::Away { .. })));
    let (sent, told) = scene.go_on(unsent.upload).await;
    sent.unwrap();
    assert_eq!(told, [Told::Sending(15), Told::Sent(10), Told::Sent(6)]);
    assert_eq!(
        {
            let shelf = scene.hub.shelf();
            (shelf.begun, shelf.received_bytes)
        },
        (1, LARGE.len() as u64)
    );
}

#[tokio::test]
async fn a_failure_without_any_progress_says_so() {
    let scene = Scene::new(LARGE);
    let unsent = scene.fail(0, Fault::Lost(away())).await;
    assert!(!unsent.progressed && unsent.upload.is_none(), "nothing was begun: {unsent:?}");
    let unsent = scene.fail(1, Fault::Lost(away())).await;
    assert!(!unsent.progressed && unsent.upload.is_some(), "it was begun: {unsent:?}");
}

#[tokio::test]
async fn an_upload_that_ended_without_our_hearing_it_is_not_sent_again() {
    let scene = Scene::new(LARGE);
    let unsent = scene.fail(4, Fault::ReplyLost(away())).await;
    assert!(scene.hub.holds(LARGE));
    let (sent, told) = scene.go_on(unsent.upload).await;
    assert_eq!((sent.unwrap().stored.name.as_str(), told), ("v.mov", vec![]));
    assert_eq!(scene.hub.shelf().arrivals.values().copied().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn an_upload_that_expired_is_begun_again() {
    let scene = Scene::new(LARGE);
    let unsent = scene.fail(2, Fault::Lost(away())).await;
    scene.hub.expire_uploads();
    let (sent, told) = scene.go_on(unsent.upload).await;
    sent.unwrap();
    assert!(matches!(told[..2], [Told::Begun(_), Told::Sending(0)]), "{told:?}");
    assert_eq!(scene.hub.shelf().begun, 2);
}

#[tokio::test]
async fn an_upload_that_expires_on_its_way_is_forgotten() {
    let scene = Scene::new(LARGE);
    let unsent = scene.fail(2, Fault::Lost(HubError::UploadGone)).await;
    assert!(matches!(unsent.failure, SendFailure::Hub(HubError::UploadGone)));
    assert_eq!(unsent.upload, None, "the next try begins a new one");
}

#[tokio::test]
async fn an_upload_longer_than_the_file_is_of_an_older_version_and_left_alone() {
    let scene = Scene::new(LARGE);
    let unsent = scene.fail(3, Fault::Lost(away())).await;
    let shorter = Scene { bytes: &LARGE[..12], hub: scene.hub.clone(), source: scene.source.clone() };
    shorter.source.put(PATH, shorter.bytes, 1_000_000);
    let (sent, _) = shorter.go_on(unsent.upload).await;
    sent.unwrap();
    assert!(shorter.hub.holds(&LARGE[..12]));
    assert_eq!(shorter.hub.shelf().begun, 2);
}

#[tokio::test]
async fn a_device_that_cannot_remember_an_upload_sends_nothing_of_it() {
    let scene = Scene::new(LARGE);
    let heard = Arc::new(Heard { forgetful: true, ..Heard::default() });
    let unsent = scene.transfer(None).send(heard.clone()).await.unwrap_err();
    assert!(matches!(unsent.failure, SendFailure::Ledger(LedgerError::Full)), "{unsent:?}");
    assert_eq!((heard.told(), scene.hub.shelf().received_bytes), (vec![], 0));
}

#[tokio::test]
async fn what_is_not_the_hashed_version_any_more_is_not_sent() {
    for bytes in [SMALL, LARGE] {
        let scene = Scene::new(bytes);
        scene.source.put(PATH, bytes, 2_000_000);
        let (sent, _) = scene.send().await;
        assert!(matches!(sent.unwrap_err().failure, SendFailure::Changed));
        scene.source.set_unreadable(PATH, true);
        assert!(matches!(scene.send().await.0.unwrap_err().failure, SendFailure::Unreadable(_)));
        scene.source.remove(PATH);
        assert!(matches!(scene.send().await.0.unwrap_err().failure, SendFailure::Vanished));
        assert_eq!(scene.hub.shelf().received_bytes, 0);
    }
}

#[tokio::test]
async fn bytes_that_are_not_the_declared_ones_mean_that_the_file_changed() {
    let scene = Scene::new(SMALL);
    // Same length, same time, other bytes: only the hub can tell.
    scene.source.put(PATH, b"other", 1_000_000);
    let unsent = scene.send().await.0.unwrap_err();
    assert!(matches!(unsent.failure, SendFailure::Changed), "{unsent:?}");
    assert!(!scene.hub.holds(b"other"));
}

#[tokio::test]
async fn a_request_that_broke_because_the_file_did_is_the_files_failure() {
    for (spoil, vanished) in [
        (FakeSource::remove as fn(&FakeSource, &str), true),
        (|source: &FakeSource, path: &str| source.put(path, b"newer", 2_000_000), false),
    ] {
        let scene = Scene::new(SMALL);
        let transfer = scene.transfer(None);
        let still = transfer.find_local_cause(SendFailure::Hub(away())).await;
        assert!(matches!(still, SendFailure::Hub(HubError::Away { .. })), "{still:?}");
        spoil(&scene.source, PATH);
        let cause = transfer.find_local_cause(SendFailure::Hub(away())).await;
        assert_eq!(matches!(cause, SendFailure::Vanished), vanished, "{cause:?}");
        assert_eq!(matches!(cause, SendFailure::Changed), !vanished, "{cause:?}");
        let refused = transfer.find_local_cause(SendFailure::Hub(HubError::StorageFull)).await;
        assert!(matches!(refused, SendFailure::Hub(HubError::StorageFull)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_stop_lets_the_piece_end_and_begins_no_other() {
    let scene = Scene::new(LARGE);
    let transfer = scene.transfer(None);
    let heard = Arc::new(Heard { stops: Some((20, transfer.stop.clone())), ..Heard::default() });
    let unsent = transfer.send(heard.clone()).await.unwrap_err();
    assert!(matches!(unsent.failure, SendFailure::Stopped) && unsent.progressed, "{unsent:?}");
    assert_eq!((heard.sent_bytes(), scene.hub.shelf().received_bytes), (20, 20));
    let (sent, told) = scene.go_on(unsent.upload).await;
    sent.unwrap();
    assert_eq!(told, [Told::Sending(20), Told::Sent(10), Told::Sent(1)]);
}

#[tokio::test]
async fn a_stop_does_not_hold_up_a_small_file_that_is_on_its_way() {
    let scene = Scene::new(SMALL);
    let transfer = scene.transfer(None);
    let heard = Arc::new(Heard { stops: Some((1, transfer.stop.clone())), ..Heard::default() });
    assert!(transfer.send(heard).await.is_ok() && scene.hub.holds(SMALL));
}

#[tokio::test]
async fn a_file_that_shrank_breaks_its_request() {
    let five_of = |bytes: &'static [u8]| Reading {
        bytes: Box::new(io::Cursor::new(bytes)),
        left_bytes: 5,
        flow: Flow::default(),
    };
    let error = read_piece(five_of(b"abc")).await.err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    let (piece, rest) = read_piece(five_of(b"abcdef")).await.unwrap().unwrap();
    assert_eq!(
        (&piece[..], rest.left_bytes),
        (&b"abcde"[..], 0),
        "and one that grew gives no more than was said"
    );
}
