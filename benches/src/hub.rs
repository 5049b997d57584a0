//! A hub to measure, and somebody who sends to it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client::{Declaration, HubAddress, HubClient, Patience, Pieces, Token};
use domain::{InstallationId, Name};
use futures_util::StreamExt as _;
use testkit::{HubLaunch, HubProcess};
use tokio::runtime::Runtime;
use tokio_util::io::ReaderStream;
use wire::{DeviceIntroduction, LoginRequest, SetupRequest};

use crate::pictures::Picture;
use crate::slow_disk;

/// The bench's account.
pub(crate) const NAME: &str = "bench";
/// Its password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Pieces that the sender reads at once.
const PIECE_BYTES: usize = 256 * 1024;

/// A running hub with one account and one device, and a runtime for the sender.
pub(crate) struct Bench {
    pub(crate) hub: HubProcess,
    pub(crate) client: HubClient,
    pub(crate) runtime: Runtime,
}

impl Bench {
    /// Starts the built hub on this folder and connects a device.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::connected(HubLaunch::new(folder).start())
    }

    /// The same, with flushes as slow as a hard disk's.
    pub(crate) fn start_on_slow_disk(folder: &Path, library: &Path) -> Self {
        let launch = HubLaunch::new(folder).variable("LD_PRELOAD", library);
        Self::connected(launch.variable("SLOW_FLUSH_MS", slow_disk::FLUSH_MS).start())
    }

    fn connected(hub: HubProcess) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime for the sender");
        let address: HubAddress = hub.url().parse().expect("the hub's address");
        let client = HubClient::new(address, Patience::default()).expect("a client");
        let code = hub.setup_code();
        let client = runtime.block_on(connect(client, code));
        Self { hub, client, runtime }
    }

    /// Sends every picture whole, this many at a time, as a device does with small files.
    pub(crate) fn send(&self, pictures: &[Picture], at_a_time: usize) {
        let pictures = Arc::new(pictures.to_vec());
        let next = Arc::new(AtomicUsize::new(0));
        self.runtime.block_on(async {
            let mut senders = Vec::new();
            for _ in 0..at_a_time {
                let sending = send_some(self.client.clone(), pictures.clone(), next.clone());
                senders.push(sending);
            }
            futures_util::future::join_all(
                senders.into_iter().map(|sending| self.runtime.handle().spawn(sending)),
            )
            .await
            .into_iter()
            .for_each(|sent| sent.expect("a sender that ends well"));
        });
    }
}

async fn connect(client: HubClient, code: String) -> HubClient {
    let name = Name::new(NAME).expect("a name");
    let owner = SetupRequest { code, name: name.clone(), password: PASSWORD.to_owned() };
    client.set_up(&owner).await.expect("the owner's account");
    let device = DeviceIntroduction {
        installation: InstallationId::from_bytes([1; 16]),
        name: Name::new("sender").expect("a name"),
        platform: "bench".to_owned(),
    };
    let login = LoginRequest { name, password: PASSWORD.to_owned(), device: Some(device) };
    let answer = client.log_in(&login).await.expect("a login");
    client.with_token(Token::new(answer.token))
}

async fn send_some(client: HubClient, pictures: Arc<Vec<Picture>>, next: Arc<AtomicUsize>) {
    while let Some(picture) = pictures.get(next.fetch_add(1, Ordering::Relaxed)) {
        let file = tokio::fs::File::open(&picture.path).await.expect("a picture");
        let pieces: Pieces = ReaderStream::with_capacity(file, PIECE_BYTES).boxed();
        let begun = client
            .begin_upload_with(&declaration(picture), picture.size_bytes, pieces)
            .await
            .expect("an upload that is stored");
        assert!(begun.stored.is_some(), "the hub says that it is stored");
    }
}

/// What a device declares about a picture.
pub(crate) fn declaration(picture: &Picture) -> Declaration {
    let mut file = Declaration::named(Name::new(picture.name.clone()).expect("a name"));
    file.sha256 = Some(picture.hashes.sha256);
    file.sha1 = Some(picture.hashes.sha1);
    file.album = Some("Bench".to_owned());
    file
}
