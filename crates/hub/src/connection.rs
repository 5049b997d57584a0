//! One connection, from its first request to its last.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower::Service as _;

use crate::listener::Stages;

/// The longest head of a request. More is answered with 431.
const HEAD_MAX_BYTES: usize = 32 * 1024;

/// A head must arrive within this time; a connection may also be idle for this long.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// How much of a body is read at once. More costs memory for every upload and gains nothing.
const BUFFER_MAX_BYTES: usize = 128 * 1024;

/// A connection that was just taken.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    pub(crate) router: Router,
    pub(crate) stages: Stages,
}

impl Connection {
    /// Answers its requests until it ends, or until the hub stops: then what has begun is
    /// answered, or dropped with the hard stage.
    pub(crate) async fn serve(self) {
        let Self { stream, peer, router, stages } = self;
        let asked = AtomicBool::new(false);
        let service = service_fn(|request| {
            asked.store(true, Ordering::Relaxed);
            answer(router.clone(), peer, request)
        });
        let mut connection = pin!(protocol().serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stages.soft.cancelled() => {
                // Nothing was asked here yet, so nobody waits for an answer.
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
                connection.as_mut().graceful_shutdown();
                match stages.hard.run_until_cancelled(connection).await {
                    Some(ended) => ended,
                    None => return,
                }
            }
        };
        if let Err(error) = ended {
            // Devices go away in the middle of things all the time; the request log has told it.
            tracing::debug!(%peer, %error, "a connection broke: {error}");
        }
    }
}

fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_header_size(HEAD_MAX_BYTES)
        .max_buf_size(BUFFER_MAX_BYTES);
    protocol
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request.map(Body::new)).await
}
