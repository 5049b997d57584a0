//! Prints what files say about themselves, one line of JSON each: `cargo run -p albumen-media --example
//! describe -- FILE…`.

use std::fs::File;

use media::facts::{Hints, describe};

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let facts = describe(File::open(&path)?, &Hints { file_name: &path, ..Hints::default() });
        println!("{path}: {}", serde_json::to_string(&facts)?);
    }
    Ok(())
}
