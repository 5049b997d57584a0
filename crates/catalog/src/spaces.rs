//! Spaces and their members.

use domain::{EntryId, Name, SpaceId, SpaceKind, SpaceRole, TimestampMs, UserId};

use crate::error::{Result, unfinished};
use crate::page::{Listed, Page};
use crate::tx::Tx;

/// An area with members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// The Space's id.
    pub id: SpaceId,
    /// What kind of area it is.
    pub kind: SpaceKind,
    /// Its name.
    pub name: Name,
    /// Its topmost folder.
    pub root_id: EntryId,
    /// Whose it is, when it is somebody's My Space.
    pub owner_id: Option<UserId>,
    /// Since when it exists.
    pub created_at_ms: TimestampMs,
}

/// A Space as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceOfUser {
    /// The Space.
    pub space: Space,
    /// What the member may do there.
    pub role: SpaceRole,
}

/// A member of a Space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user_id: UserId,
    /// The person's name.
    pub name: Name,
    /// What the person may do there.
    pub role: SpaceRole,
}

/// Adds a Space and its root folder (with `root_id`). It has no members yet. `Refused` when the
/// hub has a Public Space already, or the person a My Space.
pub async fn insert(tx: &mut Tx, space: &Space) -> Result<()> {
    unfinished((tx, space))
}

/// A Space, whoever asks.
pub async fn get(tx: &mut Tx, id: SpaceId) -> Result<Option<Space>> {
    unfinished((tx, id))
}

/// All Spaces that a person is a member of, oldest first. There are few.
pub async fn of_user(tx: &mut Tx, user_id: UserId) -> Result<Vec<SpaceOfUser>> {
    unfinished((tx, user_id))
}

/// A Space and what a person may do there; `None` when there is no such Space or the person is no member.
pub async fn get_with_role(tx: &mut Tx, id: SpaceId, user_id: UserId) -> Result<Option<SpaceOfUser>> {
    unfinished((tx, id, user_id))
}

/// A person's own Space.
pub async fn my_space(tx: &mut Tx, user_id: UserId) -> Result<Option<Space>> {
    unfinished((tx, user_id))
}

/// Everybody's Space.
pub async fn public_space(tx: &mut Tx) -> Result<Option<Space>> {
    unfinished(tx)
}

/// Renames a Space. False when there is no such Space. Two Spaces may have one name.
pub async fn rename(tx: &mut Tx, id: SpaceId, name: &Name) -> Result<bool> {
    unfinished((tx, id, name))
}

/// Makes somebody a member. False when the person is one already; the role then stays as it was.
pub async fn add_member(tx: &mut Tx, id: SpaceId, user_id: UserId, role: SpaceRole) -> Result<bool> {
    unfinished((tx, id, user_id, role))
}

/// The members of a Space, by name.
pub async fn members(tx: &mut Tx, id: SpaceId, page: &Page) -> Result<Listed<Member>> {
    unfinished((tx, id, page))
}

/// Changes what a member may do. False when the person is no member.
pub async fn set_role(tx: &mut Tx, id: SpaceId, user_id: UserId, role: SpaceRole) -> Result<bool> {
    unfinished((tx, id, user_id, role))
}

/// Ends a membership. False when there was none.
pub async fn remove_member(tx: &mut Tx, id: SpaceId, user_id: UserId) -> Result<bool> {
    unfinished((tx, id, user_id))
}
