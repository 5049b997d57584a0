//! What a thumbnail and a preview cost, beside `vipsthumbnail`, the quickest that others use.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use media::SNIFF_BYTES;
use media::render::{RenderLimits, render};

use crate::report::{Goal, Report};

/// The word that makes this program render one file and end, so that its processor time and memory can
/// be counted as the peer's are.
pub(crate) const RENDER: &str = "--render";
/// Of so many rounds the middle one counts.
const ROUNDS: u32 = 5;
/// What is measured: file, size, and how much of the peer's processor time ours may take.
const PICTURES: [(&str, u32, u32, f64); 4] = [
    ("12 MP.jpg", 4000, 3000, 0.5),
    ("48 MP.jpg", 8000, 6000, 0.5),
    ("12 MP.heic", 4000, 3000, 1.0),
    ("48 MP.heic", 8000, 6000, 1.0),
];
/// A real photo of the corpus: made of tiles, turned, in Display P3.
pub(crate) const PHONE: &str = "heic/iphone_15_pro.heic";

/// Renders one file, writing nothing.
pub(crate) fn render_file(path: &Path) {
    let bytes = std::fs::read(path).expect("the picture to measure");
    let content_type = media::sniff(&bytes[..bytes.len().min(SNIFF_BYTES)]).content_type;
    let rendered = render(&bytes, content_type, &RenderLimits::default()).expect("renditions");
    assert!(!rendered.preview.is_empty() && !rendered.thumbnail.is_empty());
}

/// Processor time and highest memory, ours over theirs, per picture.
pub(crate) fn renditions(report: &mut Report) {
    let Some(python) = python() else {
        Report::figure(
            "renditions",
            "not measured: ALBUMEN_TEST_TOOLS has no Python (scripts/setup-tests.sh)",
        );
        return;
    };
    if Command::new("vipsthumbnail").arg("--version").stdout(Stdio::null()).status().is_err() {
        Report::figure("renditions", "not measured: vipsthumbnail is missing (Debian's libvips-tools)");
        return;
    }
    let scratch = tempfile::tempdir().expect("a folder for the peer's renditions");
    let ours = std::env::current_exe().expect("this program");
    for (name, width, height, goal) in PICTURES {
        let Some(path) = picture(name, (width, height)) else { continue };
        compare(report, &python, (&ours, scratch.path()), (name, &path), goal);
    }
    let phone = testkit::corpus_dir().map(|corpus| corpus.join(PHONE)).filter(|path| path.is_file());
    if let Some(path) = phone {
        compare(report, &python, (&ours, scratch.path()), ("12 MP of a phone.heic", &path), 1.0);
    }
}

fn compare(
    report: &mut Report,
    python: &Path,
    (ours, scratch): (&Path, &Path),
    (name, path): (&str, &Path),
    goal: f64,
) {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let preview = text(&scratch.join("preview.jpg"));
    let make_preview =
        peer(&text(path), "1440x1440", &format!("{preview}[Q=80,interlace,optimize_coding,strip]"));
    let thumbnail = format!("{}[Q=80,strip]", text(&scratch.join("thumbnail.webp")));
    // A box that the shorter side of a picture of 4 to 3 fills with 250 pixels.
    let make_thumbnail = |from: &str| peer(from, "333x333", &thumbnail);

    let ours = measure(python, &[vec![text(ours), RENDER.to_owned(), text(path)]]);
    let theirs = measure(python, &[make_preview.clone(), make_thumbnail(&text(path))]);
    let frugal = measure(python, &[make_preview, make_thumbnail(&preview)]);
    let line = |cost: &Cost| format!("{:.0} ms, {:.0} MiB", cost.seconds * 1e3, cost.highest_mib);
    Report::figure(&format!("{name}: ours"), &line(&ours));
    Report::figure(&format!("{name}: vipsthumbnail, twice on the picture"), &line(&theirs));
    Report::figure(&format!("{name}: vipsthumbnail, on the picture, then on its preview"), &line(&frugal));
    let what = format!("{name}: processor time, ours / vipsthumbnail");
    report.goal(&what, ours.seconds / theirs.seconds, "", Goal::AtMost(goal));
    let ratio = format!("{:.2}", ours.seconds / frugal.seconds);
    Report::figure(&format!("{name}: processor time, ours / its frugal way"), &ratio);
    let ratio = format!("{:.2}", ours.highest_mib / theirs.highest_mib);
    Report::figure(&format!("{name}: highest memory, ours / vipsthumbnail"), &ratio);
}

/// Upright and in sRGB, as ours are.
fn peer(from: &str, size: &str, to: &str) -> Vec<String> {
    ["vipsthumbnail", from, "--size", size, "--eprofile", "srgb", "-o", to].map(str::to_owned).to_vec()
}

struct Cost {
    seconds: f64,
    highest_mib: f64,
}

/// What commands cost together, each with one thread.
fn measure(python: &Path, commands: &[Vec<String>]) -> Cost {
    let lines: Vec<String> = commands.iter().map(|words| words.join("\t") + "\n").collect();
    let mut child = Command::new(python)
        .arg(script("run_and_measure.py"))
        .arg(ROUNDS.to_string())
        .envs([("VIPS_CONCURRENCY", "1"), ("VIPS_WARNING", "0")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(lines.concat().as_bytes()).expect("its input");
    drop(input);
    let output = child.wait_with_output().expect("Python to end");
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = answer.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
    let (Some(seconds), Some(kib)) = (numbers.next(), numbers.next()) else {
        panic!("a command failed: {lines:?}");
    };
    Cost { seconds, highest_mib: kib / 1024.0 }
}

/// A made picture of this size; made once and kept. `None` without Python.
pub(crate) fn picture(name: &str, size: (u32, u32)) -> Option<PathBuf> {
    let (python, folder) = (python()?, pictures_folder());
    let path = folder.join(name);
    if !path.is_file() {
        make(&python, &folder, name, size);
    }
    Some(path)
}

fn make(python: &Path, folder: &Path, name: &str, (width, height): (u32, u32)) {
    std::fs::create_dir_all(folder).expect("a folder for pictures");
    let mut command = Command::new(python);
    command.arg(script("make_pictures.py")).arg(folder).arg(name);
    let status = command.args([width.to_string(), height.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "{name} could not be made");
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn python() -> Option<PathBuf> {
    let tools = std::env::var_os("ALBUMEN_TEST_TOOLS").map(PathBuf::from)?;
    Some(tools.join("python/bin/python")).filter(|python| python.is_file())
}

/// Kept from run to run: the largest takes a minute to make.
fn pictures_folder() -> PathBuf {
    let tools = std::env::var_os("ALBUMEN_TEST_TOOLS").map(PathBuf::from).unwrap_or_default();
    tools.join("bench-pictures")
}
