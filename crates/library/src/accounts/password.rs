//! Passwords: Argon2id (RFC 9106) with the crate's default cost (19 MiB, two passes), salted, as PHC strings.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use domain::Random;
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// The shortest password that is accepted, in characters.
pub const PASSWORD_MIN_CHARACTERS: usize = 8;

/// The longest, in bytes: enough for any sentence, too short to keep a core busy.
pub const PASSWORD_MAX_BYTES: usize = 1024;

/// How many hashes may be computed at once: each takes 19 MiB and a core for some 40 ms.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords off the async threads, a few at a time.
#[derive(Debug, Clone)]
pub struct Passwords {
    random: Arc<dyn Random>,
    turns: Arc<Semaphore>,
    /// Checked when there is no such account, so that a stranger cannot tell by the time it takes.
    decoy: Arc<str>,
}

impl Passwords {
    /// Salts come from `random`.
    pub fn new(random: Arc<dyn Random>) -> Result<Self> {
        let decoy = hash_now("no account has this password", &salt(&*random))?;
        Ok(Self { random, turns: Arc::new(Semaphore::new(AT_ONCE)), decoy: decoy.into() })
    }

    /// The PHC string to keep. Refuses passwords that are too short or too long.
    pub async fn hash(&self, password: &str) -> Result<String> {
        check_strength(password)?;
        let (password, salt) = (password.to_owned(), salt(&*self.random));
        self.on_a_turn(move || hash_now(&password, &salt)).await?
    }

    /// Whether `password` is the one behind `kept`. Without an account (`None`) it takes as long
    /// and is never right.
    pub async fn verify(&self, password: &str, kept: Option<&str>) -> Result<bool> {
        if password.len() > PASSWORD_MAX_BYTES {
            return Ok(false);
        }
        let known = kept.is_some();
        let phc = kept.unwrap_or(&self.decoy).to_owned();
        let password = password.to_owned();
        let right = self.on_a_turn(move || verify_now(&password, &phc)).await??;
        Ok(right && known)
    }

    async fn on_a_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|e| Error::Internal(e.into()))?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(|e| Error::Internal(e.into()))
    }
}

/// Refuses what is too short to be a secret or too long to be a password.
pub fn check_strength(password: &str) -> Result<()> {
    if password.chars().count() < PASSWORD_MIN_CHARACTERS {
        return Err(Error::invalid(
            "password",
            format!("a password needs at least {PASSWORD_MIN_CHARACTERS} characters"),
        ));
    }
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(Error::invalid("password", format!("a password has at most {PASSWORD_MAX_BYTES} bytes")));
    }
    Ok(())
}

fn salt(random: &dyn Random) -> [u8; 16] {
    let mut salt = [0u8; 16];
    random.fill(&mut salt);
    salt
}

fn hash_now(password: &str, salt: &[u8]) -> Result<String> {
    let hash: argon2::password_hash::Result<PasswordHash> =
        Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(e.to_string().into()))
}

fn verify_now(password: &str, phc: &str) -> Result<bool> {
    let hash = PasswordHash::new(phc).map_err(|e| Error::Internal(e.to_string().into()))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use domain::OsRandom;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new(Arc::new(OsRandom)).unwrap();
        let kept = passwords.hash("correct horse").await.unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse", Some(&kept)).await.unwrap());
        assert!(!passwords.verify("correct house", Some(&kept)).await.unwrap());
        assert!(!passwords.verify("no account has this password", None).await.unwrap());
        assert_ne!(kept, passwords.hash("correct horse").await.unwrap(), "salted");
    }

    #[tokio::test]
    async fn weak_ones_are_refused_in_words() {
        let passwords = Passwords::new(Arc::new(OsRandom)).unwrap();
        let error = passwords.hash("short").await.unwrap_err();
        assert_eq!(error.to_string(), "a password needs at least 8 characters");
        assert!(passwords.hash(&"x".repeat(1025)).await.is_err());
        assert!(!passwords.verify(&"x".repeat(1025), None).await.unwrap());
    }
}
