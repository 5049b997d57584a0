//! What holds a confined process.

use serde::{Deserialize, Serialize};

/// Which protections are on in a confined process, as that process found them when it locked itself
/// up, before it read any bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protections {
    /// Limits of memory, processor time, open files and file sizes (setrlimit).
    pub limits: bool,
    /// The file system (landlock, Linux 5.13 and later).
    pub file_system: FileSystem,
    /// System calls: no network, no other programs (seccomp).
    pub system_calls: bool,
    /// Nothing that is started gains rights (`no_new_privs`).
    pub no_new_privileges: bool,
}

/// How far the file system is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSystem {
    /// Everything that is known to landlock is closed.
    Closed,
    /// Closed as far as this kernel can; a newer one closes more.
    Partly,
    /// Not closed.
    Open,
}

impl Protections {
    /// Whether everything is on.
    pub fn are_complete(&self) -> bool {
        self.missing().is_empty()
    }

    /// What is not on, in words for the person who looks after the machine.
    pub fn missing(&self) -> Vec<&'static str> {
        let file_system = match self.file_system {
            FileSystem::Closed => None,
            FileSystem::Partly => Some("the file system is closed only in part (landlock of an old kernel)"),
            FileSystem::Open => Some("the file system is open (no landlock; Linux has it from 5.13 on)"),
        };
        let limits = (!self.limits).then_some("memory and time have no limits (setrlimit)");
        let calls = (!self.system_calls).then_some("network and other programs are not refused (no seccomp)");
        let rights = (!self.no_new_privileges).then_some("rights may be gained (no no_new_privs)");
        [limits, file_system, calls, rights].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_for_each_protection() {
        let complete = Protections {
            limits: true,
            file_system: FileSystem::Closed,
            system_calls: true,
            no_new_privileges: true,
        };
        assert!(complete.are_complete());
        let weaker = [
            Protections { limits: false, ..complete },
            Protections { file_system: FileSystem::Partly, ..complete },
            Protections { file_system: FileSystem::Open, ..complete },
            Protections { system_calls: false, ..complete },
            Protections { no_new_privileges: false, ..complete },
        ];
        let mut said: Vec<_> = weaker
            .iter()
            .map(|protections| {
                assert!(!protections.are_complete());
                assert_eq!(protections.missing().len(), 1, "{protections:?}");
                protections.missing()[0]
            })
            .collect();
        said.dedup();
        assert_eq!(said.len(), weaker.len());
    }
}
