//! The first start: a one-time code, so that nobody else claims the hub.

use catalog::page::PAGE_MAX;
use catalog::settings::{self, SETUP_CODE_HASH};
use catalog::users::{self, User};
use catalog::{Page, Tx};
use domain::{Name, Role};

use super::users::insert_account;
use super::{LoggedIn, digest};
use crate::Library;
use crate::error::{Error, Result};

/// Letters and digits that are not mistaken for one another.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What guesses at the set-up code are counted under.
const GUESSED_AT: &str = "the set-up code";

/// Who gives another code is told this.
const WRONG_CODE: &str = "the set-up code is wrong; the hub prints the right one each time it starts";

impl Library {
    /// Whether the hub waits to be claimed.
    pub async fn setup_needed(&self) -> Result<bool> {
        self.catalog.read(|tx| Box::pin(lacks_owner(tx))).await
    }

    /// Makes a new one-time code while nobody has claimed the hub; earlier codes stop working. The
    /// code has 60 random bits, is printed where only the hub's keeper looks, and kept as a hash.
    pub async fn fresh_setup_code(&self) -> Result<Option<String>> {
        let code = self.draw_code();
        let hash = hex::encode(digest(&code));
        let waits = self
            .catalog
            .write(move |tx| {
                Box::pin(async move {
                    let waits = lacks_owner(tx).await?;
                    if waits {
                        settings::set(tx, SETUP_CODE_HASH, &hash).await?;
                    }
                    Ok::<_, Error>(waits)
                })
            })
            .await?;
        Ok(waits.then_some(code))
    }

    /// Makes the owner's account and logs the owner in. The code works once, whoever is first.
    pub async fn set_up(&self, code: &str, name: Name, password: &str, address: &str) -> Result<LoggedIn> {
        let owner = self.claim(code, name, password, address).await?;
        self.start_session(owner, Name::new("Session")?).await
    }

    /// Makes the owner's account.
    ///
    /// A password is hashed, which costs memory and a core, only for who knows the code.
    pub(super) async fn claim(&self, code: &str, name: Name, password: &str, address: &str) -> Result<User> {
        let turn = self.guesses.take_turn(GUESSED_AT, address).await?;
        let hash = hex::encode(digest(&code.trim().to_ascii_uppercase()));
        self.demand_right_code(&hash, address).await?;
        drop(turn);
        let account = self.prepare_account(name, Role::Owner, password).await?;
        let user = account.user.clone();
        let claimed = self
            .catalog
            .write(move |tx| {
                Box::pin(async move {
                    refuse_claimed(tx).await?;
                    let right = settings::take(tx, SETUP_CODE_HASH, &hash).await?;
                    if right {
                        insert_account(tx, &account).await?;
                    }
                    Ok::<_, Error>(right)
                })
            })
            .await?;
        if !claimed {
            // A newer code was printed in the meantime.
            return Err(Error::Forbidden(WRONG_CODE));
        }
        Ok(user)
    }

    /// Refuses when the hub has an owner, or another code. Both are counted as wrong guesses, so that
    /// nobody asks without end.
    async fn demand_right_code(&self, hash: &str, address: &str) -> Result<()> {
        let kept = self
            .catalog
            .read(|tx| {
                Box::pin(async move {
                    refuse_claimed(tx).await?;
                    Ok::<_, Error>(settings::get(tx, SETUP_CODE_HASH).await?)
                })
            })
            .await;
        let refused = match kept {
            Ok(kept) if kept.as_deref() == Some(hash) => return Ok(()),
            Ok(_) => Error::Forbidden(WRONG_CODE),
            Err(error @ Error::Conflict(_)) => error,
            Err(error) => return Err(error),
        };
        self.guesses.wrong(GUESSED_AT, address);
        Err(refused)
    }

    fn draw_code(&self) -> String {
        let mut bytes = [0u8; 12];
        self.random.fill(&mut bytes);
        let letters = bytes.map(|byte| char::from(CODE_LETTERS[usize::from(byte) % CODE_LETTERS.len()]));
        let text: String = letters.iter().collect();
        format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..])
    }
}

/// Refuses to claim a hub for the second time.
async fn refuse_claimed(tx: &mut Tx) -> Result<()> {
    if lacks_owner(tx).await? {
        return Ok(());
    }
    Err(Error::Conflict("this hub has an owner already; log in instead"))
}

/// Whether nobody has claimed the hub. Accounts that its keeper made on its machine do not count: a
/// hub with members only has nobody to look after it.
async fn lacks_owner(tx: &mut Tx) -> Result<bool> {
    let mut page = Page::first(PAGE_MAX);
    loop {
        let listed = users::list(tx, &page).await?;
        if listed.items.iter().any(|user| user.role == Role::Owner) {
            return Ok(false);
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return Ok(true),
        }
    }
}
