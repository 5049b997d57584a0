//! Describe: bytes in, facts out.
//!
//! [`describe`] reads what a picture or a film says about itself: its size, when and where it was taken,
//! with what, and what belongs to it. It opens no files, starts nothing and asks no clock, so that it
//! can run where nothing else may. Whatever a file claims, only so much of it is read; whatever is broken
//! is left out and named.

mod ciff;
mod clock;
mod codecs;
mod cr3;
mod exif;
mod film;
mod found;
mod gif;
mod heif;
mod icc;
mod ifd;
mod iptc;
mod iso;
mod jp2;
mod jpeg;
mod jxl;
mod maker;
mod matroska;
mod motion;
mod names;
mod png;
mod quicktime;
mod raw;
mod riff;
mod settle;
mod simple;
mod source;
mod track;
mod turning;
mod types;
mod xmp;

use std::io::{Read, Seek};

use found::Found;
use source::Source;
pub use types::{Camera, Exposure, Facts, Hints, MotionPhoto, Place, Preview, Taken, TakenFrom, VideoFacts};

use crate::{MediaKind, SNIFF_BYTES, sniff};

/// Reads what a file says about itself.
///
/// Never panics and never fails: what cannot be read is absent, and [`Facts::problem`] says why in words
/// that go on from the file's name ("… is cut off: 12 bytes are missing"). At most 96 MiB are read, and a
/// few MiB held at once, however large the file is or claims to be. The same bytes and hints give the
/// same facts.
pub fn describe<R: Read + Seek>(source: R, hints: &Hints<'_>) -> Facts {
    let mut source = Source::new(source);
    let first_bytes = source.up_to(0, SNIFF_BYTES);
    let media_type = sniff(&first_bytes);
    let mut facts = Facts {
        media_type: media_type.content_type.to_owned(),
        kind: media_type.kind,
        orientation: 1,
        ..Facts::default()
    };
    let mut found = Found::default();
    if first_bytes.is_empty() && source.trouble().is_none() {
        found.problem("it is empty");
    } else {
        read(&mut source, media_type.content_type, &mut found);
    }
    if facts.kind == Some(MediaKind::Picture) {
        motion::find(&mut source, &mut found);
    }
    if facts.kind.is_none() {
        found.coded = None;
    }
    if facts.kind.is_some() && found.coded.is_none() && found.problems.is_empty() {
        found.problem("the size of its picture is not told");
    }
    if let Some(trouble) = source.trouble() {
        found.problem(trouble.to_owned());
    }
    settle::settle(&mut source, found, &mut facts, hints);
    facts
}

/// By what the file is, never by its name.
fn read(source: &mut Source<'_>, media_type: &str, found: &mut Found) {
    match media_type {
        "image/jpeg" => jpeg::read(source, found),
        "image/png" => png::read(source, found),
        "image/gif" => gif::read(source, found),
        "image/webp" => riff::webp(source, found),
        "image/heic" | "image/heic-sequence" | "image/heif" | "image/heif-sequence" | "image/avif" => {
            heif::read(source, found);
        }
        "image/tiff"
        | "image/x-adobe-dng"
        | "image/x-canon-cr2"
        | "image/x-nikon-nef"
        | "image/x-sony-arw"
        | "image/x-olympus-orf"
        | "image/x-panasonic-rw2" => raw::read(source, media_type, found),
        "image/x-canon-cr3" => cr3::read(source, found),
        "image/x-canon-crw" => ciff::read(source, found),
        "image/x-fujifilm-raf" => maker::fujifilm(source, found),
        "image/x-sigma-x3f" => maker::sigma(source, found),
        "image/jxl" => jxl::read(source, found),
        "image/jp2" | "image/jpx" | "image/jpm" => jp2::read(source, found),
        "image/j2c" => jp2::codestream(source, found),
        "image/bmp" => simple::bitmap(source, found),
        "image/vnd.adobe.photoshop" => simple::photoshop(source, found),
        "image/vnd.microsoft.icon" => simple::icon(source, found),
        "video/mp4" | "video/quicktime" | "video/3gpp" | "video/3gpp2" | "video/mj2" | "video/x-m4v" => {
            film::read(source, found);
        }
        "video/x-matroska" | "video/webm" => matroska::read(source, found),
        "video/x-msvideo" => riff::avi(source, found),
        "application/rdf+xml" => {
            let bytes = source.up_to(0, xmp::MOST_BYTES);
            found.add_xmp(xmp::read(&bytes));
        }
        other if other.starts_with("image/") || other.starts_with("video/") => {
            found.problem(format!("nothing is read out of files of the type {other}"));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
