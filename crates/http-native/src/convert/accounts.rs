//! People and tokens.

use domain::TokenId;
use library::{Token, TokenKind, User};

pub(crate) fn user(user: User) -> wire::User {
    wire::User {
        id: user.id,
        name: user.name,
        role: user.role,
        created_at_ms: user.created_at_ms,
        disabled_at_ms: user.disabled_at_ms,
    }
}

/// `current` is the token of this very call.
pub(crate) fn token(token: Token, current: TokenId) -> wire::Token {
    wire::Token {
        id: token.id,
        kind: match token.kind {
            TokenKind::Session => wire::TokenKind::Session,
            TokenKind::App => wire::TokenKind::App,
            TokenKind::Device => wire::TokenKind::Device,
        },
        name: token.name,
        device_id: token.device_id,
        created_at_ms: token.created_at_ms,
        last_used_at_ms: token.last_used_at_ms,
        expires_at_ms: token.expires_at_ms,
        current: token.id == current,
    }
}
