//! The built program, from outside: what it prints, how it ends, what it refuses. `cfg(test)` tells
//! clippy that what the tests share is tests as well.

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod leaving;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod verify;
#[cfg(test)]
mod watching;
