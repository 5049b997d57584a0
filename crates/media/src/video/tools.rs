//! The programs that films are worked on with.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::arguments::Arguments;
use super::{VideoError, VideoFacts, container};
use crate::sandbox::{Launcher, Tool, ToolError, ToolLimits};

/// The most that ffprobe may say about a film, in bytes.
const PROBE_MAX_BYTES: usize = 4 << 20;

/// The most that ffmpeg may say about itself, in bytes.
const ABOUT_MAX_BYTES: usize = 1 << 20;

/// How long work on a film may take, and how much it may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoLimits {
    /// Memory of ffmpeg, in bytes.
    pub memory_bytes: u64,
    /// For reading its facts.
    pub probe_time: Duration,
    /// For each frame that is looked at for the poster.
    pub poster_time: Duration,
    /// For the preview.
    pub hover_time: Duration,
    /// The largest preview, in bytes.
    pub hover_bytes_max: u64,
    /// For the version that every browser plays.
    pub playback_time: Duration,
    /// The largest such version, in bytes.
    pub playback_bytes_max: u64,
}

impl Default for VideoLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 1536 << 20,
            probe_time: Duration::from_secs(20),
            poster_time: Duration::from_secs(30),
            hover_time: Duration::from_mins(1),
            hover_bytes_max: 4 << 20,
            playback_time: Duration::from_hours(6),
            playback_bytes_max: 16 << 30,
        }
    }
}

/// `ffmpeg` and `ffprobe` of this machine, tried out in the sandbox.
#[derive(Debug, Clone)]
pub struct VideoTools {
    launcher: Launcher,
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    version: String,
    can_tone_map: bool,
    /// What work on a film may take.
    pub limits: VideoLimits,
}

impl VideoTools {
    /// Looks for the programs in the folders of `search_path`, or, without one, of `PATH`, and tries
    /// them. [`VideoError::ToolsMissing`] says what to install when they are missing, cannot run in
    /// the sandbox, or cannot make what browsers play.
    pub async fn find(launcher: Launcher, search_path: Option<&OsStr>) -> Result<Self, VideoError> {
        let search_path = search_path.map(OsStr::to_owned).or_else(|| std::env::var_os("PATH"));
        let search_path = search_path.unwrap_or_default();
        let mut tools = Self {
            launcher,
            ffmpeg: look_for("ffmpeg", &search_path)?,
            ffprobe: look_for("ffprobe", &search_path)?,
            version: String::new(),
            can_tone_map: false,
            limits: VideoLimits::default(),
        };
        tools.about(&tools.ffprobe, "-version").await?;
        tools.version = version(&tools.about(&tools.ffmpeg, "-version").await?);
        let encoders = tools.about(&tools.ffmpeg, "-hide_banner -encoders").await?;
        if !["libx264", "aac", "png"].iter().all(|encoder| lists(&encoders, encoder)) {
            return Err(VideoError::ToolsMissing(format!(
                "{} cannot make what browsers play (libx264, aac, png); install Debian's package ffmpeg",
                tools.ffmpeg.display()
            )));
        }
        let filters = tools.about(&tools.ffmpeg, "-hide_banner -filters").await?;
        tools.can_tone_map = ["zscale", "tonemap"].iter().all(|filter| lists(&filters, filter));
        Ok(tools)
    }

    /// Where ffmpeg is.
    pub fn ffmpeg(&self) -> &Path {
        &self.ffmpeg
    }

    /// Where ffprobe is.
    pub fn ffprobe(&self) -> &Path {
        &self.ffprobe
    }

    /// What ffmpeg calls its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether films that are too bright for ordinary screens come out right in posters.
    pub const fn can_tone_map(&self) -> bool {
        self.can_tone_map
    }

    /// Reads a film's facts. Reads little of it, also of a long one.
    pub async fn probe(&self, path: &Path) -> Result<VideoFacts, VideoError> {
        let (container, path) = container::of_file(path).await?;
        let arguments = Arguments::default()
            .add("-hide_banner -loglevel error -print_format json -show_format -show_streams")
            .input(container, &path)
            .done();
        let limits = self.tool_limits(self.limits.probe_time, 0);
        let files = vec![path];
        let Self { launcher, ffprobe, .. } = self;
        let tool = Tool { launcher, program: ffprobe, arguments, files, folder: None, limits };
        VideoFacts::parse(container, &tool.output(PROBE_MAX_BYTES).await?)
    }

    /// A run of ffmpeg that reads one film and writes into one folder.
    pub(super) fn run<'a>(
        &'a self,
        arguments: Vec<OsString>,
        film: &Path,
        scratch: &Path,
        limits: ToolLimits,
    ) -> Tool<'a> {
        Tool {
            launcher: &self.launcher,
            program: &self.ffmpeg,
            arguments,
            files: vec![film.to_owned()],
            folder: Some(scratch.to_owned()),
            limits,
        }
    }

    pub(super) const fn tool_limits(&self, time: Duration, file_bytes_max: u64) -> ToolLimits {
        ToolLimits { time, memory_bytes: self.limits.memory_bytes, file_bytes_max }
    }

    async fn about(&self, program: &Path, question: &str) -> Result<String, VideoError> {
        let tool = Tool {
            launcher: &self.launcher,
            program,
            arguments: Arguments::default().add(question).done(),
            files: Vec::new(),
            folder: None,
            limits: self.tool_limits(self.limits.probe_time, 0),
        };
        let said = tool.output(ABOUT_MAX_BYTES).await.map_err(|error: ToolError| {
            let program = program.display();
            VideoError::ToolsMissing(format!("{program} does not run in the sandbox: {}", in_full(&error)))
        })?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }
}

fn in_full(error: &ToolError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn look_for(name: &str, search_path: &OsStr) -> Result<PathBuf, VideoError> {
    std::env::split_paths(search_path)
        .filter(|folder| folder.is_absolute())
        .filter_map(|folder| folder.join(name).canonicalize().ok())
        .find(|program| program.is_file())
        .ok_or_else(|| {
            VideoError::ToolsMissing(format!(
                "the program {name} is missing, without which videos have no pictures; install Debian's package ffmpeg"
            ))
        })
}

/// "ffmpeg version 5.1.9-0+deb12u1 Copyright …".
fn version(said: &str) -> String {
    said.split_whitespace().nth(2).unwrap_or("unknown").chars().take(64).collect()
}

/// Lines such as " V....D libx264  libx264 H.264 / AVC (codec h264)".
fn lists(said: &str, name: &str) -> bool {
    said.lines().any(|line| line.split_whitespace().nth(1) == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_lists_are_read_as_ffmpeg_writes_them() {
        assert_eq!(version("ffmpeg version n7.1 Copyright (c) 2000-2024 the FFmpeg developers\n"), "n7.1");
        assert_eq!(version(""), "unknown");
        let said = "Encoders:\n V..... = Video\n ------\n V....D libx264              libx264 H.264\n";
        assert!(lists(said, "libx264"));
        assert!(!lists(said, "libx265"));
    }

    #[test]
    fn a_missing_program_says_what_to_install_and_folders_of_chance_are_not_searched() {
        let empty = tempfile::tempdir().unwrap();
        for search_path in [empty.path().as_os_str(), OsStr::new(""), OsStr::new(".:bin")] {
            let missing = look_for("ffmpeg", search_path).unwrap_err();
            assert!(missing.to_string().contains("install Debian's package ffmpeg"), "{missing}");
            assert!(missing.may_retry());
        }
    }
}
