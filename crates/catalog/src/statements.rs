//! Every statement of the catalog, to be looked at: tests prepare each on both engines and read
//! the plans of the hot ones; an operator may want to do the same on a slow database.

/// A statement as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The noun's module and the constant, such as `entries::CHILDREN`.
    pub name: &'static str,
    /// Its text, with `$1` for parameters; lists are written out with `list_length` values.
    pub text: String,
}

/// Every statement, with lists of `list_length` values.
pub fn all(list_length: usize) -> Vec<Statement> {
    let statements = crate::sql::NOUNS.iter().flat_map(|noun| noun.iter());
    statements
        .map(|sql| Statement { name: sql.name, text: crate::tx::example_text(*sql, list_length) })
        .collect()
}
