//! The settings of a hub: `albumen.toml`, overridden by environment variables (`ALBUMEN_…`),
//! overridden by flags. Read once at the start and handed down as small values.

mod error;
mod layers;
mod nearest;
mod sample;
mod section;
mod sections;

pub use error::ConfigError;
pub use layers::{Flag, Given, Loaded, Origin};
pub use sample::sample;
pub use section::{Key, Shape};
pub use sections::{
    Catalog, DEFAULT_PORT, Data, Listen, Log, LogFormat, Media, Metrics, Sessions, Trash, Uploads,
};

/// Lists the sections once; everything that walks over them is written here.
macro_rules! config {
    ($( $section:ident : $type:ident ),* $(,)?) => {
        /// All settings of a hub.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Config {
            $( #[doc = concat!("`[", stringify!($section), "]`")] pub $section: $type, )*
        }

        /// The sections: their names, what they are about, their keys.
        const SECTIONS: &[(&str, &[&str], &[Key])] =
            &[$( (stringify!($section), $type::ABOUT, $type::KEYS) ),*];

        impl Config {
            /// Sets one key. The error says in words why the value is wrong.
            fn set(&mut self, key: &Key, value: &toml::Value) -> Result<(), String> {
                match key.section {
                    $( stringify!($section) => self.$section.set(key.name, value), )*
                    _ => Err("is not known".to_owned()),
                }
            }

            /// The value of one key as the file would have it; `None` when it is off.
            pub fn show(&self, key: &Key) -> Option<toml::Value> {
                match key.section {
                    $( stringify!($section) => self.$section.show(key.name), )*
                    _ => None,
                }
            }

            /// The first key whose value cannot work, as section, key and words.
            fn objection(&self) -> Option<(&'static str, &'static str, String)> {
                $( if let Err((name, why)) = self.$section.validate() {
                    return Some((stringify!($section), name, why));
                } )*
                None
            }
        }
    };
}

config! {
    listen: Listen,
    data: Data,
    catalog: Catalog,
    trash: Trash,
    uploads: Uploads,
    media: Media,
    sessions: Sessions,
    log: Log,
    metrics: Metrics,
}

/// Every key there is, in the order of the sample.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|(_, _, keys)| keys.iter())
}

/// How many bytes a MiB has.
const MIB: u64 = 1024 * 1024;

impl Uploads {
    /// How much of the disk stays free, in bytes.
    pub fn keep_free_bytes(&self) -> u64 {
        u64::from(self.keep_free_mib) * MIB
    }
}

impl Media {
    /// How much room that may take which is made on demand, in bytes.
    pub fn on_demand_bytes(&self) -> u64 {
        u64::from(self.on_demand_mib) * MIB
    }
}

impl Catalog {
    /// The database's address without its password, for people and logs.
    pub fn shown_url(url: &str) -> String {
        let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let shown = match authority.rsplit_once('@') {
            Some((login, host)) => match login.split_once(':') {
                Some((user, _)) => format!("{user}:…@{host}"),
                None => authority.to_owned(),
            },
            None => authority.to_owned(),
        };
        // A password may also come as `?password=…`; nothing else there is worth showing.
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        format!("{scheme}://{shown}{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_can_be_shown_and_set_again() {
        let config = Config::default();
        for key in keys() {
            let mut other = Config::default();
            if let Some(value) = config.show(key) {
                assert_eq!(other.set(key, &value), Ok(()), "{}", key.dotted());
            } else {
                let example = key.example.expect("a key that is off has an example");
                assert_eq!(other.set(key, &key.shape.value_of(example)), Ok(()), "{}", key.dotted());
                assert_eq!(other.objection(), None, "the example of {} works", key.dotted());
                assert_ne!(other, config);
            }
        }
    }

    #[test]
    fn the_defaults_are_valid_and_let_phones_in() {
        let config = Config::default();
        assert_eq!(config.objection(), None);
        assert_eq!(config.listen.address.to_string(), "0.0.0.0:8230");
        assert_eq!(config.metrics.listen, None);
        assert_eq!(config.uploads.keep_free_bytes(), 512 * 1024 * 1024);
    }

    #[test]
    fn passwords_are_never_shown() {
        let table = [
            ("postgres://sam:secret@db:5432/albumen", "postgres://sam:…@db:5432/albumen"),
            ("postgres://sam:p@ss@db/albumen", "postgres://sam:…@db/albumen"),
            ("postgres://sam@db/albumen?password=secret", "postgres://sam@db/albumen"),
            ("postgres://db", "postgres://db"),
        ];
        for (url, shown) in table {
            assert_eq!(Catalog::shown_url(url), shown);
        }
    }
}
