//! Set-up, login, people and tokens.

use domain::{DeviceId, HubId, InstallationId, Name, Role, TimestampMs, TokenId, UserId};
use serde::{Deserialize, Serialize};

/// Whether this hub waits to be claimed. The only thing that a stranger is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// True until the owner's account exists.
    pub needed: bool,
    /// The hub's version, such as `0.1.0`.
    pub version: String,
}

/// Claims a fresh hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupRequest {
    /// The one-time code that the hub printed when it first started.
    pub code: String,
    /// The owner's name.
    pub name: Name,
    /// The owner's password, at least 8 characters.
    pub password: String,
}

/// Asks for a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginRequest {
    /// The account's name.
    pub name: Name,
    /// Its password.
    pub password: String,
    /// When given, the token belongs to this device, lasts until it is revoked, and the device
    /// appears in the person's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceIntroduction>,
}

/// How a device introduces itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceIntroduction {
    /// Made once by the device's own installation: the same one gets the same device again.
    pub installation: InstallationId,
    /// What its owner calls it. When another device of this person has the name, four characters are added.
    pub name: Name,
    /// What it runs on, such as `linux`.
    pub platform: String,
}

/// A fresh token. The secret is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginAnswer {
    /// Send it as `Authorization: Bearer SECRET`.
    pub token: String,
    /// Who you are now.
    pub me: Me,
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The hub that answers.
    pub hub_id: HubId,
    /// The hub's version.
    pub hub_version: String,
    /// The person.
    pub user: User,
    /// The device, when the token belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<crate::Device>,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The person's id.
    pub id: UserId,
    /// The person's name.
    pub name: Name,
    /// What the person is on this hub.
    pub role: Role,
    /// Since when the account exists.
    pub created_at_ms: TimestampMs,
    /// Since when the account is switched off, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at_ms: Option<TimestampMs>,
}

/// Makes an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewUser {
    /// The person's name; nobody else on the hub may have it.
    pub name: Name,
    /// What the person will be.
    pub role: Role,
    /// The first password, at least 8 characters.
    pub password: String,
}

/// Changes the caller's own password. Every other token of the person is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPassword {
    /// The password until now.
    pub current: String,
    /// The password from now on, at least 8 characters.
    pub new: String,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A login, in a browser for instance.
    Session,
    /// Made by name for a script or another program.
    App,
    /// A device's.
    Device,
}

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// The token's id; not the secret.
    pub id: TokenId,
    /// What it is for.
    pub kind: TokenKind,
    /// What its owner called it.
    pub name: Name,
    /// The device it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// Since when it exists.
    pub created_at_ms: TimestampMs,
    /// When it was last used, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at_ms: Option<TimestampMs>,
    /// When it stops working by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<TimestampMs>,
    /// Whether it is the token of this very call.
    pub current: bool,
}

/// Makes a token for a script or another program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewToken {
    /// What to call it.
    pub name: Name,
}

/// A fresh token with its secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshToken {
    /// The secret.
    pub secret: String,
    /// The token as it is listed.
    pub token: Token,
}
