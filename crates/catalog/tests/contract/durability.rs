//! What a server does about power cuts.

use catalog::durability;
use sqlx::{Connection as _, PgConnection};

use crate::common::Engine;

contract! {
    async fn settings_that_are_off_are_named(hub) {
        let off = look!(hub, tx => durability::switched_off(tx)).unwrap();
        if hub.engine == Engine::Sqlite {
            assert!(off.is_empty());
            return;
        }
        let mut connection = PgConnection::connect(&hub.url).await.unwrap();
        let mut expected = Vec::new();
        for name in ["fsync", "full_page_writes"] {
            let asked = sqlx::query_scalar("select current_setting($1)").bind(name);
            let setting: String = asked.fetch_one(&mut connection).await.unwrap();
            if setting == "off" {
                expected.push(name);
            }
        }
        // Each connection of ours asks for synchronous_commit itself.
        assert_eq!(off, expected);
    }
}
