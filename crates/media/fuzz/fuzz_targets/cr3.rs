//! Hostile bytes as Canon's newer raw format.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\0\0\0\x14ftypcrx \0\0\0\x01isom", data);
});
