//! Child processes: started so that they die with us, heard out, and ended.

use std::convert::Infallible;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStderr, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How much of what a child complains is kept, in bytes: the end of it.
const TAIL_MAX_BYTES: usize = 4096;

/// How long a child that has closed its output may take to be gone.
const LEAVE_TIME: Duration = Duration::from_secs(2);

type Task = Box<dyn FnOnce() + Send>;

/// Starts all children from one thread that lives as long as the program. Children ask the system
/// to be killed when their parent dies, and to Linux the parent is the *thread* that started them:
/// from a thread of a runtime they would die with the runtime's mood.
static STARTER: LazyLock<Option<Sender<Task>>> = LazyLock::new(|| {
    let (tasks, waiting) = channel::<Task>();
    let body = move || waiting.into_iter().for_each(|task| task());
    std::thread::Builder::new().name("child-starter".into()).spawn(body).ok().map(|_| tasks)
});

/// Starts a child. Needs a runtime that drives processes and I/O.
pub(super) async fn start(mut command: Command) -> io::Result<Child> {
    let (give, child) = oneshot::channel();
    let runtime = Handle::current();
    let task = Box::new(move || {
        let _inside = runtime.enter();
        // Whoever wanted it may be gone; then it is killed where it is dropped.
        let _ = give.send(command.spawn());
    });
    let no_thread = || io::Error::other("the machine gives no threads");
    STARTER.as_ref().ok_or_else(no_thread)?.send(task).map_err(|_| no_thread())?;
    child.await.map_err(|_| no_thread())?
}

/// What a child complains, of which the end is kept.
#[derive(Debug)]
pub(super) struct Complaints {
    from: Option<ChildStderr>,
    tail: Vec<u8>,
}

impl Complaints {
    pub(super) const fn new(from: Option<ChildStderr>) -> Self {
        Self { from, tail: Vec::new() }
    }

    /// Listens until it is dropped, so that the child never waits for somebody to hear it.
    pub(super) async fn listen(&mut self) -> Infallible {
        self.listen_to_end().await;
        std::future::pending().await
    }

    /// Listens until there is nothing more to come.
    pub(super) async fn listen_to_end(&mut self) {
        let mut piece = [0; 1024];
        while let Some(from) = &mut self.from {
            match from.read(&mut piece).await {
                Ok(0) | Err(_) => self.from = None,
                Ok(read) => keep_end(&mut self.tail, &piece[..read]),
            }
        }
    }

    /// The end of what was said, in one line without anything that could harm a terminal or a log.
    pub(super) fn words(&self) -> String {
        let text = String::from_utf8_lossy(&self.tail);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let line = lines.collect::<Vec<_>>().join("; ");
        line.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
    }
}

fn keep_end(tail: &mut Vec<u8>, piece: &[u8]) {
    tail.extend_from_slice(piece);
    let surplus = tail.len().saturating_sub(TAIL_MAX_BYTES);
    tail.drain(..surplus);
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    /// What ended it, when a signal did.
    pub(super) signal: Option<i32>,
    /// What it answered, when it ended by itself.
    pub(super) code: Option<i32>,
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        Self { signal: status.signal(), code: status.code() }
    }
}

/// Waits for the end of a child that is about to end by itself, and helps it when it does not.
pub(super) async fn ending(child: &mut Child, complaints: &mut Complaints) -> io::Result<Ending> {
    let by_itself = async {
        let (status, ()) = tokio::join!(child.wait(), complaints.listen_to_end());
        status
    };
    if let Ok(status) = tokio::time::timeout(LEAVE_TIME, by_itself).await {
        return Ok(status?.into());
    }
    child.kill().await?;
    Ok(child.wait().await?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_long_complaint_is_kept() {
        let mut tail = Vec::new();
        for _ in 0..100 {
            keep_end(&mut tail, &[b'a'; 1000]);
        }
        keep_end(&mut tail, b"the end");
        assert_eq!(tail.len(), TAIL_MAX_BYTES);
        assert!(tail.ends_with(b"the end"));
    }

    #[test]
    fn complaints_become_one_harmless_line() {
        let complaints = Complaints { from: None, tail: b"\x1b[31mred\r\n\n  two \xff\n".to_vec() };
        assert_eq!(complaints.words(), "?[31mred; two \u{fffd}");
    }

    #[tokio::test]
    async fn a_child_is_heard_out_and_its_ending_known() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo it hurts >&2; kill -9 $$"]).stderr(std::process::Stdio::piped());
        let mut child = start(command).await.unwrap();
        let mut complaints = Complaints::new(child.stderr.take());
        let ending = ending(&mut child, &mut complaints).await.unwrap();
        assert_eq!(ending, Ending { signal: Some(9), code: None });
        assert_eq!(complaints.words(), "it hurts");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_an_error() {
        assert!(start(Command::new("/nowhere/at/all")).await.is_err());
    }
}
