//! Disks that are not there, folders that cannot be read, and pictures that really were deleted.

use super::tests::{LONG, SOURCE, Scene, counts};
use super::*;
use crate::ledger::{ItemKey, Write};
use crate::settings::AlbumState;
use crate::sources::fake::FakeSource;
use crate::sources::{FileId, LocalId, SourceId};

/// The only failure of a run, as `item: reason`.
fn only_failure(outcome: &Outcome) -> String {
    assert!(!outcome.all_safe());
    let [failed] = &outcome.failed[..] else { panic!("{outcome:?}") };
    format!("{}: {}", failed.item, failed.reason)
}

#[tokio::test]
async fn an_empty_mountpoint_is_never_called_safe() {
    let scene = Scene::new();
    scene.source.mount("", 2);
    scene.put("a.jpg", "a", 1).put("Trips/b.jpg", "b", 2);
    assert!(scene.run().await.all_safe());
    scene.source.unmount("");
    let asked = "fake://1/: it is empty now, although 2 items were there; is the disk attached?";
    for _ in 0..2 {
        let outcome = scene.run().await;
        assert!(only_failure(&outcome).starts_with(asked), "{outcome:?}");
        let last = scene.engine.parts.ledger.last_run().unwrap().unwrap();
        assert!(!last.all_safe && last.why.unwrap().starts_with(asked), "the status says it, too");
    }
    let summary = scene.engine.dry_run(&scene.options).await.unwrap();
    assert_eq!((summary.chosen, summary.failed), (1, 1), "and a dry run");
    scene.source.mount("", 2);
    let reads = scene.source.reads();
    assert_eq!(counts(&scene.run().await), (0, 2, 0, 0));
    assert_eq!(scene.source.reads(), reads, "nothing was forgotten");
}

#[tokio::test]
async fn a_disk_that_is_pulled_out_in_mid_run_is_a_failure_whatever_lies_below_it() {
    let mut met = 0;
    for reads in 0..8 {
        let scene = Scene::new();
        scene.put("Card/stray.jpg", "stray", 9);
        scene.source.mount("Card", 2);
        scene.put("Card/a.jpg", "a", 1).put("Card/v.mov", LONG, 2).put("Camera/b.jpg", "b", 3);
        scene.source.unmount_after("Card", reads);
        let outcome = scene.run().await;
        assert!(outcome.skipped.is_empty(), "nothing was deleted, after {reads} reads: {outcome:?}");
        assert_eq!(outcome.all_safe(), outcome.failed.is_empty());
        for failed in &outcome.failed {
            met += 1;
            assert!(failed.reason.contains("is the disk still attached?"), "{failed:?}");
            assert!(scene.state(failed.item.trim_start_matches("fake://1/")).is_some());
        }
    }
    assert!(met >= 4, "while hashing and while sending: {met}");
}

#[tokio::test]
async fn a_source_that_was_emptied_on_purpose_is_asked_about_until_something_is_in_it() {
    let scene = Scene::new();
    scene.put("a.jpg", "a", 1).put("Trips/b.jpg", "b", 2);
    scene.run().await;
    scene.source.remove("a.jpg");
    scene.source.remove("Trips/b.jpg");
    assert!(only_failure(&scene.run().await).contains("take this folder out of the backup"));
    scene.put("c.jpg", "c", 3);
    // What was never met before may be on another disk.
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 2), "{outcome:?}");
    assert!(outcome.failed[0].reason.starts_with("it holds others now, although 1 item was there; "));
    assert!(outcome.failed[1].reason.starts_with("it is not there now, although 1 item was in it; "));
    assert!(scene.run().await.all_safe(), "nothing is lost with them: they are on the hub");
    assert!(scene.state("a.jpg").is_none() && scene.state("Trips/b.jpg").is_none());
}

/// A card of which one picture is on the hub and one cannot be read yet, swapped for another in its slot.
async fn swapped_half_way() -> Scene {
    let scene = Scene::new();
    scene.source.mount("", 2);
    scene.put("DCIM/1.jpg", "one", 1).put("DCIM/2.jpg", "two", 2);
    scene.source.set_unreadable("DCIM/2.jpg", true);
    assert_eq!(counts(&scene.run().await), (1, 0, 0, 1));
    scene.source.remove("DCIM/1.jpg");
    scene.source.remove("DCIM/2.jpg");
    scene.put("DCIM/8.jpg", "eight", 8);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 0, 0, 1), "{outcome:?}");
    let asked = "it holds others now, although 2 items were there; is another disk attached?";
    assert!(outcome.failed[0].reason.starts_with(asked), "{outcome:?}");
    scene
}

#[tokio::test]
async fn a_card_that_was_swapped_for_another_in_its_slot_is_asked_about_until_it_is_back() {
    let scene = swapped_half_way().await;
    for _ in 0..3 {
        // The other card's pictures are known now, and tell nothing of the first one's.
        assert!(only_failure(&scene.run().await).contains("although 1 item was there"));
        assert!(scene.state("DCIM/2.jpg").is_some());
    }
    scene.source.remove("DCIM/8.jpg");
    scene.put("DCIM/1.jpg", "one", 1).put("DCIM/2.jpg", "two", 2);
    scene.source.set_unreadable("DCIM/2.jpg", true);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (0, 1, 0, 2), "now the other card is the one that is missing: {outcome:?}");
    scene.source.set_unreadable("DCIM/2.jpg", false);
    assert!(scene.run().await.all_safe(), "and all of that one is on the hub");
    assert!(scene.hub.holds(b"two") && scene.state("DCIM/8.jpg").is_none());
}

#[tokio::test]
async fn what_was_deleted_on_its_way_to_the_hub_is_not_asked_about_once_its_disk_is_known_to_be_back() {
    let scene = Scene::new();
    scene.source.mount("Card", 2);
    scene.put("Card/1.jpg", "one", 1).put("Card/2.jpg", "two", 2).put("Camera/a.jpg", "a", 3);
    scene.source.set_unreadable("Card/1.jpg", true);
    scene.source.set_unreadable("Card/2.jpg", true);
    scene.run().await;
    scene.source.unmount("Card");
    assert!(scene.run().await.failed[0].reason.contains("although 2 items were there"));
    scene.source.mount("Card", 2);
    scene.source.remove("Card/1.jpg");
    scene.source.set_unreadable("Card/2.jpg", false);
    assert!(scene.run().await.all_safe());
    assert!(scene.state("Card/1.jpg").is_none());
    scene.source.remove("Card/2.jpg");
    assert!(only_failure(&scene.run().await).contains("fake://1/Card: it is empty now, although 1 item"));
}

#[tokio::test]
async fn an_album_in_use_that_is_made_neutral_for_one_backup_answers_the_question() {
    let mut scene = swapped_half_way().await;
    assert!(only_failure(&scene.run().await).ends_with("make the album neutral for one backup"));
    scene.set("DCIM", AlbumState::Neutral);
    assert!(scene.run().await.all_safe());
    scene.set("DCIM", AlbumState::Include);
    assert!(scene.run().await.all_safe());
    assert!(scene.state("DCIM/2.jpg").is_none());
}

#[tokio::test]
async fn a_number_that_went_from_a_missing_disk_to_the_one_below_it_is_no_proof() {
    let scene = Scene::new();
    scene.source.mount("", 2);
    scene.source.mount("Share", 3);
    scene.put("Camera/a.jpg", "a", 1).put("Share/b.jpg", "b", 2);
    scene.source.set_unreadable("Share/b.jpg", true);
    scene.run().await;
    scene.source.unmount("Share");
    // The share's own items keep the number that they had, and are not met.
    scene.source.renumber(3, 9);
    scene.source.renumber(2, 3);
    for _ in 0..2 {
        assert!(only_failure(&scene.run().await).starts_with("fake://1/Share: it is empty now, although 1"));
        assert!(scene.state("Share/b.jpg").is_some());
    }
}

#[tokio::test]
async fn a_folder_in_whose_place_nothing_can_be_looked_at_is_not_called_empty() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    crate::durable::replace(&folder.path().join("a.jpg"), b"a").unwrap();
    std::fs::create_dir(folder.path().join("card")).unwrap();
    crate::durable::replace(&folder.path().join("card/b.jpg"), b"b").unwrap();
    let mut scene = Scene::new();
    scene.engine.parts.settings.add_source(folder.path(), false).unwrap();
    scene.engine.parts.sources = scene.engine.parts.settings.open_sources();
    assert!(scene.run().await.all_safe());
    std::fs::remove_file(folder.path().join("card/b.jpg")).unwrap();
    std::fs::remove_dir(folder.path().join("card")).unwrap();
    std::os::unix::fs::symlink(disk.path().join("gone"), folder.path().join("card")).unwrap();
    let failure = only_failure(&scene.run().await);
    let expected = "card: it cannot be looked at now, although 1 item was there: No such file";
    assert!(failure.contains(expected), "{failure}");
}

#[tokio::test]
async fn a_source_of_which_nothing_was_chosen_may_be_empty() {
    let mut scene = Scene::new();
    scene.put("Memes/a.jpg", "a", 1);
    scene.set("Memes", AlbumState::Neutral);
    scene.run().await;
    scene.source.remove("Memes/a.jpg");
    assert!(scene.run().await.all_safe());
}

#[tokio::test]
async fn albums_that_were_deleted_are_forgotten_and_not_asked_about() {
    let scene = Scene::new();
    scene.source.mount("", 2);
    scene.put("Trips/2025/a.jpg", "a", 1).put("Camera/b.jpg", "b", 2).put("Camera/c.jpg", "c", 3);
    scene.run().await;
    for path in ["Trips/2025/a.jpg", "Camera/c.jpg"] {
        scene.source.remove(path);
        assert!(scene.run().await.all_safe(), "{path}");
        assert!(scene.state(path).is_none(), "{path}");
    }
}

#[tokio::test]
async fn an_album_that_was_deleted_after_the_file_system_got_another_number_is_not_asked_about() {
    let scene = Scene::new();
    scene.source.mount("", 2);
    scene.put("Trips/a.jpg", "a", 1).put("Camera/b.jpg", "b", 2);
    scene.run().await;
    scene.source.renumber(2, 3);
    let reads = scene.source.reads();
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.source.reads(), reads, "a number is no change");
    scene.source.remove("Trips/a.jpg");
    assert!(scene.run().await.all_safe());
    assert!(scene.state("Trips/a.jpg").is_none());
}

#[tokio::test]
async fn a_disk_that_is_missing_below_a_source_is_asked_about_until_it_is_not_chosen() {
    let mut scene = Scene::new();
    scene.source.mount("Card", 2);
    scene.put("Card/b.jpg", "b", 1).put("Card/DCIM/1/c.jpg", "c", 2).put("Card/DCIM/2/d.jpg", "d", 3);
    scene.put("Camera/a.jpg", "a", 4);
    scene.run().await;
    scene.source.unmount("Card");
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (0, 1, 0, 2));
    let failures: Vec<_> =
        outcome.failed.iter().map(|failed| format!("{}: {}", failed.item, failed.reason)).collect();
    assert!(
        failures[0].starts_with("fake://1/Card: it is empty now, although 1 item was there; is the disk")
    );
    assert!(failures[1].starts_with("fake://1/Card/DCIM: it is not there now, although 2 items were in it"));

    // What lands in the mountpoint meanwhile does not hide that the disk is missing.
    scene.put("Card/stray.jpg", "stray", 5);
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (1, 1, 0, 2), "{outcome:?}");
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (0, 2, 0, 2), "also when it is known itself: {outcome:?}");
    scene.source.remove("Card/stray.jpg");

    scene.set("Card", AlbumState::Neutral);
    assert!(only_failure(&scene.run().await).starts_with("fake://1/Card/DCIM: "));
    scene.set("Card/DCIM/1", AlbumState::Exclude);
    scene.set("Card/DCIM/2", AlbumState::Neutral);
    assert!(scene.run().await.all_safe());
    scene.source.mount("Card", 2);
    for folder in ["Card", "Card/DCIM/1", "Card/DCIM/2"] {
        scene.set(folder, AlbumState::Include);
    }
    let reads = scene.source.reads();
    assert!(scene.run().await.all_safe());
    assert_eq!(scene.source.reads(), reads, "nothing was forgotten");
}

#[tokio::test]
async fn a_folder_that_cannot_be_read_is_a_failure_when_something_in_it_is_chosen() {
    let mut scene = Scene::new();
    scene.put("Trips/2026/a.jpg", "a", 1).put("Trips/b.jpg", "b", 2).put("Camera/c.jpg", "c", 3);
    scene.set("Trips", AlbumState::Neutral);
    assert_eq!(counts(&scene.run().await), (2, 0, 0, 0));
    for folder in ["Trips/2026", "Trips"] {
        scene.source.set_folder_unreadable(folder, true);
        let failure = only_failure(&scene.run().await);
        let expected = format!("fake://1/{folder}: it cannot be read: permission denied; ");
        assert!(failure.starts_with(&expected), "{failure}");
        assert!(scene.state("Trips/2026/a.jpg").is_some(), "what is only hidden is not forgotten");
        scene.source.set_folder_unreadable(folder, false);
    }
    scene.source.set_folder_unreadable("Trips", true);
    scene.set("Trips/2026", AlbumState::Neutral);
    assert!(scene.run().await.all_safe(), "nothing in it is chosen");
    scene.set("Trips/2027", AlbumState::Include);
    assert!(
        only_failure(&scene.run().await).starts_with("fake://1/Trips: "),
        "chosen by name, and never met"
    );
}

#[tokio::test]
async fn a_new_folder_that_cannot_be_read_is_a_failure_unless_new_albums_are_not_chosen() {
    let mut scene = Scene::new();
    scene.put("Camera/a.jpg", "a", 1);
    scene.source.set_folder_unreadable("closed", true);
    assert!(only_failure(&scene.run().await).starts_with("fake://1/closed: "));
    scene.set("closed", AlbumState::Exclude);
    assert!(scene.run().await.all_safe());
}

#[tokio::test]
async fn excluded_wins_also_while_the_excluded_album_is_out_of_reach() {
    let mut scene = Scene::new();
    scene.source.mount("Private", 2);
    scene.put("Camera/b.jpg", "public!", 1).put("Private/x.jpg", "private", 2).put(
        "Private/y.jpg",
        "secret",
        3,
    );
    scene.set("Private", AlbumState::Exclude);
    assert!(scene.run().await.all_safe());
    scene.put("Camera/a.jpg", "private", 4).put("Camera/c.jpg", "secret", 5);
    for reach in 0..3 {
        match reach {
            0 => scene.source.unmount("Private"),
            1 => {
                scene.source.mount("Private", 2);
                scene.source.set_folder_unreadable("Private", true);
            }
            _ => {
                // The same album, in a source of its own that is away.
                let private = FakeSource::new(SourceId(2));
                private.put("x.jpg", b"private", 2);
                private.put("y.jpg", b"secret", 3);
                let settings = &mut scene.engine.parts.settings;
                settings.set_album_state(SourceId(2), &LocalId::root(), AlbumState::Exclude);
                settings.set_album_state(SOURCE, &LocalId::from_slashes("Private"), AlbumState::Neutral);
                scene.engine.parts.sources.push(Arc::new(private.clone()));
                // Both are met once. Lengths that are wanted are hashed: y now is, too.
                assert_eq!(counts(&scene.run().await), (0, 1, 2, 0));
                private.set_away(true);
            }
        }
        let outcome = scene.run().await;
        let skipped: Vec<_> = outcome.skipped.iter().map(|item| item.item.as_ref()).collect();
        let failed: Vec<_> = outcome.failed.iter().map(|item| item.item.as_ref()).collect();
        if reach < 2 {
            assert_eq!((skipped, failed), (vec!["fake://1/Camera/a.jpg"], vec!["fake://1/Camera/c.jpg"]));
            assert!(outcome.failed[0].reason.contains("may be the same as an item of \"Private\""));
        } else {
            assert_eq!(skipped.len(), 2);
            assert_eq!(failed, ["fake://2/"]);
        }
        assert!(!scene.hub.holds(b"private") && !scene.hub.holds(b"secret"));
    }
}

#[tokio::test]
async fn a_link_whose_file_is_missing_is_a_failure_when_there_was_one() {
    let (folder, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let target = disk.path().join("far.jpg");
    crate::durable::replace(&target, b"far").unwrap();
    crate::durable::replace(&folder.path().join("near.jpg"), b"near").unwrap();
    std::os::unix::fs::symlink(&target, folder.path().join("link.jpg")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("never.jpg")).unwrap();
    let mut scene = Scene::new();
    scene.engine.parts.settings.add_source(folder.path(), false).unwrap();
    scene.engine.parts.sources = scene.engine.parts.settings.open_sources();
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (2, 0, 1, 0), "a link that never had a file loses none");
    assert!(outcome.all_safe());
    std::fs::remove_file(&target).unwrap();
    let outcome = scene.run().await;
    assert_eq!(counts(&outcome), (0, 1, 1, 1));
    assert!(
        only_failure(&outcome).contains("link.jpg: the link leads nowhere now, although there was a file")
    );
    crate::durable::replace(&target, b"far").unwrap();
    assert!(scene.run().await.all_safe());
    std::fs::remove_file(&target).unwrap();
    std::fs::remove_file(folder.path().join("link.jpg")).unwrap();
    assert!(scene.run().await.all_safe(), "the link was deleted, too");
}

#[tokio::test]
async fn another_picture_of_the_same_name_in_the_mountpoint_does_not_stand_for_the_disk() {
    let scene = Scene::new();
    scene.source.mount("Card", 2);
    scene.put("Card/1.jpg", "one", 1).put("Card/2.jpg", "two", 2).put("Camera/a.jpg", "a", 3);
    scene.run().await;
    // The fake keeps one item for a name: the disk's own is another one when it comes back.
    scene.source.unmount("Card");
    scene.put("Card/1.jpg", "another", 4);
    assert!(only_failure(&scene.run().await).contains("although 1 item was there"));
    assert!(scene.state("Card/2.jpg").is_some());
}

#[tokio::test]
async fn a_disk_whose_mountpoint_went_with_it_is_asked_about_too() {
    let folder = tempfile::tempdir().unwrap();
    crate::durable::replace(&folder.path().join("a.jpg"), b"a").unwrap();
    let mut scene = Scene::new();
    let source = scene.engine.parts.settings.add_source(folder.path(), false).unwrap();
    scene.engine.parts.sources = scene.engine.parts.settings.open_sources();
    assert!(scene.run().await.all_safe());
    // As if 200 pictures had been met on a card that was attached here.
    let mut writes = Vec::new();
    for number in 0..200 {
        let local = LocalId::from_slashes(&format!("card/{}/{number}.jpg", number % 2));
        let mut record = scene.engine.parts.ledger.known(source).unwrap().next().unwrap().unwrap().1;
        record.facts.file = Some(FileId { device: u64::MAX, inode: number });
        writes.push((ItemKey { source, local }, Write::Set(record)));
    }
    scene.engine.parts.ledger.record(&writes).unwrap();
    let failure = only_failure(&scene.run().await);
    let expected =
        format!("{}/card: it is not there now, although 200 items were in it", folder.path().display());
    assert!(failure.starts_with(&expected), "{failure}");
}
