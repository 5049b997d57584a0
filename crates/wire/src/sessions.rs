//! Sessions of browsers.

use domain::Name;
use serde::{Deserialize, Serialize};

/// Begins a session in a browser. Its secret is in the cookie alone, where no script can read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    /// The set-up code of a hub that nobody has claimed: it is claimed first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The account's name.
    pub name: Name,
    /// Its password.
    pub password: String,
    /// What to call the session in the list of tokens, such as `Firefox on Linux`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Name>,
}
