//! From what the library gives to what the wire carries, by noun.

pub(crate) mod accounts;
pub(crate) mod albums;
pub(crate) mod assets;
pub(crate) mod changes;
pub(crate) mod devices;
pub(crate) mod entries;
pub(crate) mod facts;
pub(crate) mod items;
pub(crate) mod spaces;
pub(crate) mod timeline;
