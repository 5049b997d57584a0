//! Spaces and their members.

use domain::{EntryId, Name, SpaceId, SpaceKind, SpaceRole, TimestampMs, UserId};

use crate::error::Result;
use crate::names::name_key;
use crate::page::{ByBytes, Listed, Page};
use crate::row::Row;
use crate::sql::spaces as sql;
use crate::tx::{Tx, query};

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
    query(sql::INSERT)
        .bind(space.id)
        .bind(space.kind.as_str())
        .bind(space.name.as_str())
        .bind(space.root_id)
        .bind(space.owner_id)
        .bind(space.created_at_ms)
        .run(tx)
        .await?;
    query(sql::INSERT_ROOT)
        .bind(space.root_id)
        .bind(space.id)
        .bind(Vec::new())
        .bind(space.created_at_ms)
        .run(tx)
        .await?;
    Ok(())
}

/// A Space, whoever asks.
pub async fn get(tx: &mut Tx, id: SpaceId) -> Result<Option<Space>> {
    let row = query(sql::GET).bind(id).optional(tx).await?;
    row.as_ref().map(space_of).transpose()
}

/// All Spaces that a person is a member of, oldest first. There are few.
pub async fn of_user(tx: &mut Tx, user_id: UserId) -> Result<Vec<SpaceOfUser>> {
    let rows = query(sql::OF_USER).bind(user_id).all(tx).await?;
    rows.iter().map(space_of_user).collect()
}

/// A Space and what a person may do there; `None` when there is no such Space or the person is no member.
pub async fn get_with_role(tx: &mut Tx, id: SpaceId, user_id: UserId) -> Result<Option<SpaceOfUser>> {
    let row = query(sql::WITH_ROLE).bind(id).bind(user_id).optional(tx).await?;
    row.as_ref().map(space_of_user).transpose()
}

/// A person's own Space.
pub async fn my_space(tx: &mut Tx, user_id: UserId) -> Result<Option<Space>> {
    let row = query(sql::MY).bind(user_id).optional(tx).await?;
    row.as_ref().map(space_of).transpose()
}

/// Everybody's Space.
pub async fn public_space(tx: &mut Tx) -> Result<Option<Space>> {
    let row = query(sql::PUBLIC).optional(tx).await?;
    row.as_ref().map(space_of).transpose()
}

/// Renames a Space. False when there is no such Space. Two Spaces may have one name.
pub async fn rename(tx: &mut Tx, id: SpaceId, name: &Name) -> Result<bool> {
    query(sql::RENAME).bind(id).bind(name.as_str()).changed(tx).await
}

/// Makes somebody a member. False when the person is one already; the role then stays as it was.
pub async fn add_member(tx: &mut Tx, id: SpaceId, user_id: UserId, role: SpaceRole) -> Result<bool> {
    query(sql::ADD_MEMBER).bind(id).bind(user_id).bind(role.as_str()).changed(tx).await
}

/// The members of a Space, by name.
pub async fn members(tx: &mut Tx, id: SpaceId, page: &Page) -> Result<Listed<Member>> {
    let ByBytes(after) = page.start(TAG)?;
    let rows = query(sql::MEMBERS).bind(id).bind(after).bind(page.rows() + 1).all(tx).await?;
    let members = rows.iter().map(member_of).collect::<Result<_>>()?;
    Ok(Listed::cut(members, page.rows(), TAG, |member: &Member| ByBytes(name_key(&member.name))))
}

/// Changes what a member may do. False when the person is no member.
pub async fn set_role(tx: &mut Tx, id: SpaceId, user_id: UserId, role: SpaceRole) -> Result<bool> {
    query(sql::SET_ROLE).bind(id).bind(user_id).bind(role.as_str()).changed(tx).await
}

/// Ends a membership. False when there was none.
pub async fn remove_member(tx: &mut Tx, id: SpaceId, user_id: UserId) -> Result<bool> {
    query(sql::REMOVE_MEMBER).bind(id).bind(user_id).changed(tx).await
}

/// Which list a cursor is of.
const TAG: u8 = b'm';

fn space_of(row: &Row) -> Result<Space> {
    Ok(Space {
        id: row.key("id")?,
        kind: row.word("kind", |word| word.parse().ok())?,
        name: row.name("name")?,
        root_id: row.key("root_id")?,
        owner_id: row.key_or_none("owner_id")?,
        created_at_ms: row.number("created_at_ms")?,
    })
}

fn space_of_user(row: &Row) -> Result<SpaceOfUser> {
    Ok(SpaceOfUser { space: space_of(row)?, role: row.word("role", |word| word.parse().ok())? })
}

fn member_of(row: &Row) -> Result<Member> {
    Ok(Member {
        user_id: row.key("user_id")?,
        name: row.name("name")?,
        role: row.word("role", |word| word.parse().ok())?,
    })
}
