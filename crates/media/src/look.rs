//! What workers of [`sandbox`](crate::sandbox) are asked to do, and the program that reads a film's facts.

use std::fs::File;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Hints, describe};
use crate::render::{RenderLimits, Rendered, full_size, render};
use crate::sandbox::{Done, Input, Job, Jobs, Launcher, Part, Refusal, Tool, ToolError, ToolLimits};
use crate::sniff;

/// Everything that a worker can do, for [`crate::sandbox::worker::main`].
pub fn jobs() -> Jobs {
    Jobs::default().with::<Look>().with::<ReadFacts>().with::<FullSize>()
}

/// What is known of a file besides its bytes; [`Hints`] that can travel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its name.
    pub file_name: String,
    /// When it was last changed, in milliseconds since the epoch.
    pub modified_at_ms: Option<i64>,
    /// The `.xmp` file beside it, as text.
    pub sidecar: Option<String>,
}

impl Known {
    fn hints(&self) -> Hints<'_> {
        Hints {
            file_name: &self.file_name,
            modified_at_ms: self.modified_at_ms,
            sidecar: self.sidecar.as_deref().map(str::as_bytes),
        }
    }
}

/// A still picture that could be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Width in pixels as it is shown.
    pub width: u32,
    /// Height in pixels as it is shown.
    pub height: u32,
    /// Some 25 bytes that a placeholder is drawn from.
    pub thumbhash: Vec<u8>,
    /// The file ends before the picture does; what there is, is shown.
    pub is_partial: bool,
}

/// What [`Look`] saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What the file says about itself.
    pub facts: Facts,
    /// The picture, or why there is none, in words.
    pub shown: Result<Shown, String>,
}

/// The name of the part with the thumbnail, a WebP.
pub const THUMBNAIL: &str = "thumbnail";
/// The name of the part with the preview, a JPEG.
pub const PREVIEW: &str = "preview";
/// The name of the part with the whole picture, a JPEG.
pub const FULL: &str = "full";

/// Reads the facts of a still picture and makes its thumbnail and its preview, from one read and one
/// decode. Parts: [`THUMBNAIL`] and [`PREVIEW`], when it can be shown.
#[derive(Debug)]
pub struct Look;

impl Job for Look {
    const NAME: &'static str = "look";
    type Question = Known;
    type Answer = Seen;

    fn run(known: Known, input: &mut Input<'_>) -> Result<Done<Seen>, Refusal> {
        let bytes = input.read_all()?;
        let facts = describe(Cursor::new(&bytes), &known.hints());
        let content_type = sniff(&bytes).content_type;
        let (shown, parts) = match render(&bytes, content_type, &RenderLimits::default()) {
            Ok(rendered) => shown(rendered),
            Err(why) => (Err(why.to_string()), Vec::new()),
        };
        Ok(Done { answer: Seen { facts, shown }, parts })
    }
}

fn shown(rendered: Rendered) -> (Result<Shown, String>, Vec<Part>) {
    let Rendered { width, height, thumbhash, thumbnail, preview, is_partial } = rendered;
    let part = |name: &str, bytes| Part { name: name.to_owned(), bytes };
    let parts = vec![part(THUMBNAIL, thumbnail), part(PREVIEW, preview)];
    (Ok(Shown { width, height, thumbhash, is_partial }), parts)
}

/// Reads the facts only: for a still whose decoder died of it.
#[derive(Debug)]
pub struct ReadFacts;

impl Job for ReadFacts {
    const NAME: &'static str = "facts";
    type Question = Known;
    type Answer = Facts;

    fn run(known: Known, input: &mut Input<'_>) -> Result<Done<Facts>, Refusal> {
        Ok(Done::new(describe(Cursor::new(input.read_all()?), &known.hints())))
    }
}

/// Makes a JPEG of the whole picture. Part: [`FULL`].
#[derive(Debug)]
pub struct FullSize;

impl Job for FullSize {
    const NAME: &'static str = "full-size";
    type Question = ();
    type Answer = ();

    fn run((): (), input: &mut Input<'_>) -> Result<Done<()>, Refusal> {
        let bytes = input.read_all()?;
        let made = full_size(&bytes, sniff(&bytes).content_type, &RenderLimits::default());
        made.map(|jpeg| Done::new(()).with(FULL, jpeg)).map_err(|why| Refusal(why.to_string()))
    }
}

/// The hidden command whose code is [`film_facts_main`].
pub const FILM_FACTS_COMMAND: &str = "media-film-facts";

/// What reading a film's facts may use. It reads boxes and headers, nothing is decoded.
const FILM_FACTS_LIMITS: ToolLimits =
    ToolLimits { time: Duration::from_secs(30), memory_bytes: 1 << 30, file_bytes_max: 0 };

/// The longest answer, in bytes.
const FACTS_MAX_BYTES: usize = 1 << 20;

/// Reads the facts of a film where it lies, in a locked-up process that sees this one file: films are too
/// long to be sent to a worker. `program` is this very program, by its real path.
pub async fn film_facts(
    launcher: &Launcher,
    program: &Path,
    film: &Path,
    known: &Known,
) -> Result<Facts, ToolError> {
    let question = serde_json::to_string(known).map_err(|error| ToolError::NotStarted(error.into()))?;
    let tool = Tool {
        launcher,
        program,
        arguments: vec![FILM_FACTS_COMMAND.into(), film.into(), question.into()],
        files: vec![film.to_owned()],
        folder: None,
        limits: FILM_FACTS_LIMITS,
    };
    let said = tool.output(FACTS_MAX_BYTES).await?;
    serde_json::from_slice(&said).map_err(|error| ToolError::Failed {
        signal: None,
        words: format!("its answer makes no sense: {error}"),
    })
}

/// The inside of that process: the film's path and [`Known`] as JSON come as arguments, the facts go to
/// standard output as JSON.
pub fn film_facts_main(film: &Path, known: &str) -> ExitCode {
    let facts = (|| {
        let known: Known = serde_json::from_str(known)?;
        let facts = describe(File::open(film)?, &known.hints());
        std::io::stdout().write_all(&serde_json::to_vec(&facts)?)
    })();
    match facts {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error is all there is to complain to, and may be gone.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}
