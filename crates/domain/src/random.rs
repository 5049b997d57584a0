//! Randomness as a parameter.

use std::fmt::Debug;

/// Fills buffers with random bytes. Secrets come from here, so production code passes [`OsRandom`].
pub trait Random: Send + Sync + Debug {
    /// Fills all of `buffer`.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(
        clippy::disallowed_methods,
        clippy::panic,
        reason = "the one place that asks the system for randomness"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness no secret is safe; going on with predictable bytes would be worse than stopping.
        if let Err(error) = getrandom::fill(buffer) {
            panic!("the operating system gives no random bytes: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut a, mut b) = ([0u8; 32], [0u8; 32]);
        OsRandom.fill(&mut a);
        OsRandom.fill(&mut b);
        assert_ne!(a, b);
    }
}
