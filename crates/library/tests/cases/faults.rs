//! Fail at every step: begin, append, finish with the vault failing at step 0, 1, 2 … After each: no
//! row lacks its bytes, nothing half stored is seen, and a retry as a device does it ends well.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ContentHash, UploadId};
use library::{Caller, Error, FileDeclaration, Stored, UploadState};
use vault::faults::{Fault, Unsynced};

use crate::common::{Engine, World, body, declared, file, picture, sha256, upload};

/// By which door the file comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// begin, then two appends.
    Resumable,
    /// The same without a declared hash: nothing can be adopted after a crash.
    Undeclared,
    /// A whole file in one request with a declared length.
    Whole,
    /// `PUT`.
    Put,
}

const WAYS: [Way; 4] = [Way::Resumable, Way::Undeclared, Way::Whole, Way::Put];

/// What a device remembers between its attempts.
struct Sending<'a> {
    way: Way,
    caller: &'a Caller,
    file: FileDeclaration,
    bytes: &'a [u8],
    id: Option<UploadId>,
}

impl Sending<'_> {
    /// One attempt, from where the hub says it is.
    async fn attempt(&mut self, world: &World) -> Result<Stored, Error> {
        let length = self.bytes.len();
        match self.way {
            Way::Whole => {
                let new = upload(self.file.clone(), length);
                let halves = self.bytes.split_at(length / 2);
                let sent = body(&[halves.0, halves.1]);
                Ok(world.library.receive_whole(self.caller, new, None, sent).await?.stored.unwrap())
            }
            Way::Put => {
                let sent = body(&[self.bytes]);
                world.library.put(self.caller, self.file.clone(), Some(length as u64), sent).await
            }
            Way::Resumable | Way::Undeclared => self.attempt_resumably(world).await,
        }
    }

    async fn attempt_resumably(&mut self, world: &World) -> Result<Stored, Error> {
        let mut state = match self.id {
            Some(id) => match world.library.upload_state(self.caller, id).await {
                Err(Error::UploadGone | Error::NotFound(_)) => self.begin(world).await?,
                other => other?,
            },
            None => self.begin(world).await?,
        };
        while state.stored.is_none() {
            let from = usize::try_from(state.offset).unwrap();
            let until = (from + self.bytes.len() / 2 + 1).min(self.bytes.len());
            let sent = body(&[&self.bytes[from..until]]);
            state = world.library.append(self.caller, state.id, state.offset, None, sent).await?;
        }
        Ok(state.stored.unwrap())
    }

    async fn begin(&mut self, world: &World) -> Result<UploadState, Error> {
        let state = world.library.begin(self.caller, upload(self.file.clone(), self.bytes.len())).await?;
        self.id = Some(state.id);
        Ok(state)
    }

    /// Tries until it is stored. A device stops at what cannot be tried again, except where it
    /// begins anew.
    async fn until_stored(&mut self, world: &World) -> Stored {
        for _ in 0..5 {
            match self.attempt(world).await {
                Ok(stored) => return stored,
                Err(Error::UploadGone) => self.id = None,
                Err(error) => assert!(error.is_retryable(), "{error:?}"),
            }
        }
        panic!("five attempts without any fault did not store it");
    }
}

/// What the fault is, and what a restart finds when it is a crash.
#[derive(Debug, Clone, Copy)]
struct Blow(Fault, Unsynced);

/// Lets one upload fail at this step; false when it has fewer steps.
async fn one_step(world: &mut World, sam: &Caller, sending: &mut Sending<'_>, step: u64, blow: Blow) -> bool {
    let context = format!("{:?} {blow:?} at step {step}", sending.way);
    let before = world.tree(sam).await;
    let blobs_before = world.proven_blobs().await;
    world.faults.fail_at(step, blow.0);
    let first = sending.attempt(world).await;
    let failed = world.faults.has_failed();
    world.faults.fail_at(u64::MAX, blow.0);
    if let Err(error) = &first {
        assert!(failed, "{context}: {error:?}");
        assert!(error.is_retryable() || matches!(error, Error::UploadGone), "{context}: {error:?}");
    }
    world.faults.make_room();
    if failed && blow.0 == Fault::Crash {
        world.faults.restart(blow.1).await.unwrap();
        world.restart().await;
    }
    let tree = world.tree(sam).await;
    if first.is_err() {
        assert_eq!(tree, before, "{context}: a failed upload shows nothing");
    }
    world.proven_blobs().await;

    let stored = match first {
        Ok(stored) => stored,
        Err(_) => sending.until_stored(world).await,
    };
    assert_eq!(stored.sha256, sha256(sending.bytes), "{context}");
    let mut expected = before;
    expected.insert(path_of(sending), stored.sha256);
    assert_eq!(world.tree(sam).await, expected, "{context}: exactly one entry more");
    let mut blobs: Vec<ContentHash> = blobs_before;
    blobs.push(stored.sha256);
    blobs.sort_unstable();
    blobs.dedup();
    assert_eq!(world.proven_blobs().await, blobs, "{context}: exactly one blob");
    if let Some(id) = sending.id {
        let again = world.library.upload_state(sam, id).await.unwrap();
        assert_eq!(again.stored, Some(stored), "{context}: the same answer again");
    }
    failed
}

fn path_of(sending: &Sending<'_>) -> String {
    format!("{}/{}", sending.file.folder.as_ref().unwrap(), sending.file.name)
}

/// All steps of one way, by a person who has sent nothing before. `duplicate`: the content is there
/// already, in another folder.
async fn one_way(world: &mut World, blow: Blow, way: Way, duplicate: bool) {
    let sam = world.person(&format!("{way:?} {duplicate}"), domain::Role::Member).await;
    let first = if duplicate { 1000 } else { 0 } + 100 * way as u64;
    for step in 0.. {
        assert!(step < 100, "an upload does not end");
        let bytes = picture(first + step, 3000);
        if duplicate {
            world.put(&sam, file(&format!("earlier {step}"), "same.jpg"), &bytes).await;
        }
        let place = file(&format!("run {step}"), "picture.jpg");
        let place = if way == Way::Resumable { declared(place, &bytes) } else { place };
        let mut sending = Sending { way, caller: &sam, file: place, bytes: &bytes, id: None };
        if !one_step(world, &sam, &mut sending, step, blow).await {
            assert!(step > 6, "{way:?} has more steps than {step}");
            break;
        }
    }
    let tree = world.tree(&sam).await;
    let contents: BTreeSet<ContentHash> = tree.values().copied().collect();
    assert_eq!(contents.len() * if duplicate { 2 } else { 1 }, tree.len());
    assert_eq!(world.assets(&sam).await.len(), contents.len(), "one asset for each content");
}

/// All steps of these ways, with new content and with content that is there already.
async fn all_steps(mut world: World, blow: Blow, ways: &[Way]) {
    for &way in ways {
        for duplicate in [false, true] {
            one_way(&mut world, blow, way, duplicate).await;
        }
    }
    world.nothing_is_left_over().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error() {
    all_steps(World::in_memory().await, Blow(Fault::Error, Unsynced::Kept), &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_write() {
    all_steps(World::in_memory().await, Blow(Fault::ShortWrite, Unsynced::Kept), &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk() {
    all_steps(World::in_memory().await, Blow(Fault::Full, Unsynced::Kept), &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_that_keeps_everything() {
    all_steps(World::in_memory().await, Blow(Fault::Crash, Unsynced::Kept), &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_that_tears() {
    all_steps(World::in_memory().await, Blow(Fault::Crash, Unsynced::Torn), &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_that_loses_what_was_not_synced() {
    all_steps(World::in_memory().await, Blow(Fault::Crash, Unsynced::Lost), &WAYS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_over_real_files() {
    let world = World::on_disk(Engine::Sqlite).await.unwrap();
    all_steps(world, Blow(Fault::Crash, Unsynced::Torn), &[Way::Resumable]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    for blow in [Blow(Fault::Error, Unsynced::Kept), Blow(Fault::Crash, Unsynced::Lost)] {
        let Some(world) = World::in_memory_on(Engine::Postgres).await else { return };
        all_steps(world, blow, &[Way::Resumable, Way::Put]).await;
    }
}

/// The catalog goes away when the bytes are sealed and their row is not written.
#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_fails_between_seal_and_commit() {
    for way in WAYS {
        let mut world = World::on_disk(Engine::Sqlite).await.unwrap();
        let sam = world.person("sam", domain::Role::Member).await;
        let bytes = picture(1, 3000);
        let place =
            if way == Way::Resumable { declared(file("A", "p.jpg"), &bytes) } else { file("A", "p.jpg") };
        let mut sending = Sending { way, caller: &sam, file: place, bytes: &bytes, id: None };
        let catalog = world.catalog.clone();
        world.gates.after_seal(async move { catalog.close().await });
        let error = sending.attempt(&world).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)) && error.is_retryable(), "{way:?}: {error:?}");
        world.restart().await;
        assert!(world.tree(&sam).await.is_empty(), "{way:?}: nothing half stored");
        sending.until_stored(&world).await;
        assert_eq!(world.tree(&sam).await, BTreeMap::from([("A/p.jpg".to_owned(), sha256(&bytes))]));
        assert_eq!(world.proven_blobs().await, [sha256(&bytes)]);
        world.nothing_is_left_over().await;
        world.end().await;
    }
}

/// PostgreSQL is away just when the row should be written, and comes back: the upload goes on from
/// its sealed bytes, which are not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_comes_back_finds_the_sealed_bytes() {
    let Some(world) = World::on_disk(Engine::Postgres).await else { return };
    let control = testkit::FreshDatabase::make().await.unwrap();
    let sam = world.person("sam", domain::Role::Member).await;
    let bytes = picture(1, 3000);
    let begun = world.library.begin(&sam, upload(file("A", "p.jpg"), bytes.len())).await.unwrap();

    let database = world.url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let away = format!(
        "alter database {database} allow_connections false;
         select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'"
    );
    let control = std::sync::Arc::new(control);
    let switch = control.clone();
    world.gates.after_seal(async move { switch.run(&away).await });
    let lost = world.library.append(&sam, begun.id, 0, None, body(&[&bytes])).await.unwrap_err();
    // New connections are refused in other words than old ones are ended with.
    let refused = world.library.upload_state(&sam, begun.id).await.unwrap_err();
    for error in [lost, refused] {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    assert_eq!(world.vault.staged().await.unwrap(), vec![], "sealed, and in no row");
    control.run(&format!("alter database {database} allow_connections true")).await;

    let stored = loop {
        match world.library.upload_state(&sam, begun.id).await {
            Ok(state) => break state.stored.unwrap(),
            // The catalog leaves a lost database alone for a moment.
            Err(error) => assert!(error.is_retryable(), "{error:?}"),
        }
    };
    assert_eq!(stored.sha256, sha256(&bytes));
    assert_eq!(world.tree(&sam).await.len(), 1);
    world.end().await;
}
