//! People, their tokens, and the first start.

pub mod guesses;
mod login;
pub mod password;
mod password_change;
mod sessions;
mod setup;
mod tokens;
pub(crate) mod touches;
mod users;

use catalog::Catalog;
use catalog::settings::{self, HUB_ID};
use catalog::spaces::{self, Space};
use domain::{HubId, Ids, Name, Random, SpaceKind, TimestampMs};
use sha2::{Digest as _, Sha256};

pub use login::{Introduction, LoggedIn};
pub use sessions::NewSession;
pub use tokens::FreshToken;
pub use users::NewAccount;

use crate::error::{Error, Result};

/// Gives the hub its id and its Public Space, once.
pub(crate) async fn found_hub(catalog: &Catalog, ids: &Ids, now_ms: TimestampMs) -> Result<HubId> {
    let fresh: HubId = ids.fresh();
    let public = Space {
        id: ids.fresh(),
        kind: SpaceKind::Public,
        name: Name::new("Public Space")?,
        root_id: ids.fresh(),
        owner_id: None,
        created_at_ms: now_ms,
    };
    catalog
        .write(move |tx| {
            Box::pin(async move {
                if spaces::public_space(tx).await?.is_none() {
                    spaces::insert(tx, &public).await?;
                }
                let id = settings::ensure(tx, HUB_ID, &fresh.to_string()).await?;
                id.parse().map_err(|error| Error::Internal(Box::new(error)))
            })
        })
        .await
}

/// A secret of 32 random bytes, and what the catalog keeps of it.
struct Secret {
    text: String,
    sha256: [u8; 32],
}

impl Secret {
    fn fresh(random: &dyn Random) -> Self {
        let mut bytes = [0u8; 32];
        random.fill(&mut bytes);
        let text = format!("albumen_{}", hex::encode(bytes));
        let sha256 = digest(&text);
        Self { text, sha256 }
    }
}

/// What the catalog keeps of a secret. A plain hash is enough: nobody guesses 256 random bits.
fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
