//! Hostile bytes as folders of TIFF, and of the raw formats that are TIFF.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"II*\0", data);
});
