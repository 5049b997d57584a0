//! Every statement of the catalog, grouped by noun. One text for both engines.

pub(crate) mod albums;
pub(crate) mod assets;
pub(crate) mod blobs;
pub(crate) mod changes;
pub(crate) mod descriptions;
pub(crate) mod devices;
pub(crate) mod entries;
pub(crate) mod items;
pub(crate) mod jobs;
pub(crate) mod labels;
pub(crate) mod map;
pub(crate) mod migrations;
pub(crate) mod offers;
pub(crate) mod protection;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod spaces;
pub(crate) mod terms;
pub(crate) mod timeline;
pub(crate) mod tokens;
pub(crate) mod tombstones;
pub(crate) mod trash;
pub(crate) mod uploads;
pub(crate) mod users;

/// A statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sql {
    /// Where it is written: the noun's module and the constant.
    pub(crate) name: &'static str,
    /// Its text, perhaps with `$LIST` or `$ROWS` (see `tx.rs`).
    pub(crate) text: &'static str,
    /// How many values a row of `$ROWS` has.
    pub(crate) row_width: usize,
}

/// Declares statements and the list of all of them, so that none can be forgotten by the tests
/// that prepare and explain each.
macro_rules! statements {
    ($noun:literal; $($(#[$doc:meta])* $name:ident $(rows $width:literal)? = $text:expr;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: crate::sql::Sql = crate::sql::Sql {
                name: concat!($noun, "::", stringify!($name)),
                text: $text,
                row_width: 0 $(+ $width)?,
            };
        )*
        pub(crate) const ALL: &[crate::sql::Sql] = &[$($name,)*];
    };
}
pub(crate) use statements;

/// The statements of every noun.
pub(crate) const NOUNS: &[&[Sql]] = &[
    albums::ALL,
    assets::ALL,
    blobs::ALL,
    changes::ALL,
    descriptions::ALL,
    devices::ALL,
    entries::ALL,
    items::ALL,
    jobs::ALL,
    labels::ALL,
    map::ALL,
    migrations::ALL,
    offers::ALL,
    protection::ALL,
    search::ALL,
    settings::ALL,
    spaces::ALL,
    terms::ALL,
    timeline::ALL,
    tokens::ALL,
    tombstones::ALL,
    trash::ALL,
    uploads::ALL,
    users::ALL,
];
