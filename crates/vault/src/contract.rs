//! One suite that every vault passes.
