//! Spaces, their members, and who may do what there. Every other use case asks here.

use catalog::changes::{self, ChangeKind, NewChange};
use catalog::spaces::{self, Member, Space, SpaceOfUser};
use catalog::{Listed, Page, Tx, users};
use domain::access::{may_in_space, may_make_group_space};
use domain::{Action, Name, SpaceId, SpaceKind, SpaceRole, TimestampMs, UserId};

use crate::error::{Error, Result};
use crate::{Caller, Library};

impl Library {
    /// The Spaces that the caller can see, oldest first.
    pub async fn spaces(&self, caller: &Caller) -> Result<Vec<SpaceOfUser>> {
        let user_id = caller.user_id;
        Ok(self.catalog.read(move |tx| Box::pin(spaces::of_user(tx, user_id))).await?)
    }

    /// Makes a Group Space that the caller governs.
    pub async fn add_space(&self, caller: &Caller, name: Name) -> Result<SpaceOfUser> {
        if !may_make_group_space(caller.role) {
            return Err(Error::Forbidden("only the hub's owner and managers make Group Spaces"));
        }
        let now_ms = self.now_ms();
        let space = Space {
            id: self.ids.fresh(),
            kind: SpaceKind::Group,
            name,
            root_id: self.ids.fresh(),
            owner_id: None,
            created_at_ms: now_ms,
        };
        let (made, user_id) = (space.clone(), caller.user_id);
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    spaces::insert(tx, &space).await?;
                    spaces::add_member(tx, space.id, user_id, SpaceRole::Owner).await?;
                    note_change(tx, space.id, now_ms).await
                })
            })
            .await?;
        Ok(SpaceOfUser { space: made, role: SpaceRole::Owner })
    }

    /// Renames a Group Space or one's own.
    pub async fn rename_space(&self, caller: &Caller, id: SpaceId, name: Name) -> Result<SpaceOfUser> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    demand(tx, user_id, id, Action::Govern).await?;
                    spaces::rename(tx, id, &name).await?;
                    note_change(tx, id, now_ms).await?;
                    demand(tx, user_id, id, Action::Look).await
                })
            })
            .await
    }

    /// The members of a Space, by name.
    pub async fn space_members(&self, caller: &Caller, id: SpaceId, page: Page) -> Result<Listed<Member>> {
        let user_id = caller.user_id;
        self.catalog
            .read(move |tx| {
                Box::pin(async move {
                    demand(tx, user_id, id, Action::Look).await?;
                    Ok(spaces::members(tx, id, &page).await?)
                })
            })
            .await
    }

    /// Makes somebody a member, or changes what a member may do. A My Space has one member for
    /// ever, and no Space is left without somebody who governs it.
    pub async fn set_member(
        &self,
        caller: &Caller,
        id: SpaceId,
        member: UserId,
        role: SpaceRole,
    ) -> Result<()> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    demand_shared(tx, user_id, id).await?;
                    users::get(tx, member).await?.ok_or(Error::NotFound("person"))?;
                    if !spaces::add_member(tx, id, member, role).await? {
                        spaces::set_role(tx, id, member, role).await?;
                    }
                    demand_governor(tx, id).await?;
                    note_change(tx, id, now_ms).await
                })
            })
            .await
    }

    /// Ends a membership. Everybody may leave by themselves.
    pub async fn remove_member(&self, caller: &Caller, id: SpaceId, member: UserId) -> Result<()> {
        let (user_id, now_ms) = (caller.user_id, self.now_ms());
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    if member == user_id {
                        let own = demand(tx, user_id, id, Action::Look).await?;
                        refuse_my_space(&own)?;
                    } else {
                        demand_shared(tx, user_id, id).await?;
                    }
                    if !spaces::remove_member(tx, id, member).await? {
                        return Err(Error::NotFound("member"));
                    }
                    demand_governor(tx, id).await?;
                    note_change(tx, id, now_ms).await
                })
            })
            .await
    }
}

/// The Space, when this person may do that there. A Space that one is no member of does not exist.
pub(crate) async fn demand(tx: &mut Tx, user_id: UserId, id: SpaceId, action: Action) -> Result<SpaceOfUser> {
    let found = spaces::get_with_role(tx, id, user_id).await?.ok_or(Error::NotFound("Space"))?;
    if may_in_space(Some(found.role), action) {
        return Ok(found);
    }
    Err(Error::Forbidden(match action {
        Action::Look => "you may not look into this Space",
        Action::Change => "you may look into this Space but not change it",
        Action::Govern => "only who governs this Space may do that",
    }))
}

/// The named Space, or the caller's own.
pub(crate) async fn demand_or_own(
    tx: &mut Tx,
    user_id: UserId,
    id: Option<SpaceId>,
    action: Action,
) -> Result<SpaceOfUser> {
    match id {
        Some(id) => demand(tx, user_id, id, action).await,
        None => {
            let space = spaces::my_space(tx, user_id).await?.ok_or(Error::NotFound("Space"))?;
            Ok(SpaceOfUser { space, role: SpaceRole::Owner })
        }
    }
}

/// The ids of all Spaces that this person may look into.
pub(crate) async fn readable(tx: &mut Tx, user_id: UserId) -> Result<Vec<SpaceId>> {
    let all = spaces::of_user(tx, user_id).await?;
    Ok(all
        .into_iter()
        .filter(|space| may_in_space(Some(space.role), Action::Look))
        .map(|space| space.space.id)
        .collect())
}

async fn demand_shared(tx: &mut Tx, user_id: UserId, id: SpaceId) -> Result<()> {
    let found = demand(tx, user_id, id, Action::Govern).await?;
    refuse_my_space(&found)
}

fn refuse_my_space(found: &SpaceOfUser) -> Result<()> {
    if found.space.kind == SpaceKind::My {
        return Err(Error::Forbidden("a My Space belongs to one person; make a Group Space to share"));
    }
    Ok(())
}

/// Refuses a change after which nobody could govern the Space; the transaction is undone with it.
async fn demand_governor(tx: &mut Tx, id: SpaceId) -> Result<()> {
    let mut page = Page::first(catalog::page::PAGE_MAX);
    loop {
        let listed = spaces::members(tx, id, &page).await?;
        if listed.items.iter().any(|member| member.role == SpaceRole::Owner) {
            return Ok(());
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Err(Error::Conflict("a Space needs at least one owner")),
        }
    }
}

async fn note_change(tx: &mut Tx, id: SpaceId, now_ms: TimestampMs) -> Result<()> {
    let change = NewChange { space_id: Some(id), ..NewChange::new(ChangeKind::SpaceChanged, now_ms) };
    changes::append(tx, &change).await?;
    Ok(())
}
