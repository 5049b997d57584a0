//! Why a command of the hub ends early.

use std::net::SocketAddr;

use crate::config::ConfigError;
use crate::data_dir::DataDirError;

/// Ends a command. Printed once, with its causes, by [`crate::commands::run`].
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The catalog does not open.
    #[error("the catalog does not open")]
    Catalog(#[source] catalog::Error),
    /// The vault does not open.
    #[error("the folder of the pictures does not open")]
    Vault(#[source] vault::Error),
    /// A use case says no.
    #[error(transparent)]
    Library(#[from] library::Error),
    /// The address is taken, or is not this machine's.
    #[error("cannot listen on {address}: {source}; choose another address with {flag}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// How to choose another one.
        flag: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The machine does not give what every program needs.
    #[error("{what}")]
    System {
        /// What did not work.
        what: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The command was called in a way that cannot work.
    #[error("{0}")]
    Usage(String),
}

impl HubError {
    /// Whether the same command may work later without any change.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Catalog(error) => error.is_retryable(),
            Self::Vault(error) => error.is_retryable(),
            Self::Library(error) => error.is_retryable(),
            Self::DataDir(DataDirError::InUse { .. }) | Self::Listen { .. } => true,
            Self::Config(_) | Self::DataDir(_) | Self::System { .. } | Self::Usage(_) => false,
        }
    }

    /// What went wrong with every cause, for a person.
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let words = error.to_string();
            // Some messages tell their cause already.
            if !text.contains(&words) {
                text.push_str(": ");
                text.push_str(&words);
            }
            cause = error.source();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_once() {
        let source = || std::io::Error::other("no luck");
        let listen =
            HubError::Listen { address: ([127, 0, 0, 1], 1).into(), flag: "--listen", source: source() };
        assert_eq!(
            listen.in_full(),
            "cannot listen on 127.0.0.1:1: no luck; choose another address with --listen"
        );
        assert_eq!(
            HubError::System { what: "no runtime", source: source() }.in_full(),
            "no runtime: no luck"
        );
    }
}
