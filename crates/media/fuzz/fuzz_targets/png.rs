//! Hostile bytes as chunks of PNG.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\x89PNG\r\n\x1a\n", data);
});
