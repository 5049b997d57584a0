//! Hostile bytes as XMP, beside a picture.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::facts::Hints;

fuzz_target!(|data: &[u8]| {
    let hints = Hints { sidecar: Some(data), ..Hints::default() };
    media_fuzz::check(b"\xff\xd8\xff", &hints);
});
