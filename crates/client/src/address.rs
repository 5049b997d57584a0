//! Where a hub is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

/// Why a text is not the address of a hub, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No `http://` or `https://` in front.
    #[error("write the hub's address with http:// or https:// in front, such as http://{0}")]
    NoScheme(String),
    /// Something else is in front.
    #[error("a hub's address starts with http:// or https://, not {0}://")]
    WrongScheme(String),
    /// A name or password stands in it.
    #[error("leave name and password out of the address; they are asked for")]
    Credentials,
    /// Something follows the path.
    #[error("leave out of the address what comes after \"?\" or \"#\"")]
    TooMuch,
    /// No address at all.
    #[error("this is not an address: {0}")]
    Malformed(String),
    /// `https` in a build without it.
    #[error("this build of the program cannot speak https")]
    NoTls,
}

/// The address of a hub, such as `https://photos.example.org` or `http://192.168.1.4:8000`.
///
/// A path is allowed, for hubs behind a proxy that serves several things under one name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HubAddress(Url);

impl HubAddress {
    /// Whether what is said stays between the device and the hub: `https`, or the very same machine.
    pub fn is_private(&self) -> bool {
        let loopback = match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        loopback || self.0.scheme() == "https"
    }

    /// The full address of `path`, which is relative: `api/v1/me`.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path()));
        url
    }
}

impl FromStr for HubAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if !text.contains("://") {
            return Err(AddressError::NoScheme(text.to_owned()));
        }
        let mut url = Url::parse(text).map_err(|error| AddressError::Malformed(error.to_string()))?;
        match url.scheme() {
            "http" => {}
            "https" if cfg!(feature = "tls") => {}
            "https" => return Err(AddressError::NoTls),
            other => return Err(AddressError::WrongScheme(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::TooMuch);
        }
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl fmt::Display for HubAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl Serialize for HubAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HubAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_address_says_why() {
        let refusal = |text: &str| text.parse::<HubAddress>().unwrap_err();
        assert_eq!(refusal("nas.local:8000"), AddressError::NoScheme("nas.local:8000".into()));
        assert_eq!(refusal("ftp://nas"), AddressError::WrongScheme("ftp".into()));
        assert_eq!(refusal("http://anna:secret@nas"), AddressError::Credentials);
        assert_eq!(refusal("http://nas/?a=1"), AddressError::TooMuch);
        assert!(matches!(refusal("http://"), AddressError::Malformed(_)));
    }

    #[test]
    fn paths_go_below_the_address() {
        let address: HubAddress = " http://nas:8000/albumen ".parse().unwrap();
        assert_eq!(address.join("api/v1/me").as_str(), "http://nas:8000/albumen/api/v1/me");
        assert_eq!(address.to_string(), "http://nas:8000/albumen");
        let bare: HubAddress = "http://nas:8000/".parse().unwrap();
        assert_eq!(bare.join("tus").as_str(), "http://nas:8000/tus");
        assert_eq!(bare.to_string(), "http://nas:8000");
    }

    #[test]
    fn settings_keep_it_as_text() {
        let address: HubAddress = "http://nas:8000".parse().unwrap();
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, r#""http://nas:8000""#);
        assert_eq!(serde_json::from_str::<HubAddress>(&json).unwrap(), address);
    }

    #[test]
    fn plain_http_is_private_on_one_machine_only() {
        for (text, private) in [
            ("http://127.0.0.1:8000", true),
            ("http://[::1]:8000", true),
            ("http://localhost", true),
            ("http://192.168.1.4", false),
            ("http://nas.local", false),
        ] {
            assert_eq!(text.parse::<HubAddress>().unwrap().is_private(), private, "{text}");
        }
    }

    #[test]
    fn https_needs_the_feature() {
        assert_eq!("https://nas".parse::<HubAddress>().is_ok(), cfg!(feature = "tls"));
    }
}
