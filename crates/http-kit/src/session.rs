//! Sessions of browsers: the cookie that carries one (RFC 6265), and whether a call comes from the hub's
//! own pages.
//!
//! A browser sends cookies by itself, also when a page of somebody else makes it call the hub. `SameSite`
//! keeps other sites out, but not other programs on other ports of the same machine; so a cookie counts
//! only when the browser says that one of the hub's own pages is calling.

use std::time::Duration;

use http::header::{AUTHORIZATION, COOKIE, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};

use crate::bearer_secret;

/// The cookie's name over plain http, as on a home network.
const NAME: &str = "albumen_session";

/// Its name over https: browsers take a name with this beginning only from https, without `Domain`, and so
/// from nobody but the hub itself.
const SECURE_NAME: &str = "__Host-albumen_session";

/// What browsers tell of the page that calls (Fetch Metadata). Not sent over plain http to other machines.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The address that a proxy was asked for, when it asks by another one. No page can set it in a call to
/// another site without asking first, which the hub never allows.
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The secret of a call: its bearer token, or else its session's cookie. Whoever sends an `Authorization`
/// means it, so then no cookie counts.
pub fn secret_of_call<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a str> {
    if headers.contains_key(AUTHORIZATION) {
        return bearer_secret(headers);
    }
    cookie(headers).filter(|_| comes_from_own_page(method, headers))
}

/// Whether the browser says that one of the hub's own pages is calling. Reading needs no more than that
/// nothing speaks against it; changing needs proof.
pub fn comes_from_own_page(method: &Method, headers: &HeaderMap) -> bool {
    let reads = *method == Method::GET || *method == Method::HEAD;
    if let Some(site) = headers.get(FETCH_SITE) {
        // "none": a person typed the address.
        return site == "same-origin" || (reads && site == "none");
    }
    match headers.get(ORIGIN).map(HeaderValue::to_str) {
        Some(Ok(origin)) => is_own(origin, headers),
        Some(Err(_)) => false,
        None => reads,
    }
}

fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let Some((_, asked)) = origin.split_once("://") else { return false };
    let hosts = [HOST, FORWARDED_HOST].map(|name| headers.get(name).and_then(|value| value.to_str().ok()));
    hosts.into_iter().flatten().any(|host| host.trim().eq_ignore_ascii_case(asked))
}

/// The session's secret, if the call carries one.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    [SECURE_NAME, NAME].into_iter().find_map(|name| {
        let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut found =
            pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        found.find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
    })
}

/// `Set-Cookie` for a session that has just begun. `None` for a secret that is no plain text, which no
/// secret of ours is. The cookie asks for https from then on when the page came that way.
pub fn begin_cookie(headers: &HeaderMap, secret: &str, lasts: Duration) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let (name, secure) = if origin.starts_with("https://") { (SECURE_NAME, "; Secure") } else { (NAME, "") };
    let seconds = lasts.as_secs();
    let text = format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).ok()
}

/// `Set-Cookie` that ends whatever session the browser has.
pub fn end_cookies() -> [HeaderValue; 2] {
    [
        HeaderValue::from_static("albumen_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"),
        HeaderValue::from_static(
            "__Host-albumen_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn own(method: &Method, pairs: &[(HeaderName, &str)]) -> bool {
        let mut headers = headers(pairs);
        headers.insert(HOST, HeaderValue::from_static("hub.home:8230"));
        comes_from_own_page(method, &headers)
    }

    #[test]
    fn changing_needs_proof_that_an_own_page_calls() {
        type Sent = Vec<(HeaderName, &'static str)>;
        let table: [(Sent, bool, bool); 10] = [
            (vec![], true, false),
            (vec![(ORIGIN, "http://hub.home:8230")], true, true),
            (vec![(ORIGIN, "http://HUB.home:8230")], true, true),
            (vec![(ORIGIN, "http://hub.home:3000")], false, false),
            (vec![(ORIGIN, "http://hub.home:8230.evil.example")], false, false),
            (vec![(ORIGIN, "null")], false, false),
            (vec![(FETCH_SITE, "same-origin")], true, true),
            (vec![(FETCH_SITE, "same-site")], false, false),
            (vec![(FETCH_SITE, "cross-site"), (ORIGIN, "http://hub.home:8230")], false, false),
            (vec![(FETCH_SITE, "none")], true, false),
        ];
        for (pairs, reads, changes) in table {
            assert_eq!(own(&Method::GET, &pairs), reads, "reading with {pairs:?}");
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                assert_eq!(own(&method, &pairs), changes, "{method} with {pairs:?}");
            }
        }
        let behind_a_proxy = [(ORIGIN, "https://pictures.example"), (FORWARDED_HOST, "pictures.example")];
        assert!(own(&Method::POST, &behind_a_proxy));
    }

    #[test]
    fn a_token_counts_before_a_cookie_and_a_wrong_one_hides_it() {
        let from_page = (ORIGIN, "http://hub.home");
        let secret = |pairs: &[(HeaderName, &str)]| {
            let mut headers = headers(pairs);
            headers.insert(HOST, HeaderValue::from_static("hub.home"));
            secret_of_call(&Method::POST, &headers).map(str::to_owned)
        };
        let session = (COOKIE, "theme=dark; albumen_session=abc");
        assert_eq!(secret(&[from_page.clone(), session.clone()]).as_deref(), Some("abc"));
        assert_eq!(secret(std::slice::from_ref(&session)), None, "no page says that it is calling");
        let token = (AUTHORIZATION, "Bearer xyz");
        assert_eq!(secret(&[from_page.clone(), session.clone(), token]).as_deref(), Some("xyz"));
        let other = (AUTHORIZATION, "Basic xyz");
        assert_eq!(secret(&[from_page.clone(), session, other]), None);
        let both = (COOKIE, "albumen_session=plain; __Host-albumen_session=safe");
        assert_eq!(secret(&[from_page.clone(), both]).as_deref(), Some("safe"));
        for none in ["albumen_session=", "albumen_sessions=x", "xalbumen_session=x", "albumen_session"] {
            assert_eq!(secret(&[from_page.clone(), (COOKIE, none)]), None, "{none}");
        }
    }

    #[test]
    fn over_https_the_cookie_never_goes_over_http() {
        let lasts = Duration::from_hours(1);
        let plain = begin_cookie(&headers(&[(ORIGIN, "http://hub")]), "s", lasts).unwrap();
        assert_eq!(plain, "albumen_session=s; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict");
        let safe = begin_cookie(&headers(&[(ORIGIN, "https://hub")]), "s", lasts).unwrap();
        assert_eq!(safe, "__Host-albumen_session=s; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure");
        assert!(begin_cookie(&HeaderMap::new(), "a\nb", lasts).is_none());
    }
}
