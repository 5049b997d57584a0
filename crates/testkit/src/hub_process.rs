//! The hub as a program of its own, which can be killed.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::hub_binary;

/// What the first line on standard output begins with.
const FIRST_LINE: &str = "albumen-hub listening on http://";

/// What the line with the set-up code on standard error begins with.
const SETUP_CODE_LINE: &str = "Set-up code: ";

/// A hub that does not start, or does not say what a test waits for, within this time has failed it.
const PATIENCE: Duration = Duration::from_secs(90);

/// A hub that was asked to leave has to be gone after this time. That is its promise to whoever
/// manages it, not a matter of speed.
const LEAVE_TIME: Duration = Duration::from_secs(10);

/// How to start a hub. Every start uses it again, but with the port of the first.
#[derive(Debug, Clone)]
pub struct HubLaunch {
    binary: Option<PathBuf>,
    data_dir: PathBuf,
    listen: SocketAddr,
    flags: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
}

impl HubLaunch {
    /// On a free port of this machine, with everything in this folder.
    pub fn new(data_dir: &Path) -> Self {
        Self {
            binary: None,
            data_dir: data_dir.to_owned(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            flags: Vec::new(),
            variables: Vec::new(),
        }
    }

    /// This program instead of the one that lies next to the test.
    #[must_use]
    pub fn binary(mut self, path: impl Into<PathBuf>) -> Self {
        self.binary = Some(path.into());
        self
    }

    /// The catalog in this database instead of a file.
    #[must_use]
    pub fn catalog(self, url: &str) -> Self {
        self.flag("--catalog").flag(url)
    }

    /// One more word on the command line.
    #[must_use]
    pub fn flag(mut self, word: impl Into<OsString>) -> Self {
        self.flags.push(word.into());
        self
    }

    /// An environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Another address than a free port of this machine.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The command, before it is started: for tests that expect a refusal.
    pub fn command(&self) -> Command {
        let mut command = Command::new(self.binary.clone().unwrap_or_else(hub_binary));
        command.arg("serve").arg("--data").arg(&self.data_dir).arg("--listen").arg(self.listen.to_string());
        command.args(&self.flags).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts it and waits until it listens. Panics with everything it said when it does not.
    pub fn start(self) -> HubProcess {
        let running = Running::start(&self);
        HubProcess { launch: HubLaunch { listen: running.address, ..self }, running: Some(running) }
    }
}

/// A hub that runs, or was stopped and can be started again. It is killed when dropped.
#[derive(Debug)]
pub struct HubProcess {
    launch: HubLaunch,
    running: Option<Running>,
}

impl HubProcess {
    /// Starts the built hub with everything in this folder, on a free port of this machine.
    pub fn start(data_dir: &Path) -> Self {
        HubLaunch::new(data_dir).start()
    }

    /// Where it listens; the same after every restart.
    pub fn address(&self) -> SocketAddr {
        self.launch.listen
    }

    /// `http://ADDRESS:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The folder it keeps everything in.
    pub fn data_dir(&self) -> &Path {
        &self.launch.data_dir
    }

    /// The number of the process, for looking at its memory.
    pub fn process_id(&self) -> u32 {
        self.running().child.id()
    }

    /// The set-up code that it printed. Waits for it.
    pub fn setup_code(&self) -> String {
        self.running().said.wait_for(|said| {
            let line = said.split_inclusive('\n').find(|line| line.starts_with(SETUP_CODE_LINE))?;
            line.ends_with('\n').then(|| line[SETUP_CODE_LINE.len()..].trim().to_owned())
        })
    }

    /// Everything that it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.running().said.so_far()
    }

    /// Waits until standard error has this text.
    pub fn wait_until_said(&self, text: &str) {
        self.running().said.wait_for(|said| said.contains(text).then_some(()));
    }

    /// Ends it at once, as a power cut would (SIGKILL).
    pub fn kill(&mut self) {
        self.running.take().expect("a hub that runs").end(Signal::KILL);
    }

    /// Asks it to leave (SIGTERM) and waits until it did.
    pub fn terminate(&mut self) -> ExitStatus {
        self.running.take().expect("a hub that runs").end(Signal::TERM)
    }

    /// Asks it to leave and does not wait; [`HubProcess::wait`] does.
    pub fn ask_to_leave(&self) {
        self.running().signal(Signal::TERM);
    }

    /// Waits until it has left by itself.
    pub fn wait(&mut self) -> ExitStatus {
        self.wait_and_listen().0
    }

    /// Waits until it has left by itself; also gives everything that it said.
    pub fn wait_and_listen(&mut self) -> (ExitStatus, String) {
        let running = self.running.take().expect("a hub that runs");
        let said = running.said.clone();
        (running.wait(), said.wait_for_end())
    }

    /// Starts it again on the same folder and the same port; one that still runs is killed first.
    pub fn restart(&mut self) {
        if self.running.is_some() {
            self.kill();
        }
        self.running = Some(Running::start(&self.launch));
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("a hub that runs")
    }
}

/// One run of the program.
#[derive(Debug)]
struct Running {
    child: Child,
    address: SocketAddr,
    lines: Receiver<String>,
    said: Said,
}

impl Running {
    fn start(launch: &HubLaunch) -> Self {
        let mut command = launch.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let (sender, lines) = channel();
        let stdout = child.stdout.take().expect("a pipe");
        std::thread::spawn(move || forward_lines(stdout, &sender));
        let said = Said::default();
        let stderr = child.stderr.take().expect("a pipe");
        let listening = said.clone();
        std::thread::spawn(move || listening.collect(stderr));
        let mut running = Self { child, address: launch.listen, lines, said };
        running.address = running.first_line();
        running
    }

    fn first_line(&mut self) -> SocketAddr {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line
                .strip_prefix(FIRST_LINE)
                .and_then(|address| address.parse().ok())
                .unwrap_or_else(|| panic!("the first line should tell the address, but is {line:?}")),
            Err(RecvTimeoutError::Timeout) => {
                panic!("the hub does not listen; it said:\n{}", self.said.so_far())
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().expect("its exit status");
                let said = self.said.wait_for_end();
                panic!("the hub ended with {status} before it listened; it said:\n{said}");
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process has a number");
        kill_process(id, signal).expect("a signal for our own child, which nobody has waited for yet");
    }

    fn end(self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        self.wait()
    }

    fn wait(mut self) -> ExitStatus {
        // Its standard output ends when it does: that can be waited for with a limit.
        loop {
            match self.lines.recv_timeout(LEAVE_TIME) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the hub does not leave in time; it said:\n{}", self.said.so_far())
                }
            }
        }
        self.child.wait().expect("its exit status")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have left already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forward_lines(stdout: impl Read, lines: &Sender<String>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if lines.send(line).is_err() {
            return;
        }
    }
}

/// What the program wrote to standard error, growing.
#[derive(Debug, Clone, Default)]
struct Said(Arc<(Mutex<(String, bool)>, Condvar)>);

impl Said {
    fn collect(&self, mut stderr: impl Read) {
        let mut buffer = [0u8; 4096];
        while let Ok(count @ 1..) = stderr.read(&mut buffer) {
            self.lock().0.push_str(&String::from_utf8_lossy(&buffer[..count]));
            self.0.1.notify_all();
        }
        self.lock().1 = true;
        self.0.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, (String, bool)> {
        self.0.0.lock().expect("nobody panics while looking at it")
    }

    fn so_far(&self) -> String {
        self.lock().0.clone()
    }

    fn wait_for<T>(&self, mut find: impl FnMut(&str) -> Option<T>) -> T {
        let mut found = None;
        let (said, timeout) = self
            .0
            .1
            .wait_timeout_while(self.lock(), PATIENCE, |(said, ended)| {
                found = find(said);
                found.is_none() && !*ended
            })
            .expect("nobody panics while looking at it");
        let said_so_far = said.0.clone();
        drop(said);
        found.unwrap_or_else(|| {
            panic!("waited in vain (timed out: {}); the hub said:\n{said_so_far}", timeout.timed_out())
        })
    }

    fn wait_for_end(&self) -> String {
        let ended = self.0.1.wait_timeout_while(self.lock(), PATIENCE, |(_, ended)| !*ended);
        ended.expect("nobody panics while looking at it").0.0.clone()
    }
}
