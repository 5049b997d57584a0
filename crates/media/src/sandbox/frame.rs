//! What a worker and the pool say to each other over the worker's standard input and output.
//!
//! A frame is four letters, the length of a JSON text (four bytes, little endian), and that text. It
//! may be followed by raw bytes, whose lengths the text gives. First the worker says [`Hello`]; then
//! each [`Request`] is answered by one [`Answer`]. The end of its input ends a worker.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::Protections;

/// Changes with everything in this file.
pub(super) const VERSION: u32 = 1;

/// The longest JSON text, in bytes.
pub(super) const TEXT_MAX_BYTES: usize = 1 << 20;

/// The most byte parts of an answer.
pub(super) const PARTS_MAX: usize = 16;

const MAGIC: [u8; 4] = *b"albm";

/// The worker is ready.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Hello {
    pub(super) version: u32,
    pub(super) protections: Protections,
}

/// What to do. The bytes follow.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Given back in the answer: an answer to something else is not taken for this one's.
    pub(super) number: u64,
    pub(super) job: String,
    pub(super) question: Value,
    pub(super) length_bytes: u64,
}

/// What came out. The parts' bytes follow in order.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) number: u64,
    pub(super) outcome: Outcome,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Done { answer: Value, parts: Vec<PartHeader> },
    Refused { words: String },
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PartHeader {
    pub(super) name: String,
    pub(super) length_bytes: u64,
}

/// A frame as bytes.
pub(super) fn encode(frame: &impl Serialize) -> io::Result<Vec<u8>> {
    let text = serde_json::to_vec(frame)?;
    let length = u32::try_from(text.len()).ok().filter(|_| text.len() <= TEXT_MAX_BYTES);
    let length = length.ok_or_else(|| io::Error::other(format!("a text of {} bytes", text.len())))?;
    Ok([&MAGIC, &length.to_le_bytes()[..], &text].concat())
}

/// The worker's side. `None` at the end of the input.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut start = [0; 8];
    let first = from.read(&mut start)?;
    if first == 0 {
        return Ok(None);
    }
    from.read_exact(&mut start[first..])?;
    let mut text = vec![0; text_length(start)?];
    from.read_exact(&mut text)?;
    Ok(Some(serde_json::from_slice(&text)?))
}

/// The worker's side.
pub(super) fn write(to: &mut impl Write, frame: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(frame)?)
}

/// The pool's side, which believes nothing: [`io::ErrorKind::InvalidData`] for what is no frame,
/// [`io::ErrorKind::UnexpectedEof`] when the worker is gone.
pub(super) async fn receive<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> io::Result<T> {
    let mut start = [0; 8];
    from.read_exact(&mut start).await?;
    let mut text = vec![0; text_length(start)?];
    from.read_exact(&mut text).await?;
    serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn text_length(start: [u8; 8]) -> io::Result<usize> {
    let [a, b, c, d, length @ ..] = start;
    let nonsense = |words: String| Err(io::Error::new(io::ErrorKind::InvalidData, words));
    if [a, b, c, d] != MAGIC {
        return nonsense("this is no frame".to_owned());
    }
    match usize::try_from(u32::from_le_bytes(length)) {
        Ok(length) if length <= TEXT_MAX_BYTES => Ok(length),
        _ => nonsense(format!("a text of {} bytes", u32::from_le_bytes(length))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request { number: 7, job: "describe".into(), question: Value::Null, length_bytes: 3 }
    }

    #[tokio::test]
    async fn a_frame_arrives_as_it_was_sent_on_both_sides() {
        let bytes = encode(&request()).unwrap();
        let read: Request = read(&mut &bytes[..]).unwrap().unwrap();
        assert_eq!((read.number, read.length_bytes), (7, 3));
        let received: Request = receive(&mut &bytes[..]).await.unwrap();
        assert_eq!(received.job, "describe");
    }

    #[tokio::test]
    async fn nonsense_and_endings_are_told_apart() {
        let good = encode(&request()).unwrap();
        let mut huge = good.clone();
        huge[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut no_json = good.clone();
        no_json[8] = b'x';
        for bytes in [&b"hello, world"[..], &huge, &no_json] {
            let kind = receive::<Request>(&mut &*bytes).await.unwrap_err().kind();
            assert_eq!(kind, io::ErrorKind::InvalidData);
        }
        for length in 0..good.len() {
            let kind = receive::<Request>(&mut &good[..length]).await.unwrap_err().kind();
            assert_eq!(kind, io::ErrorKind::UnexpectedEof, "{length}");
        }
        assert!(read::<Request>(&mut &b""[..]).unwrap().is_none());
        assert!(read::<Request>(&mut &good[..5]).is_err());
    }

    #[test]
    fn a_text_that_the_other_side_would_refuse_is_not_sent() {
        assert!(encode(&"x".repeat(TEXT_MAX_BYTES)).is_err());
        assert!(encode(&"x".repeat(TEXT_MAX_BYTES - 2)).is_ok());
    }
}
