//! One transaction on either engine.

/// One transaction. Every function of this crate takes one; [`crate::Catalog::read`] and
/// [`crate::Catalog::write`] are the only ways to get it.
#[derive(Debug)]
pub struct Tx {
    _private: (),
}
