//! One request.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use futures_util::stream;
use http::Request;
use http::request::Builder;
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Doors, Person, Reply, TUS, contract};

/// A request that is being put together.
pub(crate) struct Ask<'a> {
    doors: &'a Doors,
    method: String,
    path: String,
    address: Ipv4Addr,
    builder: Builder,
    body: Body,
}

impl<'a> Ask<'a> {
    pub(super) fn new(doors: &'a Doors, method: &str, path: String, address: Ipv4Addr) -> Self {
        let builder = Request::builder().method(method).uri(&path);
        Self { doors, method: method.to_owned(), path, address, builder, body: Body::empty() }
    }

    /// With this person's token.
    pub(crate) fn by(self, person: &Person) -> Self {
        self.with_secret(&person.secret)
    }

    /// With this secret as a bearer token.
    pub(crate) fn with_secret(self, secret: &str) -> Self {
        self.header("Authorization", &format!("Bearer {secret}"))
    }

    /// From this address of the network.
    pub(crate) fn from(self, address: Ipv4Addr) -> Self {
        Self { address, ..self }
    }

    /// With one more header.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self { builder: self.builder.header(name, value), ..self }
    }

    /// As a tus client sends it.
    pub(crate) fn tus(self) -> Self {
        self.header("Tus-Resumable", TUS)
    }

    /// With the bytes of a tus chunk.
    pub(crate) fn chunk(self, bytes: impl Into<Bytes>) -> Self {
        self.tus().header("Content-Type", "application/offset+octet-stream").bytes(bytes)
    }

    /// With these bytes, whose length is told.
    pub(crate) fn bytes(self, bytes: impl Into<Bytes>) -> Self {
        Self { body: Body::from(bytes.into()), ..self }
    }

    /// With these pieces, whose number and length nobody tells beforehand; an error among them is
    /// a connection that breaks.
    pub(crate) fn pieces(self, pieces: Vec<Result<Bytes, std::io::Error>>) -> Self {
        self.body(Body::from_stream(stream::iter(pieces)))
    }

    /// With any body.
    pub(crate) fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    /// With JSON.
    pub(crate) fn json(self, value: &Value) -> Self {
        self.header("Content-Type", "application/json").bytes(value.to_string())
    }

    /// Sends it and reads the whole answer, which must be one that the OpenAPI document describes.
    pub(crate) async fn send(self) -> Reply {
        let (method, path) = (self.method.clone(), self.path.clone());
        let response = self.open().await;
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let reply =
            Reply { what: format!("{method} {path}"), status: parts.status, headers: parts.headers, body };
        contract::check(&method, &path, &reply);
        reply
    }

    /// Sends it and leaves the body of the answer to be read bit by bit.
    pub(crate) async fn open(self) -> axum::response::Response {
        let mut request = self.builder.body(self.body).unwrap();
        let peer = SocketAddr::new(IpAddr::V4(self.address), 40_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        self.doors.router.clone().oneshot(request).await.unwrap()
    }
}
