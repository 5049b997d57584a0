//! Hostile bytes as boxes of JPEG 2000.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"\0\0\0\x0cjP  \r\n\x87\n", data);
});
