//! Limits on guessing passwords, codes and tokens.
//!
//! Wrong guesses are counted per account and per address, and forgotten one by one as time passes
//! (a leaky bucket). Right ones cost nothing, so that nobody is locked out by using the hub.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{Clock, TimestampMs};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{Error, Result};

/// How many passwords may be between their check and their count at once. More would let somebody
/// who asks in parallel guess as often as there are connections.
const AT_ONCE: usize = 2;

/// Wrong guesses that are free before an account has to wait.
const ACCOUNT_BURST: i64 = 10;
/// One wrong guess at an account is forgotten in this time.
const ACCOUNT_FORGET_MS: i64 = 60_000;
/// Wrong guesses that are free before an address has to wait: a family shares one.
const ADDRESS_BURST: i64 = 40;
/// One wrong guess from an address is forgotten in this time.
const ADDRESS_FORGET_MS: i64 = 15_000;
/// More keys than this are not remembered at once; the emptiest go first.
const KEYS_MAX: usize = 10_000;

/// Counts wrong guesses.
#[derive(Debug)]
pub struct Guesses {
    clock: Arc<dyn Clock>,
    buckets: Mutex<HashMap<Key, Bucket>>,
    turns: Semaphore,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(String),
    /// Wrong tokens from an address, counted apart from passwords: a device whose token was revoked
    /// must not keep its family from logging in.
    Tokens(String),
}

/// Keeps a level rather than an end: a clock that is set back by days must not lock anybody out
/// until it has caught up.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// How long it took to forget all wrong guesses, as of `at_ms`.
    level_ms: i64,
    /// When the level was last looked at.
    at_ms: TimestampMs,
}

impl Bucket {
    /// Lets run out what has run out since the last look.
    fn level_ms(&mut self, now_ms: TimestampMs) -> i64 {
        let elapsed_ms = now_ms.saturating_sub(self.at_ms).max(0);
        self.level_ms = self.level_ms.saturating_sub(elapsed_ms).max(0);
        self.at_ms = now_ms;
        self.level_ms
    }
}

impl Key {
    const fn limits(&self) -> (i64, i64) {
        match self {
            Self::Account(_) => (ACCOUNT_BURST, ACCOUNT_FORGET_MS),
            Self::Address(_) | Self::Tokens(_) => (ADDRESS_BURST, ADDRESS_FORGET_MS),
        }
    }
}

impl Guesses {
    /// Nothing counted yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, buckets: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }

    /// Refuses when this account or this address has guessed wrong too often of late.
    pub fn check(&self, account: &str, address: &str) -> Result<()> {
        self.check_keys(&keys(account, address))
    }

    /// The same for tokens, which cannot be guessed: this only slows a misguided flood down.
    pub fn check_tokens(&self, address: &str) -> Result<()> {
        self.check_keys(&[Key::Tokens(address.to_owned())])
    }

    fn check_keys(&self, keys: &[Key]) -> Result<()> {
        let now = self.clock.now_ms();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let wait_ms = keys
            .iter()
            .filter_map(|key| {
                let (burst, forget_ms) = key.limits();
                let level_ms = buckets.get_mut(key)?.level_ms(now);
                Some(level_ms - (burst - 1) * forget_ms).filter(|&wait| wait > 0)
            })
            .max();
        match wait_ms {
            None => Ok(()),
            Some(ms) => {
                Err(Error::SlowDown { retry_after_seconds: u64::try_from(ms).unwrap_or(0).div_ceil(1000) })
            }
        }
    }

    /// [`Guesses::check`], and the turn to guess: hold it until the answer is counted.
    pub async fn take_turn(&self, account: &str, address: &str) -> Result<SemaphorePermit<'_>> {
        // Who has to wait anyway should not wait for a turn first.
        self.check(account, address)?;
        let turn = self.turns.acquire().await.map_err(|error| Error::Internal(error.into()))?;
        self.check(account, address)?;
        Ok(turn)
    }

    /// Remembers a wrong guess.
    pub fn wrong(&self, account: &str, address: &str) {
        self.count(keys(account, address));
    }

    /// Remembers a wrong token.
    pub fn wrong_token(&self, address: &str) {
        self.count([Key::Tokens(address.to_owned())]);
    }

    fn count(&self, keys: impl IntoIterator<Item = Key>) {
        let now = self.clock.now_ms();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS_MAX {
            buckets.retain(|_, bucket| bucket.level_ms(now) > 0);
        }
        if buckets.len() >= KEYS_MAX {
            // Under attack from everywhere: forget the half that has guessed least.
            let mut levels: Vec<_> = buckets.values().map(|bucket| bucket.level_ms).collect();
            levels.sort_unstable();
            let middle = levels[levels.len() / 2];
            buckets.retain(|_, bucket| bucket.level_ms > middle);
        }
        for key in keys {
            let (burst, forget_ms) = key.limits();
            let bucket = buckets.entry(key).or_insert(Bucket { level_ms: 0, at_ms: now });
            bucket.level_ms = (bucket.level_ms(now) + forget_ms).min(burst * forget_ms);
        }
    }
}

fn keys(account: &str, address: &str) -> [Key; 2] {
    [Key::Account(account.to_owned()), Key::Address(address.to_owned())]
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[derive(Debug, Default)]
    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now_ms(&self) -> TimestampMs {
            self.0.load(Ordering::SeqCst)
        }
    }

    fn guesses() -> (Arc<HandClock>, Guesses) {
        let clock = Arc::new(HandClock::default());
        (clock.clone(), Guesses::new(clock))
    }

    fn wait(result: Result<()>) -> u64 {
        match result {
            Err(Error::SlowDown { retry_after_seconds }) => retry_after_seconds,
            other => panic!("expected to be slowed down, got {other:?}"),
        }
    }

    #[test]
    fn ten_wrong_guesses_at_an_account_make_it_wait_and_time_heals() {
        let (clock, guesses) = guesses();
        for index in 0..10 {
            guesses.check("sam", &format!("10.0.0.{index}")).unwrap();
            guesses.wrong("sam", &format!("10.0.0.{index}"));
        }
        assert_eq!(wait(guesses.check("sam", "10.0.0.99")), 60);
        guesses.check("kim", "10.0.0.99").unwrap();
        clock.0.store(60_000, Ordering::SeqCst);
        guesses.check("sam", "10.0.0.99").unwrap();
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let (_clock, guesses) = guesses();
        for index in 0..40 {
            guesses.wrong(&format!("name {index}"), "10.0.0.1");
        }
        assert_eq!(wait(guesses.check("somebody new", "10.0.0.1")), 15);
        guesses.check("somebody new", "10.0.0.2").unwrap();
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out_for_long() {
        let (clock, guesses) = guesses();
        clock.0.store(1_000_000_000, Ordering::SeqCst);
        (0..10).for_each(|_| guesses.wrong("sam", "a"));
        guesses.wrong("kim", "b");
        clock.0.store(0, Ordering::SeqCst);
        guesses.check("kim", "b").unwrap();
        assert!(wait(guesses.check("sam", "a")) <= 60);
        clock.0.store(60_000, Ordering::SeqCst);
        guesses.check("sam", "a").unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let (_clock, guesses) = guesses();
        (0..30_000).for_each(|index| guesses.wrong(&format!("{index}"), &format!("{index}")));
        assert!(guesses.buckets.lock().unwrap().len() <= KEYS_MAX + 2);
    }
}
