//! Hostile bytes as elements of Matroska.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // What tells WebM must be among at least 256 bytes.
    let head = [b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\x01\0\x42\x82\x84webm".as_slice(), &[0xec; 249]].concat();
    media_fuzz::describe_behind(&head, data);
});
