//! A person who looks at a hub through its API.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::LazyLock;

use client::{HubClient, Patience, Token, Wanted};
use domain::{EntryId, Hashes, Name, TwinHasher};
use tokio::runtime::Runtime;
use wire::{FileBelow, LoginAnswer, LoginRequest, PageQuery, SetupRequest, Space};

/// The password of every account.
pub const PASSWORD: &str = "a sentence only the tests know";

/// One runtime for all tests of a program: calls are few and short.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let made = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    made.expect("a runtime")
});

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Account {
    client: HubClient,
    token: String,
}

impl Account {
    /// Where calls run.
    pub fn runtime() -> &'static Runtime {
        &RUNTIME
    }

    /// Claims a fresh hub.
    pub fn set_up(url: &str, request: &SetupRequest) {
        let claimed = RUNTIME.block_on(stranger(url).set_up(request));
        claimed.unwrap_or_else(|error| panic!("the hub cannot be claimed: {error}"));
    }

    /// Signs in.
    pub fn log_in(url: &str, name: &str) -> Self {
        let name = Name::new(name).expect("a name");
        let request = LoginRequest { name, password: PASSWORD.to_owned(), device: None };
        let answer: LoginAnswer = RUNTIME
            .block_on(stranger(url).log_in(&request))
            .unwrap_or_else(|error| panic!("signing in does not work: {error}"));
        let client = stranger(url).with_token(Token::new(answer.token.clone()));
        Self { client, token: answer.token }
    }

    /// The client, for calls of your own.
    pub const fn client(&self) -> &HubClient {
        &self.client
    }

    /// The bearer token, for clients of strangers.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Waits for a call and panics when it fails.
    pub fn call<T>(&self, call: impl Future<Output = client::Result<T>>) -> T {
        self.try_call(call).unwrap_or_else(|error| panic!("a call failed: {error}"))
    }

    /// Waits for a call.
    pub fn try_call<T>(&self, call: impl Future<Output = client::Result<T>>) -> client::Result<T> {
        RUNTIME.block_on(call)
    }

    /// The account's own Space.
    pub fn my_space(&self) -> Space {
        let spaces = self.call(self.client.spaces(&PageQuery::default())).items;
        let mine = |space: &Space| space.kind == domain::SpaceKind::My;
        spaces.into_iter().find(mine).expect("everybody has a Space")
    }

    /// Every file in My Space, by its path there.
    pub fn files(&self) -> BTreeMap<String, FileBelow> {
        let root = self.my_space().root_id;
        let (mut files, mut after) = (BTreeMap::new(), None);
        loop {
            let page = PageQuery { after, limit: Some(500) };
            let below = self.call(self.client.files_below(root, &page));
            for file in below.items {
                let path = format!("{}/{}", file.folder, file.entry.name);
                assert!(files.insert(path.clone(), file).is_none(), "{path} is listed twice");
            }
            after = below.next;
            if after.is_none() {
                return files;
            }
        }
    }

    /// How many pictures and videos there are in My Space.
    pub fn asset_count(&self) -> usize {
        let files = self.files();
        let assets: std::collections::BTreeSet<_> =
            files.values().filter_map(|file| file.entry.asset_id).collect();
        assets.len()
    }

    /// Reads a file back and hashes what came.
    pub fn hash(&self, entry: EntryId) -> Hashes {
        self.call(async {
            let mut download = self.client.download(Wanted::Entry(entry), 0).await?;
            let mut hasher = TwinHasher::new();
            while let Some(piece) = download.next().await? {
                hasher.update(&piece);
            }
            Ok(hasher.finish())
        })
    }
}

fn stranger(url: &str) -> HubClient {
    let address = url.parse().expect("the address of a hub");
    HubClient::new(address, Patience::default()).expect("networking works")
}
