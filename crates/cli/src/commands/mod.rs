//! One file per command.

pub(crate) mod albums;
pub(crate) mod backup;
pub(crate) mod connect;
pub(crate) mod disconnect;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod source;
pub(crate) mod status;
