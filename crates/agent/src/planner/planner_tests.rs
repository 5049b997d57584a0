use domain::{EntryId, TwinHasher};
use proptest::prelude::*;

use super::*;

/// Something that a test puts on the device.
#[derive(Debug, Clone)]
struct Thing {
    album: usize,
    content: u8,
    inode: u64,
    known: Option<State>,
    hashed: bool,
    stale: bool,
}

fn any_known() -> impl Strategy<Value = Option<State>> {
    prop_oneof![
        Just(None),
        Just(Some(State::Seen)),
        Just(Some(State::Hashed)),
        Just(Some(State::Offered)),
        Just(Some(State::Uploading(UploadId::from_bytes([9; 16])))),
        Just(Some(State::Stored { entry: EntryId::from_bytes([1; 16]), asset: None })),
        Just(Some(State::DeletedEarlier)),
        (any::<bool>(), 0i64..2000).prop_map(|(permanent, retry_at_ms)| {
            Some(State::Failed { why: "no".into(), permanent, retry_at_ms })
        }),
    ]
}

fn any_thing() -> impl Strategy<Value = Thing> {
    (0usize..4, 0u8..6, 0u64..8, any_known(), any::<bool>(), any::<bool>()).prop_map(
        |(album, content, inode, known, hashed, stale)| Thing { album, content, inode, known, hashed, stale },
    )
}

/// Content `n` is `n` bytes long: contents 2 and 3 share a length, so that lengths alone cannot decide.
fn bytes_of(content: u8) -> Vec<u8> {
    let length = if content == 3 { 2 } else { usize::from(content) };
    vec![content; length]
}

fn planner(states: [AlbumState; 4], options: PlanOptions) -> Planner {
    let mut planner = Planner::new(options);
    for (index, state) in states.into_iter().enumerate() {
        let name = format!("album {index}");
        planner.add_album(Album {
            source: SourceId(1),
            folder: LocalId::from_slashes(&name),
            name: name.as_str().into(),
            state,
        });
    }
    planner
}

fn see(planner: &mut Planner, index: usize, thing: &Thing) {
    let hashes = TwinHasher::of(&bytes_of(thing.content));
    let facts = Facts {
        size_bytes: hashes.size_bytes,
        modified_at_ns: i64::try_from(index).unwrap(),
        changed_at_ns: Some(i64::try_from(index).unwrap()),
        file: Some(FileId { device: 1, inode: 100 + u64::from(thing.content) * 10 + thing.inode }),
    };
    let local = LocalId::from_slashes(&format!("album {}/{index}.jpg", thing.album));
    let known = thing.known.clone().map(|state| Record {
        facts: Facts {
            modified_at_ns: facts.modified_at_ns - i64::from(thing.stale),
            changed_at_ns: None,
            ..facts
        },
        hashes: (thing.hashed && state != State::Seen).then_some(hashes),
        state,
    });
    planner.see(Sighting { local, facts }, thing.album, known);
}

const STATES: [AlbumState; 4] =
    [AlbumState::Include, AlbumState::Include, AlbumState::Exclude, AlbumState::Neutral];

fn plan_of(things: &[Thing], options: PlanOptions) -> Plan {
    let mut planner = planner(STATES, options);
    for (index, thing) in things.iter().enumerate() {
        see(&mut planner, index, thing);
    }
    planner.finish()
}

proptest! {
    #[test]
    fn each_chosen_item_stands_in_exactly_one_place(
        things in prop::collection::vec(any_thing(), 0..40), compare_all: bool, now in prop::option::of(0i64..2000),
    ) {
        let plan = plan_of(&things, PlanOptions { compare_all, only_due_at_ms: now, ..PlanOptions::default() });
        let chosen = things.iter().filter(|thing| thing.album < 2).count() as u64;
        prop_assert_eq!(plan.chosen, chosen);
        let lists = plan.hash.iter().chain(&plan.offer).chain(&plan.compare).map(|work| &work.key);
        let mut keys: Vec<_> = lists.chain(plan.refused.iter().map(|refused| &refused.key)).collect();
        prop_assert_eq!(keys.len() as u64 + plan.safe, chosen);
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len() as u64 + plan.safe, chosen);
    }

    #[test]
    fn nothing_that_is_known_to_be_excluded_is_offered_and_the_rest_is_found_out(
        things in prop::collection::vec(any_thing(), 0..40), compare_all: bool,
    ) {
        let plan = plan_of(&things, PlanOptions { compare_all, only_due_at_ms: None, ..PlanOptions::default() });
        let excluded: Vec<_> = things.iter().filter(|thing| thing.album == 2).collect();
        for work in plan.hash.iter().chain(&plan.offer).chain(&plan.compare) {
            let size_bytes = work.facts.size_bytes;
            let Some(hashes) = work.hashes else { continue };
            let index = usize::try_from(work.facts.modified_at_ns).unwrap();
            let same: Vec<_> = excluded.iter().filter(|thing| thing.content == things[index].content).collect();
            prop_assert!(!plan.excluded_contents.contains_key(&hashes.sha256) || size_bytes == 0);
            // What is excluded and not known to be the same yet must be hashed before the offer.
            if !same.is_empty() && size_bytes > 0 {
                prop_assert!(plan.hash_excluded.iter().any(|work| work.facts.size_bytes == size_bytes));
            }
        }
        for work in &plan.hash_excluded {
            let wanted = plan.hash.iter().chain(&plan.offer).chain(&plan.compare);
            prop_assert!(wanted.map(|work| work.facts.size_bytes).any(|size| size == work.facts.size_bytes));
        }
    }

    #[test]
    fn what_is_stored_and_unchanged_is_never_sent(things in prop::collection::vec(any_thing(), 0..40)) {
        let plan = plan_of(&things, PlanOptions::default());
        prop_assert!(plan.compare.is_empty());
        for work in plan.hash.iter().chain(&plan.offer) {
            let thing = &things[usize::try_from(work.facts.modified_at_ns).unwrap()];
            let stored = matches!(thing.known, Some(State::Stored { .. } | State::DeletedEarlier));
            prop_assert!(!stored || thing.stale || !thing.hashed);
        }
    }

    #[test]
    fn the_newest_stands_first(things in prop::collection::vec(any_thing(), 0..40)) {
        let plan = plan_of(&things, PlanOptions::default());
        for list in [&plan.hash, &plan.offer] {
            prop_assert!(list.is_sorted_by_key(|work| std::cmp::Reverse(work.facts.modified_at_ns)));
        }
    }
}

fn thing(album: usize, content: u8, known: Option<State>) -> Thing {
    Thing { album, content, inode: u64::from(content), known, hashed: true, stale: false }
}

fn stored() -> State {
    State::Stored { entry: EntryId::from_bytes([1; 16]), asset: None }
}

/// A chosen and an excluded item that was never read, with these facts.
fn chosen_and_excluded(chosen: Facts, excluded: Facts) -> Plan {
    let mut planner = planner(STATES, PlanOptions::default());
    for (album, facts) in [(0, chosen), (2, excluded)] {
        let local = LocalId::from_slashes(&format!("album {album}/x.jpg"));
        planner.see(Sighting { local, facts }, album, None);
    }
    planner.finish()
}

const LINKED: Facts = Facts {
    size_bytes: 4,
    modified_at_ns: 7,
    changed_at_ns: Some(8),
    file: Some(FileId { device: 1, inode: 9 }),
};

#[test]
fn excluded_wins_by_content_and_by_hard_link_and_says_which_album() {
    let by_content = plan_of(
        &[thing(0, 4, Some(State::Hashed)), Thing { inode: 7, ..thing(2, 4, Some(State::Hashed)) }],
        PlanOptions::default(),
    );
    let by_file = chosen_and_excluded(LINKED, LINKED);
    for plan in [by_content, by_file] {
        let [refused] = &plan.refused[..] else { panic!("{plan:?}") };
        assert_eq!(refused.verdict.words().as_ref(), "it is also in \"album 2\", which is excluded");
        assert_eq!((plan.chosen, plan.chosen_bytes, plan.summary().to_offer), (1, 0, 0));
    }
}

#[test]
fn a_file_number_that_went_to_another_file_excludes_nothing_by_itself() {
    for excluded in [
        Facts { size_bytes: 5, ..LINKED },
        Facts { modified_at_ns: 6, ..LINKED },
        Facts { file: Some(FileId { device: 2, inode: 9 }), ..LINKED },
    ] {
        let plan = chosen_and_excluded(LINKED, excluded);
        assert_eq!((plan.hash.len(), plan.refused.len()), (1, 0), "{excluded:?}");
        assert_eq!(plan.hash_excluded.len(), 1, "both are read, and their bytes tell: {excluded:?}");
    }
    let unlike = Facts { size_bytes: 5, file: Some(FileId { device: 2, inode: 9 }), ..LINKED };
    assert_eq!(chosen_and_excluded(LINKED, unlike).hash_excluded.len(), 0, "another file of another length");
}

#[test]
fn an_excluded_item_that_is_out_of_reach_keeps_back_its_content_or_its_length() {
    let hashes = TwinHasher::of(&bytes_of(4));
    let known = |hashes| Record { facts: LINKED, hashes, state: State::Seen };
    let mut planner = planner(STATES, PlanOptions::default());
    planner.keep_back(&known(Some(hashes)), 2);
    see(&mut planner, 0, &thing(0, 4, Some(State::Hashed)));
    let plan = planner.finish();
    assert!((plan.offer.len(), plan.refused.len()) == (0, 1) && plan.excluded_sizes.is_empty(), "{plan:?}");
    let mut planner = super::Planner::default();
    planner.keep_back(&known(None), 2);
    planner.keep_back(&Record { facts: Facts { size_bytes: 0, ..LINKED }, ..known(None) }, 2);
    assert_eq!(planner.finish().excluded_sizes, HashMap::from([(4, 2)]));
}

#[test]
fn an_item_that_was_touched_is_read_again_and_keeps_what_was_known() {
    for (changed_at_ns, touched) in [(Some(8), false), (None, false), (Some(7), true)] {
        let mut planner = planner(STATES, PlanOptions::default());
        let facts = Facts { changed_at_ns, ..LINKED };
        let known = Record { facts, hashes: Some(TwinHasher::of(&bytes_of(4))), state: stored() };
        let local = LocalId::from_slashes("album 0/x.jpg");
        planner.see(Sighting { local, facts: LINKED }, 0, Some(known.clone()));
        let plan = planner.finish();
        assert_eq!((plan.hash.len(), plan.safe), (usize::from(touched), u64::from(!touched)));
        assert!(plan.hash.iter().all(|work| work.touched.as_deref() == Some(&known)));
    }
}

#[test]
fn an_excluded_empty_file_excludes_no_other() {
    let plan = plan_of(
        &[thing(0, 0, Some(State::Hashed)), thing(2, 0, Some(State::Hashed))],
        PlanOptions::default(),
    );
    assert_eq!((plan.offer.len(), plan.refused.len()), (1, 0));
}

#[test]
fn neutral_albums_choose_nothing_and_forbid_nothing() {
    let plan = plan_of(&[thing(3, 4, None), thing(0, 4, None)], PlanOptions::default());
    assert_eq!((plan.chosen, plan.hash.len(), plan.hash_excluded.len()), (1, 1, 0));
}

#[test]
fn comparing_all_offers_what_is_stored_without_filing_it_again() {
    let options = PlanOptions { compare_all: true, only_due_at_ms: None, ..PlanOptions::default() };
    let plan = plan_of(&[thing(0, 4, Some(stored())), thing(1, 5, Some(State::DeletedEarlier))], options);
    assert!(plan.compare[0].was_stored);
    assert_eq!((plan.compare.len(), plan.offer.len(), plan.safe), (1, 1, 0));
}

#[test]
fn failures_rest_only_in_automatic_runs_and_never_longer_than_a_day() {
    let failed = |permanent, retry_at_ms| Some(State::Failed { why: "no".into(), permanent, retry_at_ms });
    let rests = |state, now| {
        let options = PlanOptions { compare_all: false, only_due_at_ms: now, ..PlanOptions::default() };
        plan_of(&[thing(0, 4, state)], options).offer.is_empty()
    };
    assert!(!rests(failed(false, 1000), None), "a person asked for this run");
    assert!(rests(failed(false, 1000), Some(500)) && !rests(failed(false, 1000), Some(1000)));
    assert!(!rests(failed(false, i64::MAX), Some(500)), "the clock jumped back");
    assert!(!rests(failed(true, 0), None), "the reason may be gone");
    assert!(rests(failed(true, 0), Some(5000)), "no hour sends what the hub does not want");
    let weekly = PlanOptions { compare_all: true, only_due_at_ms: Some(5000), ..PlanOptions::default() };
    assert_eq!(plan_of(&[thing(0, 4, failed(true, 0))], weekly).offer.len(), 1);
}

#[test]
fn the_summary_adds_up() {
    let mut planner = planner(STATES, PlanOptions::default());
    for (index, thing) in
        [thing(0, 4, None), thing(0, 5, Some(State::Hashed)), thing(1, 2, Some(stored()))].iter().enumerate()
    {
        see(&mut planner, index, thing);
    }
    planner.leave_out();
    let key = ItemKey { source: SourceId(1), local: LocalId::from_slashes("x") };
    planner.refuse(Refused { key, album: None, verdict: Verdict::LeadsNowhere });
    let expected = PlanSummary {
        chosen: 4,
        chosen_bytes: 11,
        safe: 1,
        to_hash: 1,
        to_hash_bytes: 4,
        to_offer: 2,
        to_offer_bytes: 9,
        to_compare: 0,
        skipped: 1,
        waiting: 0,
        failed: 0,
        left_out: 1,
    };
    assert_eq!(planner.finish().summary(), expected);
}
