//! The one HTTP client: time limits, who is calling, and what a refusal means.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::header::{LOCATION, RETRY_AFTER};
use http::{Method, StatusCode};
use reqwest::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::HubAddress;
use crate::error::{Error, Result, from_refusal, from_transport};
use crate::pulse::Pulse;

/// Bytes on their way to the hub. An error in it ends the call with [`Error::Body`].
pub type Pieces = BoxStream<'static, io::Result<Bytes>>;

/// No answer that is read whole may be longer; pages of 1000 rows stay far below.
const ANSWER_MAX_BYTES: usize = 64 << 20;

/// How long to wait before a connection counts as lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection to stand.
    pub connect: Duration,
    /// Without a byte in either direction, the hub's thinking included.
    pub stall: Duration,
    /// The same while a file goes up: making a large file durable, or reading it again after the hub
    /// restarted, takes the hub a while.
    pub upload_stall: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            stall: Duration::from_mins(1),
            upload_stall: Duration::from_mins(3),
        }
    }
}

/// A secret that says who is calling. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes over a secret as the hub gave it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for whoever keeps it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A typed client of one hub's API. Cheap to clone: all clones share their connections.
#[derive(Debug, Clone)]
pub struct HubClient {
    http: reqwest::Client,
    address: HubAddress,
    token: Option<Token>,
    patience: Patience,
}

impl HubClient {
    /// A client that is nobody yet. Connects to nothing before the first call; fails only when the
    /// system cannot set up networking or TLS at all.
    pub fn new(address: HubAddress, patience: Patience) -> Result<Self> {
        #[cfg(feature = "tls")]
        {
            // An error means that the program has chosen a provider already; that one is used then.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let builder = reqwest::Client::builder()
            .user_agent(concat!("albumen/", env!("CARGO_PKG_VERSION")))
            .http1_only()
            .connect_timeout(patience.connect)
            .tcp_keepalive(Duration::from_secs(15))
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_mins(1))
            // A redirect could carry the token to a stranger; the person is told instead.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        let http = builder.build().map_err(|error| from_transport(&address.to_string(), error))?;
        Ok(Self { http, address, token: None, patience })
    }

    /// The same client, calling as the owner of `token`.
    #[must_use]
    pub fn with_token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// The hub that is called.
    pub fn address(&self) -> &HubAddress {
        &self.address
    }

    /// Sends a call and gives the reply if it is a success (2xx); otherwise reads the problem.
    pub(crate) async fn send(&self, call: Call) -> Result<Response> {
        let patience = if call.is_upload() { self.patience.upload_stall } else { self.patience.stall };
        let pulse = Arc::new(Pulse::new());
        let failure = Arc::new(Mutex::new(None));
        let request = self.request(call, &pulse, &failure);
        let sent = tokio::select! {
            sent = request.send() => sent,
            () = pulse.still_for(patience) => return Err(self.stalled(patience)),
        };
        if let Some(error) = failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(Error::Body(error));
        }
        let reply = sent.map_err(|error| self.lost(error))?;
        match reply.status() {
            status if status.is_success() => Ok(reply),
            status if status.is_redirection() && status != StatusCode::NOT_MODIFIED => {
                Err(self.moved(reply.headers()))
            }
            _ => Err(self.refused(reply).await),
        }
    }

    /// Sends a call whose answer is JSON.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        let reply = self.send(call).await?;
        let body = self.read_whole(reply).await?;
        serde_json::from_slice(&body).map_err(|error| self.odd(format!("JSON was expected, {error}")))
    }

    /// Sends a call of which only the success matters.
    pub(crate) async fn tell(&self, call: Call) -> Result<()> {
        let reply = self.send(call).await?;
        // Read to its end, so that the connection can be used again.
        self.read_whole(reply).await.map(drop)
    }

    /// The next piece of a reply's body; `None` at its end.
    pub(crate) async fn next_piece(&self, reply: &mut Response) -> Result<Option<Bytes>> {
        match tokio::time::timeout(self.patience.stall, reply.chunk()).await {
            Ok(piece) => piece.map_err(|error| self.lost(error)),
            Err(_) => Err(self.stalled(self.patience.stall)),
        }
    }

    /// An answer that makes no sense.
    pub(crate) fn odd(&self, what: impl Into<String>) -> Error {
        Error::Unexpected { hub: self.address.to_string(), what: what.into() }
    }

    fn request(&self, call: Call, pulse: &Arc<Pulse>, failure: &BodyFailure) -> reqwest::RequestBuilder {
        let mut url = self.address.join(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = self.http.request(call.method, url).headers(call.headers);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.0));
        }
        match call.body {
            Outgoing::Nothing => request,
            Outgoing::Json(Ok(body)) => request.header(CONTENT_TYPE, "application/json").body(body),
            Outgoing::Json(Err(error)) => {
                *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(io::Error::other(error));
                request
            }
            Outgoing::Pieces { pieces, length_bytes } => {
                let watched = watch(pieces, length_bytes, Arc::clone(pulse), Arc::clone(failure));
                request.header(CONTENT_LENGTH, length_bytes).body(reqwest::Body::wrap_stream(watched))
            }
        }
    }

    async fn read_whole(&self, mut reply: Response) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        while let Some(piece) = self.next_piece(&mut reply).await? {
            if body.len() + piece.len() > ANSWER_MAX_BYTES {
                return Err(self.odd("it does not end"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    async fn refused(&self, reply: Response) -> Error {
        let status = reply.status();
        let offset = number(reply.headers(), &crate::uploads::UPLOAD_OFFSET);
        let retry_after = number(reply.headers(), &RETRY_AFTER).map(Duration::from_secs);
        // The status says enough when the words are lost on their way.
        let body = self.read_whole(reply).await.unwrap_or_default();
        match (status, offset) {
            (StatusCode::CONFLICT, Some(offset_bytes)) => Error::OffsetMismatch { offset_bytes },
            _ => from_refusal(status, retry_after, &body),
        }
    }

    fn lost(&self, error: reqwest::Error) -> Error {
        from_transport(&self.address.to_string(), error)
    }

    fn stalled(&self, patience: Duration) -> Error {
        Error::Stalled { hub: self.address.to_string(), patience }
    }

    fn moved(&self, headers: &HeaderMap) -> Error {
        let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("another address");
        Error::Moved { hub: self.address.to_string(), to: to.to_owned() }
    }
}

/// Where the caller's own stream leaves its error, which the HTTP library would bury.
type BodyFailure = Arc<Mutex<Option<io::Error>>>;

/// Passes `pieces` on, beats with each, and insists on exactly `length_bytes`.
fn watch(
    pieces: Pieces,
    length_bytes: u64,
    pulse: Arc<Pulse>,
    failure: BodyFailure,
) -> BoxStream<'static, io::Result<Bytes>> {
    let fail = move |error: io::Error| {
        let copy = io::Error::new(error.kind(), error.to_string());
        *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Err(copy)
    };
    stream::unfold(Some((pieces, length_bytes, pulse, fail)), |state| async {
        let (mut pieces, left, pulse, fail) = state?;
        match pieces.next().await {
            Some(Ok(piece)) => {
                pulse.beat();
                match left.checked_sub(piece.len() as u64) {
                    Some(left) => Some((Ok(piece), Some((pieces, left, pulse, fail)))),
                    None => Some((fail(io::Error::other("more bytes came than were announced")), None)),
                }
            }
            Some(Err(error)) => Some((fail(error), None)),
            None if left > 0 => {
                let words = format!("{left} bytes fewer came than were announced");
                Some((fail(io::Error::new(io::ErrorKind::UnexpectedEof, words)), None))
            }
            None => None,
        }
    })
    .boxed()
}

/// A header that is a number.
pub(crate) fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// One call, before it is sent.
#[derive(Debug)]
pub(crate) struct Call {
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: HeaderMap,
    body: Outgoing,
}

enum Outgoing {
    Nothing,
    Json(serde_json::Result<Vec<u8>>),
    Pieces { pieces: Pieces, length_bytes: u64 },
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            // It may hold a password.
            Self::Json(_) => f.write_str("Json(…)"),
            Self::Pieces { length_bytes, .. } => write!(f, "Pieces({length_bytes} bytes)"),
        }
    }
}

impl Call {
    /// A call to `path`, relative to the hub's address.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        Self { method, path: path.into(), query: Vec::new(), headers, body: Outgoing::Nothing }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds `name=value` to the query when there is a value.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// Adds the two fields that every paged list knows.
    pub(crate) fn page(self, page: &wire::PageQuery) -> Self {
        self.query("after", page.after.as_ref()).query("limit", page.limit)
    }

    /// Adds the fields that lists of one Space or of all know.
    pub(crate) fn listed(self, wanted: &wire::AssetQuery) -> Self {
        self.query("space", wanted.space).query("after", wanted.after.as_ref()).query("limit", wanted.limit)
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Outgoing::Json(serde_json::to_vec(body));
        self
    }

    pub(crate) fn pieces(mut self, pieces: Pieces, length_bytes: u64) -> Self {
        self.body = Outgoing::Pieces { pieces, length_bytes };
        self
    }

    fn is_upload(&self) -> bool {
        matches!(self.body, Outgoing::Pieces { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let call = Call::post("api/v1/login").json(&serde_json::json!({"password": "correct horse"}));
        let client = HubClient::new("http://nas".parse().unwrap(), Patience::default())
            .unwrap()
            .with_token(Token::new("very-secret"));
        let printed = format!("{call:?} {client:?}");
        assert!(!printed.contains("correct horse") && !printed.contains("very-secret"), "{printed}");
    }

    #[tokio::test]
    async fn a_body_must_be_as_long_as_announced() {
        for (announced, sent, kind) in [
            (4_u64, "abc", Some(io::ErrorKind::UnexpectedEof)),
            (3, "abc", None),
            (2, "abc", Some(io::ErrorKind::Other)),
        ] {
            let failure = BodyFailure::default();
            let pieces = stream::iter([Ok(Bytes::from_static(sent.as_bytes()))]).boxed();
            let watched = watch(pieces, announced, Arc::new(Pulse::new()), Arc::clone(&failure));
            let passed: Vec<io::Result<Bytes>> = watched.collect().await;
            assert_eq!(
                passed.iter().any(std::result::Result::is_err),
                kind.is_some(),
                "announced {announced}"
            );
            let kept = failure.lock().unwrap().as_ref().map(io::Error::kind);
            assert_eq!(kept, kind, "announced {announced}");
        }
    }
}
