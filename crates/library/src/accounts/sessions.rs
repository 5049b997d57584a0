//! Sessions of browsers: each under the browser's name, so that a person knows them apart.

use std::time::Duration;

use catalog::tokens;
use domain::Name;

use super::LoggedIn;
use crate::error::Result;
use crate::{Caller, Library};

/// What begins a session in a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The set-up code, when the hub is to be claimed first.
    pub code: Option<String>,
    /// The account's name.
    pub name: Name,
    /// Its password.
    pub password: String,
    /// What to call the session, such as the browser's name.
    pub label: Option<Name>,
}

impl Library {
    /// Logs a browser in; with a set-up code it claims the hub first. The session ends by itself after
    /// [`Library::session_lasts`].
    pub async fn begin_session(&self, new: NewSession, address: &str) -> Result<LoggedIn> {
        let NewSession { code, name, password, label } = new;
        let label = match label {
            Some(label) => label,
            None => Name::new("Session")?,
        };
        let user = match code {
            Some(code) => self.claim(&code, name, &password, address).await?,
            None => self.who_knows_password(name, &password, address).await?,
        };
        self.start_session(user, label).await
    }

    /// How long a session lasts from its beginning.
    pub fn session_lasts(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.settings.session_ms()).unwrap_or(0))
    }

    /// Ends every session of the caller but the one that asks; says how many. Devices and programs keep
    /// their tokens.
    pub async fn end_other_sessions(&self, caller: &Caller) -> Result<u64> {
        let (user_id, keep, now_ms) = (caller.user_id, caller.token_id, self.now_ms());
        Ok(self.catalog.write(move |tx| Box::pin(tokens::revoke_sessions(tx, user_id, keep, now_ms))).await?)
    }
}
