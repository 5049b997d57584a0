//! Good jobs and bad ones.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Command;

use media::sandbox::{Done, Input, Job, Refusal};

/// Gives the bytes back from the end to the beginning, and how many there were.
pub(crate) struct Reverse;

impl Job for Reverse {
    const NAME: &'static str = "reverse";
    type Question = ();
    type Answer = u64;
    fn run((): (), input: &mut Input<'_>) -> Result<Done<u64>, Refusal> {
        let mut bytes = input.read_all()?;
        bytes.reverse();
        Ok(Done::new(bytes.len() as u64).with("reversed", bytes))
    }
}

/// Does what is asked for, none of which is good.
pub(crate) struct Misbehave;

impl Job for Misbehave {
    const NAME: &'static str = "misbehave";
    type Question = String;
    type Answer = u64;
    fn run(how: String, input: &mut Input<'_>) -> Result<Done<u64>, Refusal> {
        match how.as_str() {
            "who" => return Ok(Done::new(u64::from(std::process::id()))),
            "panic" => panic!("cannot make sense of this picture"),
            "abort" => std::process::abort(),
            "exit" =>
            {
                #[expect(clippy::disallowed_methods, reason = "libraries of decoders do such things")]
                std::process::exit(0)
            }
            "overflow" => drop(deeper(&[0; 4096])),
            "hang" => loop {
                std::hint::spin_loop();
            },
            "hang unread" => {
                input.read_exact(&mut [0; 1])?;
                loop {
                    std::hint::spin_loop();
                }
            }
            "bomb" => {
                // Also written to: memory that is only asked for costs nothing.
                let pieces: Vec<Vec<u8>> = (1..=255).map(|value| vec![value; 64 << 20]).collect();
                return Ok(Done::new(pieces.iter().map(|piece| u64::from(piece[0])).sum()));
            }
            "garbage" => say(b"JFIF: this is not what we agreed on\n")?,
            "endless text" => say(b"albm\xff\xff\xff\xff")?,
            "deep text" => say_frame(&"[".repeat(1 << 16))?,
            "another number" => {
                say_frame(r#"{"number":999,"outcome":{"done":{"answer":1,"parts":[]}}}"#)?;
            }
            "another shape" => {
                say_frame(r#"{"number":1,"outcome":{"done":{"answer":"seven","parts":[]}}}"#)?;
            }
            "many parts" => {
                let parts = vec![r#"{"name":"x","length_bytes":0}"#; 17].join(",");
                say_frame(&format!(
                    r#"{{"number":1,"outcome":{{"done":{{"answer":1,"parts":[{parts}]}}}}}}"#
                ))?;
            }
            "lying length" => {
                let part = r#"{"name":"x","length_bytes":18446744073709551615}"#;
                say_frame(&format!(
                    r#"{{"number":1,"outcome":{{"done":{{"answer":1,"parts":[{part}]}}}}}}"#
                ))?;
            }
            "giant" => return Ok(Done::new(1).with("giant", vec![7; 8 << 20])),
            "chatter" => {
                for _ in 0..1000 {
                    writeln!(io::stderr(), "{}", "complaint ".repeat(100))?;
                }
            }
            "refuse" => return Err(Refusal("this is no picture".to_owned())),
            other => return Err(Refusal(format!("what is {other:?}?"))),
        }
        Ok(Done::new(1))
    }
}

#[expect(unconditional_recursion, reason = "that is the point")]
fn deeper(above: &[u8; 4096]) -> u8 {
    let here = [above[0].wrapping_add(1); 4096];
    deeper(&here).wrapping_add(std::hint::black_box(here[17]))
}

fn say(bytes: &[u8]) -> io::Result<()> {
    // Standard output itself is locked by the worker, in this very thread.
    io::stdout().write_all(bytes)?;
    io::stdout().flush()
}

fn say_frame(text: &str) -> io::Result<()> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes();
    say(&[b"albm", &length[..], text.as_bytes()].concat())
}

/// Tries something that a worker must not do, and says how that went: the system's word.
pub(crate) struct Attempt;

impl Job for Attempt {
    const NAME: &'static str = "attempt";
    type Question = String;
    type Answer = Result<String, String>;
    fn run(what: String, _: &mut Input<'_>) -> Result<Done<Self::Answer>, Refusal> {
        let tried = match what.as_str() {
            "read a file" => File::open("/etc/passwd").map(|_| ()),
            "list a folder" => std::fs::read_dir("/").map(|_| ()),
            "write a file" => File::create("/tmp/albumen-escaped").map(|_| ()),
            "look at a file" => std::fs::metadata("/etc/passwd").map(|_| ()),
            "connect" => TcpStream::connect("127.0.0.1:9").map(|_| ()),
            "listen" => TcpListener::bind("127.0.0.1:0").map(|_| ()),
            "send datagrams" => UdpSocket::bind("127.0.0.1:0").map(|_| ()),
            "make a local socket" => UnixStream::pair().map(|_| ()),
            "run a program" => Command::new("/bin/true").spawn().map(|_| ()),
            // The one process that is certain to be there.
            "signal somebody" => {
                rustix::process::test_kill_process(rustix::process::Pid::INIT).map_err(Into::into)
            }
            "get more memory back" => {
                let most = rustix::process::Rlimit { current: None, maximum: None };
                rustix::process::setrlimit(rustix::process::Resource::Data, most).map_err(Into::into)
            }
            "start a thread" => std::thread::Builder::new()
                .name("decoder".into())
                .spawn(|| 1 + 1)
                .map(|thread| drop(thread.join())),
            other => return Err(Refusal(format!("what is {other:?}?"))),
        };
        Ok(Done::new(tried.map(|()| "done".to_owned()).map_err(|error| error.kind().to_string())))
    }
}
