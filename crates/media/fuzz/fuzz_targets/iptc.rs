//! Hostile bytes as IPTC in Photoshop's image resources.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(length) = u16::try_from(data.len() + 16) else { return };
    let head = [&[0xff, 0xd8, 0xff, 0xed], length.to_be_bytes().as_slice(), b"Photoshop 3.0\0"].concat();
    media_fuzz::describe_behind(&head, data);
});
