//! Hostile bytes as blocks of GIF.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"GIF89a", data);
});
