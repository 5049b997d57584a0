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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::ErrorKind;

    use super::*;

    /// On a thread of its own, because there is no way back.
    fn locked_up<T: Send + 'static>(
        write: Option<&Path>,
        attempt: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let write = write.map(Path::to_owned);
        let inside = move || {
            let allowed = Allowed { write: write.as_deref(), ..Allowed::default() };
            (close(&allowed).unwrap_or(FileSystem::Open) != FileSystem::Open).then(attempt)
        };
        std::thread::spawn(inside).join().unwrap()
    }

    #[test]
    fn without_seccomp_files_are_closed_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, outside) = (folder.path().join("in"), folder.path().join("out"));
        std::fs::create_dir(&inside).unwrap();
        File::create(&outside).unwrap();
        let given = inside.clone();
        let tried = locked_up(Some(&given), move || {
            let kind = |tried: std::io::Result<File>| tried.map(drop).map_err(|error| error.kind());
            let moved = std::fs::hard_link(&outside, inside.join("link")).map_err(|error| error.kind());
            [
                kind(File::create(inside.join("new"))),
                kind(File::open(&outside)),
                kind(File::open("/etc/passwd")),
                moved,
            ]
        });
        // Whether this kernel must have landlock is for the tests of the worker to say.
        let Some([new, beside, elsewhere, moved]) = tried else { return };
        assert_eq!(new, Ok(()));
        assert_eq!((beside, elsewhere), (Err(ErrorKind::PermissionDenied), Err(ErrorKind::PermissionDenied)));
        assert!(moved.is_err(), "a file was brought in from outside");
    }
}
