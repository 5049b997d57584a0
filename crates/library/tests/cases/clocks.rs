//! A clock that somebody sets, by days, back and forth.

use domain::{Clock as _, Role};
use library::Error;

use crate::common::{
    ADDRESS, DAY_MS, HOUR_MS, PASSWORD, World, body, file, name, on_both, picture, sha256, upload,
};

on_both! {
    async fn uploads_and_trash_survive_a_clock_that_jumps(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
        let start_ms = world.clock.now_ms();
        let mut offset = 0u64;
        for jump_days in [-5, 9, -3, 2, -12, 1] {
            let from = usize::try_from(offset).unwrap();
            let sent = body(&[&bytes[from..from + 400]]);
            offset = world.library.append(&sam, id, offset, None, sent).await.unwrap().offset;
            if jump_days < 0 { world.advance_ms(jump_days * DAY_MS) } else { world.jump_ms(jump_days * DAY_MS) }
            world.library.care().await.unwrap();
            assert_eq!(world.library.upload_state(&sam, id).await.unwrap().offset, offset);
        }
        let done = world.library.append(&sam, id, offset, None, body(&[&bytes[2400..]])).await.unwrap();
        let stored = done.stored.unwrap();
        world.library.care().await.unwrap();
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes);

        // Deleted while the clock was ten days ahead: it stays longer, and never goes too early.
        world.clock.set(start_ms + 10 * DAY_MS);
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        world.clock.set(start_ms);
        for _ in 0..4 {
            world.advance_ms(10 * DAY_MS - 1);
            assert_eq!(world.library.care().await.unwrap().items_purged, 0);
        }
        let back = world.library.restore(&sam, stored.entry_id).await.unwrap();
        assert_eq!(back.entry.name, "a.jpg");
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        assert_eq!(world.library.care().await.unwrap().items_purged, 0);
        world.advance_ms(31 * DAY_MS);
        assert_eq!(world.library.care().await.unwrap().items_purged, 1);
        world.nothing_is_left_over().await;
    }
}

/// Rounds of care once an hour for so many hours of running; gives what was purged.
async fn run_for(world: &World, hours: i64) -> u64 {
    let mut purged = 0;
    for _ in 0..hours {
        world.advance_ms(HOUR_MS);
        purged += world.library.care().await.unwrap().items_purged;
    }
    purged
}

on_both! {
    /// The clock is set a year ahead, and stays there: nothing leaves the trash before its thirty days of
    /// running are over.
    async fn a_clock_that_jumps_ahead_empties_no_trash(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 3000);
        let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        assert_eq!(run_for(world, 24).await, 0);
        world.jump_ms(365 * DAY_MS);
        assert_eq!(run_for(world, 28 * 24).await, 0);
        // A restart in between changes nothing.
        world.restart().await;
        assert_eq!(run_for(world, 23).await, 0);
        let back = world.library.restore(&sam, stored.entry_id).await.unwrap();
        assert_eq!(world.download(&sam, back.entry.id).await, bytes);
        // Deleted again, its days begin anew; once they are over it goes, and its bytes after their grace.
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        assert_eq!(run_for(world, 30 * 24).await, 0);
        assert_eq!(run_for(world, 2).await, 1);
        world.jump_ms(365 * DAY_MS);
        assert_eq!(run_for(world, 22).await, 0);
        assert_eq!(world.vault.size_of(stored.sha256).await.unwrap(), Some(3000), "a jump ends no grace");
        run_for(world, 3).await;
        assert_eq!(world.vault.size_of(stored.sha256).await.unwrap(), None);
    }
}

/// A machine without a battery for its clock starts in 1970 and is put right by the network: what was
/// deleted in 1970 is not overdue by decades.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_by_a_clock_that_was_behind_stays_its_days() {
    let mut world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let right_ms = world.clock.now_ms();
    let bytes = picture(1, 3000);
    for restarted in [false, true] {
        let stored = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        world.clock.set(5000);
        world.library.care().await.unwrap();
        world.library.trash(&sam, stored.entry_id).await.unwrap();
        world.library.care().await.unwrap();
        world.clock.set(right_ms);
        if restarted {
            world.restart().await;
        }
        assert_eq!(run_for(&world, 29 * 24).await, 0);
        world.library.restore(&sam, stored.entry_id).await.unwrap();
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes);
        world.clock.set(right_ms);
    }
    world.end().await;
}

on_both! {
    /// The hub was off for 40 days. Nobody could look into the trash meanwhile, so what was in it stays for
    /// the rest of its days; uploads that were half-way in can still go on.
    async fn a_hub_that_was_off_for_forty_days_goes_on_where_it_was(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let (old, new, sending) = (picture(1, 3000), picture(2, 3000), picture(3, 3000));
        let old = world.put(&sam, file("A", "old.jpg"), &old).await;
        world.library.trash(&sam, old.entry_id).await.unwrap();
        assert_eq!(run_for(world, 20 * 24).await, 0);
        let new = world.put(&sam, file("A", "new.jpg"), &new).await;
        world.library.trash(&sam, new.entry_id).await.unwrap();
        let begin = upload(file("A", "c.jpg"), 3000);
        let (one, other) = (
            world.library.begin(&phone, begin.clone()).await.unwrap().id,
            world.library.begin(&phone, begin).await.unwrap().id,
        );
        for id in [one, other] {
            world.library.append(&phone, id, 0, None, body(&[&sending[..1000]])).await.unwrap();
        }
        run_for(world, 1).await;

        world.jump_ms(40 * DAY_MS);
        world.restart().await;
        assert_eq!(run_for(world, 20).await, 0, "ten days were left");
        assert_eq!(world.library.upload_state(&phone, one).await.unwrap().offset, 1000);
        let done = world.library.append(&phone, one, 1000, None, body(&[&sending[1000..]])).await.unwrap();
        assert_eq!(done.stored.unwrap().sha256, sha256(&sending));
        // The one whose device does not come back expires once the clock has been right for a day.
        run_for(world, 10).await;
        let error = world.library.upload_state(&phone, other).await.unwrap_err();
        assert!(matches!(error, Error::NotFound("upload")), "{error:?}");
        assert_eq!(run_for(world, 9 * 24).await, 1, "the older one's thirty days of running are over");
        let listed = world.library.list_trash(&sam, world.my_space(&sam).await.id, library::Page::first(9)).await.unwrap();
        assert_eq!(listed.items.iter().map(|item| item.entry.id).collect::<Vec<_>>(), [new.entry_id]);
        assert_eq!(run_for(world, 21 * 24).await, 1);
        assert!(world.tree(&sam).await.len() == 1);
    }
}

/// A hub that is switched off every night still empties its trash in time.
#[tokio::test(flavor = "multi_thread")]
async fn nights_count() {
    let mut world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let stored = world.put(&sam, file("A", "a.jpg"), &picture(1, 3000)).await;
    world.library.trash(&sam, stored.entry_id).await.unwrap();
    world.library.care().await.unwrap();
    for day in 0..30 {
        assert_eq!(run_for(&world, 4).await, 0, "day {day}");
        world.jump_ms(20 * HOUR_MS);
        world.restart().await;
    }
    assert_eq!(run_for(&world, 2).await, 1);
    world.end().await;
}

/// Set back by days, the limits forget as fast as before; nobody waits for the clock to catch up.
#[tokio::test(flavor = "multi_thread")]
async fn limits_survive_a_clock_that_is_set_back() {
    let world = World::in_memory().await;
    world.person("sam", Role::Member).await;
    world.person("kim", Role::Member).await;
    let log_in = |who: &str, password: &str| {
        let (library, who, password) = (world.library.clone(), name(who), password.to_owned());
        async move { library.log_in(who, &password, None, ADDRESS).await.map(|_| ()) }
    };
    log_in("kim", "wrong").await.unwrap_err();
    for _ in 0..10 {
        log_in("sam", "wrong").await.unwrap_err();
    }
    world.advance_ms(-3 * DAY_MS);
    log_in("kim", PASSWORD).await.unwrap();
    let slow = log_in("sam", PASSWORD).await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { retry_after_seconds: 60 }), "{slow:?}");
    world.advance_ms(60_000);
    log_in("sam", PASSWORD).await.unwrap();
    // Set forward, everything is forgotten at once.
    log_in("sam", "wrong").await.unwrap_err();
    world.advance_ms(3 * DAY_MS);
    for _ in 0..10 {
        assert!(matches!(log_in("sam", "wrong").await.unwrap_err(), Error::WrongPassword));
    }
    world.end().await;
}

/// What was staged before the jump is not taken for an old leftover while it has a row.
#[tokio::test(flavor = "multi_thread")]
async fn a_jump_within_the_expiry_leaves_uploads_alone() {
    let mut world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    let bytes = picture(1, 3000);
    let id = world.library.begin(&sam, upload(file("A", "a.jpg"), 3000)).await.unwrap().id;
    world.library.append(&sam, id, 0, None, body(&[&bytes[..1000]])).await.unwrap();
    world.advance_ms(5 * DAY_MS);
    let report = world.library.care().await.unwrap();
    assert_eq!((report.uploads_expired, report.staging_swept), (0, 0));
    world.restart().await;
    let done = world.library.append(&sam, id, 1000, None, body(&[&bytes[1000..]])).await.unwrap();
    assert_eq!(done.stored.unwrap().sha256, sha256(&bytes));
    world.end().await;
}
