//! `cargo xtask edges`: crates are dependency rules, and this is where the rules are kept.
//!
//! Three checks: arrows between our own crates, who may use which third-party crate, and which
//! crates stay pure Rust all the way down. Dev-dependencies are free: tests may look anywhere.

mod arrows;
mod pure;
mod table;

use std::fmt::Write as _;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::failure::{Failure, cargo, output_of, root};

/// A rule that is broken, with what a person needs to mend it.
#[derive(Debug, PartialEq, Eq)]
struct Broken {
    /// The arrow that must not be, such as `http-native → catalog`.
    arrow: String,
    /// What the rule protects.
    why: String,
    /// What to do instead.
    mend: String,
}

/// A package of the workspace and what it uses, dev-dependencies left out.
#[derive(Debug, Clone)]
struct Member {
    name: String,
    uses: Vec<String>,
}

/// Checks the workspace as it is.
pub(crate) fn run() -> Result<String, Failure> {
    let metadata = metadata()?;
    let members = members(&metadata);
    let mut broken = arrows::check(&members);
    let packages = pure::native_packages(&metadata);
    let mut trees = Vec::new();
    for target in table::PURE_TARGETS {
        trees.push((*target, pure::parse(&output_of(&cargo(), &pure::tree_command(target))?)));
    }
    broken.extend(pure::check(&trees, &packages));
    report(&broken, members.len())
}

/// Asks cargo what the workspace is made of.
fn metadata() -> Result<Metadata, Failure> {
    MetadataCommand::new()
        .cargo_path(cargo())
        .current_dir(root())
        .exec()
        .map_err(|error| Failure::Program { program: "cargo metadata".to_owned(), output: error.to_string() })
}

/// Our own packages with their normal and build dependencies.
fn members(metadata: &Metadata) -> Vec<Member> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| Member {
            name: package.name.to_string(),
            uses: package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .map(|dependency| dependency.name.clone())
                .collect(),
        })
        .collect()
}

fn report(broken: &[Broken], members: usize) -> Result<String, Failure> {
    if broken.is_empty() {
        return Ok(format!("edges: {members} crates, every arrow as ARCHITECTURE.md draws it"));
    }
    let mut text = format!("edges: {} broken\n", broken.len());
    for Broken { arrow, why, mend } in broken {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {arrow}\n    why:  {why}\n    mend: {mend}\n");
    }
    Err(Failure::Found(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_says_arrow_reason_and_remedy() {
        let broken = Broken { arrow: "a → b".into(), why: "because".into(), mend: "do this".into() };
        let failure = report(&[broken], 3).unwrap_err();
        assert_eq!(failure.to_string(), "edges: 1 broken\n\n  a → b\n    why:  because\n    mend: do this\n");
    }

    #[test]
    fn the_table_names_every_crate_of_this_workspace_and_no_other() {
        let members = members(&metadata().unwrap());
        let mut real: Vec<&str> = members.iter().filter_map(|member| table::short(&member.name)).collect();
        let mut listed: Vec<&str> = table::CRATES.iter().map(|rule| rule.name).collect();
        real.sort_unstable();
        listed.sort_unstable();
        assert_eq!(real, listed);
    }

    #[test]
    fn dev_dependencies_are_left_out() {
        let members = members(&metadata().unwrap());
        let native = members.iter().find(|member| member.name == "albumen-http-native").unwrap();
        assert!(native.uses.contains(&"albumen-library".to_owned()));
        assert!(!native.uses.contains(&"albumen-testkit".to_owned()));
    }
}
