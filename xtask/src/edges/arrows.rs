//! Which crate uses which: direct normal and build dependencies against the table.

use super::table::{CRATES, CrateRule, KEEPERS, Keeper, Uses, short};
use super::{Broken, Member};

/// Every arrow that the table does not draw.
pub(super) fn check(members: &[Member]) -> Vec<Broken> {
    members.iter().flat_map(check_member).collect()
}

fn check_member(member: &Member) -> Vec<Broken> {
    let name = short(&member.name).unwrap_or(&member.name);
    let Some(rule) = CRATES.iter().find(|rule| rule.name == name) else {
        return vec![unknown_crate(name)];
    };
    member.uses.iter().filter_map(|used| ours(rule, used).or_else(|| theirs(rule, used))).collect()
}

fn unknown_crate(name: &str) -> Broken {
    Broken {
        arrow: format!("{name} → ?"),
        why: "a new crate must name the edge it forbids; without one, it is a module".to_owned(),
        mend: format!("add `{name}` to xtask/src/edges/table.rs and to ARCHITECTURE.md, or make it a module"),
    }
}

/// The arrow to another crate of ours, when it is not drawn.
fn ours(rule: &CrateRule, used: &str) -> Option<Broken> {
    let used = short(used)?;
    let name = rule.name;
    let arrow = format!("{name} → {used}");
    let (allowed, drawn) = match &rule.may_use {
        Uses::Only(crates) => (crates.contains(&used), crates.join(", ")),
        Uses::Anything => return None,
    };
    let for_tests_only =
        CRATES.iter().any(|other| other.name == used && matches!(other.may_use, Uses::Anything));
    if allowed {
        return None;
    }
    if for_tests_only {
        let mend = format!("move `{used}` to [dev-dependencies] of {name}");
        return Some(Broken { arrow, why: "what only tests need must not ship".to_owned(), mend });
    }
    let drawn = if drawn.is_empty() { "nothing of ours".to_owned() } else { drawn };
    let mend = format!(
        "take `{used}` out of {name}'s Cargo.toml ({name} may use {drawn}); move what needs it to where the \
         arrow exists, or hand the value in"
    );
    Some(Broken { arrow, why: rule.why.to_owned(), mend })
}

/// The arrow to somebody else's crate that has another home.
fn theirs(rule: &CrateRule, used: &str) -> Option<Broken> {
    if matches!(rule.may_use, Uses::Anything) {
        return None;
    }
    let keeper = KEEPERS.iter().find(|keeper| keeps(keeper, used))?;
    if keeper.kept_by.contains(&rule.name) {
        return None;
    }
    let mend = match keeper.kept_by {
        [] => format!("take `{used}` out of {}; see deny.toml for what is used in its place", rule.name),
        homes => {
            format!("`{used}` belongs to {}: call what that crate offers, or add it there", homes.join(", "))
        }
    };
    Some(Broken { arrow: format!("{} → {used}", rule.name), why: keeper.why.to_owned(), mend })
}

fn keeps(keeper: &Keeper, package: &str) -> bool {
    keeper.packages.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(start) => package.starts_with(start),
        None => package == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrows(graph: &[(&str, &[&str])]) -> Vec<String> {
        let members: Vec<Member> = graph
            .iter()
            .map(|(name, uses)| Member {
                name: (*name).to_owned(),
                uses: uses.iter().map(|used| (*used).to_owned()).collect(),
            })
            .collect();
        check(&members).into_iter().map(|broken| broken.arrow).collect()
    }

    #[test]
    fn the_drawn_arrows_pass() {
        let none: [String; 0] = [];
        assert_eq!(
            arrows(&[
                ("albumen-domain", &["sha2", "serde"]),
                ("albumen-catalog", &["albumen-domain", "sqlx"]),
                ("albumen-library", &["albumen-catalog", "albumen-vault", "albumen-media", "albumen-domain"]),
                ("albumen-http-native", &["albumen-library", "albumen-wire", "albumen-http-kit", "axum"]),
                ("albumen-client", &["albumen-wire", "reqwest"]),
                ("albumen-agent", &["albumen-client", "redb"]),
                ("albumen-testkit", &["albumen-hub", "albumen-client", "reqwest"]),
            ]),
            none
        );
    }

    #[test]
    fn an_adapter_may_not_look_behind_the_library() {
        for store in ["albumen-catalog", "albumen-vault", "albumen-media"] {
            let found = arrows(&[("albumen-http-native", &["albumen-library", store])]);
            assert_eq!(found, [format!("http-native → {}", short(store).unwrap())]);
        }
    }

    #[test]
    fn stores_do_not_know_each_other_nor_the_device_the_hub() {
        assert_eq!(arrows(&[("albumen-vault", &["albumen-catalog"])]), ["vault → catalog"]);
        assert_eq!(arrows(&[("albumen-catalog", &["albumen-vault"])]), ["catalog → vault"]);
        assert_eq!(arrows(&[("albumen-agent", &["albumen-library"])]), ["agent → library"]);
        assert_eq!(arrows(&[("albumen-domain", &["albumen-wire"])]), ["domain → wire"]);
    }

    #[test]
    fn third_party_crates_stay_in_their_homes() {
        let graph: &[(&str, &[&str])] = &[
            ("albumen-library", &["sqlx-core", "axum", "infer"]),
            ("albumen-cli", &["reqwest", "redb"]),
            ("albumen-catalog", &["openssl-sys"]),
        ];
        assert_eq!(
            arrows(graph),
            [
                "library → sqlx-core",
                "library → axum",
                "library → infer",
                "cli → reqwest",
                "cli → redb",
                "catalog → openssl-sys"
            ]
        );
    }

    #[test]
    fn a_crate_for_tests_is_sent_to_the_dev_dependencies() {
        let member = Member { name: "albumen-library".into(), uses: vec!["albumen-testkit".into()] };
        let broken = check(&[member]);
        assert_eq!(broken[0].mend, "move `testkit` to [dev-dependencies] of library");
    }

    #[test]
    fn a_new_crate_must_say_which_edge_it_forbids() {
        assert_eq!(arrows(&[("albumen-sharing", &[])]), ["sharing → ?"]);
    }

    #[test]
    fn the_remedy_names_the_file_and_what_is_allowed() {
        let member = Member { name: "albumen-http-kit".into(), uses: vec!["albumen-catalog".into()] };
        let broken = check(&[member]);
        assert!(broken[0].mend.contains("`catalog` out of http-kit's Cargo.toml"));
        assert!(broken[0].mend.contains("may use domain, library"));
    }
}
