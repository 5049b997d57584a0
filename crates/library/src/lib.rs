//! The use cases of Albumen, one method each. This is the only crate that holds catalog, vault and
//! media together; every door (tus, `PUT`, and later others) calls the same methods.
//!
//! The order that people's pictures rest on (ADR 0003): **bytes durable → row committed → client
//! told**; on removal **row gone → grace period → bytes gone**.

pub mod accounts;
mod browse;
mod caller;
mod care;
pub mod describe;
mod devices;
pub mod error;
mod ingest;
mod pairs;
mod reread;
mod settings;
mod spaces;
mod workers;

use std::fmt;
use std::sync::Arc;

use catalog::Catalog;
use domain::{Clock, HubId, Ids, Random, TimestampMs};
use tokio_util::sync::CancellationToken;
use vault::Vault;

use accounts::guesses::Guesses;
use accounts::password::Passwords;
use accounts::touches::Touches;
pub use browse::*;
pub use caller::{Caller, CallingDevice};
pub use care::*;
pub use error::{Cause, Error, Result};
pub use ingest::*;
pub use pairs::{FileOfItem, Item, ItemMarks, Part, PartOf, PartRole, PartRule};
pub use settings::Settings;
pub use workers::WorkerReport;

/// What a library is made of.
#[derive(Debug)]
pub struct Parts {
    /// All metadata.
    pub catalog: Catalog,
    /// All bytes.
    pub vault: Arc<dyn Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Secrets and ids.
    pub random: Arc<dyn Random>,
    /// What looking into pictures and videos needs; `None` keeps them unseen.
    pub media: Option<describe::MediaParts>,
}

/// All use cases over one catalog and one vault.
pub struct Library {
    catalog: Catalog,
    vault: Arc<dyn Vault>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    ids: Ids,
    settings: Settings,
    hub_id: HubId,
    passwords: Passwords,
    guesses: Guesses,
    touches: Touches,
    sessions: ingest::Sessions,
    arrivals: Arc<ingest::Arrivals>,
    /// Held for reading between seal and commit, for writing while bytes are removed: a sweep must
    /// not take bytes that an upload has just found to be there already.
    removal: tokio::sync::RwLock<()>,
    doubts: ingest::Doubts,
    promises: Arc<ingest::Promises>,
    care_clock: care::clock::CareClock,
    describing: describe::Describing,
    stopping: CancellationToken,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").field("hub_id", &self.hub_id).finish_non_exhaustive()
    }
}

impl Library {
    /// Opens the library. On the very first start it gives the hub its id and makes the Public Space.
    pub async fn open(parts: Parts, settings: Settings) -> Result<Arc<Self>> {
        let Parts { catalog, vault, clock, random, media } = parts;
        let ids = Ids::new(clock.clone(), random.clone());
        let hub_id = accounts::found_hub(&catalog, &ids, clock.now_ms()).await?;
        let care_clock = care::clock::CareClock::open(&catalog, &*clock).await?;
        let stopping = CancellationToken::new();
        Ok(Arc::new(Self {
            hub_id,
            passwords: Passwords::new(random.clone())?,
            guesses: Guesses::new(clock.clone()),
            touches: Touches::default(),
            sessions: ingest::Sessions::default(),
            arrivals: Arc::default(),
            removal: tokio::sync::RwLock::default(),
            doubts: ingest::Doubts::new(catalog.clone(), vault.clone(), clock.clone(), stopping.clone()),
            promises: ingest::Promises::new(vault.clone(), clock.clone(), settings.keep_free_bytes),
            care_clock,
            describing: describe::Describing::new(media),
            stopping,
            catalog,
            vault,
            clock,
            random,
            ids,
            settings,
        }))
    }

    /// Which hub this is.
    pub const fn hub_id(&self) -> HubId {
        self.hub_id
    }

    /// Lets uploads in flight end at their next chunk's edge, with everything that arrived durable.
    /// They answer "unavailable", and devices go on later.
    pub fn stop_uploads(&self) {
        self.stopping.cancel();
    }

    fn now_ms(&self) -> TimestampMs {
        self.clock.now_ms()
    }

    /// The time by which what goes for good waits; see [`care::clock`].
    fn care_ms(&self) -> TimestampMs {
        self.care_clock.now_ms(&*self.clock)
    }
}
