//! What `describe` takes and answers.

use serde::{Deserialize, Serialize};

use crate::MediaKind;

/// What a file says about itself. What it does not say, or what could not be read, is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The media type (RFC 6838) that the first bytes promise, as [`crate::sniff`] says.
    pub media_type: String,
    /// Picture or video; `None` for everything else, of which little more is told.
    pub kind: Option<MediaKind>,
    /// Pixels across, as the picture is to be looked at: after turning it.
    pub width: Option<u32>,
    /// Pixels down, as the picture is to be looked at: after turning it.
    pub height: Option<u32>,
    /// How the pixels of a still must be turned to look at them: 1 to 8, in the numbering of EXIF
    /// (CIPA DC-008, tag 0x0112), from whatever the format makes binding: the EXIF block of JPEG, PNG,
    /// WebP, TIFF and raw files (or XMP where that is silent), `irot` and `imir` of HEIF and AVIF, the codestream of JPEG XL. 1 is
    /// upright, also when nothing is said. A decoder that turns by itself must not turn again.
    pub orientation: u8,
    /// When it was taken, and how that is known.
    pub taken: Option<Taken>,
    /// Where it was taken.
    pub place: Option<Place>,
    /// What took it.
    pub camera: Option<Camera>,
    /// How it was exposed.
    pub exposure: Option<Exposure>,
    /// Of films only.
    pub video: Option<VideoFacts>,
    /// How many pictures an animation has, or a file of several pages. `None` for one.
    pub frames: Option<u32>,
    /// Stars, 1 to 5, or −1 for "rejected" (XMP part 1, 8.4). Unrated is `None`.
    pub rating: Option<i8>,
    /// What somebody wrote below it.
    pub caption: Option<String>,
    /// What somebody tagged it with, each once, in their order.
    pub keywords: Vec<String>,
    /// The film inside a still.
    pub motion: Option<MotionPhoto>,
    /// What the two halves of an Apple live photo share: a UUID, in capitals.
    pub live_photo_id: Option<String>,
    /// What the pictures of one burst share.
    pub burst_id: Option<String>,
    /// Whether its camera or an editor marked it as a panorama.
    pub is_panorama: bool,
    /// The name of the colour profile, such as `Display P3`.
    pub color_profile: Option<String>,
    /// Finished pictures inside the file, the largest first. Turned like the picture itself.
    pub previews: Vec<Preview>,
    /// Why something is missing, in words; `None` when all that was looked for was read.
    pub problem: Option<String>,
}

/// A moment, as well as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What the clock on the wall showed: milliseconds since 1970-01-01T00:00, counted as if that place
    /// had no zone. This is what a timeline sorts by. When only UTC is known (`utc_ms` without
    /// `offset_minutes`), it is UTC, and the caller may know the zone better.
    pub local_ms: i64,
    /// The same moment in UTC, in milliseconds since the epoch; `None` when the zone is not known.
    pub utc_ms: Option<i64>,
    /// How far the clock was ahead of UTC, in minutes; negative west of Greenwich.
    pub offset_minutes: Option<i16>,
    /// Only the day is known; `local_ms` is its noon.
    pub is_day_only: bool,
    /// How it is known.
    pub source: TakenFrom,
}

/// How a time is known, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenFrom {
    /// EXIF `DateTimeOriginal` (or `DateTimeDigitized`) with its offset.
    ExifOffset,
    /// EXIF's local time; the zone is the difference to the GPS clock in the same file.
    ExifGps,
    /// EXIF's local time, without a zone.
    Exif,
    /// `com.apple.quicktime.creationdate`, or the date in a film's user data.
    QuickTime,
    /// XMP beside the file.
    Sidecar,
    /// XMP in the file.
    Xmp,
    /// The GPS clock alone: UTC.
    Gps,
    /// What the container says of itself: `mvhd` of MP4 (UTC), `DateUTC` of Matroska, `IDIT` of AVI,
    /// a raw file's own directory.
    Container,
    /// The container's UTC, with the zone from the local time in the file's name.
    ContainerAndName,
    /// The file's name.
    FileName,
    /// EXIF `DateTime`, which programs change, or `tIME` of PNG.
    Modified,
    /// When the file was last changed.
    FileTime,
}

/// A place on Earth (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres above sea level.
    pub altitude_m: Option<f64>,
}

/// What took the picture. Serial numbers are left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Camera {
    /// Who made it.
    pub make: Option<String>,
    /// What they call it.
    pub model: Option<String>,
    /// The lens.
    pub lens: Option<String>,
}

/// How the picture was exposed (CIPA DC-008, section 4.6.6).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Exposure {
    /// Exposure time, in seconds.
    pub time_s: Option<f64>,
    /// The f-number: 1.8 for f/1.8.
    pub f_number: Option<f64>,
    /// ISO speed.
    pub iso: Option<u32>,
    /// Focal length in millimetres.
    pub focal_length_mm: Option<f64>,
    /// The focal length that gives the same view on 35 mm film, in millimetres.
    pub focal_length_35mm: Option<u32>,
}

/// What a film says about itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoFacts {
    /// How long it runs, in milliseconds.
    pub duration_ms: Option<u64>,
    /// Pictures per second, on average.
    pub frame_rate: Option<f64>,
    /// What codes the pictures, in small letters: `h264`, `hevc`, `av1`, `vp9`, `mjpeg` …; the
    /// container's own code when it is not a known one.
    pub video_codec: Option<String>,
    /// What codes the sound: `aac`, `opus`, `pcm_s16le` …
    pub audio_codec: Option<String>,
    /// How far the pictures must be turned clockwise to look at them: 0, 90, 180 or 270.
    pub rotation_degrees: u16,
    /// Whether there is sound.
    pub has_audio: bool,
}

/// Where the film of a motion photo lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MotionPhoto {
    /// Bytes from the start of the file.
    pub offset: u64,
    /// Bytes of the film, which is an MP4 of its own.
    pub length: u64,
}

/// A finished JPEG inside another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Bytes from the start of the file.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
    /// Pixels across, as coded; `None` when its header could not be read.
    pub width: Option<u32>,
    /// Pixels down, as coded.
    pub height: Option<u32>,
}

/// What is known of a file besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// Its name, with or without folders. Many cameras and chat programs write the time into it.
    pub file_name: &'a str,
    /// When it was last changed, in milliseconds since the epoch.
    pub modified_at_ms: Option<i64>,
    /// The `.xmp` file beside it.
    pub sidecar: Option<&'a [u8]>,
}
