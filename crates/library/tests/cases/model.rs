//! Random lives of one upload against a model: whatever is appended, cut, refused, restarted or torn,
//! the hub stands where the model says, and ends with the right bytes.

use domain::{Role, TwinHasher};
use library::{Caller, ChunkChecksum, Error};
use proptest::prelude::*;
use vault::faults::Unsynced;

use crate::common::{World, body, cut_body, file, picture, sha256, upload};

const LENGTH: usize = 2000;

/// One thing that happens.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// So many bytes come, as a whole request.
    Append(usize),
    /// So many bytes come, then the connection breaks.
    Cut(usize),
    /// So many bytes come with a checksum, right or wrong.
    Checked(usize, bool),
    /// A request for another offset.
    Elsewhere(u64),
    /// The hub is asked.
    Ask,
    /// The hub is stopped and started.
    Restart,
    /// The power goes and comes back.
    PowerCut(bool),
    /// Idle uploads are closed, time passes, care is taken.
    Care,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..900usize).prop_map(Event::Append),
        3 => (0..900usize).prop_map(Event::Cut),
        2 => (0..900usize, any::<bool>()).prop_map(|(size, right)| Event::Checked(size, right)),
        1 => (0..2100u64).prop_map(Event::Elsewhere),
        2 => Just(Event::Ask),
        1 => Just(Event::Restart),
        2 => any::<bool>().prop_map(Event::PowerCut),
        1 => Just(Event::Care),
    ]
}

/// The upload and what must be true of it.
struct Life<'a> {
    sam: &'a Caller,
    id: domain::UploadId,
    bytes: &'a [u8],
    offset: usize,
}

impl Life<'_> {
    fn next(&self, size: usize) -> &[u8] {
        &self.bytes[self.offset..(self.offset + size).min(LENGTH)]
    }

    async fn live_through(&mut self, world: &mut World, event: Event) {
        let (sam, id, at) = (self.sam, self.id, self.offset as u64);
        match event {
            Event::Append(size) => {
                let next = self.next(size).to_vec();
                let state = world.library.append(sam, id, at, None, body(&[&next])).await.unwrap();
                self.offset += next.len();
                assert_eq!(state.offset, self.offset as u64);
            }
            Event::Cut(size) => {
                let next = self.next(size).to_vec();
                let result = world.library.append(sam, id, at, None, cut_body(&[&next])).await;
                self.offset += next.len();
                // Whoever has finished before hears so again.
                assert!(matches!(result, Err(Error::BodyCut(_))) || at == LENGTH as u64, "{result:?}");
            }
            Event::Checked(size, right) => {
                let next = self.next(size).to_vec();
                let sum = if right { TwinHasher::of(&next) } else { TwinHasher::of(b"something else") };
                let checksum = Some(ChunkChecksum::Sha1(sum.sha1));
                let result = world.library.append(sam, id, at, checksum, body(&[&next])).await;
                if right {
                    self.offset += next.len();
                    result.unwrap();
                } else if at < LENGTH as u64 {
                    assert!(matches!(result, Err(Error::ChunkMismatch { .. })), "{result:?}");
                }
            }
            Event::Elsewhere(given) if given != at => {
                let error = world.library.append(sam, id, given, None, body(&[b"x"])).await.unwrap_err();
                assert!(matches!(error, Error::OffsetMismatch { actual, .. } if actual == at), "{error:?}");
            }
            Event::Elsewhere(_) => {}
            Event::Ask => {
                let state = world.library.upload_state(sam, id).await.unwrap();
                assert_eq!(state.offset, at);
            }
            Event::Restart => world.restart().await,
            Event::PowerCut(torn) => {
                let unsynced = if torn { Unsynced::Torn } else { Unsynced::Lost };
                world.faults.restart(unsynced).await.unwrap();
                world.restart().await;
            }
            Event::Care => {
                world.advance_ms(3_600_000);
                world.library.care().await.unwrap();
            }
        }
    }
}

async fn one_life(events: Vec<Event>) {
    let mut world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, LENGTH);
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), LENGTH)).await.unwrap().id;
    // Acknowledged by an answer of its own, so that a power cut leaves it.
    world.library.upload_state(&sam, id).await.unwrap();
    let mut life = Life { sam: &sam, id, bytes: &bytes, offset: 0 };
    for event in events {
        life.live_through(&mut world, event).await;
        let is_seen = !world.tree(&sam).await.is_empty();
        assert!(!is_seen || life.offset == LENGTH, "seen before it was whole");
    }
    let rest = bytes[life.offset..].to_vec();
    let done = world.library.append(&sam, id, life.offset as u64, None, body(&[&rest])).await.unwrap();
    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
    assert_eq!(world.tree(&sam).await.len(), 1);
    world.nothing_is_left_over().await;
    world.end().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_life_of_an_upload_ends_with_its_bytes(events in proptest::collection::vec(event(), 0..14)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(one_life(events));
    }
}
