//! Looking at what is kept: the tree, assets by time, albums, content, changes.

mod albums;
mod asset_entries;
mod assets;
mod changes;
mod content;
pub(crate) mod entries;
pub mod facts;
mod search;
mod timeline;

pub(crate) use assets::visible_asset;
pub use catalog::albums::{Album, Cover as AlbumCover};
pub use catalog::assets::{Asset, AssetKind};
pub use catalog::changes::{Change, ChangeKind, ChangePage, NewChange};
pub use catalog::devices::Device;
pub use catalog::entries::{Entry, EntryKind, EntryWithPath, FileBelow, FileFacts};
pub use catalog::labels::Counted;
pub use catalog::map::{POINTS_MAX, Point};
pub use catalog::search::Wanted;
pub use catalog::spaces::{Member, Space, SpaceOfUser};
pub use catalog::timeline::{Moment, MonthCount};
pub use catalog::tokens::{Token, TokenKind};
pub use catalog::trash::TrashedEntry;
pub use catalog::users::User;
pub use catalog::{Cursor, GeoBox, Listed, Page};
pub use content::Content;
pub use search::{Sought, Suggestions};
pub use vault::RenditionKind;
