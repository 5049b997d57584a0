//! Files that the hub itself writes: committed, and CI fails when they are stale.

use crate::failure::{Failure, cargo, output_of, read, root};

/// How cargo builds and starts the hub.
const BUILT_BY_CARGO: &[&str] = &["run", "--quiet", "--package", "albumen-hub", "--bin", "albumen-hub", "--"];

/// A committed file and the hub's command that prints it.
#[derive(Debug)]
pub(crate) struct Generated {
    /// From the workspace's root.
    path: &'static str,
    /// Arguments of `albumen-hub`.
    hub: &'static [&'static str],
    /// The command of ours that writes it.
    command: &'static str,
}

/// The description of `/api/v1`.
pub(crate) const OPENAPI: Generated =
    Generated { path: "docs/openapi.json", hub: &["openapi"], command: "openapi" };

/// Every setting with its default and what it does.
pub(crate) const CONFIG_SAMPLE: Generated =
    Generated { path: "docs/albumen.sample.toml", hub: &["config", "sample"], command: "config-sample" };

impl Generated {
    /// Writes what the hub prints now.
    pub(crate) fn write(&self) -> Result<String, Failure> {
        let path = root().join(self.path);
        #[expect(clippy::disallowed_methods, reason = "a file of the checkout: git is what keeps it safe")]
        std::fs::write(&path, self.fresh()?).map_err(|source| Failure::File { path, source })?;
        Ok(format!("{}: written", self.path))
    }

    /// Compares what is committed with what the hub prints now.
    pub(crate) fn check(&self) -> Result<String, Failure> {
        self.compare(&read(self.path)?, &self.fresh()?)
    }

    /// Asks the hub in the folder `ALBUMEN_PROGRAMS`, otherwise one that cargo builds first.
    fn fresh(&self) -> Result<String, Failure> {
        let built = std::env::var("ALBUMEN_PROGRAMS").ok().filter(|programs| !programs.is_empty());
        let text = match built {
            Some(programs) => output_of(&format!("{programs}/albumen-hub"), self.hub)?,
            None => output_of(&cargo(), &[BUILT_BY_CARGO, self.hub].concat())?,
        };
        if text.trim().is_empty() {
            let program = format!("albumen-hub {}", self.hub.join(" "));
            return Err(Failure::Answer { program, what: "nothing was printed".to_owned() });
        }
        Ok(format!("{}\n", text.trim_end()))
    }

    fn compare(&self, committed: &str, fresh: &str) -> Result<String, Failure> {
        if committed == fresh {
            return Ok(format!("{}: up to date", self.path));
        }
        let same = committed.lines().zip(fresh.lines()).take_while(|(old, new)| old == new).count();
        let [old, new] = [committed, fresh].map(|text| text.lines().nth(same).unwrap_or("(end of file)"));
        Err(Failure::Found(format!(
            "{}: stale, first at line {}\n  - {}\n  + {}\nmend: cargo xtask {}",
            self.path,
            same + 1,
            old.trim(),
            new.trim(),
            self.command
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_up_to_date() {
        assert_eq!(OPENAPI.compare("a\n", "a\n").unwrap(), "docs/openapi.json: up to date");
    }

    #[test]
    fn the_first_difference_and_the_remedy_are_told() {
        let failure = CONFIG_SAMPLE.compare("a = 1\nb = 2\n", "a = 1\nb = 3\n").unwrap_err();
        assert_eq!(
            failure.to_string(),
            "docs/albumen.sample.toml: stale, first at line 2\n  - b = 2\n  + b = 3\nmend: cargo xtask config-sample"
        );
    }

    #[test]
    fn a_shorter_file_differs_at_its_end() {
        let failure = OPENAPI.compare("a\n", "a\nb\n").unwrap_err();
        assert!(failure.to_string().contains("line 2\n  - (end of file)\n  + b\n"));
    }
}
