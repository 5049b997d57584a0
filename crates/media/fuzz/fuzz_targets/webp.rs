//! Hostile bytes as chunks of WebP.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"RIFF\xff\xff\xff\xffWEBP", data);
});
