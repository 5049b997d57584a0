//! What a person's settings keep back, and what becomes of it.

use std::sync::Arc;

use domain::TwinHasher;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use super::tests::Scene;
use super::*;
use crate::attendant::{Judge, Round};
use crate::conditions::{Conditions, Link, Network, Power, Probe, Seen};
use crate::ledger::State;
use crate::policy::{Permit, Reason};
use crate::preferences::{Kinds, Networks};
use crate::uploader::fake_hub::FakeHub;

const LONG: &str = "a video that goes up in several pieces, because it is longer than one of them";

fn under(permit: Permit, preferences: &Preferences) -> RunOptions {
    let rules = Rules::new(preferences, permit, 1_000_000);
    RunOptions { small_bytes: 20, piece_bytes: 8, rules, ..RunOptions::default() }
}

/// Bytes and calls that came to the hub.
fn met(hub: &FakeHub) -> (u64, u64) {
    let shelf = hub.shelf();
    (shelf.received_bytes, shelf.steps)
}

fn reasons(outcome: &Outcome) -> Vec<Option<Reason>> {
    outcome.failed.iter().map(crate::report::NotStored::waits_for).collect()
}

#[tokio::test]
async fn a_cut_ends_an_upload_at_once_and_the_next_run_goes_on_where_it_was() {
    let scene = Scene::new();
    scene.put("v.mov", LONG, 2);
    let halt = Halt::by(&CancellationToken::new());
    let hub = scene.hub.clone();
    let cutting = async {
        while hub.shelf().received_bytes < 16 {
            tokio::task::yield_now().await;
        }
        halt.wait_for(Reason::MobileNetwork);
        met(&hub)
    };
    let (outcome, at_the_cut) = tokio::join!(scene.engine.run_halted(&scene.options, &halt), cutting);
    let outcome = outcome.unwrap();
    assert_eq!((outcome.ending, reasons(&outcome)), (Ending::Waiting, vec![Some(Reason::MobileNetwork)]));
    assert_eq!(met(&scene.hub), at_the_cut, "neither a byte nor a question after the cut");
    assert!(matches!(scene.state("v.mov"), Some(State::Uploading(_))));
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.hub.shelf().begun, 1);
    assert_eq!(met(&scene.hub).0, LONG.len() as u64);
}

#[tokio::test]
async fn what_must_not_go_now_waits_and_the_rest_goes() {
    let mut scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("v.mov", LONG, 2);
    let permit = Permit { photos: None, videos: Some(Reason::VideosOnMetered) };
    scene.options = under(permit, &Preferences::default());
    let outcome = scene.run().await;
    assert_eq!((outcome.stored, reasons(&outcome)), (1, vec![Some(Reason::VideosOnMetered)]));
    assert!(!outcome.all_safe() && outcome.ending == Ending::Complete);
    assert!(scene.state("v.mov").is_some_and(|state| state == State::Seen), "not even read");
    scene.options = under(Permit::default(), &Preferences::default());
    assert!(scene.run().await.all_safe());
}

#[tokio::test]
async fn what_is_not_wanted_is_left_out_with_the_reason_and_what_is_safe_stays_so() {
    let mut scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("v.mov", LONG, 2);
    assert!(scene.run().await.all_safe());
    scene.put("w.mov", "another video", 3);
    let photos = Preferences { kinds: Kinds::Photos, ..Preferences::default() };
    scene.options = under(Permit::default(), &photos);
    let outcome = scene.run().await;
    assert!(outcome.all_safe(), "a choice makes nothing unsafe: {outcome:?}");
    assert_eq!(
        (outcome.already_held, outcome.skipped.len(), outcome.bytes_total),
        (2, 1, 1 + LONG.len() as u64)
    );
    assert!(outcome.skipped[0].reason.contains("setting kinds"));
}

#[tokio::test]
async fn what_the_hub_lost_is_not_sent_again_over_a_network_that_must_not_carry_it() {
    let mut scene = Scene::new();
    scene.put("v.mov", LONG, 2);
    assert!(scene.run().await.all_safe());
    scene.hub.lose(TwinHasher::of(LONG.as_bytes()).sha256);
    let before = scene.hub.shelf().received_bytes;
    scene.options = RunOptions {
        verify: true,
        ..under(Permit { photos: None, videos: Some(Reason::VideosOnMetered) }, &Preferences::default())
    };
    let outcome = scene.run().await;
    assert_eq!(reasons(&outcome), [Some(Reason::VideosOnMetered)], "{outcome:?}");
    assert_eq!(scene.hub.shelf().received_bytes, before);
    scene.options = under(Permit::default(), &Preferences::default());
    assert!(scene.run().await.all_safe() && scene.hub.holds(LONG.as_bytes()));
}

fn mobile() -> Conditions {
    let network = Network::Connected { link: Link::Mobile, metered: true, name: None };
    Conditions { network, power: Power::default() }
}

/// A round of the scene's engine; `told` is what the system says.
async fn round(scene: &mut Scene, preferences: &Preferences, told: Conditions) -> (Outcome, u64) {
    let parts = &mut scene.engine.parts;
    parts.settings.preferences = preferences.clone();
    let (settings, ledger, clock) = (parts.settings.clone(), parts.ledger.clone(), parts.clock.clone());
    let (_told, Probe { mut seen, .. }) = Probe::told(told);
    let judge = Judge::new(clock, TimeZone::UTC, seen.clone());
    let round = Round {
        engine: &scene.engine,
        ledger: ledger.clone(),
        options: scene.options.clone(),
        settings: &settings,
        folder: None,
        judge: &judge,
        anyway: false,
    };
    let outcome = round.run(&mut seen, &CancellationToken::new()).await.unwrap();
    (outcome, ledger.metered_bytes(&judge.today()).unwrap())
}

#[tokio::test]
async fn nobody_is_asked_anything_while_nothing_may_go() {
    let mut scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("v.mov", LONG, 2);
    let (outcome, _) = round(&mut scene, &Preferences::default(), mobile()).await;
    assert_eq!((outcome.ending, reasons(&outcome)), (Ending::Waiting, vec![Some(Reason::MobileNetwork); 2]));
    assert_eq!((scene.hub.shelf().steps, outcome.seen), (0, 2));
}

#[tokio::test]
async fn the_days_limit_is_kept_across_rounds() {
    let mut scene = Scene::new();
    for number in 0..20 {
        scene.put(&format!("{number:02}.jpg"), &format!("ten bytes{number:02}"), number);
    }
    let preferences =
        Preferences { networks: Networks::Any, metered_daily_bytes: Some(75), ..Preferences::default() };
    let mut rounds = 0;
    loop {
        let (outcome, used) = round(&mut scene, &preferences, mobile()).await;
        assert!(scene.hub.shelf().received_bytes <= 75);
        rounds += 1;
        if used == 75 {
            assert!(
                reasons(&outcome).iter().all(|reason| *reason == Some(Reason::DailyLimit)),
                "{outcome:?}"
            );
            break;
        }
        assert!(rounds < 3, "the limit is reached in the first: {used}, {outcome:?}");
    }
    let sent = scene.hub.shelf().received_bytes;
    let (outcome, _) = round(&mut scene, &preferences, mobile()).await;
    assert_eq!((outcome.ending, scene.hub.shelf().received_bytes), (Ending::Waiting, sent));
    let (outcome, _) = round(&mut scene, &preferences, Conditions::default()).await;
    assert!(outcome.all_safe());
}

#[tokio::test]
async fn a_network_that_begins_to_cost_ends_the_round() {
    let mut scene = Scene::new();
    scene.put("v.mov", LONG, 2);
    scene.engine.parts.pause = Arc::new(crate::pause::SystemPause::new());
    let settings = scene.engine.parts.settings.clone();
    let (told, Probe { mut seen, .. }) = Probe::told(Conditions::default());
    let judge = Judge::new(scene.engine.parts.clock.clone(), TimeZone::UTC, seen.clone());
    let round = Round {
        engine: &scene.engine,
        ledger: scene.engine.parts.ledger.clone(),
        options: scene.options.clone(),
        settings: &settings,
        folder: None,
        judge: &judge,
        anyway: false,
    };
    let hub = scene.hub.clone();
    let switching = async {
        while hub.shelf().received_bytes < 16 {
            tokio::task::yield_now().await;
        }
        told.send_replace(Seen { asked: true, conditions: mobile(), awakenings: 0 });
    };
    let stop = CancellationToken::new();
    let (outcome, ()) = tokio::join!(round.run(&mut seen, &stop), switching);
    let outcome = outcome.unwrap();
    assert_eq!((outcome.ending, reasons(&outcome)), (Ending::Waiting, vec![Some(Reason::MobileNetwork)]));
    assert!(scene.hub.shelf().received_bytes < LONG.len() as u64);
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.hub.shelf().begun, 1);
}
