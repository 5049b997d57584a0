//! Where the commands speak.

use std::io::Write as _;

use crate::HubError;

/// Results, on standard output. The text brings its own line ends.
pub(super) fn print(text: &str) -> Result<(), HubError> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|source| HubError::System { what: "standard output cannot be written to", source })
}

/// Words for a person, on standard error. Nobody listening is no reason to stop.
pub(super) fn complain(words: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

/// A document for programs, with a line end.
pub(super) fn print_json(value: &serde_json::Value) -> Result<(), HubError> {
    print(&format!("{value:#}\n"))
}

/// `1 item`, `2 items`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// A size for people, in the units that disks are sold in.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] =
        [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)];
    match UNITS.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10)),
        None => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts() {
        let table =
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_540_000, "2.5 MB"), (1 << 40, "1.0 TB")];
        for (bytes, expected) in table {
            assert_eq!(size(bytes), expected);
        }
        assert_eq!(count(1, "file", "files"), "1 file");
        assert_eq!(count(0, "file", "files"), "0 files");
    }
}
