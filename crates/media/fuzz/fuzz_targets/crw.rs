//! Hostile bytes as heaps of Canon's older raw format.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    media_fuzz::describe_behind(b"II\x1a\0\0\0HEAPCCDR", data);
});
