//! Programs that run, and what they say.

use std::io::{Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};

use crate::until_some;

/// What a run printed, and its exit code.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Standard output as JSON, all of it.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON, {error}: {self:?}"))
    }

    /// Panics unless the run ended with this exit code.
    #[must_use]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "another exit code: {self:#?}");
        self
    }
}

/// Runs a command to its end with this text on standard input.
pub fn run(command: &mut Command, input: &str) -> Ran {
    RunningProgram::start(command, input).wait()
}

/// A program that runs. It is killed when dropped.
#[derive(Debug)]
pub struct RunningProgram {
    child: Child,
    out: Listening,
    err: Listening,
}

impl RunningProgram {
    /// Starts a command with this text on standard input.
    pub fn start(command: &mut Command, input: &str) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that does not read its input has closed it.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let out = Listening::to(child.stdout.take().expect("a pipe"));
        let err = Listening::to(child.stderr.take().expect("a pipe"));
        Self { child, out, err }
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.err.so_far()
    }

    /// What it wrote to standard output so far.
    pub fn printed(&self) -> String {
        self.out.so_far()
    }

    /// Waits until standard error has this text; panics when the program ends before.
    pub fn wait_until_said(&mut self, text: &str) {
        until_some(&format!("{text:?} on standard error"), || {
            // Asked first, so that the last words of a program that ended count.
            let ended = self.has_ended();
            let said = self.said();
            assert!(!ended || said.contains(text), "it ended without saying {text:?}:\n{said}");
            said.contains(text).then_some(())
        });
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_some()
    }

    /// Ends it at once, as a power cut would (SIGKILL), and says what came of it until then.
    pub fn kill(mut self) -> Ran {
        // It may have ended by itself; then this does nothing.
        let _ = self.child.kill();
        self.wait()
    }

    /// Its number among the system's processes.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end (SIGTERM).
    pub fn ask_to_end(&self) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process has a number");
        kill_process(id, Signal::TERM).expect("a signal for our own child, which nobody has waited for yet");
    }

    /// Waits until it ends; panics when it never does.
    pub fn wait(mut self) -> Ran {
        let status = self.wait_for_status();
        Ran { code: status.code(), out: self.out.all(), err: self.err.all() }
    }

    fn wait_for_status(&mut self) -> ExitStatus {
        until_some("the end of a program", || self.child.try_wait().expect("our own child"))
    }
}

impl Drop for RunningProgram {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes out of a pipe, growing.
#[derive(Debug)]
struct Listening {
    text: Arc<Mutex<String>>,
    reading: Option<JoinHandle<()>>,
}

impl Listening {
    fn to(mut pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&text);
        let reading = std::thread::spawn(move || {
            let mut buffer = [0u8; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                let words = String::from_utf8_lossy(&buffer[..count]);
                heard.lock().expect("nobody panics while listening").push_str(&words);
            }
        });
        Self { text, reading: Some(reading) }
    }

    fn so_far(&self) -> String {
        self.text.lock().expect("nobody panics while listening").clone()
    }

    /// Everything, once the pipe is closed.
    fn all(&mut self) -> String {
        if let Some(reading) = self.reading.take() {
            reading.join().expect("listening does not panic");
        }
        self.so_far()
    }
}
