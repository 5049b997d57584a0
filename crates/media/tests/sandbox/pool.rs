//! The pool: warm workers, limits, cancellation, endings.

use std::convert::Infallible;
use std::io::BufRead as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use media::sandbox::{Body, WorkerError, Workers, WorkersSettings};

use super::jobs::{Misbehave, Reverse};
use super::{lives, misbehave, one_worker, reverse, settings, until};

#[tokio::test]
async fn bytes_go_in_and_an_answer_and_bytes_come_out() {
    let workers = one_worker();
    let pieces: Vec<Bytes> = (0..50_u8).map(|value| Bytes::from(vec![value; 60_000])).collect();
    let mut expected = pieces.concat();
    expected.reverse();
    let pieces = stream::iter(pieces).map(Ok::<_, Infallible>);
    let done = workers.run::<Reverse>(&(), Body::new(3_000_000, pieces)).await.unwrap();
    assert_eq!(done.answer, 3_000_000);
    assert_eq!((done.parts.len(), done.parts[0].name.as_str()), (1, "reversed"));
    assert!(done.parts[0].bytes == expected);
    assert_eq!(reverse(&workers, &b""[..]).await.unwrap().answer, 0);
}

#[tokio::test]
async fn jobs_may_run_in_tasks_of_their_own() {
    let workers = one_worker();
    let tasks = tokio_util::task::TaskTracker::new();
    let pieces = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"abc"))]).boxed();
    let job = async move { workers.run::<Reverse>(&(), Body::new(3, pieces)).await };
    assert_eq!(tasks.spawn(job).await.unwrap().unwrap().parts[0].bytes, b"cba");
}

#[tokio::test]
async fn a_worker_is_kept_for_the_next_job_and_replaced_after_many() {
    let workers = Workers::new(WorkersSettings { jobs_per_worker: 3, ..settings() });
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(misbehave(&workers, "who").await.unwrap());
    }
    assert!(seen[0] == seen[2] && seen[3] == seen[5], "{seen:?}");
    assert!(seen[2] != seen[3] && seen[5] != seen[6], "{seen:?}");
    assert!(!lives(seen[0]) && !lives(seen[3]) && lives(seen[6]), "{seen:?}");
}

#[tokio::test]
async fn a_worker_with_nothing_to_do_is_ended_and_the_next_job_gets_a_new_one() {
    let workers = Workers::new(WorkersSettings { idle_time: Duration::from_millis(1), ..settings() });
    for _ in 0..2 {
        let first = misbehave(&workers, "who").await.unwrap();
        until(|| workers.idle_count() == 0 && !lives(first)).await;
    }
}

#[tokio::test]
async fn a_worker_that_died_while_it_had_nothing_to_do_costs_no_job_its_answer() {
    let workers = one_worker();
    let first = misbehave(&workers, "who").await.unwrap();
    let first_id = rustix::process::Pid::from_raw(i32::try_from(first).unwrap()).unwrap();
    rustix::process::kill_process(first_id, rustix::process::Signal::KILL).unwrap();
    until(|| !lives(first)).await;
    assert_ne!(misbehave(&workers, "who").await.unwrap(), first);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_a_byte_is_read() {
    let workers = one_worker();
    let never = stream::pending::<Result<Bytes, Infallible>>();
    let refused = workers.run::<Reverse>(&(), Body::new((64 << 20) + 1, never)).await;
    assert!(matches!(refused, Err(WorkerError::TooLarge { .. })), "{refused:?}");
}

#[tokio::test]
async fn bytes_that_cannot_be_read_are_not_the_pictures_fault() {
    let workers = one_worker();
    let short = vec![Ok(Bytes::from_static(b"abc"))];
    let long = vec![Ok(Bytes::from_static(b"abcdefghijk"))];
    let torn = vec![Ok(Bytes::from_static(b"abc")), Err(std::io::Error::other("the disk is gone"))];
    for pieces in [short, long, torn] {
        let pieces = stream::iter(pieces);
        let error = workers.run::<Reverse>(&(), Body::new(10, pieces)).await.unwrap_err();
        assert!(matches!(error, WorkerError::Source(_)) && error.may_retry(), "{error:?}");
    }
    assert_eq!(reverse(&workers, &b"whole"[..]).await.unwrap().answer, 5);
}

#[tokio::test]
async fn dropping_a_job_ends_its_worker_and_frees_its_place() {
    let workers = one_worker();
    let first = misbehave(&workers, "who").await.unwrap();
    let was_read = AtomicBool::new(false);
    let pieces = stream::iter([Bytes::from_static(b"x"), Bytes::from(vec![0; 32 << 20])]).map(|piece| {
        // Asked for the second piece: the first has been sent.
        was_read.store(piece.len() > 1, Ordering::Relaxed);
        Ok::<_, Infallible>(piece)
    });
    let how = "hang unread".to_owned();
    let body = Body::new((32 << 20) + 1, pieces);
    {
        let mut job = Box::pin(workers.run::<Misbehave>(&how, body));
        while !was_read.load(Ordering::Relaxed) {
            assert!(job.as_mut().now_or_never().is_none(), "it hangs");
            tokio::task::yield_now().await;
        }
    }
    until(|| !lives(first)).await;
    assert_ne!(misbehave(&workers, "who").await.unwrap(), first);
}

#[tokio::test]
async fn a_hundred_jobs_of_which_each_seventh_crashes_leave_the_others_done() {
    let workers = Workers::new(WorkersSettings { workers_max: 3, ..settings() });
    let jobs = (0..100_u32).map(|number| {
        let workers = workers.clone();
        async move {
            if number % 7 == 0 {
                let how = ["panic", "abort", "garbage", "exit"][(number / 7 % 4) as usize];
                return (number, misbehave(&workers, how).await.map(|_| 0));
            }
            let done = reverse(&workers, vec![7; number as usize * 1000]).await;
            (number, done.map(|done| done.answer))
        }
    });
    for (number, outcome) in join_all(jobs).await {
        if number % 7 == 0 {
            outcome.unwrap_err();
        } else {
            assert_eq!(outcome.unwrap(), u64::from(number) * 1000);
        }
    }
    assert!(workers.idle_count() <= 3);
}

#[tokio::test]
async fn a_closed_pool_has_no_workers_and_takes_no_jobs() {
    let workers = one_worker();
    let worker = misbehave(&workers, "who").await.unwrap();
    workers.close().await;
    assert!(!lives(worker));
    assert!(matches!(misbehave(&workers, "who").await, Err(WorkerError::Closed)));
    workers.close().await;
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_said_so() {
    let launcher = media::sandbox::Launcher::new("/nowhere/at/all".into());
    let workers = Workers::new(WorkersSettings { launcher, ..settings() });
    let error = reverse(&workers, &b""[..]).await.unwrap_err();
    assert!(matches!(error, WorkerError::NotStarted(_)) && error.may_retry(), "{error:?}");
    let launcher = media::sandbox::Launcher::new("/bin/true".into());
    let workers = Workers::new(WorkersSettings { launcher, ..settings() });
    let error = reverse(&workers, &b""[..]).await.unwrap_err();
    assert!(matches!(error, WorkerError::Crashed { .. }), "{error:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_in_the_middle_of_a_job_dies_with_the_hub() {
    let program = env!("CARGO_BIN_EXE_media-worker-for-tests");
    let mut hub = Command::new(program).arg("hub").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufReader::new(hub.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let worker: u64 = line.trim().parse().unwrap();
    // Well in the middle: it has computed for a while, in hundredths of a second.
    until(|| processor_ticks(worker) > 20).await;
    hub.kill().unwrap();
    hub.wait().unwrap();
    until(|| !lives(worker)).await;
}

/// How long a process has computed: the fourteenth field (proc(5)), the eleventh behind its name.
#[cfg(target_os = "linux")]
fn processor_ticks(id: u64) -> u64 {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    line.rsplit(')').next().unwrap().split_whitespace().nth(11).unwrap().parse().unwrap()
}
