//! Migrations: one layout on both engines, and refusals in words.

use std::sync::Arc;

use catalog::timeline::{self, MonthCount};
use catalog::{Catalog, Error, Page, users};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::common::{Engine, Hub, Place, open_sqlite, runtime};

/// Changes the database behind the catalog's back.
pub(crate) async fn meddle(hub: &Hub, text: &str) {
    match hub.engine {
        Engine::Sqlite => {
            hub.sqlite().execute_batch(text).unwrap();
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&hub.url).await.unwrap();
            connection.execute(AssertSqlSafe(text.to_owned())).await.unwrap();
        }
    }
}

async fn reopened(hub: &Hub) -> Result<Catalog, Error> {
    Catalog::open(&hub.url, Arc::clone(&hub.clock) as Arc<dyn domain::Clock>).await
}

contract! {
    async fn opening_again_changes_nothing(hub) {
        hub.user("anna").await;
        let again = Hub { catalog: reopened(&hub).await.unwrap(), ..Hub::open(hub.engine, &hub.url).await };
        assert_eq!(look!(again, tx => users::count(tx)).unwrap(), 1);
        again.catalog.close().await;
    }
}

contract! {
    async fn several_that_open_an_empty_database_at_once_agree(hub) {
        meddle(&hub, "drop table migrations").await;
        // Not empty, but without history: the layout is there already, and that is said, not hidden.
        assert!(reopened(&hub).await.is_err());
        let Some(place) = Place::new(hub.engine).await else { return };
        let opened = futures_util::future::join_all((0..4).map(|_| Hub::open(hub.engine, &place.url))).await;
        opened[0].user("anna").await;
        for hub in &opened {
            assert_eq!(look!(hub, tx => users::count(tx)).unwrap(), 1);
            hub.catalog.close().await;
        }
        place.remove().await;
    }
}

/// Takes back what steps 3 and 4 did.
const BEFORE_STEP_3: &str =
    "drop table item_decisions; drop index entries_stem; drop index entries_without_stem;
    alter table entries drop column stem_key; drop index assets_parts; drop index assets_live;
    drop index assets_burst; drop index assets_month;
    alter table assets drop column lead_id; alter table assets drop column part_role;
    alter table assets drop column part_rule; alter table assets drop column live_key;
    alter table assets drop column burst_key; alter table assets drop column chosen_at_ms;
    drop table asset_words; drop table descriptions;
    alter table assets drop column local_ms; alter table assets drop column month;
    alter table assets drop column width; alter table assets drop column height;
    alter table assets drop column duration_ms; alter table assets drop column thumbhash;
    delete from migrations where number >= 3";

contract! {
    async fn a_catalog_of_an_earlier_version_moves_on_with_everything_in_it(hub) {
        let (_, space) = hub.home().await;
        let id = hub.asset(space.id, "a", 1_720_000_000_000).await;
        meddle(&hub, BEFORE_STEP_3).await;
        let again = Hub { catalog: reopened(&hub).await.unwrap(), ..Hub::open(hub.engine, &hub.url).await };
        let spaces = [space.id];
        let months = look!(again, tx => timeline::months(tx, &spaces)).unwrap();
        assert_eq!(months, [MonthCount { month: None, assets: 1 }], "no month until somebody looks");
        let listed = look!(again, tx => timeline::month(tx, &spaces, None, &Page::first(9))).unwrap().items;
        assert_eq!((listed[0].id, listed[0].local_ms), (id, 1_720_000_000_000));
        again.catalog.close().await;
    }
}

contract! {
    async fn a_changed_step_is_refused_in_words(hub) {
        meddle(&hub, "update migrations set checksum = 'other' where number = 1").await;
        let error = reopened(&hub).await.unwrap_err();
        assert!(!error.is_retryable());
        let words = error.to_string();
        assert!(words.contains("step 1") && words.contains("changed after it had been applied"), "{words}");
    }
}

contract! {
    async fn a_newer_database_is_refused_in_words(hub) {
        meddle(&hub, "insert into migrations values (999, '0999_later.sql', 'x', 1)").await;
        let words = reopened(&hub).await.unwrap_err().to_string();
        assert!(words.contains("newer Albumen") && words.contains("0999_later.sql"), "{words}");
    }
}

#[test]
fn an_address_that_is_none_is_refused_in_words() {
    runtime().block_on(async {
        for url in ["", "mysql://x", "sqlite::memory:", "postgres//x", "/tmp/catalog.db"] {
            let clock = Arc::new(domain::SystemClock);
            let error = Catalog::open(url, clock).await.unwrap_err();
            assert!(error.to_string().contains("sqlite:///path"), "{url}: {error}");
        }
    });
}

#[test]
fn both_engines_have_the_same_columns() {
    runtime().block_on(async {
        let Some(postgres) = Place::new(Engine::Postgres).await else { return };
        let sqlite = Place::new(Engine::Sqlite).await.unwrap();
        let mut columns = Vec::new();
        for (engine, place) in [(Engine::Sqlite, &sqlite), (Engine::Postgres, &postgres)] {
            Hub::open(engine, &place.url).await.catalog.close().await;
            columns.push(columns_of(engine, &place.url).await);
            columns.last_mut().unwrap().sort();
        }
        assert!(columns[0].len() > 100, "{}", columns[0].len());
        assert_eq!(columns[0], columns[1]);
        postgres.remove().await;
    });
}

/// Every column as `table.column type null?`, with SQLite's words for types.
async fn columns_of(engine: Engine, url: &str) -> Vec<String> {
    match engine {
        Engine::Sqlite => {
            let connection = open_sqlite(url);
            let mut described = connection
                .prepare(
                    "select m.name || '.' || c.name || ' ' || lower(c.type) || ' ' || c.\"notnull\"
                    from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'",
                )
                .unwrap();
            described.raw_query().mapped(|row| row.get(0)).collect::<Result<_, _>>().unwrap()
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            let rows = connection
                .fetch_all(
                    "select table_name || '.' || column_name || ' ' || replace(data_type, 'bytea', 'blob') || ' '
                        || case is_nullable when 'NO' then '1' else '0' end as described
                    from information_schema.columns where table_schema = 'public'",
                )
                .await
                .unwrap();
            rows.iter().map(|row| row.get("described")).collect()
        }
    }
}
