//! The JSON of Albumen's own API (`/api/v1`), shared by the hub, the client and the OpenAPI
//! document. Data only: no behaviour, no rules.
//!
//! Times are milliseconds since 1970 in UTC (`*_ms`), sizes are bytes (`*_bytes`), lists come in
//! pages that name where the next one starts. Fields are only ever added: a reader must ignore
//! what it does not know.

mod accounts;
mod albums;
mod assets;
mod changes;
mod devices;
mod entries;
mod facts;
mod items;
mod media;
mod page;
mod problem;
mod protection;
mod search;
mod sessions;
mod spaces;
mod timeline;
mod uploads;

pub use accounts::*;
pub use albums::*;
pub use assets::*;
pub use changes::*;
pub use devices::*;
pub use entries::*;
pub use facts::*;
pub use items::*;
pub use media::*;
pub use page::*;
pub use problem::*;
pub use protection::*;
pub use search::*;
pub use sessions::*;
pub use spaces::*;
pub use timeline::*;
pub use uploads::*;
