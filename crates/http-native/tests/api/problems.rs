//! Refusals: what programs and people read when something is not done.

use std::sync::Arc;

use axum::body::Body;
use domain::Role;
use http::Request;
use serde_json::json;
use tower::ServiceExt as _;
use wire::{Problem, ProblemCode};

use crate::support::{Doors, NOBODYS_ID};

#[tokio::test]
async fn wrong_json_is_refused_in_words() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let send = |text: &str| {
        let ask = doors.post("/api/v1/albums").by(&sam).header("Content-Type", "application/json");
        ask.bytes(text.to_owned()).send()
    };
    let table = [
        ("", "EOF"),
        ("{", "EOF"),
        ("[]", "struct NewAlbum"),
        ("{\"name\": 7}", "name"),
        ("{\"name\": \"\"}", "a name cannot be empty"),
        ("{\"name\": \"a/b\"}", "a name cannot contain \"/\""),
        ("{}", "missing field `name`"),
        ("{\"name\": \"x\", \"space_id\": \"mine\"}", "space_id"),
        ("\u{0}", "expected value"),
    ];
    for (body, words) in table {
        let problem = send(body).await.problem(400, ProblemCode::Invalid);
        assert!(problem.detail.contains(words), "{body:?}: {}", problem.detail);
        assert!(!problem.retryable);
    }
    // What a later version may say more is passed over.
    send("{\"name\": \"x\", \"colour\": \"red\"}").await.expect(201);
}

#[tokio::test]
async fn a_body_that_is_no_json_or_too_long() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let ask =
            doors.post("/api/v1/albums").by(&sam).header("Content-Type", kind).bytes("{\"name\": \"x\"}");
        ask.send().await.problem(415, ProblemCode::WrongType);
    }
    doors.post("/api/v1/albums").by(&sam).bytes("{}").send().await.problem(415, ProblemCode::WrongType);
    let long = json!({"name": "x".repeat(8 * 1024 * 1024)});
    let told = doors.post("/api/v1/albums").by(&sam).json(&long).send().await;
    told.problem(413, ProblemCode::TooLarge);
    let piece = || Ok(vec![b' '; 1024 * 1024].into());
    let ask = doors.post("/api/v1/albums").by(&sam).header("Content-Type", "application/json");
    ask.pieces((0..9).map(|_| piece()).collect()).send().await.problem(413, ProblemCode::TooLarge);
    // Login needs no token, so its limit is what keeps strangers from filling the memory.
    doors.post("/api/v1/login").json(&long).send().await.problem(413, ProblemCode::TooLarge);
}

#[tokio::test]
async fn causes_stay_in_the_log() {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let stored = doors.store(&sam, "a.jpg", b"bytes").await;
    std::fs::remove_file(doors.blob_path(crate::support::people::sha256(b"bytes"))).unwrap();
    let path = format!("/api/v1/entries/{}/content", stored["entry_id"].as_str().unwrap());
    let damaged = doors.get(path).by(&sam).send().await;
    damaged.problem(500, ProblemCode::Damaged);
    let table = [
        damaged,
        doors.get(format!("/api/v1/albums/{NOBODYS_ID}")).by(&sam).send().await,
        doors.get("/api/v1/albums?after=27").by(&sam).send().await,
        doors.post("/api/v1/albums").by(&sam).json(&json!({"name": "'; drop table albums; --"})).send().await,
        doors.post("/api/v1/albums").by(&sam).json(&json!({"name": "'; drop table albums; --"})).send().await,
    ];
    for reply in table {
        let text = reply.text().to_lowercase();
        for leak in
            ["select ", "sqlite", "sqlx", "insert into", "/tmp", "vault", ".rs", "panicked", "os error"]
        {
            assert!(!text.contains(leak), "{}: {text}", reply.what);
        }
    }
    doors.get("/api/v1/albums").by(&sam).send().await.expect(200);
}

#[tokio::test]
async fn a_problem_names_its_request_when_there_is_a_log() {
    let doors = Doors::open().await;
    let logged = doors.get("/api/v1/me").send().await;
    let id = logged.problem(401, ProblemCode::SignInAgain).request_id.unwrap();
    assert_eq!(logged.header("x-request-id"), id);
    let bare = http_native::router(Arc::clone(&doors.library));
    let response = bare.oneshot(Request::get("/api/v1/me").body(Body::empty()).unwrap()).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    assert_eq!(serde_json::from_slice::<Problem>(&body).unwrap().request_id, None);
}

/// The whole list, as `docs/api.md` explains it: a code is for ever. A new one goes into that page.
#[test]
fn every_code_is_in_the_documents() {
    let document: serde_json::Value = serde_json::from_str(&http_native::openapi_json()).unwrap();
    let codes = &document["components"]["schemas"]["ProblemCode"];
    let texts = codes["enum"].as_array().or_else(|| codes["oneOf"].as_array()).unwrap();
    let codes: Vec<_> =
        texts.iter().map(|code| code.as_str().or_else(|| code["enum"][0].as_str()).unwrap()).collect();
    let page = include_str!("../../../../docs/api.md");
    for code in codes.iter().filter(|code| **code != "unknown") {
        assert!(page.contains(&format!("`{code}`")), "docs/api.md does not explain {code}");
    }
    insta::assert_snapshot!(codes.join("\n"));
}

/// Every address of the document is in the tables of `docs/api.md`, so that the page stays whole.
#[test]
fn every_route_is_in_the_documents() {
    let page = include_str!("../../../../docs/api.md");
    for route in crate::support::documented_routes() {
        assert!(page.contains(&format!("`{route}`")), "docs/api.md does not explain {route}");
    }
}
