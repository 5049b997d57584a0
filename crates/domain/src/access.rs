//! Who may do what. `library` asks, adapters never decide.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A word that is none of the expected ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is not one of: {expected}")]
pub struct ParseWordError {
    word: String,
    expected: &'static str,
}

/// Gives an enum the words that the catalog, the wire and the command line write for it.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* } $expected:literal) => {
        impl $name {
            /// The word that the catalog, the wire and the command line write.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ParseWordError;

            fn from_str(word: &str) -> Result<Self, ParseWordError> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(ParseWordError { word: word.to_owned(), expected: $expected }),
                }
            }
        }
    };
}

words!(Role { Owner = "owner", Manager = "manager", Member = "member" } "owner, manager, member");
words!(SpaceKind { My = "my", Public = "public", Group = "group" } "my, public, group");
words!(SpaceRole { Viewer = "viewer", Editor = "editor", Owner = "owner" } "viewer, editor, owner");

/// What a person is on this hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Set the hub up and may do everything but look into other people's Spaces.
    Owner,
    /// Looks after members and Group Spaces.
    Manager,
    /// Uses the hub.
    Member,
}

/// What kind of area a Space is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpaceKind {
    /// One person's own. Nobody else sees it, not even the hub's owner.
    My,
    /// Everybody's.
    Public,
    /// A named group's.
    Group,
}

/// What a person is in one Space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpaceRole {
    /// Looks and downloads.
    Viewer,
    /// Also adds, arranges and deletes.
    Editor,
    /// Also chooses members.
    Owner,
}

/// What somebody wants to do in a Space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// List and download.
    Look,
    /// Upload, make folders and albums, rename, move, trash, restore and purge.
    Change,
    /// Choose members, rename or delete the Space.
    Govern,
}

/// Whether somebody with this role in a Space (`None`: no member) may do this there.
pub const fn may_in_space(role: Option<SpaceRole>, action: Action) -> bool {
    match (role, action) {
        (Some(SpaceRole::Owner), _)
        | (Some(SpaceRole::Editor), Action::Look | Action::Change)
        | (Some(SpaceRole::Viewer), Action::Look) => true,
        (Some(SpaceRole::Editor | SpaceRole::Viewer) | None, _) => false,
    }
}

/// The role in the Public Space that a new account starts with. People who look after the hub
/// may change things there; everybody else looks until somebody lets them do more.
pub const fn public_space_role(role: Role) -> SpaceRole {
    match role {
        Role::Owner => SpaceRole::Owner,
        Role::Manager => SpaceRole::Editor,
        Role::Member => SpaceRole::Viewer,
    }
}

/// Whether `caller` may make an account with this role, or list accounts (ask with `Member`).
pub const fn may_make_account(caller: Role, made: Role) -> bool {
    match (caller, made) {
        (Role::Owner, _) | (Role::Manager, Role::Member) => true,
        (Role::Manager, Role::Owner | Role::Manager) | (Role::Member, _) => false,
    }
}

/// Whether somebody with this role may make a Group Space.
pub const fn may_make_group_space(caller: Role) -> bool {
    matches!(caller, Role::Owner | Role::Manager)
}

/// Whether somebody with this role may see how the whole hub is doing, other people's counts included.
pub const fn may_watch_hub(caller: Role) -> bool {
    matches!(caller, Role::Owner | Role::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_of_a_space() {
        let table = [
            (None, [false, false, false]),
            (Some(SpaceRole::Viewer), [true, false, false]),
            (Some(SpaceRole::Editor), [true, true, false]),
            (Some(SpaceRole::Owner), [true, true, true]),
        ];
        for (role, expected) in table {
            let got = [Action::Look, Action::Change, Action::Govern].map(|action| may_in_space(role, action));
            assert_eq!(got, expected, "{role:?}");
        }
    }

    #[test]
    fn words_go_there_and_back_and_wrong_ones_name_the_right_ones() {
        assert_eq!("manager".parse(), Ok(Role::Manager));
        assert_eq!(SpaceRole::Viewer.to_string().parse(), Ok(SpaceRole::Viewer));
        let error = "boss".parse::<Role>().unwrap_err();
        assert_eq!(error.to_string(), "\"boss\" is not one of: owner, manager, member");
    }

    #[test]
    fn managers_make_members_only() {
        assert!(may_make_account(Role::Owner, Role::Owner));
        assert!(may_make_account(Role::Manager, Role::Member));
        assert!(!may_make_account(Role::Manager, Role::Manager));
        assert!(!may_make_account(Role::Member, Role::Member));
        assert!(!may_make_group_space(Role::Member));
        assert!(!may_watch_hub(Role::Member) && may_watch_hub(Role::Manager));
    }
}
