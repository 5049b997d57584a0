//! The file system, by landlock.

use std::path::Path;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr as _,
    RulesetCreated, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
};

use super::Allowed;
use crate::sandbox::FileSystem;

/// The newest version of landlock that is made use of: files, devices, TCP, signals, sockets without
/// a path. Older kernels enforce what they know.
const NEWEST: ABI = ABI::V6;

/// Closes everything but what is allowed.
pub(super) fn close(allowed: &Allowed<'_>) -> Result<FileSystem, RulesetError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    let read = AccessFs::ReadFile.into();
    for path in &allowed.run {
        ruleset = open_up(ruleset, path, read | AccessFs::Execute)?;
    }
    for path in &allowed.read {
        ruleset = open_up(ruleset, path, read)?;
    }
    if let Some(folder) = allowed.write {
        let fill = AccessFs::WriteFile | AccessFs::MakeReg | AccessFs::RemoveFile | AccessFs::Truncate | read;
        ruleset = open_up(ruleset, folder, fill)?;
    }
    Ok(match ruleset.restrict_self()?.ruleset {
        RulesetStatus::FullyEnforced => FileSystem::Closed,
        RulesetStatus::PartiallyEnforced => FileSystem::Partly,
        RulesetStatus::NotEnforced => FileSystem::Open,
    })
}

/// What is not there needs no opening up.
fn open_up(
    ruleset: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    match PathFd::new(path) {
        Ok(place) => ruleset.add_rule(PathBeneath::new(place, rights)),
        Err(_) => Ok(ruleset),
    }
}
