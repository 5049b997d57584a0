//! One answer.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use wire::{Problem, ProblemCode};

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The request, for the words of a failing test.
    pub(crate) what: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The same, if this is its status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.what, self.text());
        self
    }

    /// A header's text; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("{}: {why}: {}", self.what, self.text()))
    }

    /// The refusal that this answer must be, whole: status, type, title and words.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: ProblemCode) -> Problem {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.what, self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.what);
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!((problem.status, problem.code), (status, code), "{}: {}", self.what, problem.detail);
        assert!(!problem.title.is_empty() && !problem.detail.is_empty(), "{}", self.what);
        assert_eq!(problem.request_id.as_deref(), Some(self.header("x-request-id")), "{}", self.what);
        problem
    }
}
