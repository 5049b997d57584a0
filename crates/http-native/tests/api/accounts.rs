//! Set-up, login and its limits, people, tokens.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::Role;
use serde_json::json;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Doors, PASSWORD, Reply};

#[tokio::test]
async fn a_fresh_hub_is_claimed_once_with_its_code() {
    let doors = Doors::open().await;
    let state = doors.get("/api/v1/setup").send().await.expect(200).json();
    assert_eq!(state["needed"], true);
    let code = doors.library.fresh_setup_code().await.unwrap().unwrap();
    let claim = |code: &str, password: &str| {
        doors.post("/api/v1/setup").json(&json!({"code": code, "name": "olga", "password": password})).send()
    };
    claim("AAAA-BBBB-CCCC", PASSWORD).await.problem(403, ProblemCode::Forbidden);
    let short = claim(&code, "short").await.problem(400, ProblemCode::Invalid);
    assert_eq!(short.field.as_deref(), Some("password"));
    let claimed = claim(&code, PASSWORD).await.expect(201).json();
    assert_eq!(claimed["me"]["user"]["role"], "owner");
    let me = doors.get("/api/v1/me").with_secret(&text(&claimed["token"])).send().await.expect(200).json();
    assert_eq!(me["user"]["name"], "olga");
    claim(&code, PASSWORD).await.problem(409, ProblemCode::Conflict);
    assert_eq!(doors.get("/api/v1/setup").send().await.json()["needed"], false);
    assert_eq!(doors.library.fresh_setup_code().await.unwrap(), None);
}

#[tokio::test]
async fn login_gives_a_session_or_a_device_that_stays_the_same() {
    let doors = Doors::open().await;
    doors.person("sam", Role::Member).await;
    let login = |body: serde_json::Value| doors.post("/api/v1/login").json(&body).send();
    let session = login(json!({"name": "sam", "password": PASSWORD})).await.expect(200).json();
    assert!(session["me"].get("device").is_none());
    let device = |name: &str| {
        let installation = "0197b000-0000-7000-8000-000000000001";
        json!({"name": "sam", "password": PASSWORD,
               "device": {"installation": installation, "name": name, "platform": "linux"}})
    };
    let first = login(device("laptop")).await.expect(200).json();
    let again = login(device("other name")).await.expect(200).json();
    assert_eq!(again["me"]["device"]["id"], first["me"]["device"]["id"]);
    // One token per device: the one before ends.
    doors.get("/api/v1/me").with_secret(&text(&first["token"])).send().await.expect(401);
    let me = doors.get("/api/v1/me").with_secret(&text(&again["token"])).send().await.expect(200).json();
    assert_eq!(me["device"]["id"], first["me"]["device"]["id"]);
    assert_eq!(me["hub_id"], doors.library.hub_id().to_string());
}

async fn guess(doors: &Doors, name: &str, address: Ipv4Addr) -> Reply {
    let body = json!({"name": name, "password": "a wrong guess"});
    doors.post("/api/v1/login").from(address).json(&body).send().await
}

#[tokio::test]
async fn guessing_at_an_account_is_slowed_down_and_time_heals() {
    let doors = Doors::open().await;
    doors.person("sam", Role::Member).await;
    for number in 0..10 {
        // From everywhere: the account is what is guarded.
        let reply = guess(&doors, "sam", Ipv4Addr::new(192, 0, 2, number)).await;
        let problem = reply.problem(401, ProblemCode::SignInAgain);
        assert_eq!(problem.detail, "the name or the password is wrong");
    }
    let right = || {
        let body = json!({"name": "sam", "password": PASSWORD});
        doors.post("/api/v1/login").from(Ipv4Addr::new(198, 51, 100, 1)).json(&body).send()
    };
    let refused = right().await;
    let problem = refused.problem(429, ProblemCode::SlowDown);
    assert!(problem.retryable);
    assert_eq!(problem.retry_after_seconds, Some(60));
    assert_eq!(refused.header("retry-after"), "60");
    doors.clock.advance(Duration::from_mins(1));
    right().await.expect(200);
}

#[tokio::test]
async fn one_address_cannot_go_through_all_names_and_others_are_not_touched() {
    let doors = Doors::open().await;
    doors.person("sam", Role::Member).await;
    let (guesser, neighbour) = (Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2));
    for number in 0..40 {
        let reply = guess(&doors, &format!("name {number}"), guesser).await;
        // An account that does not exist looks like one that does.
        assert_eq!(reply.problem(401, ProblemCode::SignInAgain).detail, "the name or the password is wrong");
    }
    guess(&doors, "somebody else", guesser).await.problem(429, ProblemCode::SlowDown);
    let body = json!({"name": "sam", "password": PASSWORD});
    doors.post("/api/v1/login").from(neighbour).json(&body).send().await.expect(200);
}

#[tokio::test]
async fn a_flood_of_wrong_tokens_is_slowed_down_and_right_ones_pass() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let address = Ipv4Addr::new(192, 0, 2, 1);
    let call = |secret: &str| doors.get("/api/v1/me").with_secret(secret).from(address).send();
    let mut refused = 0;
    while call("albumen_wrong").await.status.as_u16() == 401 {
        refused += 1;
        assert!(refused < 1000, "nothing slows it down");
    }
    call("albumen_wrong").await.problem(429, ProblemCode::SlowDown);
    call(&sam.secret).await.expect(200);
}

#[tokio::test]
async fn a_changed_password_ends_every_other_token() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let phone = doors.device(&sam, "phone", 1).await;
    let change = |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        doors.put("/api/v1/me/password").by(&sam).json(&body).send()
    };
    change("not this", "another sentence").await.problem(403, ProblemCode::Forbidden);
    change(PASSWORD, "short").await.problem(400, ProblemCode::Invalid);
    doors.get("/api/v1/me").by(&phone).send().await.expect(200);
    change(PASSWORD, "another sentence").await.expect(204);
    doors.get("/api/v1/me").by(&phone).send().await.expect(401);
    doors.get("/api/v1/me").by(&sam).send().await.expect(200);
    let login = |password: &str| {
        doors.post("/api/v1/login").json(&json!({"name": "sam", "password": password})).send()
    };
    login(PASSWORD).await.expect(401);
    login("another sentence").await.expect(200);
}

#[tokio::test]
async fn tokens_are_made_listed_and_revoked_and_their_secret_is_shown_once() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    // The list is by time, and the clock stands still.
    doors.clock.advance(Duration::from_secs(1));
    let made =
        doors.post("/api/v1/tokens").by(&sam).json(&json!({"name": "script"})).send().await.expect(201);
    let secret = text(&made.json()["secret"]);
    let mine = doors.get("/api/v1/me").with_secret(&secret).send().await.expect(200);
    assert_eq!(mine.json()["user"]["id"], sam.user_id);
    let listed = doors.get("/api/v1/tokens").by(&sam).send().await.expect(200);
    assert!(!listed.text().contains(&secret) && !listed.text().contains(&sam.secret));
    let tokens = listed.json();
    let (script, session) = (&tokens["items"][0], &tokens["items"][1]);
    assert_eq!(
        (&script["kind"], &script["name"], &script["current"]),
        (&json!("app"), &json!("script"), &json!(false))
    );
    assert_eq!((&session["kind"], &session["current"]), (&json!("session"), &json!(true)));
    let path = format!("/api/v1/tokens/{}", text(&script["id"]));
    doors.delete(&path).by(&sam).send().await.expect(204);
    doors.delete(&path).by(&sam).send().await.problem(404, ProblemCode::NotFound);
    doors.get("/api/v1/me").with_secret(&secret).send().await.expect(401);
}

#[tokio::test]
async fn people_are_added_by_those_who_look_after_the_hub() {
    let doors = Doors::open().await;
    let owner = doors.person("olga", Role::Owner).await;
    let manager = doors.person("max", Role::Manager).await;
    let add = |person, name: &str, role: &str| {
        let body = json!({"name": name, "role": role, "password": PASSWORD});
        doors.post("/api/v1/users").by(person).json(&body).send()
    };
    assert_eq!(add(&manager, "mia", "member").await.expect(201).json()["role"], "member");
    add(&manager, "boss", "manager").await.problem(403, ProblemCode::Forbidden);
    add(&owner, "boss", "manager").await.expect(201);
    add(&owner, "mia", "member").await.problem(409, ProblemCode::NameTaken);
    let unknown = add(&owner, "kim", "king").await.problem(400, ProblemCode::Invalid);
    assert!(unknown.detail.contains("role"), "{}", unknown.detail);
    let weak = json!({"name": "kim", "role": "member", "password": "1234567"});
    let weak = doors.post("/api/v1/users").by(&owner).json(&weak).send().await;
    assert_eq!(weak.problem(400, ProblemCode::Invalid).field.as_deref(), Some("password"));
    let listed = doors.get("/api/v1/users").by(&manager).send().await.expect(200).json();
    let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|user| text(&user["name"])).collect();
    assert_eq!(names, ["boss", "max", "mia", "olga"]);
    assert!(!listed.to_string().contains("argon2"), "hashes stay inside");
}
