//! Jobs that go wrong cost themselves an answer and nobody else.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use media::sandbox::{Body, WorkerError, Workers, WorkersSettings};

use super::jobs::Misbehave;
use super::{misbehave, one_worker, reverse, settings};

/// What went wrong; then the pool must be as good as new.
async fn mishap(workers: &Workers, how: &str) -> WorkerError {
    let error = misbehave(workers, how).await.unwrap_err();
    assert_eq!(reverse(workers, &b"next"[..]).await.unwrap().answer, 4, "after {how:?}");
    error
}

#[tokio::test]
async fn a_panic_is_told_in_its_own_words() {
    let error = mishap(&one_worker(), "panic").await;
    assert!(matches!(&error, WorkerError::Crashed { signal: None, .. }), "{error:?}");
    assert!(error.to_string().contains("cannot make sense of this picture"), "{error}");
}

#[tokio::test]
async fn an_abort_and_a_runaway_recursion_are_told_by_their_signal() {
    let workers = one_worker();
    for how in ["abort", "overflow"] {
        let error = mishap(&workers, how).await;
        assert!(matches!(error, WorkerError::Crashed { signal: Some(6 | 11), .. }), "{how}: {error:?}");
    }
    let error = mishap(&workers, "exit").await;
    assert!(matches!(error, WorkerError::Crashed { signal: None, .. }), "{error:?}");
}

#[tokio::test]
async fn a_job_without_end_is_ended() {
    let job_time = Duration::from_millis(300);
    let workers = Workers::new(WorkersSettings { job_time, ..settings() });
    let error = misbehave(&workers, "hang").await.unwrap_err();
    assert!(matches!(error, WorkerError::TimedOut { limit } if limit == job_time), "{error:?}");
    // Also one that does not even listen, whose bytes nobody takes.
    let piece = Bytes::from(vec![0; 1 << 20]);
    let pieces = stream::iter(vec![piece; 32]).map(Ok::<_, std::convert::Infallible>);
    let body = Body::new(32 << 20, pieces);
    let error = workers.run::<Misbehave>(&"hang unread".to_owned(), body).await.unwrap_err();
    assert!(matches!(error, WorkerError::TimedOut { .. }), "{error:?}");
    assert_eq!(workers.idle_count(), 0);
}

#[tokio::test]
async fn a_bomb_bursts_inside_its_limit() {
    let error = mishap(&one_worker(), "bomb").await;
    assert!(
        matches!(error, WorkerError::OutOfMemory { limit_bytes } if limit_bytes == 256 << 20),
        "{error:?}"
    );
}

#[tokio::test]
async fn nonsense_is_not_believed() {
    let workers = one_worker();
    let all = ["garbage", "endless text", "deep text", "another number", "another shape", "many parts"];
    for how in all {
        // The numbers that the bad answers carry are those of a worker's first job.
        let fresh = one_worker();
        let error = mishap(&fresh, how).await;
        assert!(matches!(error, WorkerError::SpokeNonsense(_)), "{how}: {error:?}");
    }
    assert_eq!(reverse(&workers, &b"next"[..]).await.unwrap().answer, 4);
}

#[tokio::test]
async fn what_comes_out_is_limited_before_it_is_taken() {
    let workers = one_worker();
    for how in ["lying length", "giant"] {
        let error = mishap(&one_worker(), how).await;
        assert!(
            matches!(error, WorkerError::TooLarge { limit_bytes, .. } if limit_bytes == 4 << 20),
            "{error:?}"
        );
    }
    assert!(reverse(&workers, vec![0; 4 << 20]).await.is_ok());
    let error = reverse(&workers, vec![0; (4 << 20) + 1]).await.unwrap_err();
    assert!(matches!(error, WorkerError::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn a_worker_that_complains_without_end_is_heard_and_goes_on() {
    let workers = one_worker();
    let first = misbehave(&workers, "who").await.unwrap();
    misbehave(&workers, "chatter").await.unwrap();
    assert_eq!(misbehave(&workers, "who").await.unwrap(), first);
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_keeps_the_worker() {
    let workers = one_worker();
    let first = misbehave(&workers, "who").await.unwrap();
    let error = misbehave(&workers, "refuse").await.unwrap_err();
    assert!(matches!(&error, WorkerError::Refused(words) if words == "this is no picture"), "{error:?}");
    assert!(!error.may_retry());
    assert_eq!(misbehave(&workers, "who").await.unwrap(), first);
}
