//! Hostile bytes as times in file names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::facts::Hints;

fuzz_target!(|data: &[u8]| {
    let hints = Hints { file_name: &String::from_utf8_lossy(data), ..Hints::default() };
    media_fuzz::check(b"GIF89a", &hints);
});
