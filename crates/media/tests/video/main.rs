//! Films: real ones from the corpus (see tests/corpus.rs for where that is) and made ones. `cfg(test)`
//! tells clippy that what the tests share is tests as well.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod made;
#[cfg(test)]
mod studio;
