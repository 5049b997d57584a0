//! Hostile bytes as Panasonic's raw format.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"IIU\0", data);
});
