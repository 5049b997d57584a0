//! Set-up, login, tokens, passwords, roles.

use domain::Role;
use library::accounts::NewAccount;
use library::{Error, Page};

use crate::common::{ADDRESS, DAY_MS, PASSWORD, World, name, on_both, picture};

on_both! {
    async fn the_set_up_code_works_once(world) {
        assert!(world.library.setup_needed().await.unwrap());
        let old = world.library.fresh_setup_code().await.unwrap().unwrap();
        let code = world.library.fresh_setup_code().await.unwrap().unwrap();
        for wrong in [old.as_str(), "AAAA-BBBB-CCCC", ""] {
            let error = world.library.set_up(wrong, name("olga"), PASSWORD, ADDRESS).await.unwrap_err();
            assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
        }
        let weak = world.library.set_up(&code, name("olga"), "short", ADDRESS).await.unwrap_err();
        assert!(matches!(weak, Error::Invalid { field: "password", .. }), "{weak:?}");
        // Two people at once: one of them is first.
        let typed = format!("  {} ", code.to_lowercase());
        let (one, two) = tokio::join!(
            world.library.set_up(&typed, name("olga"), PASSWORD, ADDRESS),
            world.library.set_up(&code, name("mallory"), PASSWORD, ADDRESS)
        );
        assert_ne!(one.is_ok(), two.is_ok());
        let lost = one.as_ref().err().or(two.as_ref().err()).unwrap();
        assert!(matches!(lost, Error::Conflict(_)), "{lost:?}");
        let owner = one.or(two).unwrap();
        assert_eq!(owner.user.role, Role::Owner);
        world.library.authenticate(&owner.secret, ADDRESS).await.unwrap();
        assert!(!world.library.setup_needed().await.unwrap());
        assert_eq!(world.library.fresh_setup_code().await.unwrap(), None);
        let late = world.library.set_up(&code, name("eve"), PASSWORD, ADDRESS).await.unwrap_err();
        assert!(matches!(late, Error::Conflict(_)), "{late:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_set_up_code_is_slowed_down() {
    let world = World::in_memory().await;
    let code = world.library.fresh_setup_code().await.unwrap().unwrap();
    for _ in 0..10 {
        let error = world.library.set_up("WRONG", name("eve"), PASSWORD, ADDRESS).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    }
    let slow = world.library.set_up(&code, name("olga"), PASSWORD, ADDRESS).await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { retry_after_seconds: 60 }) && slow.is_retryable(), "{slow:?}");
    world.advance_ms(60_000);
    world.library.set_up(&code, name("olga"), PASSWORD, ADDRESS).await.unwrap();
    world.end().await;
}

/// Only who knows the code makes the hub hash a password, and a claimed hub has no code: the weakness of
/// a password, which is found when it is to be hashed, is told to nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn setting_up_costs_no_hash_without_the_code_or_on_a_claimed_hub() {
    let world = World::in_memory().await;
    let code = world.library.fresh_setup_code().await.unwrap().unwrap();
    let wrong = world.library.set_up("WRONG", name("eve"), "short", ADDRESS).await.unwrap_err();
    assert!(matches!(wrong, Error::Forbidden(_)), "{wrong:?}");
    world.library.set_up(&code, name("olga"), PASSWORD, ADDRESS).await.unwrap();
    for _ in 0..9 {
        let late = world.library.set_up(&code, name("eve"), "short", ADDRESS).await.unwrap_err();
        assert!(matches!(late, Error::Conflict(_)), "{late:?}");
    }
    let slow = world.library.set_up(&code, name("eve"), "short", ADDRESS).await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { .. }), "{slow:?}");
    try_log_in(&world, "olga", PASSWORD, ADDRESS).await.unwrap();
    world.end().await;
}

async fn try_log_in(world: &World, who: &str, password: &str, address: &str) -> Result<(), Error> {
    world.library.log_in(name(who), password, None, address).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn login_is_limited_for_each_account_and_address() {
    let world = World::in_memory().await;
    world.person("sam", Role::Member).await;
    world.person("kim", Role::Member).await;
    for guess in 0..10 {
        let address = format!("192.0.2.{guess}");
        let error = try_log_in(&world, "sam", "not the password", &address).await.unwrap_err();
        assert!(matches!(error, Error::WrongPassword), "{error:?}");
    }
    let slow = try_log_in(&world, "sam", PASSWORD, "192.0.2.99").await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { retry_after_seconds: 60 }), "{slow:?}");
    try_log_in(&world, "kim", PASSWORD, "192.0.2.99").await.unwrap();
    world.advance_ms(59_000);
    let slow = try_log_in(&world, "sam", PASSWORD, "192.0.2.99").await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { retry_after_seconds: 1 }), "{slow:?}");
    world.advance_ms(1000);
    try_log_in(&world, "sam", PASSWORD, "192.0.2.99").await.unwrap();

    // Right ones cost nothing, however many.
    for _ in 0..15 {
        try_log_in(&world, "kim", PASSWORD, "198.51.100.1").await.unwrap();
    }
    for guess in 0..40 {
        let error = try_log_in(&world, &format!("nobody {guess}"), "x", "198.51.100.1").await.unwrap_err();
        assert!(matches!(error, Error::WrongPassword), "{error:?}");
    }
    let slow = try_log_in(&world, "kim", PASSWORD, "198.51.100.1").await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { retry_after_seconds: 15 }), "{slow:?}");
    try_log_in(&world, "kim", PASSWORD, "198.51.100.2").await.unwrap();
    world.end().await;
}

/// Asking in parallel does not give more guesses.
#[tokio::test(flavor = "multi_thread")]
async fn guesses_side_by_side_are_counted_too() {
    let world = World::in_memory().await;
    world.person("sam", Role::Member).await;
    let guesses = (0..40).map(|guess| {
        let library = world.library.clone();
        tokio::spawn(async move {
            library.log_in(name("sam"), "not the password", None, &format!("192.0.2.{guess}")).await
        })
    });
    let mut wrong = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap().unwrap_err() {
            Error::WrongPassword => wrong += 1,
            error => assert!(matches!(error, Error::SlowDown { .. }), "{error:?}"),
        }
    }
    assert!((10..=11).contains(&wrong), "{wrong} guesses were answered");
    world.end().await;
}

/// A device whose token was revoked keeps asking; its family shares the address and can log in.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_are_slowed_down_and_keep_nobody_from_logging_in() {
    let world = World::in_memory().await;
    let sam = world.person("sam", Role::Member).await;
    for _ in 0..40 {
        let error = world.library.authenticate("albumen_stale", ADDRESS).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain), "{error:?}");
    }
    let slow = world.library.authenticate("albumen_stale", ADDRESS).await.unwrap_err();
    assert!(matches!(slow, Error::SlowDown { retry_after_seconds: 15 }), "{slow:?}");
    try_log_in(&world, "sam", PASSWORD, ADDRESS).await.unwrap();
    let elsewhere = world.library.authenticate("albumen_stale", "198.51.100.1").await.unwrap_err();
    assert!(matches!(elsewhere, Error::SignInAgain), "{elsewhere:?}");
    let empty = world.library.authenticate("", ADDRESS).await.unwrap_err();
    assert!(matches!(empty, Error::SignInAgain), "{empty:?}");
    assert_eq!(world.library.account_of(&sam).await.unwrap().name, name("sam"));
    world.end().await;
}

on_both! {
    async fn passwords_are_kept_as_argon2id_and_names_are_unique(world) {
        let sam = world.person("sam", Role::Member).await;
        let kept = world.library.account_of(&sam).await.unwrap().password_hash;
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        let twice = world.library.make_account(name("sam"), Role::Member, PASSWORD).await.unwrap_err();
        assert!(matches!(twice, Error::NameTaken(_)), "{twice:?}");
        for bad in ["1234567", &"x".repeat(1025)] {
            let error = world.library.make_account(name("kim"), Role::Member, bad).await.unwrap_err();
            assert!(matches!(error, Error::Invalid { field: "password", .. }), "{error:?}");
        }
        assert_eq!(world.library.list_accounts().await.unwrap().len(), 1);
    }
}

on_both! {
    async fn managers_make_members_and_members_make_nobody(world) {
        let owner = world.person("olga", Role::Owner).await;
        let manager = world.person("mia", Role::Manager).await;
        let member = world.person("sam", Role::Member).await;
        let table = [
            (&owner, Role::Owner, true), (&owner, Role::Manager, true), (&owner, Role::Member, true),
            (&manager, Role::Owner, false), (&manager, Role::Manager, false), (&manager, Role::Member, true),
            (&member, Role::Owner, false), (&member, Role::Manager, false), (&member, Role::Member, false),
        ];
        for (number, (caller, role, may)) in table.into_iter().enumerate() {
            let new = NewAccount { name: name(&format!("new {number}")), role, password: PASSWORD.to_owned() };
            match world.library.add_account(caller, new).await {
                Ok(user) => assert!(may && user.role == role),
                Err(error) => assert!(!may && matches!(error, Error::Forbidden(_)), "{error:?}"),
            }
        }
        for (caller, may) in [(&owner, true), (&manager, true), (&member, false)] {
            assert_eq!(world.library.accounts(caller, Page::first(100)).await.is_ok(), may);
        }
    }
}

on_both! {
    async fn tokens_end_when_they_are_revoked_or_their_time_is_over(world) {
        let sam = world.person("sam", Role::Member).await;
        let kim = world.person("kim", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let app = world.library.add_token(&sam, name("script")).await.unwrap();
        let refused = world.library.add_token(&phone, name("more")).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "{refused:?}");
        let listed = world.library.tokens(&sam, Page::first(10)).await.unwrap().items;
        assert_eq!(listed.len(), 3);
        let others = world.library.revoke_token(&kim, app.token.id).await.unwrap_err();
        assert!(matches!(others, Error::NotFound("token")), "{others:?}");
        world.library.authenticate(&app.secret, ADDRESS).await.unwrap();
        world.library.revoke_token(&sam, app.token.id).await.unwrap();
        let ended = world.library.authenticate(&app.secret, ADDRESS).await.unwrap_err();
        assert!(matches!(ended, Error::SignInAgain), "{ended:?}");

        let session = world.library.log_in(name("sam"), PASSWORD, None, ADDRESS).await.unwrap().secret;
        world.advance_ms(30 * DAY_MS - 1);
        let caller = world.library.authenticate(&session, ADDRESS).await.unwrap();
        world.advance_ms(1);
        assert!(world.library.authenticate(&session, ADDRESS).await.is_err());
        assert!(world.library.put(&caller, crate::common::file("A", "a"), None, crate::common::body(&[b"x"])).await.is_err());
        world.library.put(&phone, crate::common::file("A", "a"), None, crate::common::body(&[&picture(1, 500)])).await.unwrap();
    }
}

on_both! {
    async fn a_changed_password_puts_everybody_else_out(world) {
        let sam = world.person("sam", Role::Member).await;
        let keep = world.library.log_in(name("sam"), PASSWORD, None, ADDRESS).await.unwrap().secret;
        let here = world.library.authenticate(&keep, ADDRESS).await.unwrap();
        let app = world.library.add_token(&sam, name("script")).await.unwrap().secret;
        let wrong = world.library.change_password(&here, "wrong", "a new sentence", ADDRESS).await.unwrap_err();
        assert!(matches!(wrong, Error::Forbidden(_)), "{wrong:?}");
        world.library.change_password(&here, PASSWORD, "a new sentence", ADDRESS).await.unwrap();
        world.library.authenticate(&keep, ADDRESS).await.unwrap();
        assert!(world.library.authenticate(&app, ADDRESS).await.is_err());
        let old = try_log_in(world, "sam", PASSWORD, ADDRESS).await.unwrap_err();
        assert!(matches!(old, Error::WrongPassword), "{old:?}");
        try_log_in(world, "sam", "a new sentence", ADDRESS).await.unwrap();
    }
}

on_both! {
    async fn an_account_that_is_switched_off_is_out_at_once(world) {
        let sam = world.person("sam", Role::Member).await;
        let session = world.library.log_in(name("sam"), PASSWORD, None, ADDRESS).await.unwrap().secret;
        assert!(world.library.switch_account(name("sam"), false).await.unwrap());
        let token = world.library.authenticate(&session, ADDRESS).await.unwrap_err();
        assert!(matches!(token, Error::SignInAgain), "{token:?}");
        let login = try_log_in(world, "sam", PASSWORD, ADDRESS).await.unwrap_err();
        assert!(matches!(login, Error::WrongPassword), "{login:?}");
        let put = world.library.put(&sam, crate::common::file("A", "a"), None, crate::common::body(&[b"x"])).await;
        assert!(matches!(put, Err(Error::SignInAgain)), "{put:?}");
    }
}

on_both! {
    /// Also in the middle of an upload: what comes afterwards is not stored. The pictures stay, and switched
    /// on again, everything goes on where it was.
    async fn switching_an_account_off_ends_nothing_but_its_access(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = crate::common::picture(1, 3000);
        let kept = world.put(&sam, crate::common::file("A", "kept.jpg"), b"kept").await;
        let phone = world.device("sam", "phone").await;
        let begun = crate::common::upload(crate::common::file("A", "a.jpg"), 3000);
        let id = world.library.begin(&phone, begun).await.unwrap().id;
        let send = async |from: usize, until: usize| {
            let body = crate::common::body(&[&bytes[from..until]]);
            world.library.append(&phone, id, from as u64, None, body).await
        };
        send(0, 1000).await.unwrap();
        assert!(world.library.switch_account(name("sam"), false).await.unwrap());
        assert!(!world.library.switch_account(name("sam"), false).await.unwrap(), "it is off already");
        let error = send(1000, 3000).await.unwrap_err();
        assert!(matches!(error, Error::SignInAgain), "{error:?}");
        assert_eq!(world.tree(&sam).await.len(), 1);
        assert_eq!(world.download(&sam, kept.entry_id).await, b"kept");
        let off = world.library.list_accounts().await.unwrap();
        assert!(off.iter().all(|user| user.disabled_at_ms.is_some()));

        assert!(world.library.switch_account(name("sam"), true).await.unwrap());
        assert!(!world.library.switch_account(name("sam"), true).await.unwrap());
        let stored = world.library.upload_state(&phone, id).await.unwrap().stored.unwrap();
        assert_eq!(world.download(&sam, stored.entry_id).await, bytes);
    }
}

on_both! {
    async fn the_last_owner_cannot_be_switched_off(world) {
        world.person("olga", Role::Owner).await;
        world.person("mona", Role::Manager).await;
        let refused = world.library.switch_account(name("olga"), false).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(why) if why.contains("last owner")), "{refused:?}");
        world.person("otto", Role::Owner).await;
        world.library.switch_account(name("otto"), false).await.unwrap();
        let refused = world.library.switch_account(name("olga"), false).await.unwrap_err();
        assert!(matches!(refused, Error::Conflict(_)), "an owner who is off does not count: {refused:?}");
        world.library.switch_account(name("otto"), true).await.unwrap();
        world.library.switch_account(name("olga"), false).await.unwrap();
        let nobody = world.library.switch_account(name("zoe"), false).await.unwrap_err();
        assert!(matches!(nobody, Error::NotFound("account")), "{nobody:?}");
    }
}

on_both! {
    async fn a_device_that_connects_again_is_the_same_device(world) {
        let sam = world.person("sam", Role::Member).await;
        let first = world.device("sam", "phone").await;
        let other = world.device("sam", "phone").await;
        assert_ne!(first.device.as_ref().unwrap().id, other.device.as_ref().unwrap().id);
        assert_ne!(first.device.as_ref().unwrap().name, other.device.as_ref().unwrap().name);
        let devices = world.library.devices(&sam, Page::first(10)).await.unwrap().items;
        assert_eq!(devices.len(), 2);
        assert!(devices.iter().all(|device| device.last_contact_at_ms.is_some()));
        let kim = world.person("kim", Role::Member).await;
        let device = first.device.as_ref().unwrap().id;
        for error in [
            world.library.retire_device(&kim, device).await.unwrap_err(),
            world.library.rename_device(&kim, device, name("mine")).await.map(|_| ()).unwrap_err(),
        ] {
            assert!(matches!(error, Error::NotFound("device")), "{error:?}");
        }
        assert_eq!(world.library.calling_device(&first).await.unwrap().unwrap().id, device);
        world.library.keep_report(&first, "{\"seen\":1}".to_owned()).await.unwrap();
        assert!(world.library.keep_report(&sam, "{}".to_owned()).await.is_err());
    }
}
