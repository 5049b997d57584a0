//! Who is calling. Every use case but set-up and login takes one of these, so that no adapter can
//! forget to ask.

use domain::{DeviceId, Name, Role, TokenId, UserId};

/// A person (or a person's device) whose token was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// The person's name, for the request log.
    pub user_name: Name,
    /// What the person is on this hub.
    pub role: Role,
    /// The token of this call.
    pub token_id: TokenId,
    /// The device that the token belongs to.
    pub device: Option<CallingDevice>,
}

/// The device that a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallingDevice {
    /// The device.
    pub id: DeviceId,
    /// Its name, which is also its folder's.
    pub name: Name,
}
