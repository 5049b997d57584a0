//! A typed client of Albumen's API, tus included.
//!
//! One [`HubClient`] per hub; its methods are sorted into one file per area. Every call has time
//! limits that a slow link does not trip but a dead one does, and every failure says whether trying
//! again may help ([`Error::is_retryable`]). Nothing is retried in here: how long to wait and when to
//! give up is for the caller to decide.
//!
//! Pure Rust with its default features. `https` comes with the feature `tls`.

mod address;
mod albums;
mod assets;
mod changes;
mod devices;
mod download;
mod entries;
mod error;
mod filings;
mod http;
mod login;
mod me;
mod media;
mod offers;
mod pulse;
mod setup;
mod spaces;
mod timeline;
mod tokens;
mod trash;
mod uploads;
mod users;

pub use address::{AddressError, HubAddress};
pub use download::{Download, Wanted};
pub use error::{Error, Result};
pub use http::{HubClient, Patience, Pieces, Token};
pub use uploads::{Appended, Begun, Declaration, UploadState};
