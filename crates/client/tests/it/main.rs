//! The client against a stub that answers with exact bytes: cut, late, odd and early replies
//! included. What a real hub answers is tested with a real hub, in the system tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod calls;
mod faults;
mod stub;
mod uploads;
