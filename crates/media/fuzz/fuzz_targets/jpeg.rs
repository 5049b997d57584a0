//! Hostile bytes as JPEG segments, with EXIF, XMP, IPTC and colour profiles in them.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\xff\xd8\xff", data);
});
