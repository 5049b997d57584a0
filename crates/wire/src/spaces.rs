//! Spaces and their members.

use domain::{EntryId, Name, SpaceId, SpaceKind, SpaceRole, UserId};
use serde::{Deserialize, Serialize};

/// An area that the caller can see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Space {
    /// The Space's id.
    pub id: SpaceId,
    /// What kind of area it is.
    pub kind: SpaceKind,
    /// Its name.
    pub name: Name,
    /// What the caller may do there.
    pub role: SpaceRole,
    /// Its topmost folder.
    pub root_id: EntryId,
}

/// Makes a Group Space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSpace {
    /// What to call it.
    pub name: Name,
}

/// Renames a Space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpacePatch {
    /// The new name.
    pub name: Name,
}

/// A member of a Space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpaceMember {
    /// The person.
    pub user_id: UserId,
    /// The person's name.
    pub name: Name,
    /// What the person may do there.
    pub role: SpaceRole,
}

/// Makes somebody a member, or changes what a member may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberRole {
    /// What the person may do there.
    pub role: SpaceRole,
}
