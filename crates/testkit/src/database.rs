//! Databases that live as long as one test.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use domain::{OsRandom, Random as _};

use crate::postgres_server;

/// A new, empty database on the server of `ALBUMEN_TEST_POSTGRES`.
#[derive(Debug)]
pub struct FreshDatabase {
    server: String,
    name: String,
    dropped: bool,
}

impl FreshDatabase {
    /// Makes one. `None` when there is no server; say so with [`crate::skip_or_fail`].
    pub async fn make() -> Option<Self> {
        let server = postgres_server()?;
        let mut number = [0u8; 8];
        OsRandom.fill(&mut number);
        let name = format!("albumen_test_{:016x}", u64::from_le_bytes(number));
        run(&server, format!("create database {name}")).await;
        Some(Self { server, name, dropped: false })
    }

    /// Its address.
    pub fn url(&self) -> String {
        let (address, rest) = match self.server.split_once('?') {
            Some((address, rest)) => (address, format!("?{rest}")),
            None => (self.server.as_str(), String::new()),
        };
        let (scheme, authority) = address.split_once("://").expect("postgres://…");
        let authority = authority.split('/').next().unwrap_or(authority);
        format!("{scheme}://{authority}/{}{rest}", self.name)
    }

    /// Runs statements in it, behind the catalog's back.
    pub async fn run(&self, statements: &str) {
        run(&self.url(), statements.to_owned()).await;
    }

    /// Drops it, with everybody who is still connected.
    pub async fn drop_now(mut self) {
        self.dropped = true;
        run(&self.server, drop_statement(&self.name)).await;
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        if self.dropped {
            return;
        }
        // A test that fails does not get to the end: drop the database on a thread of its own,
        // because this one may be inside a runtime.
        let (server, statement) = (self.server.clone(), drop_statement(&self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(&server, statement));
        });
        // The server may be gone by now, and its databases with it.
        let _ = dropping.join();
    }
}

fn drop_statement(name: &str) -> String {
    format!("drop database if exists {name} with (force)")
}

/// The names in these statements are our own.
async fn run(url: &str, statements: String) {
    let mut connection =
        PgConnection::connect(url).await.expect("the server of ALBUMEN_TEST_POSTGRES answers");
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.expect("the statement works");
    connection.close().await.expect("the connection closes");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_has_the_new_name_in_the_place_of_the_old() {
        let url = |server: &str| {
            FreshDatabase { server: server.to_owned(), name: "fresh".to_owned(), dropped: true }.url()
        };
        assert_eq!(url("postgres://me@host:5433/postgres"), "postgres://me@host:5433/fresh");
        assert_eq!(url("postgres://me@host"), "postgres://me@host/fresh");
        assert_eq!(url("postgres://host/x?sslmode=disable"), "postgres://host/fresh?sslmode=disable");
    }
}
