//! Hostile bytes as boxes of HEIF and AVIF.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\0\0\0\x14ftypheic\0\0\0\0mif1", data);
});
