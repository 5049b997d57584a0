//! What every HTTP adapter needs: the token or session of a call, refusals, ranges and conditions, downloads,
//! the request log. It knows `library` and no dialect.

pub mod bearer;
pub mod download;
pub mod ranges;
pub mod refusal;
pub mod request_log;
pub mod session;

pub use bearer::bearer_secret;
pub use refusal::Refusal;
pub use request_log::{CallerSlot, RequestId, client_address};
