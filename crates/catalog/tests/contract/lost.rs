//! PostgreSQL goes away and comes back: callers are told, and everything goes on by itself.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use catalog::{Error, settings};
use futures_util::future::join_all;
use sqlx::{Connection as _, PgConnection};

use crate::common::{Engine, Hub, Place, runtime, server};

/// A server of this test's own, which it may kill.
struct Server {
    folder: String,
    url: String,
}

fn script(arguments: &[&str]) -> String {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
    let output = Command::new(script)
        .args(arguments)
        // What survives a kill must have reached the disk.
        .env("ALBUMEN_TEST_POSTGRES_FSYNC", "on")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

impl Server {
    fn start() -> Self {
        let printed = script(&["start"]);
        let mut lines = printed.lines().map(str::to_owned);
        Self { folder: lines.next().unwrap(), url: lines.next().unwrap() }
    }

    fn kill(&self) {
        script(&["kill", &self.folder]);
    }

    fn restart(&self) {
        script(&["restart", &self.folder]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        script(&["stop", &self.folder]);
    }
}

async fn write(hub: &Hub, value: &str) -> Result<(), Error> {
    let value = value.to_owned();
    put!(hub, tx => settings::set(tx, "value", &value))
}

async fn read(hub: &Hub) -> Result<Option<String>, Error> {
    look!(hub, tx => settings::get(tx, "value"))
}

#[test]
fn a_lost_server_is_told_and_a_returned_one_is_used() {
    if server().is_none() {
        eprintln!("SKIPPED: no PostgreSQL; run it with scripts/postgres.sh run COMMAND");
        return;
    }
    let server = Server::start();
    runtime().block_on(async {
        let place = Place::on_server(&server.url).await;
        let hub = Arc::new(Hub::open(Engine::Postgres, &place.url).await);
        write(&hub, "before").await.unwrap();
        let readers = join_all((0..8).map(|_| read(&hub))).await;
        assert!(readers.iter().all(Result::is_ok));

        server.kill();
        for _ in 0..2 {
            for error in [write(&hub, "lost").await.unwrap_err(), read(&hub).await.unwrap_err()] {
                assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
                assert!(error.is_retryable());
            }
        }
        assert!(hub.catalog.ready().await.is_err());

        server.restart();
        // The writer rests for a moment between attempts; a caller simply tries again.
        while let Err(error) = write(&hub, "after").await {
            assert!(error.is_retryable(), "{error:?}");
            tokio::task::yield_now().await;
        }
        assert_eq!(read(&hub).await.unwrap().as_deref(), Some("after"));
        hub.catalog.ready().await.unwrap();

        // Restarted between two calls: nobody notices.
        server.kill();
        server.restart();
        write(&hub, "unnoticed").await.unwrap();
        let readers = join_all((0..8).map(|_| read(&hub))).await;
        assert!(
            readers.iter().all(|value| matches!(value, Ok(Some(value)) if value == "unnoticed")),
            "{readers:?}"
        );
        hub.catalog.close().await;
        place.remove().await;
    });
}

/// Ends the writer's own session from outside, in the middle of its transaction.
async fn cut_the_writer(url: &str) {
    let mut outside = PgConnection::connect(url).await.unwrap();
    // Told from readers, which may be ending their snapshots, by the lock that only writers take.
    let cut: Vec<bool> = sqlx::query_scalar(
        "select pg_terminate_backend(s.pid) from pg_stat_activity s join pg_locks l on l.pid = s.pid
        where s.datname = current_database() and s.application_name = 'albumen' and l.locktype = 'advisory'",
    )
    .fetch_all(&mut outside)
    .await
    .unwrap();
    assert_eq!(cut, [true]);
    // Terminating is a signal; the session's end is what counts.
    while sqlx::query(
        "select 1 from pg_stat_activity s join pg_locks l on l.pid = s.pid
        where s.datname = current_database() and s.application_name = 'albumen' and l.locktype = 'advisory'",
    )
    .fetch_optional(&mut outside)
    .await
    .unwrap()
    .is_some()
    {}
}

#[test]
fn a_failed_commit_answers_everybody_and_keeps_nothing() {
    runtime().block_on(async {
        let Some(place) = Place::new(Engine::Postgres).await else { return };
        let hub = Arc::new(Hub::open(Engine::Postgres, &place.url).await);
        for neighbours in [0, 5] {
            let answers = crate::writer::one_group(&hub, async || {
                let last = neighbours;
                join_all((0..=neighbours).map(|index| {
                    let url = place.url.clone();
                    hub.catalog.write(move |tx| {
                        Box::pin(async move {
                            settings::set(tx, &format!("{index}"), "x").await?;
                            if index == last {
                                cut_the_writer(&url).await;
                            }
                            if index == 1 { Err(Error::TooDeep) } else { Ok(()) }
                        })
                    })
                }))
                .await
            })
            .await;
            for (index, answer) in answers.into_iter().enumerate() {
                match answer.unwrap_err() {
                    Error::TooDeep => assert_eq!(index, 1, "its own error is what it can act on"),
                    error => assert!(index != 1 && matches!(error, Error::Unavailable(_)), "{error:?}"),
                }
            }
            for index in 0..=neighbours {
                let kept = look!(hub, tx => settings::get(tx, &format!("{index}"))).unwrap();
                assert_eq!(kept, None);
            }
            write(&hub, "goes on by itself").await.unwrap();
        }
        hub.catalog.close().await;
        place.remove().await;
    });
}

#[test]
fn what_was_acknowledged_survives_a_kill_in_the_middle_of_writing() {
    if server().is_none() {
        eprintln!("SKIPPED: no PostgreSQL; run it with scripts/postgres.sh run COMMAND");
        return;
    }
    let server = Server::start();
    runtime().block_on(async {
        let place = Place::on_server(&server.url).await;
        let hub = Arc::new(Hub::open(Engine::Postgres, &place.url).await);
        let (some_done, wait_for_some) = tokio::sync::oneshot::channel();
        let writing = {
            let hub = hub.clone();
            async move {
                let (mut acknowledged, mut some_done) = (Vec::new(), Some(some_done));
                for number in 0.. {
                    let name = format!("{number}");
                    match put!(hub, tx => settings::set(tx, &name, "x")) {
                        Ok(()) => acknowledged.push(number),
                        Err(error) => {
                            assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
                            return acknowledged;
                        }
                    }
                    if acknowledged.len() == 50 {
                        some_done.take().unwrap().send(()).unwrap();
                    }
                }
                acknowledged
            }
        };
        let killing = async {
            wait_for_some.await.unwrap();
            tokio::task::block_in_place(|| server.kill());
        };
        let (acknowledged, ()) = futures_util::future::join(writing, killing).await;
        assert!(acknowledged.len() >= 50);
        server.restart();
        for number in acknowledged {
            let name = format!("{number}");
            while let Err(error) = look!(hub, tx => settings::get(tx, "any")) {
                assert!(error.is_retryable(), "{error:?}");
            }
            assert!(look!(hub, tx => settings::get(tx, &name)).unwrap().is_some(), "{number} was lost");
        }
        hub.catalog.close().await;
        place.remove().await;
    });
}
