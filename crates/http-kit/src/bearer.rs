//! The token of a call (RFC 6750).

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The secret of `Authorization: Bearer SECRET`, if the call carries one.
pub fn bearer_secret(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    let secret = secret.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty()).then_some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        bearer_secret(&headers).map(str::to_owned)
    }

    #[test]
    fn only_bearer_tokens_count() {
        assert_eq!(secret("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(secret("bearer  abc ").as_deref(), Some("abc"));
        assert_eq!(secret("Basic abc"), None);
        assert_eq!(secret("Bearer"), None);
        assert_eq!(secret("Bearer  "), None);
        assert_eq!(bearer_secret(&HeaderMap::new()), None);
    }
}
