//! What the tests share: ffmpeg itself to make films and to judge what came out, and the tools under
//! test.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use media::sandbox::Launcher;
use media::video::VideoTools;

pub(crate) fn launcher() -> Launcher {
    Launcher::new(env!("CARGO_BIN_EXE_media-worker-for-tests").into())
}

/// The tools under test; `None`, after saying so, where there is no ffmpeg and that is allowed.
pub(crate) async fn tools() -> Option<VideoTools> {
    match VideoTools::find(launcher(), None).await {
        Ok(tools) => Some(tools),
        Err(error) => {
            assert!(env::var_os("CI").is_none(), "{error}");
            // Past the test runner, which would swallow it.
            writeln!(std::io::stderr(), "SKIPPED: {error}").unwrap();
            None
        }
    }
}

/// Runs ffmpeg as anybody would.
pub(crate) fn ffmpeg(arguments: &str, target: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
    command.args(arguments.split_whitespace()).arg(target);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A picture as ffmpeg sees it, shrunk to 16 by 16 greys.
pub(crate) fn greys(picture: &Path) -> Vec<u8> {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error", "-i"]).arg(picture);
    command.args(["-vf", "scale=16:16:flags=area,format=gray", "-frames:v", "1", "-f", "rawvideo", "pipe:1"]);
    let output = command.output().unwrap();
    assert_eq!(output.stdout.len(), 256, "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub(crate) fn brightness(picture: &Path) -> u32 {
    greys(picture).iter().map(|grey| u32::from(*grey)).sum::<u32>() / 256
}

/// Width and height of a PNG file (PNG specification, 11.2.2).
pub(crate) fn png_size(bytes: &[u8]) -> (u32, u32) {
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "this is no PNG");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// Whether the boxes that a player needs first come before the pictures.
pub(crate) fn begins_fast(bytes: &[u8]) -> bool {
    let place = |name: &[u8]| bytes.windows(4).position(|four| four == name);
    place(b"moov").is_some_and(|moov| place(b"mdat").is_some_and(|mdat| moov < mdat))
}

pub(crate) fn contains(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

/// A folder with a film in it, and a folder to work in.
pub(crate) struct Set {
    pub(crate) film: PathBuf,
    pub(crate) scratch: PathBuf,
    pub(crate) folder: tempfile::TempDir,
}

impl Set {
    pub(crate) fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("scratch");
        std::fs::create_dir(&scratch).unwrap();
        Self { film: folder.path().join(name), scratch, folder }
    }

    /// With a film that ffmpeg makes.
    pub(crate) fn made(name: &str, arguments: &str) -> Self {
        let set = Self::new(name);
        ffmpeg(arguments, &set.film);
        set
    }
}
