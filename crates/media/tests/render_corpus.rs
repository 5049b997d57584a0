//! Renditions of real files: none is missing, none is turned wrongly or in wrong colours, and what is
//! broken or a bomb ends with a reason. Compared with what other people's decoders make of the same files
//! (`reference.py`).
//!
//! The folder of files is not part of this repository: see `corpus.rs`. The decoders come from
//! `scripts/setup-tests.sh`, and `ALBUMEN_TEST_TOOLS` names the folder that they are in.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "these are tests; the lints look for #[test] alone"
)]

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use image::ImageDecoder as _;
use media::render::{RenderLimits, Rendered, Unrenderable, render};
use media::{MediaKind, SNIFF_BYTES, sniff};
use serde_json::Value;

/// Pictures that others decode and we do not: name, and why.
const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "broken/1af8e95246f4cfa4e5e58f67d6428ea3.tif",
        "JPEG in TIFF the way it was before 1995, given up since",
    ),
    (
        "broken/579294d4d8110fc64980dd72a5066780.png",
        "its palette is cut off within a colour, which no PNG may be",
    ),
    ("broken/heic_trunc_80pct.heic", "cut off: of HEVC that lacks its end, the decoder gives nothing"),
    ("broken/truncated.heic", "cut off: of HEVC that lacks its end, the decoder gives nothing"),
    ("raw/Panasonic.rw2", "cut for the corpus: of the JPEG inside, 8 pixels are left"),
    ("stills/multipage.tiff", "a palette of two colours, which the decoder does not know"),
    ("stills/subsampled.tif", "halved colours without JPEG, which the decoder does not know"),
];

/// Pictures of which we say another size than the manifest: name, our size, and why.
const OTHER_SIZE: &[(&str, (u32, u32), &str)] =
    &[("raw/canon_eos_6d.dng", (1024, 683), "the JPEG inside is shown, which is smaller than the sensor")];

/// Pictures that look different than with the other decoder: name, and why.
const LOOKS_DIFFERENT: &[(&str, &str)] = &[];

/// Broken files that give a picture all the same: name, and what is shown.
const SHOWN_THOUGH_BROKEN: &[(&str, &str)] = &[
    ("broken/animated-earth.jpg", "the rows before the cut"),
    ("broken/tail_zeroed.jpg", "the rows before the zeros"),
    ("broken/trunc_50pct.jpg", "the rows before the cut"),
    ("broken/trunc_last_byte.jpg", "all of it"),
    ("broken/truncated.jpg", "the rows before the cut"),
    ("broken/truncated_image.png", "the rows before the cut"),
    ("huge/png_ztxt_bomb.png", "all of it: the text that would swell is not read"),
    ("raw/canon-r6.cr3", "the JPEG inside, which is whole"),
];

/// How much a thumbnail may differ, as a ratio of signal to noise in decibels on some 64 × 64 pixels.
/// WebP and another filter leave 30 to 45; what is turned or in wrong colours falls below, which
/// [`Missed`] proves for each mistake on the same pictures.
const ALIKE_DECIBELS: f64 = 28.0;
/// Pictures of at least twice this size are made so small to be compared; the others stay as they are,
/// because there the filters that make them smaller differ more than the pictures.
const COMPARED_SIDE: u32 = 64;

struct Entry {
    name: String,
    path: PathBuf,
    bytes: Vec<u8>,
    content_type: &'static str,
    decodes: bool,
    size: Option<(u32, u32)>,
}

fn corpus() -> Option<PathBuf> {
    if let Some(named) = env::var_os("ALBUMEN_CORPUS") {
        return Some(PathBuf::from(named));
    }
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above
        .map(|folder| folder.join("shared/corpus/public"))
        .find(|folder| folder.join("MANIFEST.json").is_file())
}

/// Every picture of the corpus; nothing, said on standard error, when there is none.
fn pictures() -> Vec<Entry> {
    let Some(corpus) = corpus() else {
        assert!(env::var_os("CI").is_none(), "the corpus is missing; set ALBUMEN_CORPUS");
        writeln!(
            std::io::stderr(),
            "SKIPPED: no corpus found; set ALBUMEN_CORPUS to test renditions of real files"
        )
        .expect("standard error");
        return Vec::new();
    };
    let manifest: Value = serde_json::from_reader(File::open(corpus.join("MANIFEST.json")).unwrap()).unwrap();
    let entries = manifest["files"].as_array().unwrap().iter().map(|entry| {
        let name = entry["name"].as_str().unwrap().to_owned();
        let path = corpus.join(&name);
        let bytes = fs::read(&path).unwrap();
        let found = sniff(&bytes[..bytes.len().min(SNIFF_BYTES)]);
        let side = |key: &str| entry[key].as_u64().and_then(|side| u32::try_from(side).ok());
        let size = side("width").zip(side("height"));
        let decodes = entry["decodes"] == Value::Bool(true);
        (found.kind, Entry { name, path, bytes, content_type: found.content_type, decodes, size })
    });
    let pictures: Vec<Entry> =
        entries.filter(|(kind, _)| *kind == Some(MediaKind::Picture)).map(|(_, entry)| entry).collect();
    assert!(pictures.len() > 100, "the corpus has shrunk to {} pictures", pictures.len());
    pictures
}

fn shown(entry: &Entry) -> Result<Rendered, Unrenderable> {
    render(&entry.bytes, entry.content_type, &RenderLimits::default())
}

#[test]
fn what_is_broken_or_a_bomb_ends_with_a_reason() {
    let mut wrong = Vec::new();
    for entry in pictures().iter().filter(|entry| !entry.decodes) {
        let listed = SHOWN_THOUGH_BROKEN.iter().any(|(name, _)| *name == entry.name);
        match (shown(entry), listed) {
            (Ok(rendered), false) => {
                wrong.push(format!("{}: shown, partial {}", entry.name, rendered.is_partial));
            }
            (Err(error), true) => wrong.push(format!("{}: listed as shown, but: {error}", entry.name)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pixels of RGB.
#[derive(Clone)]
struct Seen {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Seen {
    fn thumbnail(bytes: &[u8]) -> Self {
        let decoder = image::codecs::webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
        let (width, height) = decoder.dimensions();
        let channels = usize::from(decoder.color_type().bytes_per_pixel());
        let mut samples = vec![0; usize::try_from(decoder.total_bytes()).unwrap()];
        decoder.read_image(&mut samples).unwrap();
        let pixels = samples.chunks(channels).flat_map(|pixel| {
            let alpha = u32::from(pixel.get(3).copied().unwrap_or(255));
            [0, 1, 2].map(|index| {
                u8::try_from((u32::from(pixel[index]) * alpha + 255 * (255 - alpha)) / 255).unwrap()
            })
        });
        Self { width, height, pixels: pixels.collect() }
    }

    fn preview(bytes: &[u8]) -> Self {
        let image = turbojpeg::decompress(bytes, turbojpeg::PixelFormat::RGB).unwrap();
        let side = |side| u32::try_from(side).unwrap();
        Self { width: side(image.width), height: side(image.height), pixels: image.pixels }
    }

    /// Averaged over areas.
    fn reduced(&self, width: u32, height: u32) -> Self {
        let mut pixels = Vec::new();
        for row in 0..height {
            for column in 0..width {
                pixels.extend(self.average(column, row, (width, height)));
            }
        }
        Self { width, height, pixels }
    }

    fn average(&self, column: u32, row: u32, (width, height): (u32, u32)) -> [u8; 3] {
        let span = |index: u32, count: u32, side: u32| {
            let scale = f64::from(side) / f64::from(count);
            (f64::from(index) * scale, f64::from(index + 1) * scale)
        };
        let (left, right) = span(column, width, self.width);
        let (top, bottom) = span(row, height, self.height);
        let mut sums = [0.0; 3];
        let mut weights = 0.0;
        let mut y = top.floor();
        while y < bottom {
            let tall = (y + 1.0).min(bottom) - y.max(top);
            let mut x = left.floor();
            while x < right {
                let weight = tall * ((x + 1.0).min(right) - x.max(left));
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "small and positive"
                )]
                let at = (y as usize * self.width as usize + x as usize) * 3;
                for (sum, sample) in sums.iter_mut().zip(&self.pixels[at..at + 3]) {
                    *sum += weight * f64::from(*sample);
                }
                weights += weight;
                x += 1.0;
            }
            y += 1.0;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a byte")]
        sums.map(|sum: f64| (sum / weights).round() as u8)
    }

    /// Peak signal to noise, in decibels.
    fn likeness(&self, other: &Self) -> f64 {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let squares = self.pixels.iter().zip(&other.pixels).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let mean = squares.sum::<f64>() / self.pixels.len() as f64;
        if mean == 0.0 { 99.0 } else { (10.0 * (255.0f64.powi(2) / mean).log10()).min(99.0) }
    }

    fn with_pixels(&self, change: impl Fn(&Self, u32, u32) -> [u8; 3]) -> Self {
        let places = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y)));
        let pixels = places.flat_map(|(x, y)| change(self, x, y)).collect();
        Self { pixels, ..*self }
    }

    fn at(&self, x: u32, y: u32) -> [u8; 3] {
        let at = (y as usize * self.width as usize + x as usize) * 3;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]]
    }

    /// The wrong ways to show a picture that keep its shape.
    fn mistakes(&self) -> [(&'static str, Self); 4] {
        [
            ("upside down", self.with_pixels(|seen, x, y| seen.at(seen.width - 1 - x, seen.height - 1 - y))),
            ("mirrored", self.with_pixels(|seen, x, y| seen.at(seen.width - 1 - x, y))),
            ("mirrored upside down", self.with_pixels(|seen, x, y| seen.at(x, seen.height - 1 - y))),
            (
                "red and blue swapped",
                self.with_pixels(|seen, x, y| {
                    let [red, green, blue] = seen.at(x, y);
                    [blue, green, red]
                }),
            ),
        ]
    }
}

/// What the other decoders see of the paths, each at the size asked for; why not, where they refuse.
/// `None`, said on standard error, when they are not installed.
fn reference(wanted: &[(&Path, u32, u32)]) -> Option<Vec<Result<Seen, String>>> {
    let tools = env::var_os("ALBUMEN_TEST_TOOLS").map(PathBuf::from);
    let python = tools.map(|tools| tools.join("python/bin/python")).filter(|python| python.is_file());
    let Some(python) = python else {
        assert!(env::var_os("CI").is_none(), "ALBUMEN_TEST_TOOLS has no Python; run scripts/setup-tests.sh");
        writeln!(std::io::stderr(), "SKIPPED: ALBUMEN_TEST_TOOLS is not set: renditions are not compared")
            .expect("standard error");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> =
        wanted.iter().map(|(path, width, height)| format!("{width} {height} {}\n", path.display())).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.concat().as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let seen: Vec<Result<Seen, String>> = answers
        .zip(wanted)
        .map(|(answer, &(_, width, height))| {
            let answer = answer.unwrap();
            let pixels = answer["pixels"].as_str().ok_or_else(|| answer["error"].to_string())?;
            let pixels = base64::engine::general_purpose::STANDARD.decode(pixels).unwrap();
            Ok(Seen { width, height, pixels })
        })
        .collect();
    assert_eq!(seen.len(), wanted.len(), "the reference decoder stopped early");
    Some(seen)
}

/// What is wrong about a picture that others decode, apart from how it looks.
fn mistake(entry: &Entry, shown: &Result<Rendered, Unrenderable>) -> Option<String> {
    let is_listed = NOT_SHOWN.iter().any(|(name, _)| *name == entry.name);
    let other_size = OTHER_SIZE.iter().find(|(name, ..)| *name == entry.name).map(|(_, size, _)| *size);
    match shown {
        Ok(_) if is_listed => Some(format!("{}: listed as not shown, and is", entry.name)),
        Ok(_) if other_size.is_some() && other_size == entry.size => {
            Some(format!("{}: listed as of another size, and is not", entry.name))
        }
        Ok(shown) if Some((shown.width, shown.height)) != other_size.or(entry.size) => {
            Some(format!("{}: {}×{} instead of {:?}", entry.name, shown.width, shown.height, entry.size))
        }
        Err(error) if !is_listed => Some(format!("{}: {error}", entry.name)),
        _ => None,
    }
}

/// One test, because each picture costs time to decode.
#[test]
fn every_picture_that_others_decode_is_shown_in_its_size_and_looks_as_theirs() {
    let pictures = pictures();
    let mut ours = Vec::new();
    let mut wrong = Vec::new();
    for entry in pictures.iter().filter(|entry| entry.decodes) {
        let shown = shown(entry);
        wrong.extend(mistake(entry, &shown));
        // What the others make of a raw file is developed, ours is the camera's.
        if let Ok(rendered) = shown
            && !entry.content_type.starts_with("image/x-")
        {
            ours.push((entry, Seen::thumbnail(&rendered.thumbnail), rendered));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let side = |side: u32| if side < 2 * COMPARED_SIDE { side } else { COMPARED_SIDE };
    let wanted: Vec<(&Path, u32, u32)> = ours
        .iter()
        .map(|(entry, seen, _)| (entry.path.as_path(), side(seen.width), side(seen.height)))
        .collect();
    let Some(theirs) = reference(&wanted) else { return };
    let mut missed = Missed::default();
    for ((entry, thumbnail, rendered), theirs) in ours.iter().zip(theirs) {
        let theirs =
            theirs.unwrap_or_else(|why| panic!("the reference does not decode {}: {why}", entry.name));
        let thumbnail = thumbnail.reduced(theirs.width, theirs.height);
        let preview = Seen::preview(&rendered.preview).reduced(theirs.width, theirs.height);
        let likeness = thumbnail.likeness(&theirs).min(preview.likeness(&theirs));
        let is_listed = LOOKS_DIFFERENT.iter().any(|(name, _)| *name == entry.name);
        if (likeness < ALIKE_DECIBELS) != is_listed {
            wrong.push(format!("{}: {likeness:.1} dB, listed as different: {is_listed}", entry.name));
        }
        missed.count(&entry.name, &thumbnail, &theirs);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    missed.check();
}

/// Whether the measure sees what is turned or in wrong colours: how often each mistake was tried, and where
/// it passed.
#[derive(Default)]
struct Missed {
    tried: BTreeMap<&'static str, usize>,
    passed: Vec<String>,
}

impl Missed {
    fn count(&mut self, name: &str, ours: &Seen, theirs: &Seen) {
        for ((mistake, wrong), (_, wrong_of_theirs)) in ours.mistakes().into_iter().zip(theirs.mistakes()) {
            // Grey has no colours to swap, and some scenes mirror themselves: nobody could tell.
            if wrong_of_theirs.likeness(theirs) > ALIKE_DECIBELS - 4.0 {
                continue;
            }
            *self.tried.entry(mistake).or_default() += 1;
            let likeness = wrong.likeness(theirs);
            if likeness >= ALIKE_DECIBELS {
                self.passed.push(format!("{name}, {mistake}: {likeness:.1} dB"));
            }
        }
    }

    fn check(&self) {
        assert!(self.tried.len() == 4 && self.tried.values().all(|&count| count > 60), "{:?}", self.tried);
        assert!(self.passed.is_empty(), "{}", self.passed.join("\n"));
    }
}
