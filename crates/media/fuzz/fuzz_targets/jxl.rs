//! Hostile bytes as a codestream of JPEG XL.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\xff\x0a", data);
});
