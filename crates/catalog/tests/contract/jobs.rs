//! Jobs.

use std::collections::HashMap;
use std::sync::Mutex;

use catalog::jobs;
use catalog::jobs::{JobCounts, NewJob};

use crate::common::Hub;

fn new_job(hub: &Hub, kind: &str, key: Option<&str>, run_at_ms: i64) -> NewJob {
    NewJob {
        id: hub.ids.fresh(),
        kind: kind.to_owned(),
        payload: format!("for {kind} at {run_at_ms}"),
        dedupe_key: key.map(str::to_owned),
        run_at_ms,
    }
}

async fn enqueue(hub: &Hub, kind: &str, key: Option<&str>, run_at_ms: i64) -> bool {
    let job = new_job(hub, kind, key, run_at_ms);
    put!(hub, tx => jobs::enqueue(tx, &job)).unwrap()
}

async fn lease(hub: &Hub, now_ms: i64) -> Option<jobs::Job> {
    put!(hub, tx => jobs::lease(tx, &[], now_ms, now_ms + 100)).unwrap()
}

contract! {
    async fn jobs_of_a_kind_are_counted_up_to_a_bound(hub) {
        for number in 0..4 {
            enqueue(&hub, if number == 0 { "make" } else { "describe" }, None, number * 1000).await;
        }
        let _ = lease(&hub, 5000).await;
        for (kind, most, expected) in [("describe", 9, 3), ("describe", 2, 2), ("make", 9, 1), ("sleep", 9, 0)] {
            assert_eq!(look!(hub, tx => jobs::count_of(tx, kind, most)).unwrap(), expected, "{kind} {most}");
        }
    }
}

contract! {
    async fn a_job_is_given_out_in_time_and_again_when_its_worker_vanished(hub) {
        assert!(enqueue(&hub, "late", None, 50).await && enqueue(&hub, "early", None, 20).await);
        assert_eq!(lease(&hub, 10).await, None);
        let early = lease(&hub, 60).await.unwrap();
        assert_eq!((early.kind.as_str(), early.payload.as_str(), early.attempts), ("early", "for early at 20", 1));
        assert_eq!(early.leased_until_ms, 160);
        let counts = look!(hub, tx => jobs::counts(tx, 60)).unwrap();
        assert_eq!(counts, JobCounts { ready: 1, waiting: 0, leased: 1 });
        let late = lease(&hub, 60).await.unwrap();
        assert_eq!(lease(&hub, 160).await, None);
        let again = lease(&hub, 161).await.unwrap();
        assert_eq!((again.id, again.attempts), (early.id, 2));
        // The vanished worker comes back: it has nothing to say any more.
        let stale = early.clone();
        assert!(!put!(hub, tx => jobs::complete(tx, &stale)).unwrap());
        assert!(!put!(hub, tx => jobs::retry_at(tx, &early, 0, "too late")).unwrap());
        assert!(put!(hub, tx => jobs::complete(tx, &again)).unwrap());
        assert!(put!(hub, tx => jobs::retry_at(tx, &late, 900, "no ro\0om")).unwrap());
        let counts = look!(hub, tx => jobs::counts(tx, 899)).unwrap();
        assert_eq!(counts, JobCounts { ready: 0, waiting: 1, leased: 0 });
        assert_eq!(lease(&hub, 900).await.unwrap().attempts, 2);
    }
}

contract! {
    async fn what_came_last_is_taken_first_where_that_is_asked_for(hub) {
        for run_at_ms in [3, 1, 2, 99] {
            enqueue(&hub, "describe", None, run_at_ms).await;
        }
        enqueue(&hub, "sweep", None, 4).await;
        for expected in ["for describe at 3", "for describe at 2", "for describe at 1"] {
            let job = put!(hub, tx => jobs::lease_newest(tx, &["describe"], 5, 10)).unwrap().unwrap();
            assert_eq!(job.payload, expected);
        }
        assert_eq!(put!(hub, tx => jobs::lease_newest(tx, &["describe"], 5, 10)).unwrap(), None);
    }
}

contract! {
    async fn what_a_vanished_worker_had_can_be_taken_at_once(hub) {
        enqueue(&hub, "describe", None, 1).await;
        enqueue(&hub, "sweep", None, 2).await;
        let had = lease(&hub, 5).await.unwrap();
        assert!(lease(&hub, 5).await.is_some());
        assert_eq!(put!(hub, tx => jobs::give_back(tx, &["describe", "make"])).unwrap(), 1);
        assert_eq!(lease(&hub, 6).await.unwrap().id, had.id);
        assert_eq!(lease(&hub, 6).await, None, "the other kind is still leased");
    }
}

contract! {
    async fn a_worker_takes_the_kinds_it_knows(hub) {
        enqueue(&hub, "describe", None, 1).await;
        enqueue(&hub, "sweep", None, 2).await;
        let sweep = put!(hub, tx => jobs::lease(tx, &["sweep", "scrub"], 5, 10)).unwrap().unwrap();
        assert_eq!(sweep.kind, "sweep");
        assert_eq!(put!(hub, tx => jobs::lease(tx, &["scrub"], 5, 10)).unwrap(), None);
    }
}

contract! {
    async fn one_job_per_key_and_once_more_when_asked_during_the_work(hub) {
        assert!(enqueue(&hub, "describe", Some("k"), 50).await);
        assert!(!enqueue(&hub, "describe", Some("k"), 30).await);
        assert!(!enqueue(&hub, "describe", Some("k"), 70).await);
        assert!(enqueue(&hub, "describe", Some("other"), 500).await);
        let job = lease(&hub, 30).await.unwrap();
        assert_eq!(job.payload, "for describe at 70");
        assert!(!enqueue(&hub, "describe", Some("k"), 31).await);
        assert!(!put!(hub, tx => jobs::complete(tx, &job)).unwrap());
        let more = lease(&hub, 31).await.unwrap();
        assert_eq!((more.payload.as_str(), more.attempts), ("for describe at 31", 1));
        assert!(put!(hub, tx => jobs::complete(tx, &more)).unwrap());
        assert_eq!(lease(&hub, 31).await, None);
    }
}

contract! {
    async fn eight_workers_get_each_job_exactly_once(hub) {
        for index in 0..120 {
            enqueue(&hub, &format!("{index}"), None, index % 7).await;
        }
        let given = Mutex::new(HashMap::<String, u32>::new());
        let worker = || async {
            while let Some(job) = lease(&hub, 10).await {
                *given.lock().unwrap().entry(job.kind.clone()).or_default() += 1;
            }
        };
        futures_util::future::join_all((0..8).map(|_| worker())).await;
        let given = given.into_inner().unwrap();
        assert_eq!(given.len(), 120);
        assert!(given.values().all(|&times| times == 1));
    }
}
