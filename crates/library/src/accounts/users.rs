//! Accounts.

use catalog::spaces::{self, Space};
use catalog::users::{self, User};
use catalog::{Listed, Page, Tx};
use domain::access::{may_make_account, public_space_role};
use domain::{Name, Role, SpaceKind, SpaceRole};

use crate::error::{Error, Result};
use crate::{Caller, Library};

/// Who may not look at accounts is told this.
const ONLY_KEEPERS: &str = "only the hub's owner and managers look after accounts";

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The person's name.
    pub name: Name,
    /// What the person will be.
    pub role: Role,
    /// The first password.
    pub password: String,
}

/// An account and the Space that comes with it, ready to be written.
pub(super) struct PreparedAccount {
    pub(super) user: User,
    my_space: Space,
}

impl Library {
    /// Makes an account for somebody, with a My Space and a place in the Public Space.
    pub async fn add_account(&self, caller: &Caller, new: NewAccount) -> Result<User> {
        if !may_make_account(caller.role, new.role) {
            return Err(Error::Forbidden("you may not make an account with this role"));
        }
        self.make_account(new.name, new.role, &new.password).await
    }

    /// The same for whoever keeps the hub's machine: no caller is asked.
    pub async fn make_account(&self, name: Name, role: Role, password: &str) -> Result<User> {
        let account = self.prepare_account(name, role, password).await?;
        let user = account.user.clone();
        self.catalog.write(move |tx| Box::pin(async move { insert_account(tx, &account).await })).await?;
        Ok(user)
    }

    /// All accounts, by name.
    pub async fn accounts(&self, caller: &Caller, page: Page) -> Result<Listed<User>> {
        if !may_make_account(caller.role, Role::Member) {
            return Err(Error::Forbidden(ONLY_KEEPERS));
        }
        self.catalog.read(move |tx| Box::pin(async move { Ok(users::list(tx, &page).await?) })).await
    }

    /// All accounts, for whoever keeps the hub's machine.
    pub async fn list_accounts(&self) -> Result<Vec<User>> {
        self.catalog.read(|tx| Box::pin(everybody(tx))).await
    }

    /// Switches an account off or on again, for whoever keeps the hub's machine. While it is off, its
    /// tokens do not work, also in the middle of an upload, and nobody logs in; its pictures stay where
    /// they are. The last owner stays: nobody would be left to look after the hub. True when something
    /// changed.
    pub async fn switch_account(&self, name: Name, on: bool) -> Result<bool> {
        let now_ms = self.now_ms();
        self.catalog
            .write(move |tx| {
                Box::pin(async move {
                    let user = users::by_name(tx, &name).await?.ok_or(Error::NotFound("account"))?;
                    if user.disabled_at_ms.is_none() == on {
                        return Ok(false);
                    }
                    if !on && user.role == Role::Owner {
                        refuse_last_owner(tx, &user).await?;
                    }
                    Ok::<_, Error>(users::set_disabled(tx, user.id, (!on).then_some(now_ms)).await?)
                })
            })
            .await
    }

    /// The caller's own account.
    pub async fn account_of(&self, caller: &Caller) -> Result<User> {
        let id = caller.user_id;
        self.catalog.read(move |tx| Box::pin(users::get(tx, id))).await?.ok_or(Error::SignInAgain)
    }

    pub(super) async fn prepare_account(
        &self,
        name: Name,
        role: Role,
        password: &str,
    ) -> Result<PreparedAccount> {
        let password_hash = self.passwords.hash(password).await?;
        let now_ms = self.now_ms();
        let user = User {
            id: self.ids.fresh(),
            name,
            role,
            password_hash,
            created_at_ms: now_ms,
            disabled_at_ms: None,
        };
        let my_space = Space {
            id: self.ids.fresh(),
            kind: SpaceKind::My,
            name: Name::new("My Space")?,
            root_id: self.ids.fresh(),
            owner_id: Some(user.id),
            created_at_ms: now_ms,
        };
        Ok(PreparedAccount { user, my_space })
    }
}

/// All accounts. A family fits into memory.
async fn everybody(tx: &mut Tx) -> Result<Vec<User>> {
    let mut all = Vec::new();
    let mut page = Page::first(catalog::page::PAGE_MAX);
    loop {
        let listed = users::list(tx, &page).await?;
        all.extend(listed.items);
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(all),
        }
    }
}

/// Refuses when no other owner's account is switched on.
async fn refuse_last_owner(tx: &mut Tx, user: &User) -> Result<()> {
    let is_another =
        |other: &User| other.role == Role::Owner && other.disabled_at_ms.is_none() && other.id != user.id;
    if everybody(tx).await?.iter().any(is_another) {
        return Ok(());
    }
    Err(Error::Conflict("this is the last owner whose account is on; make another owner first"))
}

/// Writes an account, its My Space and its membership of the Public Space.
pub(super) async fn insert_account(tx: &mut Tx, account: &PreparedAccount) -> Result<()> {
    let PreparedAccount { user, my_space } = account;
    users::insert(tx, user).await?;
    spaces::insert(tx, my_space).await?;
    spaces::add_member(tx, my_space.id, user.id, SpaceRole::Owner).await?;
    if let Some(public) = spaces::public_space(tx).await? {
        spaces::add_member(tx, public.id, user.id, public_space_role(user.role)).await?;
    }
    Ok(())
}
