//! Hostile bytes as boxes of MP4 and QuickTime.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", data);
});
