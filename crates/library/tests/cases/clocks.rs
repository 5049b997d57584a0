//! A clock that somebody sets, by days, back and forth.

use domain::{Clock as _, Role};
use library::Error;

use crate::common::{ADDRESS, DAY_MS, PASSWORD, World, body, file, name, on_both, picture, sha256, upload};

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
            world.advance_ms(jump_days * DAY_MS);
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
        world.advance_ms(31 * DAY_MS);
        assert_eq!(world.library.care().await.unwrap().items_purged, 1);
        world.nothing_is_left_over().await;
    }
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
