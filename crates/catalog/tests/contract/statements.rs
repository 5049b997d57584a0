//! Every statement prepares on both engines, and the hot ones never scan a table.

use std::collections::HashSet;
use std::fmt::Write as _;

use catalog::statements;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Postgres, Row as _, SqlSafeStr as _,
};

use crate::common::{Engine, Hub, Place, open_sqlite, runtime};

contract! {
    async fn every_statement_prepares(hub) {
        for length in [1, 2, 500] {
            for statement in statements::all(length) {
                let prepared = match hub.engine {
                    Engine::Sqlite => {
                        hub.sqlite().prepare(&statement.text).map(drop).map_err(|error| error.to_string())
                    }
                    Engine::Postgres => {
                        let text = AssertSqlSafe(statement.text.clone()).into_sql_str();
                        let mut connection = PgConnection::connect(&hub.url).await.unwrap();
                        let types = vec![<Vec<u8> as sqlx::Type<Postgres>>::type_info(); untyped(&statement)];
                        let prepared = connection.prepare_with(text, &types).await;
                        prepared.map(drop).map_err(|error| error.to_string())
                    }
                };
                prepared.unwrap_or_else(|error| panic!("{}: {error}\n{}", statement.name, statement.text));
            }
        }
    }
}

/// How many parameters PostgreSQL cannot find the types of by itself: those of lists of wanted
/// values, which all are bytes. (The catalog always says the types of what it binds.)
fn untyped(statement: &statements::Statement) -> usize {
    if statement.text.contains(" as (values ") { statement.text.matches('$').count() } else { 0 }
}

/// Broke? SQL belongs into `src/sql/`, inside `statements!`, in a module that `sql::NOUNS` lists:
/// only there is it prepared on both engines by the test above.
#[test]
fn the_registry_knows_every_statement() {
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let known: HashSet<_> = statements::all(1).iter().map(|statement| statement.name.to_owned()).collect();
    let mut declared = HashSet::new();
    for file in std::fs::read_dir(format!("{sources}/sql")).unwrap() {
        let path = file.unwrap().path();
        let noun = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let word = line.trim_start().split([' ', '=']).next().unwrap_or_default();
            let is_constant = line.starts_with("    ") && !line.starts_with("     ") && line.contains(" = ");
            if noun != "mod" && is_constant && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
                declared.insert(format!("{noun}::{word}"));
            }
        }
    }
    assert_eq!(declared, known);
    assert!(known.len() > 90, "{}", known.len());
    for file in std::fs::read_dir(sources).unwrap() {
        let path = file.unwrap().path();
        // Transactions, the table of migrations itself and the lock are commands, not statements.
        let exempt =
            ["tx.rs", "writer.rs", "migrate.rs", "connect.rs", "sqlite.rs"].map(std::ffi::OsStr::new);
        if path.is_dir() || exempt.contains(&path.file_name().unwrap()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for word in ["\"select ", "\"insert ", "\"update ", "\"delete ", "\"with "] {
            assert!(!text.contains(word), "{} holds SQL", path.display());
        }
    }
}

/// The statements that run for every item, page or call.
const HOT: [&str; 28] = [
    "tokens::BY_SECRET",
    "offers::LIVE",
    "offers::DELETED",
    "entries::CHILD",
    "entries::CHILDREN",
    "entries::FILES_OF",
    "entries::SENT_BEFORE",
    "entries::SENT_COUNTS",
    "entries::TAKEN",
    "entries::FOLDERS_ABOVE",
    "assets::BY_TIME",
    "assets::STANDING",
    "albums::ITEMS",
    "items::BESIDE",
    "items::SHARING",
    "items::MEMBERS",
    "items::PLACES",
    "items::DECISIONS",
    "items::PARTS_OF",
    "items::COUNT_PARTS",
    "jobs::LEASE",
    "jobs::LEASE_NEWEST_OF",
    "changes::AFTER",
    "timeline::MONTHS",
    "timeline::MONTH",
    "descriptions::FORGET_WORDS",
    "trash::LIST",
    "uploads::GET",
];

/// Broke? Read the plan in the new snapshot. A `SCAN` of a table means that the statement reads every
/// row of it: give it an index in a new migration, or write it in another way.
#[test]
fn the_hot_statements_walk_indexes_on_sqlite() {
    runtime().block_on(async {
        let place = Place::new(Engine::Sqlite).await.unwrap();
        Hub::open(Engine::Sqlite, &place.url).await.catalog.close().await;
        let connection = open_sqlite(&place.url);
        let mut plans = String::new();
        for statement in hot() {
            let mut explain = connection.prepare(&format!("explain query plan {}", statement.text)).unwrap();
            let steps = explain.raw_query().mapped(|row| row.get("detail"));
            let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
            writeln!(plans, "{}", statement.name).unwrap();
            for step in steps {
                let scans = step.starts_with("SCAN") && !HARMLESS_SCANS.contains(&step.as_str());
                assert!(!scans, "{} scans: {step}", statement.name);
                writeln!(plans, "  {step}").unwrap();
            }
        }
        insta::assert_snapshot!(plans);
    });
}

/// Walks over what a statement brought along itself.
const HARMLESS_SCANS: [&str; 9] = [
    "SCAN w",
    "SCAN wanted",
    "SCAN r",
    "SCAN readable",
    "SCAN 2-ROW VALUES CLAUSE",
    "SCAN 2 CONSTANT ROWS",
    "SCAN CONSTANT ROW",
    "SCAN a",
    "SCAN above",
];

fn hot() -> Vec<statements::Statement> {
    let found: Vec<_> =
        statements::all(2).into_iter().filter(|statement| HOT.contains(&statement.name)).collect();
    assert_eq!(found.len(), HOT.len());
    found
}

/// PostgreSQL chooses by statistics; with sequential scans made dear, a plan that still has one has
/// no index to use. Only the nodes are kept: costs change from version to version.
#[test]
fn the_hot_statements_have_indexes_on_postgres() {
    runtime().block_on(async {
        let Some(place) = Place::new(Engine::Postgres).await else { return };
        Hub::open(Engine::Postgres, &place.url).await.catalog.close().await;
        let mut connection = PgConnection::connect(&place.url).await.unwrap();
        connection.execute("set enable_seqscan = off").await.unwrap();
        connection.execute("set plan_cache_mode = force_generic_plan").await.unwrap();
        for (index, statement) in hot().into_iter().enumerate() {
            let types = vec!["bytea"; untyped(&statement)].join(", ");
            let types = if types.is_empty() { types } else { format!("({types})") };
            let prepare = format!("prepare hot{index} {types} as {}", statement.text);
            connection.execute(AssertSqlSafe(prepare)).await.unwrap();
            let count: i64 = sqlx::query_scalar(
                "select cast(cardinality(parameter_types) as bigint) from pg_prepared_statements where name = $1",
            )
            .bind(format!("hot{index}"))
            .fetch_one(&mut connection)
            .await
            .unwrap();
            let nulls = vec!["null"; usize::try_from(count).unwrap()].join(", ");
            let call = if count == 0 { String::new() } else { format!("({nulls})") };
            let explain = format!("explain (costs off) execute hot{index}{call}");
            let rows = connection.fetch_all(AssertSqlSafe(explain)).await.unwrap();
            let steps: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            let scan = steps.iter().find(|step| step.contains("Seq Scan"));
            assert!(scan.is_none(), "{} scans: {}", statement.name, steps.join("\n"));
        }
        place.remove().await;
    });
}
