//! The group-commit writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use catalog::{Error, settings, spaces, users};
use futures_util::future::join_all;

use crate::common::Hub;

async fn number(tx: &mut catalog::Tx) -> catalog::Result<i64> {
    Ok(settings::get(tx, "number").await?.map_or(0, |text| text.parse().unwrap()))
}

async fn increment(tx: &mut catalog::Tx) -> catalog::Result<i64> {
    let next = number(tx).await? + 1;
    settings::set(tx, "number", &next.to_string()).await?;
    Ok(next)
}

contract! {
    async fn nothing_is_lost_among_sixty_four_writers_and_they_share_commits(hub) {
        let tasks = (0..64).map(|_| {
            let hub = hub.clone();
            async move {
                for _ in 0..10 {
                    put!(hub, tx => increment(tx)).unwrap();
                }
            }
        });
        join_all(tasks).await;
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 640);
        let pace = hub.catalog.pace();
        assert_eq!(pace.closures, 640);
        assert!(pace.largest_group > 1 && pace.groups < 640, "{pace:?}");
    }
}

/// Keeps the writer busy until everything else is queued, so that it all is one group.
pub(crate) async fn one_group<T>(hub: &Hub, queued: impl AsyncFnOnce() -> T) -> T {
    let (busy, is_busy) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = tokio::sync::oneshot::channel::<()>();
    let holder = async {
        hub.catalog
            .write(move |_tx| {
                Box::pin(async move {
                    busy.send(()).unwrap();
                    may_go_on.await.unwrap();
                    Ok::<_, Error>(())
                })
            })
            .await
            .unwrap();
    };
    let rest = async {
        is_busy.await.unwrap();
        let mut queued = std::pin::pin!(queued());
        // The first poll puts everything into the queue; the holder is let go after that.
        let first = futures_util::poll!(queued.as_mut());
        go_on.send(()).unwrap();
        match first {
            std::task::Poll::Ready(done) => done,
            std::task::Poll::Pending => queued.await,
        }
    };
    futures_util::future::join(holder, rest).await.1
}

contract! {
    async fn one_that_fails_or_panics_does_not_hurt_its_neighbours(hub) {
        let answers = one_group(&hub, async || {
            join_all((0..9).map(|index| {
                hub.catalog.write(move |tx| {
                    Box::pin(async move {
                        let next = increment(tx).await?;
                        match index % 3 {
                            0 => Ok(next),
                            1 => Err(Error::TooDeep),
                            _ => panic!("this closure panics on purpose"),
                        }
                    })
                })
            }))
            .await
        })
        .await;
        assert!(hub.catalog.pace().largest_group >= 9, "{:?}", hub.catalog.pace());
        for (index, answer) in answers.into_iter().enumerate() {
            match index % 3 {
                0 => assert_eq!(answer.unwrap(), i64::try_from(index / 3).unwrap() + 1),
                1 => assert!(matches!(answer, Err(Error::TooDeep))),
                _ => assert!(matches!(answer, Err(Error::Panicked))),
            }
        }
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 3);
    }
}

contract! {
    async fn a_statement_that_the_database_refuses_is_rolled_back_alone(hub) {
        let anna = hub.new_user("anna");
        let answers = one_group(&hub, async || {
            join_all((0..4).map(|index| {
                let anna = anna.clone();
                hub.catalog.write(move |tx| {
                    Box::pin(async move {
                        increment(tx).await?;
                        if index > 0 { users::insert(tx, &anna).await } else { Ok(()) }
                    })
                })
            }))
            .await
        })
        .await;
        assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, true, false, false]);
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 2);
    }
}

contract! {
    async fn one_that_is_alone_and_fails_leaves_nothing(hub) {
        let answer: Result<(), Error> = hub.catalog.write(|tx| Box::pin(async move {
            increment(tx).await?;
            Err(Error::FolderInItself)
        })).await;
        assert!(matches!(answer, Err(Error::FolderInItself)));
        let answer: Result<(), Error> =
            hub.catalog.write(|_tx| Box::pin(async move { panic!("this closure panics on purpose") })).await;
        assert!(matches!(answer, Err(Error::Panicked)));
        let answer: Result<(), Error> = hub.catalog.write(|_tx| panic!("even before its future")).await;
        assert!(matches!(answer, Err(Error::Panicked)));
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 0);
        put!(hub, tx => increment(tx)).unwrap();
    }
}

/// After a failed statement PostgreSQL answers a commit with a rollback, and no error.
async fn passes_over_a_failure(tx: &mut catalog::Tx) -> catalog::Result<i64> {
    let next = increment(tx).await?;
    let nobody = domain::UserId::from_bytes([9; 16]);
    let nowhere = domain::SpaceId::from_bytes([9; 16]);
    let refused = spaces::add_member(tx, nowhere, nobody, domain::SpaceRole::Viewer).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
    Ok(next)
}

contract! {
    async fn one_that_passes_over_a_failed_statement_is_not_told_that_it_is_committed(hub) {
        let alone = put!(hub, tx => passes_over_a_failure(tx));
        assert!(matches!(alone, Err(Error::Database(_))), "{alone:?}");
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 0);
        let (careless, neighbour) = one_group(&hub, async || {
            let careless = async { put!(hub, tx => passes_over_a_failure(tx)) };
            let neighbour = async { put!(hub, tx => increment(tx)) };
            futures_util::future::join(careless, neighbour).await
        })
        .await;
        assert!(matches!(careless, Err(Error::Database(_))), "{careless:?}");
        assert_eq!(neighbour.unwrap(), 1);
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 1);
    }
}

contract! {
    async fn a_caller_that_goes_away_does_not_stop_the_group(hub) {
        let ran = Arc::new(AtomicBool::new(false));
        let seen = ran.clone();
        let answer = one_group(&hub, async || {
            {
                let mut gone = std::pin::pin!(hub.catalog.write(move |tx| Box::pin(async move {
                    let next = increment(tx).await;
                    ran.store(true, Ordering::SeqCst);
                    next
                })));
                // Queued, then nobody wants to know any more.
                assert!(futures_util::poll!(gone.as_mut()).is_pending());
            }
            put!(hub, tx => increment(tx))
        })
        .await;
        assert_eq!(answer.unwrap(), 2);
        assert!(seen.load(Ordering::SeqCst));
    }
}

contract! {
    async fn a_read_is_a_snapshot_and_cannot_write(hub) {
        put!(hub, tx => increment(tx)).unwrap();
        let writer = hub.clone();
        let seen = hub.catalog.read(move |tx| Box::pin(async move {
            let before = number(tx).await?;
            put!(writer, tx => increment(tx))?;
            Ok::<_, Error>((before, number(tx).await?))
        })).await.unwrap();
        assert_eq!(seen, (1, 1));
        assert_eq!(look!(hub, tx => number(tx)).unwrap(), 2);
        assert!(look!(hub, tx => increment(tx)).is_err());
    }
}

contract! {
    async fn a_catalog_that_closes_finishes_what_is_queued(hub) {
        hub.catalog.ready().await.unwrap();
        let before = hub.catalog.pace().closures;
        let answers = one_group(&hub, async || {
            let writes = join_all((0..5).map(|_| async { put!(hub, tx => increment(tx)) }));
            let close = hub.catalog.close();
            futures_util::future::join(writes, close).await.0
        })
        .await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(hub.catalog.pace().closures, before + 6);
        assert!(matches!(put!(hub, tx => increment(tx)), Err(Error::Closed)));
        assert!(matches!(look!(hub, tx => number(tx)), Err(Error::Closed)));
        assert!(hub.catalog.ready().await.is_err());
    }
}

contract! {
    async fn two_catalogs_on_one_database_write_one_after_the_other(hub) {
        let other = Arc::new(Hub::open(hub.engine, &hub.url).await);
        let tasks = [&hub, &other].into_iter().cycle().take(16).map(|hub| async move {
            for _ in 0..10 {
                put!(hub, tx => increment(tx)).unwrap();
            }
        });
        join_all(tasks).await;
        assert_eq!(look!(other, tx => number(tx)).unwrap(), 160);
        other.catalog.close().await;
        let kind = if hub.engine == crate::common::Engine::Sqlite { catalog::Kind::Sqlite } else { catalog::Kind::Postgres };
        assert_eq!(hub.catalog.kind(), kind);
    }
}
