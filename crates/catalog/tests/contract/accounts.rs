//! Users, tokens, devices, settings.

use catalog::tokens::{NewToken, Token, TokenKind};
use catalog::{Error, devices, settings, tokens, users};
use domain::{DeviceId, InstallationId, Name, Role, TokenId, UserId};

use crate::common::{Hub, flat, name};

contract! {
    async fn accounts_are_found_by_id_and_by_any_form_of_their_name(hub) {
        assert_eq!(look!(hub, tx => users::count(tx)).unwrap(), 0);
        let mut zoe = hub.new_user("Zoe\u{308}");
        zoe.role = Role::Owner;
        let kept = zoe.clone();
        put!(hub, tx => users::insert(tx, &zoe)).unwrap();
        let id = kept.id;
        assert_eq!(look!(hub, tx => users::get(tx, id)).unwrap(), Some(kept));
        assert_eq!(look!(hub, tx => users::by_name(tx, &name("Zo\u{eb}"))).unwrap().unwrap().id, id);
        assert_eq!(look!(hub, tx => users::by_name(tx, &name("zo\u{eb}"))).unwrap(), None);
        let twin = hub.new_user("Zo\u{eb}");
        let error = put!(hub, tx => users::insert(tx, &twin)).unwrap_err();
        assert!(matches!(error, Error::NameTaken(_)), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!(look!(hub, tx => users::count(tx)).unwrap(), 1);
    }
}

contract! {
    async fn accounts_change_and_are_listed_by_name(hub) {
        for name in ["cleo", "anna", "bob", "Dora", "émile", "anna "] {
            hub.user(name).await;
        }
        let listed = flat(pages!(hub, 2, page, tx => users::list(tx, &page)));
        let names: Vec<_> = listed.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(names, ["Dora", "anna", "anna ", "bob", "cleo", "émile"]);
        let id = listed[0].id;
        assert!(put!(hub, tx => users::set_password(tx, id, "another")).unwrap());
        assert!(put!(hub, tx => users::set_disabled(tx, id, Some(5))).unwrap());
        let dora = look!(hub, tx => users::get(tx, id)).unwrap().unwrap();
        assert_eq!((dora.password_hash.as_str(), dora.disabled_at_ms), ("another", Some(5)));
        assert!(put!(hub, tx => users::set_disabled(tx, id, None)).unwrap());
        assert_eq!(look!(hub, tx => users::get(tx, id)).unwrap().unwrap().disabled_at_ms, None);
        let nobody: UserId = hub.ids.fresh();
        assert!(!put!(hub, tx => users::set_password(tx, nobody, "x")).unwrap());
        assert!(!put!(hub, tx => users::set_disabled(tx, nobody, Some(1))).unwrap());
        assert!(!format!("{dora:?}").contains("another"), "a password hash has no business in a log");
    }
}

fn new_token(hub: &Hub, user_id: UserId, device_id: Option<DeviceId>, secret: u8) -> NewToken {
    NewToken {
        id: hub.ids.fresh(),
        kind: if device_id.is_some() { TokenKind::Device } else { TokenKind::Session },
        secret_sha256: [secret; 32],
        user_id,
        device_id,
        name: name("token"),
        created_at_ms: hub.now() + i64::from(secret),
        expires_at_ms: None,
    }
}

async fn token(hub: &Hub, user_id: UserId, device_id: Option<DeviceId>, secret: u8) -> TokenId {
    let token = new_token(hub, user_id, device_id, secret);
    let id = token.id;
    put!(hub, tx => tokens::insert(tx, &token)).unwrap();
    id
}

async fn knows(hub: &Hub, secret: u8) -> bool {
    let now_ms = hub.now();
    look!(hub, tx => tokens::by_secret(tx, &[secret; 32], now_ms)).unwrap().is_some()
}

contract! {
    async fn a_secret_tells_token_person_and_device(hub) {
        let user_id = hub.user("anna").await;
        let device_id = hub.device(user_id, "phone").await;
        let with_device = token(&hub, user_id, Some(device_id), 1).await;
        token(&hub, user_id, None, 2).await;
        let bearer = look!(hub, tx => tokens::by_secret(tx, &[1; 32], 0)).unwrap().unwrap();
        let (user, device) = look!(hub, tx => async {
            Ok::<_, Error>((users::get(tx, user_id).await?, devices::get(tx, device_id).await?))
        }).unwrap();
        assert_eq!((bearer.token.id, bearer.token.kind), (with_device, TokenKind::Device));
        assert_eq!((Some(bearer.user), bearer.device), (user, device));
        assert_eq!(look!(hub, tx => tokens::by_secret(tx, &[2; 32], 0)).unwrap().unwrap().device, None);
        assert!(!knows(&hub, 3).await);
    }
}

contract! {
    async fn a_token_stops_when_revoked_expired_or_its_person_or_device_is_out(hub) {
        let user_id = hub.user("anna").await;
        let device_id = hub.device(user_id, "phone").await;
        let now_ms = hub.now();
        for secret in [1, 2] {
            token(&hub, user_id, Some(device_id), secret).await;
        }
        let session = token(&hub, user_id, None, 3).await;
        let kept = token(&hub, user_id, None, 4).await;
        let mut short = new_token(&hub, user_id, None, 5);
        short.expires_at_ms = Some(now_ms + 10);
        let short_id = short.id;
        put!(hub, tx => tokens::insert(tx, &short)).unwrap();
        assert!(knows(&hub, 5).await);
        hub.clock.advance(10);
        assert!(!knows(&hub, 5).await);
        assert!(!look!(hub, tx => tokens::is_working(tx, short_id, now_ms + 10)).unwrap());
        assert!(look!(hub, tx => tokens::is_working(tx, short_id, now_ms + 9)).unwrap());

        let stranger = hub.user("bob").await;
        assert!(!put!(hub, tx => tokens::revoke(tx, stranger, session, now_ms)).unwrap());
        assert!(put!(hub, tx => tokens::revoke(tx, user_id, session, now_ms)).unwrap());
        assert!(!put!(hub, tx => tokens::revoke(tx, user_id, session, now_ms)).unwrap());
        assert!(!knows(&hub, 3).await);
        assert_eq!(put!(hub, tx => tokens::revoke_of_device(tx, device_id, now_ms)).unwrap(), 2);
        assert!(!knows(&hub, 1).await && !knows(&hub, 2).await && knows(&hub, 4).await);

        let again = token(&hub, user_id, Some(device_id), 6).await;
        put!(hub, tx => devices::retire(tx, device_id, now_ms)).unwrap();
        assert!(!knows(&hub, 6).await);
        assert!(!look!(hub, tx => tokens::is_working(tx, again, now_ms)).unwrap());
        put!(hub, tx => users::set_disabled(tx, user_id, Some(now_ms))).unwrap();
        assert!(!knows(&hub, 4).await);
        put!(hub, tx => users::set_disabled(tx, user_id, None)).unwrap();
        assert!(look!(hub, tx => tokens::is_working(tx, kept, now_ms)).unwrap());
        assert_eq!(put!(hub, tx => tokens::revoke_of_user(tx, user_id, Some(kept), now_ms)).unwrap(), 2);
        assert!(knows(&hub, 4).await);
        assert_eq!(put!(hub, tx => tokens::revoke_of_user(tx, user_id, None, now_ms)).unwrap(), 1);
        assert!(!knows(&hub, 4).await);
    }
}

contract! {
    async fn tokens_are_listed_newest_first_and_remember_their_use(hub) {
        let user_id = hub.user("anna").await;
        let mut expected = Vec::new();
        for secret in 1..=7 {
            expected.insert(0, token(&hub, user_id, None, secret).await);
        }
        let gone = expected.remove(3);
        put!(hub, tx => tokens::revoke(tx, user_id, gone, 1)).unwrap();
        let (first, second) = (expected[0], expected[1]);
        put!(hub, tx => tokens::touch(tx, &[(first, 50), (second, 60)])).unwrap();
        put!(hub, tx => tokens::touch(tx, &[(first, 40), (second, 70)])).unwrap();
        let listed: Vec<Token> = flat(pages!(hub, 2, page, tx => tokens::list_of_user(tx, user_id, &page)));
        assert_eq!(listed.iter().map(|token| token.id).collect::<Vec<_>>(), expected);
        assert_eq!((listed[0].last_used_at_ms, listed[1].last_used_at_ms), (Some(50), Some(70)));
    }
}

contract! {
    async fn the_same_installation_is_the_same_device(hub) {
        let (user_id, other) = (hub.user("anna").await, hub.user("bob").await);
        let first = hub.introduction(user_id, "phone");
        let installation = first.installation;
        let (device, created) = put!(hub, tx => devices::insert_or_reclaim(tx, &first)).unwrap();
        assert!(created && device.name.as_str() == "phone" && device.platform == "linux");
        put!(hub, tx => devices::retire(tx, device.id, 9)).unwrap();
        let mut again = hub.introduction(user_id, "renamed on the device");
        again.installation = installation;
        "andr\0oid".clone_into(&mut again.platform);
        let (reclaimed, created) = put!(hub, tx => devices::insert_or_reclaim(tx, &again)).unwrap();
        assert!(!created);
        assert_eq!((reclaimed.id, reclaimed.name.as_str()), (device.id, "phone"));
        assert_eq!((reclaimed.platform.as_str(), reclaimed.retired_at_ms), ("android", None));
        // Another person's device of that name, and the same installation of another person, are others.
        let mut theirs = hub.introduction(other, "phone");
        theirs.installation = installation;
        let (theirs, created) = put!(hub, tx => devices::insert_or_reclaim(tx, &theirs)).unwrap();
        assert!(created && theirs.name.as_str() == "phone" && theirs.id != device.id);
    }
}

contract! {
    async fn another_installation_of_a_taken_name_gets_four_characters_more(hub) {
        let user_id = hub.user("anna").await;
        hub.device(user_id, "phone").await;
        let mut names = Vec::new();
        for last in [0xab12_u16, 0xab12] {
            let mut introduction = hub.introduction(user_id, "phone");
            let mut bytes = *introduction.installation.as_bytes();
            bytes[12..14].copy_from_slice(&[0x77, u8::try_from(names.len()).unwrap()]);
            bytes[14..].copy_from_slice(&last.to_be_bytes());
            introduction.installation = InstallationId::from_bytes(bytes);
            let (device, _) = put!(hub, tx => devices::insert_or_reclaim(tx, &introduction)).unwrap();
            names.push(device.name.as_str().to_owned());
        }
        assert_eq!(names, ["phone-ab12", "phone-7701ab12"]);
    }
}

contract! {
    async fn devices_are_listed_renamed_retired_and_heard_of(hub) {
        let user_id = hub.user("anna").await;
        for name in ["d", "b", "a", "e", "c"] {
            hub.device(user_id, name).await;
        }
        let listed = flat(pages!(hub, 2, page, tx => devices::list_of_user(tx, user_id, &page)));
        assert_eq!(listed.iter().map(|device| device.name.as_str()).collect::<String>(), "abcde");
        let id = listed[0].id;
        assert!(put!(hub, tx => devices::rename(tx, id, &name("z"))).unwrap());
        let taken = put!(hub, tx => devices::rename(tx, id, &name("b"))).unwrap_err();
        assert!(matches!(taken, Error::NameTaken(_)), "{taken:?}");
        assert!(put!(hub, tx => devices::touch(tx, id, 100, Some("{\"safe\":1}"))).unwrap());
        assert!(put!(hub, tx => devices::touch(tx, id, 90, None)).unwrap());
        assert!(put!(hub, tx => devices::touch(tx, id, 80, Some("{\"safe\":0}"))).unwrap());
        let device = look!(hub, tx => devices::get(tx, id)).unwrap().unwrap();
        assert_eq!((device.last_contact_at_ms, device.reported_at_ms), (Some(100), Some(100)));
        assert_eq!(device.report.as_deref(), Some("{\"safe\":1}"));
        assert!(put!(hub, tx => devices::retire(tx, id, 5)).unwrap());
        assert!(!put!(hub, tx => devices::retire(tx, id, 6)).unwrap());
        let device = look!(hub, tx => devices::get(tx, id)).unwrap().unwrap();
        assert_eq!((device.name.as_str(), device.retired_at_ms), ("z", Some(5)));
        let nothing: DeviceId = hub.ids.fresh();
        assert!(!put!(hub, tx => devices::touch(tx, nothing, 1, None)).unwrap());
        assert!(!put!(hub, tx => devices::rename(tx, nothing, &Name::new("x").unwrap())).unwrap());
    }
}

contract! {
    async fn settings_are_written_kept_and_taken_once(hub) {
        assert_eq!(look!(hub, tx => settings::get(tx, settings::HUB_ID)).unwrap(), None);
        assert_eq!(put!(hub, tx => settings::ensure(tx, settings::HUB_ID, "one")).unwrap(), "one");
        assert_eq!(put!(hub, tx => settings::ensure(tx, settings::HUB_ID, "two")).unwrap(), "one");
        put!(hub, tx => settings::set(tx, settings::SETUP_CODE_HASH, "a")).unwrap();
        put!(hub, tx => settings::set(tx, settings::SETUP_CODE_HASH, "b")).unwrap();
        assert!(!put!(hub, tx => settings::take(tx, settings::SETUP_CODE_HASH, "a")).unwrap());
        let takers = (0..8).map(|_| async {
            put!(hub, tx => settings::take(tx, settings::SETUP_CODE_HASH, "b")).unwrap()
        });
        let taken = futures_util::future::join_all(takers).await;
        assert_eq!(taken.into_iter().filter(|&taken| taken).count(), 1);
        assert_eq!(look!(hub, tx => settings::get(tx, settings::SETUP_CODE_HASH)).unwrap(), None);
    }
}

contract! {
    async fn a_persons_other_sessions_end_and_devices_programs_and_others_stay(hub) {
        let (anna, bob) = (hub.user("anna").await, hub.user("bob").await);
        let device_id = hub.device(anna, "phone").await;
        let here = token(&hub, anna, None, 1).await;
        token(&hub, anna, None, 2).await;
        token(&hub, anna, Some(device_id), 3).await;
        token(&hub, bob, None, 4).await;
        let app = NewToken { kind: TokenKind::App, ..new_token(&hub, anna, None, 5) };
        put!(hub, tx => tokens::insert(tx, &app)).unwrap();
        let now_ms = hub.now();
        let expired = NewToken { expires_at_ms: Some(now_ms), ..new_token(&hub, anna, None, 6) };
        put!(hub, tx => tokens::insert(tx, &expired)).unwrap();
        assert_eq!(put!(hub, tx => tokens::revoke_sessions(tx, anna, here, now_ms)).unwrap(), 1);
        let mut known = Vec::new();
        for secret in 1..=6 {
            known.push(knows(&hub, secret).await);
        }
        assert_eq!(known, [true, false, true, true, true, false]);
        assert_eq!(put!(hub, tx => tokens::revoke_sessions(tx, anna, here, now_ms)).unwrap(), 0);
    }
}
