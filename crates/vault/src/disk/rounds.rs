//! Group commit: whoever comes first leads a round, whoever comes while it runs waits for the next.
//!
//! The leader is a task of the blocking pool, not one of the callers: a caller that gives up (its
//! client has hung up) neither stops the round nor leaves the others waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The queue for the next round, and whether one is running.
#[derive(Debug)]
pub(super) struct Rounds<Job, Answer> {
    queue: Arc<Mutex<Queue<Job, Answer>>>,
}

#[derive(Debug)]
struct Queue<Job, Answer> {
    waiting: Vec<(Job, oneshot::Sender<Answer>)>,
    is_running: bool,
}

impl<Job, Answer> Default for Rounds<Job, Answer> {
    fn default() -> Self {
        Self { queue: Arc::new(Mutex::new(Queue { waiting: Vec::new(), is_running: false })) }
    }
}

impl<Job: Send + 'static, Answer: Send + 'static> Rounds<Job, Answer> {
    /// Joins the next round and waits for its answer. `run` does one round, whoever's it is, so all
    /// callers pass the same; it gets at least one job and answers each, in order. `None` when the round panicked or the runtime is shutting down.
    /// Once this was polled the job is done, also when the future is dropped.
    pub(super) async fn join(
        &self,
        job: Job,
        run: impl Fn(Vec<Job>) -> Vec<Answer> + Send + 'static,
    ) -> Option<Answer> {
        let (answer_to, answer) = oneshot::channel();
        let must_lead = {
            let mut queue = lock(&self.queue);
            queue.waiting.push((job, answer_to));
            !std::mem::replace(&mut queue.is_running, true)
        };
        if must_lead {
            let lead = Lead { queue: Arc::clone(&self.queue), is_done: false };
            // Its end is seen through the answers.
            drop(tokio::task::spawn_blocking(move || lead.run(run)));
        }
        answer.await.ok()
    }
}

fn lock<Job, Answer>(queue: &Mutex<Queue<Job, Answer>>) -> MutexGuard<'_, Queue<Job, Answer>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The duty to run rounds until nobody waits. Dropping it without (a runtime that shuts down) frees
/// everybody who waits, with no answer.
struct Lead<Job, Answer> {
    queue: Arc<Mutex<Queue<Job, Answer>>>,
    is_done: bool,
}

impl<Job, Answer> Lead<Job, Answer> {
    fn run(mut self, run: impl Fn(Vec<Job>) -> Vec<Answer>) {
        loop {
            let waiting = {
                let mut queue = lock(&self.queue);
                if queue.waiting.is_empty() {
                    queue.is_running = false;
                    self.is_done = true;
                    return;
                }
                std::mem::take(&mut queue.waiting)
            };
            let (jobs, answers_to): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
            // A panic costs its own round the answers, and nothing else.
            let answers = catch_unwind(AssertUnwindSafe(|| run(jobs))).unwrap_or_default();
            for (answer_to, answer) in answers_to.into_iter().zip(answers) {
                // Nobody there: the caller gave up, the work is done all the same.
                drop(answer_to.send(answer));
            }
        }
    }
}

impl<Job, Answer> Drop for Lead<Job, Answer> {
    fn drop(&mut self) {
        if self.is_done {
            // Another leader may be at work already.
            return;
        }
        let mut queue = lock(&self.queue);
        queue.is_running = false;
        queue.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn jobs_that_come_during_a_round_share_the_next_one() {
        let rounds = Rounds::<u32, usize>::default();
        let (begun, has_begun) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let may_go_on = Mutex::new(may_go_on);
        let run = move |jobs: Vec<u32>| {
            begun.send(()).unwrap();
            may_go_on.lock().unwrap().recv().unwrap();
            vec![jobs.len(); jobs.len()]
        };
        let mut first = Box::pin(rounds.join(0, run));
        assert!(futures_util::poll!(first.as_mut()).is_pending());
        has_begun.recv().unwrap();
        let mut others: Vec<_> = (1..=5).map(|job| Box::pin(rounds.join(job, |_| Vec::new()))).collect();
        for other in &mut others {
            assert!(futures_util::poll!(other.as_mut()).is_pending());
        }
        // One gives up while waiting: the round does its job all the same.
        drop(others.pop());
        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        assert_eq!(first.await, Some(1));
        assert_eq!(join_all(others).await, vec![Some(5); 4]);
    }

    #[tokio::test]
    async fn a_panic_frees_those_who_wait_and_the_next_job_leads_again() {
        let rounds = Rounds::<u32, u32>::default();
        let run = |jobs: Vec<u32>| if jobs == [1] { panic!("as ordered") } else { jobs };
        assert_eq!(rounds.join(1, run).await, None);
        assert_eq!(rounds.join(2, run).await, Some(2));
    }

    #[test]
    fn a_runtime_that_shuts_down_leaves_nobody_waiting() {
        let rounds = Rounds::<u32, u32>::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let handle = runtime.handle().clone();
        runtime.shutdown_background();
        let _inside = handle.enter();
        let mut joining = Box::pin(rounds.join(1, |jobs| jobs));
        let answer = futures_util::FutureExt::now_or_never(&mut joining);
        assert_eq!(answer, Some(None));
    }
}
