//! Hostile bytes as the name of a colour profile.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(length) = u16::try_from(data.len() + 16) else { return };
    let head =
        [&[0xff, 0xd8, 0xff, 0xe2], length.to_be_bytes().as_slice(), b"ICC_PROFILE\0\x01\x01"].concat();
    media_fuzz::describe_behind(&head, data);
});
