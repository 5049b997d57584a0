//! What a section of the settings is made of. The [`section!`] macro writes a struct, its defaults,
//! its keys with their words, and the reading of each key from one declaration, so that none of
//! them can drift from the others.

use std::net::SocketAddr;
use std::path::PathBuf;

/// One key, for the sample, for environment variables and for error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The section, such as `listen`.
    pub section: &'static str,
    /// The key in its section, such as `address`.
    pub name: &'static str,
    /// What it does, one line each, as in the documentation of the field.
    pub words: &'static [&'static str],
    /// How its value is written.
    pub shape: Shape,
    /// For keys that are off by default: a value to show in the sample.
    pub example: Option<&'static str>,
}

impl Key {
    /// `listen.address`
    pub fn dotted(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `ALBUMEN_LISTEN_ADDRESS`
    pub fn variable(&self) -> String {
        format!("ALBUMEN_{}_{}", self.section, self.name).to_uppercase()
    }
}

/// How a value is written in TOML; texts from the environment and from flags are read accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// In quotes.
    Text,
    /// A whole number.
    Number,
}

impl Shape {
    /// A TOML value from bare text, as environment and flags have it. A number that is none stays
    /// text, and is then refused by the key it is for.
    pub fn value_of(self, text: &str) -> toml::Value {
        match (self, text.trim().parse::<i64>()) {
            (Self::Number, Ok(number)) => toml::Value::Integer(number),
            (Self::Number, Err(_)) | (Self::Text, _) => toml::Value::String(text.to_owned()),
        }
    }
}

/// A type that a key may have.
pub(crate) trait Setting: Sized {
    /// How its value is written.
    const SHAPE: Shape;

    /// Reads it; the error says in words what would be right.
    fn read(value: &toml::Value) -> Result<Self, String>;

    /// Writes it; `None` for "not set".
    fn show(&self) -> Option<toml::Value>;
}

impl Setting for u32 {
    const SHAPE: Shape = Shape::Number;

    fn read(value: &toml::Value) -> Result<Self, String> {
        let number = value.as_integer().ok_or_else(|| format!("must be a whole number, not {value}"))?;
        Self::try_from(number).map_err(|_| format!("must lie between 0 and {}, not {number}", Self::MAX))
    }

    fn show(&self) -> Option<toml::Value> {
        Some(toml::Value::Integer((*self).into()))
    }
}

impl Setting for String {
    const SHAPE: Shape = Shape::Text;

    fn read(value: &toml::Value) -> Result<Self, String> {
        value.as_str().map(str::to_owned).ok_or_else(|| format!("must be text in quotes, not {value}"))
    }

    fn show(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.clone()))
    }
}

impl Setting for PathBuf {
    const SHAPE: Shape = Shape::Text;

    fn read(value: &toml::Value) -> Result<Self, String> {
        String::read(value).map(Self::from)
    }

    fn show(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.display().to_string()))
    }
}

impl Setting for SocketAddr {
    const SHAPE: Shape = Shape::Text;

    fn read(value: &toml::Value) -> Result<Self, String> {
        let text = String::read(value)?;
        text.parse().map_err(|_| {
            format!(
                "must be an address and a port such as \"0.0.0.0:8230\" or \"[::1]:8230\", not \"{text}\""
            )
        })
    }

    fn show(&self) -> Option<toml::Value> {
        Some(toml::Value::String(self.to_string()))
    }
}

impl<T: Setting> Setting for Option<T> {
    const SHAPE: Shape = T::SHAPE;

    fn read(value: &toml::Value) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn show(&self) -> Option<toml::Value> {
        self.as_ref().and_then(T::show)
    }
}

/// Declares a section: `section! { /// words Listen "listen" { /// words address: SocketAddr = …, } }`.
/// A key that is off by default names an example: `url: Option<String> = None, such as "postgres://…"`.
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        $type:ident $section:literal {
            $( $(#[doc = $words:literal])* $name:ident : $kind:ty = $default:expr $(, such as $example:literal)? ; )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $type {
            $( $(#[doc = $words])* pub $name: $kind, )*
        }

        impl Default for $type {
            fn default() -> Self {
                Self { $( $name: $default, )* }
            }
        }

        impl $type {
            /// What the section is about.
            pub(crate) const ABOUT: &'static [&'static str] = &[$($about),*];

            /// Its keys, in the order of the sample.
            pub(crate) const KEYS: &'static [$crate::config::Key] = &[
                $( $crate::config::Key {
                    section: $section,
                    name: stringify!($name),
                    words: &[$($words),*],
                    shape: <$kind as $crate::config::section::Setting>::SHAPE,
                    example: section!(@example $($example)?),
                }, )*
            ];

            /// Sets one key; a wrong value is refused in words and changes nothing.
            pub(crate) fn set(&mut self, name: &str, value: &toml::Value) -> Result<(), String> {
                match name {
                    $( stringify!($name) => self.$name = $crate::config::section::Setting::read(value)?, )*
                    _ => return Err("is not known".to_owned()),
                }
                Ok(())
            }

            /// The value of one key; `None` when it is off.
            pub(crate) fn show(&self, name: &str) -> Option<toml::Value> {
                match name {
                    $( stringify!($name) => $crate::config::section::Setting::show(&self.$name), )*
                    _ => None,
                }
            }
        }
    };
    (@example) => { None };
    (@example $example:literal) => { Some($example) };
}

pub(crate) use section;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_say_what_would_be_right() {
        let text = |text: &str| toml::Value::String(text.to_owned());
        assert_eq!(u32::read(&toml::Value::Integer(7)), Ok(7));
        assert_eq!(u32::read(&text("x")).unwrap_err(), "must be a whole number, not \"x\"");
        assert_eq!(
            u32::read(&toml::Value::Integer(-1)).unwrap_err(),
            "must lie between 0 and 4294967295, not -1"
        );
        assert!(SocketAddr::read(&text("8230")).unwrap_err().contains("0.0.0.0:8230"));
        assert_eq!(Option::<String>::read(&text("a")), Ok(Some("a".to_owned())));
        assert_eq!(
            String::read(&toml::Value::Boolean(true)).unwrap_err(),
            "must be text in quotes, not true"
        );
    }

    #[test]
    fn bare_text_becomes_what_the_key_wants() {
        assert_eq!(Shape::Number.value_of(" 30 "), toml::Value::Integer(30));
        assert_eq!(Shape::Number.value_of("many"), toml::Value::String("many".into()));
        assert_eq!(Shape::Text.value_of("30"), toml::Value::String("30".into()));
    }
}
