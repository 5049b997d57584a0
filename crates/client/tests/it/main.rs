//! The client against a stub that answers with exact bytes: cut, late, odd and early replies
//! included. What a real hub answers is tested with a real hub, in the system tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod calls;
mod faults;
mod routes;
#[expect(dead_code, reason = "the tests of the program use all of it")]
mod stub;
mod uploads;

use std::time::Duration;

use client::{HubClient, Patience, Token};
use stub::Stub;

impl Stub {
    /// A client of the stub that waits long enough for a busy machine.
    fn client(&self) -> HubClient {
        self.client_with(Patience::default())
    }

    /// A client of the stub that soon loses its patience.
    fn hasty_client(&self) -> HubClient {
        let short = Duration::from_secs(1);
        self.client_with(Patience { stall: short, upload_stall: short, ..Patience::default() })
    }

    fn client_with(&self, patience: Patience) -> HubClient {
        let address = format!("{}/base/", self.address()).parse().unwrap();
        HubClient::new(address, patience).unwrap().with_token(Token::new("a-token"))
    }
}
