//! Which crates stay pure Rust: the resolved tree below them, as `cargo tree` prints it, must hold
//! nothing that compiles or links anything else.
//!
//! `cargo metadata` resolves the features of the whole workspace at once; `cargo tree -p` resolves
//! them for the asked packages alone, which is what a phone app gets.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Metadata;

use super::Broken;
use super::table::{DECLARATIONS_ONLY, NATIVE, PURE, short};

/// One line of the tree: a package and its way down from one of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Branch {
    /// From the asked package to this one, names only.
    way: Vec<String>,
    /// `name version`, as in [`native_packages`].
    package: String,
}

/// The arguments that make cargo print the tree below the pure crates, for one target.
pub(super) fn tree_command(target: &str) -> Vec<&str> {
    let mut command =
        vec!["tree", "--edges", "normal,build", "--prefix", "depth", "--format", "{p}", "--target", target];
    for name in PURE {
        command.extend(["--package", name]);
    }
    command
}

/// Reads `cargo tree --prefix depth`: a depth, then `name vVERSION …`. Other lines (blank ones, headings)
/// say nothing about packages.
pub(super) fn parse(tree: &str) -> Vec<Branch> {
    let mut way: Vec<String> = Vec::new();
    let mut branches = Vec::new();
    for line in tree.lines() {
        let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(depth) = line[..digits].parse::<usize>() else { continue };
        let mut words = line[digits..].split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        way.truncate(depth);
        way.push(name.to_owned());
        let package = format!("{name} {}", version.trim_start_matches('v'));
        branches.push(Branch { way: way.clone(), package });
    }
    branches
}

/// Every package that says that it links a native library (`links` in its manifest): `name version` to
/// the library.
pub(super) fn native_packages(metadata: &Metadata) -> BTreeMap<String, String> {
    metadata
        .packages
        .iter()
        .filter_map(|package| {
            let links = package.links.clone()?;
            Some((format!("{} {}", package.name, package.version), links))
        })
        .collect()
}

/// What is not Rust in the trees (one for each target), each package once, with the first way it came. What
/// such a package itself brings is not told: it goes with it.
pub(super) fn check(trees: &[(&str, Vec<Branch>)], links: &BTreeMap<String, String>) -> Vec<Broken> {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut broken = Vec::new();
    for (target, tree) in trees {
        for branch in tree {
            let Some(what) = native(branch, links) else { continue };
            if branch.way.iter().any(|name| known.contains(name.as_str())) {
                continue;
            }
            known.extend(branch.way.last().map(String::as_str));
            broken.push(foreign(branch, &what, target));
        }
    }
    broken
}

fn foreign(branch: &Branch, what: &str, target: &str) -> Broken {
    let brought_by = branch.way.iter().find(|name| short(name).is_none()).map_or("it", String::as_str);
    Broken {
        arrow: branch.way.iter().map(|name| short(name).unwrap_or(name)).collect::<Vec<_>>().join(" → "),
        why: format!("{what} (for {target}), and this crate is compiled into phone apps"),
        mend: format!(
            "turn off the feature of `{brought_by}` that brings it, choose a pure Rust crate, or move it behind a \
             feature that is off by default"
        ),
    }
}

fn native(branch: &Branch, links: &BTreeMap<String, String>) -> Option<String> {
    let name = branch.way.last()?.as_str();
    if DECLARATIONS_ONLY.contains(&name) {
        return None;
    }
    if let Some(library) = links.get(&branch.package) {
        return Some(format!("`{name}` links `{library}`"));
    }
    if NATIVE.contains(&name) || name.starts_with("aws-lc") {
        return Some(format!("`{name}` compiles code that is not Rust"));
    }
    name.ends_with("-sys").then(|| format!("`{name}` declares a C library"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
0albumen-agent v0.1.0 (/a/b)
1albumen-client v0.1.0 (/a/c)
2reqwest v0.13.5
3rustls v0.23.1
4ring v0.17.14
[build-dependencies]
5cc v1.11.1
1rustix v1.1.2
2linux-raw-sys v0.12.1
1rustls v0.23.1 (*)

0albumen-domain v0.1.0 (/a/d)
1sha2 v0.11.0";

    fn found(tree: &str, links: &[(&str, &str)]) -> Vec<String> {
        let links = links.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        check(&[("some-target", parse(tree))], &links).into_iter().map(|broken| broken.arrow).collect()
    }

    #[test]
    fn the_way_down_is_told() {
        assert_eq!(found(TREE, &[]), ["agent → client → reqwest → rustls → ring"]);
    }

    #[test]
    fn a_package_is_told_once_whatever_the_way_and_the_target() {
        let tree = "0albumen-agent v0.1.0\n1reqwest v0.13.5\n2ring v0.17.14\n1rustls v0.23.1\n2ring v0.17.14";
        let broken = check(&[("a", parse(tree)), ("b", parse(tree))], &BTreeMap::new());
        assert_eq!(broken.len(), 1);
        assert!(broken[0].why.contains("(for a)"));
        assert!(broken[0].mend.contains("the feature of `reqwest`"));
    }

    #[test]
    fn a_second_root_starts_anew() {
        let branches = parse(TREE);
        assert_eq!(branches.last().unwrap().way, ["albumen-domain", "sha2"]);
        assert_eq!(branches.last().unwrap().package, "sha2 0.11.0");
    }

    #[test]
    fn links_counts_for_that_version_only() {
        let tree = "0albumen-domain v0.1.0\n1zstd v2.0.0\n1old v1.0.0";
        assert_eq!(found(tree, &[("zstd 2.0.0", "zstd"), ("old 0.9.0", "old")]), ["domain → zstd"]);
    }

    #[test]
    fn declarations_written_in_rust_are_fine_and_real_sys_crates_are_not() {
        let tree = "0albumen-domain v0.1.0\n1linux-raw-sys v0.12.1\n1security-framework-sys v2.0.0";
        assert_eq!(found(tree, &[]), ["domain → security-framework-sys"]);
    }

    #[test]
    fn the_asked_packages_are_the_pure_ones() {
        let command = tree_command("t");
        assert_eq!(command.iter().filter(|word| **word == "--package").count(), PURE.len());
        assert!(command.contains(&"albumen-agent") && command.contains(&"t"));
    }
}
