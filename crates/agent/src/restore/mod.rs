//! Brings things back.
