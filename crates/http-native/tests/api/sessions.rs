//! Sessions of browsers: a cookie that no script reads and that counts in the hub's own pages only.

use std::time::Duration;

use domain::Role;
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Ask, Doors, PASSWORD, Reply, TUS};

const HOST: &str = "hub.home:8230";
const ORIGIN: &str = "http://hub.home:8230";

/// As a browser sends it from the hub's own page.
fn from_page(ask: Ask<'_>) -> Ask<'_> {
    ask.header("Host", HOST).header("Origin", ORIGIN)
}

fn sam_in(label: &str) -> Value {
    json!({"name": "sam", "password": PASSWORD, "label": label})
}

/// What a browser keeps of the answer and sends from then on.
#[track_caller]
fn kept_cookie(reply: &Reply) -> String {
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

async fn begin(doors: &Doors, body: &Value) -> String {
    kept_cookie(&from_page(doors.post("/api/v1/sessions")).json(body).send().await.expect(201))
}

#[tokio::test]
async fn a_browser_claims_a_fresh_hub_and_is_the_owner() {
    let doors = Doors::open().await;
    let code = doors.library.fresh_setup_code().await.unwrap().unwrap();
    let claim = |code: &str| {
        let body = json!({"code": code, "name": "olga", "password": PASSWORD, "label": "Firefox on Linux"});
        from_page(doors.post("/api/v1/sessions")).json(&body).send()
    };
    claim("AAAA-BBBB-CCCC").await.problem(403, ProblemCode::Forbidden);
    let claimed = claim(&code).await.expect(201);
    let cookie = kept_cookie(&claimed);
    assert_eq!(claimed.json()["user"]["role"], "owner");
    let secret = cookie.split_once('=').unwrap().1;
    assert!(!claimed.text().contains(secret), "no script sees the secret");
    let me = doors.get("/api/v1/me").header("Cookie", &cookie).send().await.expect(200).json();
    assert_eq!(me["user"]["name"], "olga");
    claim(&code).await.problem(409, ProblemCode::Conflict);
}

#[tokio::test]
async fn a_session_reads_changes_and_uploads_from_own_pages_only() {
    let doors = Doors::open().await;
    doors.person("sam", Role::Member).await;
    let cookie = begin(&doors, &sam_in("Chrome on Android")).await;
    let album = json!({"name": "Summer"});
    let add = |ask: fn(Ask<'_>) -> Ask<'_>| {
        ask(doors.post("/api/v1/albums").header("Host", HOST).header("Cookie", &cookie)).json(&album).send()
    };
    // Nobody says which page calls; another port of the same machine; another site; one that hides.
    add(|ask| ask).await.problem(401, ProblemCode::SignInAgain);
    add(|ask| ask.header("Origin", "http://hub.home:3000")).await.problem(401, ProblemCode::SignInAgain);
    add(|ask| ask.header("Sec-Fetch-Site", "same-site")).await.problem(401, ProblemCode::SignInAgain);
    add(|ask| ask.header("Origin", "null")).await.problem(401, ProblemCode::SignInAgain);
    add(|ask| ask.header("Origin", ORIGIN)).await.expect(201);
    let seen = doors.get("/api/v1/albums").header("Cookie", &cookie).send().await.expect(200);
    assert_eq!(seen.json()["items"][0]["name"], "Summer");
    let upload = || {
        doors
            .post("/tus")
            .header("Cookie", &cookie)
            .header("Tus-Resumable", TUS)
            .header("Upload-Length", "10")
    };
    from_page(upload()).send().await.expect(201);
    upload().header("Host", HOST).send().await.problem(401, ProblemCode::SignInAgain);
    let file = from_page(doors.put("/api/v1/files")).header("Cookie", &cookie);
    file.header("Albumen-Filename", "a.jpg").bytes(samples::jpeg(1)).send().await.expect(201);
}

#[tokio::test]
async fn no_page_of_somebody_else_logs_anybody_in() {
    let doors = Doors::open().await;
    doors.person("sam", Role::Member).await;
    let foreign =
        doors.post("/api/v1/sessions").header("Host", HOST).header("Origin", "https://evil.example");
    let refused = foreign.json(&sam_in("x")).send().await;
    refused.problem(403, ProblemCode::Forbidden);
    assert!(refused.headers.get("set-cookie").is_none());
    let wrong = json!({"name": "sam", "password": "not this one"});
    let wrong = from_page(doors.post("/api/v1/sessions")).json(&wrong).send().await;
    wrong.problem(401, ProblemCode::SignInAgain);
    assert!(wrong.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn sessions_have_the_browsers_names_and_end_alone_together_or_by_time() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    doors.clock.advance(Duration::from_secs(1));
    let phone = begin(&doors, &sam_in("Chrome on Android")).await;
    let desk = begin(&doors, &sam_in("Firefox on Linux")).await;
    let works =
        async |cookie: &str| doors.get("/api/v1/me").header("Cookie", cookie).send().await.status == 200;
    let listed = doors.get("/api/v1/tokens").header("Cookie", &desk).send().await.expect(200).json();
    let here: Vec<_> =
        listed["items"].as_array().unwrap().iter().filter(|token| token["current"] == true).collect();
    assert_eq!((here.len(), text(&here[0]["name"]).as_str()), (1, "Firefox on Linux"));

    let others = from_page(doors.post("/api/v1/sessions/end-others")).header("Cookie", &desk);
    // The phone's browser, and the token that the test's own login made.
    assert_eq!(others.send().await.expect(200).json()["changed"], 2);
    assert!(works(&desk).await && !works(&phone).await);
    doors.get("/api/v1/me").by(&sam).send().await.problem(401, ProblemCode::SignInAgain);

    let out = from_page(doors.post("/api/v1/logout")).header("Cookie", &desk).send().await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "the browser forgets it");
    assert!(!works(&desk).await);

    let last = begin(&doors, &sam_in("Safari on iPhone")).await;
    doors.clock.advance(Duration::from_hours(24 * 30));
    assert!(!works(&last).await);
}

#[tokio::test]
async fn behind_https_the_cookie_is_for_https_alone() {
    let doors = Doors::open().await;
    doors.person("sam", Role::Member).await;
    let ask = doors.post("/api/v1/sessions").header("Host", "10.0.0.2:8230");
    let ask = ask.header("X-Forwarded-Host", "pictures.example").header("Origin", "https://pictures.example");
    let begun = ask.json(&sam_in("Safari on Mac")).send().await.expect(201);
    let cookie = begun.header("set-cookie");
    assert!(cookie.starts_with("__Host-albumen_session=") && cookie.ends_with("; Secure"), "{cookie}");
    let me = doors.get("/api/v1/me").header("Cookie", &kept_cookie(&begun)).send().await;
    me.expect(200);
}
