//! Which file answers a request, how it is packed, and what a browser is told about it.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::{File, Files, missing};

/// The page that every address opens which is no file.
const INDEX: &str = "index.html";

/// Files below it carry a hash in their names: what is behind an address never changes.
const HASHED: &str = "assets/";

/// What pages of the app may do. No script and no style but the app's own files, nothing from anybody
/// else's address, and no frame around it. `data:` and `blob:` are pictures that the app makes itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What every answer says for safety.
const GUARDS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The answer to a request for this path.
pub(crate) fn answer(files: &dyn Files, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let mut response = if *method == Method::GET || *method == Method::HEAD {
        found(files, path, headers)
    } else {
        let allow = [(header::ALLOW, "GET, HEAD")];
        (StatusCode::METHOD_NOT_ALLOWED, allow, "here are pages only\n").into_response()
    };
    for (name, value) in GUARDS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if *method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn found(files: &dyn Files, path: &str, headers: &HeaderMap) -> Response {
    let wanted = path.trim_start_matches('/');
    let wanted = if wanted.is_empty() { INDEX } else { wanted };
    // Packed siblings are ways to send a file, not files of their own.
    let own = ending(wanted) != "br" && ending(wanted) != "gz";
    if own && let Some(packed) = pack(files, wanted, headers) {
        return send(wanted, packed, headers);
    }
    if wanted.starts_with(HASHED) {
        // A page from before an update may ask for these. The app's page would only confuse it.
        return (StatusCode::NOT_FOUND, "there is no such file here\n").into_response();
    }
    match pack(files, INDEX, headers) {
        Some(packed) => send(INDEX, packed, headers),
        None => missing::page(),
    }
}

/// A file as it goes out.
struct Packed {
    file: File,
    encoding: Option<&'static str>,
}

/// The smallest form of a file that the browser understands.
fn pack(files: &dyn Files, path: &str, headers: &HeaderMap) -> Option<Packed> {
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers, encoding)
            && let Some(file) = files.file(&format!("{path}.{ending}"))
        {
            return Some(Packed { file, encoding: Some(encoding) });
        }
    }
    files.file(path).map(|file| Packed { file, encoding: None })
}

/// Whether the browser takes this coding (RFC 9110 §12.5.3). `q=0` means that it does not.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|one| {
        let (name, quality) = one.split_once(';').unwrap_or((one, ""));
        let refused =
            quality.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

fn send(path: &str, packed: Packed, headers: &HeaderMap) -> Response {
    let Packed { file, encoding } = packed;
    let tag = format!("\"{}{}\"", file.tag, encoding.map(|name| format!("-{name}")).unwrap_or_default());
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|list| list.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(match file.bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        });
        set(response.headers_mut(), header::CONTENT_TYPE, content_type(path));
        if let Some(encoding) = encoding {
            set(response.headers_mut(), header::CONTENT_ENCODING, encoding);
        }
        response
    };
    let out = response.headers_mut();
    set(out, header::ETAG, &tag);
    set(out, header::VARY, "Accept-Encoding");
    // For a year, which is what caches take for "for ever".
    let hashed = path.starts_with(HASHED);
    set(out, header::CACHE_CONTROL, if hashed { "public, max-age=31536000, immutable" } else { "no-cache" });
    response
}

/// Everything that is set here is plain ASCII; what is not would be our own fault, and is left out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// The types of what a web app is made of.
fn content_type(path: &str) -> &'static str {
    match ending(path) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    struct MadeUp(HashMap<&'static str, &'static str>);

    impl Files for MadeUp {
        fn file(&self, path: &str) -> Option<File> {
            let text = *self.0.get(path)?;
            Some(File { bytes: Cow::Borrowed(text.as_bytes()), tag: format!("t{}", text.len()) })
        }
    }

    fn app() -> MadeUp {
        MadeUp(HashMap::from([
            ("index.html", "<app>"),
            ("assets/a-1.js", "plain script"),
            ("assets/a-1.js.br", "br script"),
            ("assets/a-1.js.gz", "gz"),
            ("theme.js", "theme"),
        ]))
    }

    fn ask(files: &MadeUp, path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        answer(files, &Method::GET, path, &headers)
    }

    async fn body(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_address_that_is_no_file_opens_the_app() {
        for path in ["/", "/photos", "/albums/0197/deep", "/index.html", "/no.jpg", "/../etc/passwd"] {
            let response = ask(&app(), path, &[]);
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache", "{path}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
            assert_eq!(body(response).await, "<app>", "{path}");
        }
    }

    #[tokio::test]
    async fn files_with_a_hash_are_kept_for_ever_and_missing_ones_are_not_the_app() {
        let response = ask(&app(), "/assets/a-1.js", &[]);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(body(response).await, "plain script");
        let gone = ask(&app(), "/assets/a-0.js", &[]);
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
        assert_eq!(ask(&app(), "/theme.js", &[]).headers()[header::CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn what_was_packed_beforehand_goes_out_as_the_browser_likes_it() {
        let table = [
            ("gzip, deflate, br", Some("br"), "br script"),
            ("gzip", Some("gzip"), "gz"),
            ("br;q=0, gzip;q=0.5", Some("gzip"), "gz"),
            ("identity", None, "plain script"),
        ];
        for (accepted, encoding, text) in table {
            let response = ask(&app(), "/assets/a-1.js", &[(header::ACCEPT_ENCODING, accepted)]);
            let sent = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap());
            assert_eq!(sent, encoding, "{accepted}");
            assert_eq!(response.headers()[header::VARY], "Accept-Encoding");
            assert_eq!(body(response).await, text, "{accepted}");
        }
        // What is packed has no address of its own.
        assert_eq!(ask(&app(), "/assets/a-1.js.br", &[]).status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let first = ask(&app(), "/", &[]);
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = ask(&app(), "/photos", &[(header::IF_NONE_MATCH, &tag)]);
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.headers()[header::CACHE_CONTROL], "no-cache");
        let other = ask(&app(), "/", &[(header::IF_NONE_MATCH, "\"other\"")]);
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn everything_is_guarded_and_pages_take_nothing() {
        let headers = HeaderMap::new();
        for path in ["/", "/assets/a-1.js", "/assets/none.js"] {
            let response = answer(&app(), &Method::HEAD, path, &headers);
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(!policy.contains("unsafe") && policy.contains("default-src 'none'"), "{policy}");
            assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(body(response).await, "", "{path}");
        }
        let refused = answer(&app(), &Method::POST, "/", &headers);
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(refused.headers()[header::ALLOW], "GET, HEAD");
    }

    #[tokio::test]
    async fn a_hub_without_the_app_says_so_in_words() {
        let empty = MadeUp(HashMap::new());
        let response = ask(&empty, "/photos", &[]);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let text = body(response).await;
        assert!(text.contains("has no web app in it") && text.contains("make build"), "{text}");
    }
}
