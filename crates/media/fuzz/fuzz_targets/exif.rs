//! Hostile bytes as a block of EXIF, and Apple's note in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(length) = u16::try_from(data.len() + 8) else { return };
    let head = [&[0xff, 0xd8, 0xff, 0xe1], length.to_be_bytes().as_slice(), b"Exif\0\0"].concat();
    media_fuzz::describe_behind(&head, data);
});
