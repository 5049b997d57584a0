//! What a worker can do.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{self, Read};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Something that a worker does with a file's bytes. To give workers a new ability, implement this
/// and name it in the table that the program hands to [`super::worker::main`]:
///
/// ```
/// use media::sandbox::{Done, Input, Job, Jobs, Refusal};
///
/// struct Length;
///
/// impl Job for Length {
///     const NAME: &'static str = "length";
///     type Question = ();
///     type Answer = usize;
///     fn run((): (), input: &mut Input<'_>) -> Result<Done<usize>, Refusal> {
///         Ok(Done::new(input.read_all()?.len()))
///     }
/// }
///
/// let jobs = Jobs::default().with::<Length>();
/// ```
pub trait Job {
    /// Tells jobs apart. Never two of the same name in one table.
    const NAME: &'static str;
    /// What is asked besides the bytes: hints and limits.
    type Question: Serialize + DeserializeOwned + Send + Sync;
    /// What comes back besides bytes, at most 1 MiB as JSON.
    type Answer: Serialize + DeserializeOwned + Send;

    /// Does it, inside the worker. May panic, hang or take too much: that ends the worker and costs
    /// this job its answer, no other.
    fn run(question: Self::Question, input: &mut Input<'_>) -> Result<Done<Self::Answer>, Refusal>;
}

/// What a job made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<A> {
    /// The answer proper.
    pub answer: A,
    /// Bytes that go with it, at most sixteen pieces.
    pub parts: Vec<Part>,
}

impl<A> Done<A> {
    /// An answer without bytes.
    pub const fn new(answer: A) -> Self {
        Self { answer, parts: Vec::new() }
    }

    /// Adds bytes to the answer.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bytes: Vec<u8>) -> Self {
        self.parts.push(Part { name: name.into(), bytes });
        self
    }
}

/// Bytes that a job made, such as a thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What they are, at most 64 letters.
    pub name: String,
    /// They themselves.
    pub bytes: Vec<u8>,
}

/// Why a job has nothing to answer, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// The file's bytes, as the job reads them: once, from the beginning.
pub struct Input<'a> {
    source: &'a mut dyn Read,
    length_bytes: u64,
    left_bytes: u64,
}

impl Debug for Input<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Input({} of {} bytes left)", self.left_bytes, self.length_bytes)
    }
}

impl<'a> Input<'a> {
    /// The next `length_bytes` of a source.
    pub fn new(source: &'a mut dyn Read, length_bytes: u64) -> Self {
        Self { source, length_bytes, left_bytes: length_bytes }
    }

    /// The length of the whole file.
    pub const fn length_bytes(&self) -> u64 {
        self.length_bytes
    }

    /// Everything that was not read yet, in memory: for decoders that go back and forth. An error
    /// when it does not fit.
    pub fn read_all(&mut self) -> io::Result<Vec<u8>> {
        let too_large = |_| io::Error::from(io::ErrorKind::OutOfMemory);
        let length = usize::try_from(self.left_bytes).map_err(too_large)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads on to the end, so that the next request comes next.
    pub(super) fn skip_rest(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(drop)
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left_bytes).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        match self.source.read(&mut buffer[..most])? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.left_bytes -= read as u64;
                Ok(read)
            }
        }
    }
}

type Run = fn(Value, &mut Input<'_>) -> Result<Done<Value>, Refusal>;

/// Everything that a worker can do.
#[derive(Debug, Default, Clone)]
pub struct Jobs {
    table: BTreeMap<&'static str, Run>,
}

impl Jobs {
    /// Adds an ability.
    #[must_use]
    pub fn with<J: Job>(mut self) -> Self {
        self.table.insert(J::NAME, run::<J>);
        self
    }

    /// Does what is asked.
    pub(super) fn run(
        &self,
        job: &str,
        question: Value,
        input: &mut Input<'_>,
    ) -> Result<Done<Value>, Refusal> {
        let run = self.table.get(job).ok_or_else(|| Refusal(format!("there is no job \"{job}\"")))?;
        run(question, input)
    }
}

fn run<J: Job>(question: Value, input: &mut Input<'_>) -> Result<Done<Value>, Refusal> {
    let question = serde_json::from_value(question)
        .map_err(|error| Refusal(format!("the question to \"{}\" makes no sense: {error}", J::NAME)))?;
    let Done { answer, parts } = J::run(question, input)?;
    let answer = serde_json::to_value(answer)
        .map_err(|error| Refusal(format!("the answer of \"{}\" cannot be written: {error}", J::NAME)))?;
    Ok(Done { answer, parts })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum;

    impl Job for Sum {
        const NAME: &'static str = "sum";
        type Question = u64;
        type Answer = u64;
        fn run(start: u64, input: &mut Input<'_>) -> Result<Done<u64>, Refusal> {
            let bytes = input.read_all()?;
            Ok(Done::new(start + bytes.iter().copied().map(u64::from).sum::<u64>()))
        }
    }

    #[test]
    fn a_job_is_found_by_its_name_and_reads_only_its_own_bytes() {
        let jobs = Jobs::default().with::<Sum>();
        let mut source = &[1, 2, 3, 100][..];
        let mut input = Input::new(&mut source, 3);
        assert_eq!(jobs.run("sum", 10.into(), &mut input).unwrap().answer, 16);
        assert_eq!(source, [100]);
        let refused = jobs.run("product", 10.into(), &mut Input::new(&mut source, 1)).unwrap_err();
        assert!(refused.0.contains("product"), "{refused}");
        let refused = jobs.run("sum", "ten".into(), &mut Input::new(&mut source, 1)).unwrap_err();
        assert!(refused.0.contains("makes no sense"), "{refused}");
    }

    #[test]
    fn an_input_that_ends_early_is_an_error_and_not_an_end() {
        let mut source = &[1, 2][..];
        let mut input = Input::new(&mut source, 3);
        assert_eq!(input.read_all().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_a_job_left_unread_is_skipped() {
        let mut source = &[1, 2, 3, 4][..];
        let mut input = Input::new(&mut source, 3);
        input.read_exact(&mut [0]).unwrap();
        input.skip_rest().unwrap();
        assert_eq!(source, [4]);
    }

    #[test]
    fn an_input_larger_than_memory_is_refused_and_not_tried() {
        let mut source = io::empty();
        let error = Input::new(&mut source, u64::MAX).read_all().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
    }
}
