//! Connections that fail, and hubs that say no.

use std::time::Duration;

use client::{Error, HubClient, Patience, Wanted};
use domain::EntryId;
use wire::{OfferRequest, ProblemCode};

use crate::stub::{Act, Stub, json, reply};

const ENTRY: Wanted = Wanted::Entry(EntryId::from_bytes([1; 16]));

#[tokio::test]
async fn a_hub_that_is_not_there_is_retryable_and_says_so() {
    // Bound but not listening: nobody else gets the port, and it refuses.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = format!("http://{}", socket.local_addr().unwrap());
    let client = HubClient::new(address.parse().unwrap(), Patience::default()).unwrap();
    let error = client.me().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }) && error.is_retryable() && error.is_away());
    assert_eq!(
        error.to_string(),
        format!("{address} cannot be reached: nothing answers there (connection refused)")
    );
}

#[tokio::test]
async fn a_hub_that_never_answers_is_given_up() {
    let stub = Stub::play(vec![Act::Freeze(String::new())]);
    let error = stub.hasty_client().me().await.unwrap_err();
    assert!(matches!(error, Error::Stalled { .. }) && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_given_up() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234";
    let stub = Stub::play(vec![Act::Freeze(half.into()), Act::Freeze(half.into())]);
    let error = stub.hasty_client().me().await.unwrap_err();
    assert!(matches!(error, Error::Stalled { .. }), "{error}");

    let mut download = stub.hasty_client().download(ENTRY, 0).await.unwrap();
    assert_eq!(download.next().await.unwrap().unwrap(), "1234");
    assert!(matches!(download.next().await.unwrap_err(), Error::Stalled { .. }));
}

#[tokio::test]
async fn an_answer_that_is_cut_is_an_error_and_never_an_end() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234";
    let stub = Stub::play(vec![Act::Reply(half.into()), Act::Reply(half.into()), Act::Reply(String::new())]);
    let error = stub.client().me().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }) && error.is_retryable(), "{error}");

    let mut download = stub.client().download(ENTRY, 0).await.unwrap();
    assert_eq!(download.size_bytes, 10);
    assert_eq!(download.next().await.unwrap().unwrap(), "1234");
    assert!(matches!(download.next().await.unwrap_err(), Error::Unreachable { .. }));

    let error = stub.client().me().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "no answer at all: {error}");
}

#[tokio::test]
async fn the_hubs_words_and_its_wish_to_wait_come_through() {
    let problem = serde_json::json!({
        "status": 429, "code": "slow-down", "title": "Too many attempts",
        "detail": "Too many wrong passwords. Try again in 40 seconds.", "retryable": true,
    });
    let refusal = reply("429 Too Many Requests", "Retry-After: 40\r\n", &problem.to_string());
    let stub = Stub::play(vec![Act::Reply(refusal)]);
    let error = stub.client().me().await.unwrap_err();
    assert_eq!(error.to_string(), "Too many wrong passwords. Try again in 40 seconds.");
    assert_eq!(error.code(), Some(ProblemCode::SlowDown));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
    assert!(error.is_retryable() && !error.is_away());
}

#[tokio::test]
async fn a_proxys_page_is_judged_by_its_status() {
    let page = "<html>Bad gateway</html>";
    let stub = Stub::play(vec![
        Act::Reply(reply("502 Bad Gateway", "", page)),
        Act::Reply(reply("200 OK", "", page)),
    ]);
    let away = stub.client().me().await.unwrap_err();
    assert_eq!((away.code(), away.is_retryable()), (Some(ProblemCode::Unavailable), true));
    let odd = stub.client().me().await.unwrap_err();
    assert!(matches!(odd, Error::Unexpected { .. }) && !odd.is_retryable());
    assert!(odd.to_string().contains("Is it an Albumen hub?"), "{odd}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays_here() {
    let elsewhere = Stub::play(vec![json(&serde_json::json!({}))]);
    let to = format!("Location: {}/api/v1/me\r\n", elsewhere.client().address());
    let stub = Stub::play(vec![Act::Reply(reply("308 Permanent Redirect", &to, ""))]);
    let error = stub.client().me().await.unwrap_err();
    assert!(matches!(&error, Error::Moved { .. }) && !error.is_retryable());
    assert!(error.to_string().contains(&elsewhere.client().address().to_string()), "{error}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn fewer_answers_than_questions_are_not_believed() {
    let stub = Stub::play(vec![json(&serde_json::json!({"answers": ["held"]}))]);
    let offer = OfferRequest { space_id: None, hashes: vec![domain::TwinHasher::of(b"a").sha256; 2] };
    let error = stub.client().offer(&offer).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { .. }), "{error}");
}
