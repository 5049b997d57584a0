//! Without a token that works there is nothing to see: every route asks for one, but for a short list.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::Role;
use serde_json::json;
use wire::ProblemCode;

use crate::support::{Ask, Doors, NOBODYS_ID, TUS, documented_routes, open_routes};

/// What answers strangers. If you want to add a line here: don't. Whoever can reach the hub can
/// call these, so each one is a decision of the whole project, not of one endpoint.
const OPEN_TO_STRANGERS: [&str; 4] =
    ["GET /api/v1/setup", "POST /api/v1/login", "POST /api/v1/sessions", "POST /api/v1/setup"];

/// What the document does not describe.
const BESIDE_THE_DOCUMENT: [&str; 8] = [
    "GET /api/v1/openapi.json",
    "OPTIONS /tus",
    "POST /tus",
    "OPTIONS /tus/{id}",
    "HEAD /tus/{id}",
    "PATCH /tus/{id}",
    "DELETE /tus/{id}",
    "POST /tus/{id}",
];

fn closed_routes() -> BTreeSet<String> {
    let mut routes = documented_routes();
    routes.extend(BESIDE_THE_DOCUMENT.map(str::to_owned));
    routes.retain(|route| !OPEN_TO_STRANGERS.contains(&route.as_str()));
    routes
}

/// The request with everything in place but the right token.
fn knock<'a>(doors: &'a Doors, route: &str) -> Ask<'a> {
    let (method, path) = route.split_once(' ').unwrap();
    let path = path.replace("{id}", NOBODYS_ID).replace("{user_id}", NOBODYS_ID);
    let path = path.replace("{kind}", "thumbnail").replace("{month}", "2024-07");
    doors.ask(method, path).header("Tus-Resumable", TUS).json(&json!({}))
}

#[tokio::test]
async fn no_route_answers_without_a_token_that_works() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Owner).await;
    let revoked = doors.device(&sam, "laptop", 1).await;
    let retired = doors.device(&sam, "phone", 2).await;
    let devices = doors.get("/api/v1/devices").by(&sam).send().await.expect(200).json();
    for device in devices["items"].as_array().unwrap() {
        if device["name"] == "phone" {
            let path = format!("/api/v1/devices/{}", device["id"].as_str().unwrap());
            doors.delete(path).by(&sam).send().await.expect(204);
        }
    }
    doors.post("/api/v1/logout").by(&revoked).send().await.expect(204);
    doors.clock.advance(Duration::from_hours(24 * 30));

    let bearer = |secret: &str| Some(format!("Bearer {secret}"));
    let credentials = [
        ("nothing", None),
        ("nonsense", bearer("albumen_0000")),
        ("no secret", bearer("")),
        ("another scheme", Some("Basic c2FtOnNhbQ==".to_owned())),
        ("a revoked token", bearer(&revoked.secret)),
        ("a retired device", bearer(&retired.secret)),
        ("an expired session", bearer(&sam.secret)),
    ];
    for route in closed_routes() {
        for (what, credential) in &credentials {
            let mut ask = knock(&doors, &route);
            if let Some(credential) = credential {
                ask = ask.header("Authorization", credential);
            }
            let reply = ask.send().await;
            assert_eq!(reply.status.as_u16(), 401, "{route} with {what}");
            assert_eq!(reply.header("www-authenticate"), "Bearer", "{route} with {what}");
            if !route.starts_with("HEAD ") {
                reply.problem(401, ProblemCode::SignInAgain);
            }
        }
    }
}

#[tokio::test]
async fn the_short_list_is_what_the_document_says_and_does_answer() {
    let open: BTreeSet<String> = OPEN_TO_STRANGERS.map(str::to_owned).into();
    assert_eq!(open_routes(), open, "the document and the list of open routes differ");
    let doors = Doors::open().await;
    for route in OPEN_TO_STRANGERS {
        assert_ne!(knock(&doors, route).send().await.status.as_u16(), 401, "{route}");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_none() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    for path in ["/", "/api", "/api/v1/secrets", "/tus/a/b", "/api/v2/me"] {
        doors.get(path).send().await.problem(401, ProblemCode::SignInAgain);
        doors.get(path).by(&sam).send().await.problem(404, ProblemCode::NotFound);
    }
    for (method, path) in
        [("PUT", "/api/v1/me"), ("DELETE", "/api/v1/spaces"), ("GET", "/tus"), ("PUT", "/tus/x")]
    {
        doors.ask(method, path).send().await.problem(401, ProblemCode::SignInAgain);
        let refused = doors.ask(method, path).by(&sam).send().await;
        refused.problem(405, ProblemCode::MethodNotAllowed);
        assert!(
            !refused.header("allow").is_empty(),
            "{method} {path} says what is allowed (RFC 9110 §15.5.6)"
        );
    }
}
