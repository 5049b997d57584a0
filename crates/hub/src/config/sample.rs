//! The sample of `albumen.toml`, written from the very structs that read it.

use std::fmt::Write as _;

use super::{Config, Key, SECTIONS};

const HEAD: &str = "\
# Settings of an Albumen hub. Put this file into the data folder as albumen.toml, or name it with
# --config. Every line that begins with # and a key shows the default: take the # away to change it.
# An environment variable beats the file, a flag beats both.
";

/// The whole sample, with every key at its default, commented out.
pub fn sample() -> String {
    let defaults = Config::default();
    let mut text = HEAD.to_owned();
    for (section, about, keys) in SECTIONS {
        text.push('\n');
        comment(&mut text, about);
        line(&mut text, &format!("[{section}]"));
        for key in *keys {
            comment(&mut text, key.words);
            line(&mut text, &format!("# Variable: {}", key.variable()));
            line(&mut text, &format!("#{} = {}", key.name, value_of(key, &defaults)));
        }
    }
    text
}

/// The default; for a key that is off, its example.
fn value_of(key: &Key, defaults: &Config) -> toml::Value {
    defaults.show(key).unwrap_or_else(|| key.shape.value_of(key.example.unwrap_or_default()))
}

fn comment(text: &mut String, words: &[&str]) {
    for words in words {
        line(text, &format!("#{words}"));
    }
}

fn line(text: &mut String, words: &str) {
    // Writing to a String does not fail.
    let _ = writeln!(text, "{words}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys;

    fn load(text: &str) -> Config {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("named.toml");
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), text.as_bytes()).unwrap();
        let given = crate::config::Given { config_file: Some(path), ..Default::default() };
        crate::config::Loaded::load(&given).unwrap().config
    }

    fn defaults() -> Config {
        let mut config = Config::default();
        config.data.dir = std::env::current_dir().unwrap().join("data");
        config
    }

    /// The sample with all keys taken in, also those that are off by default.
    fn uncommented() -> String {
        let takes_in = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line.contains(" = ");
        sample()
            .lines()
            .map(|line| if takes_in(line) { line.trim_start_matches('#') } else { line })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn the_sample_changes_nothing() {
        assert_eq!(load(&sample()), defaults());
    }

    #[test]
    fn the_sample_with_every_key_taken_in_is_the_defaults_and_the_examples() {
        let mut expected = defaults();
        expected.catalog.url = Some("postgres://albumen@localhost/albumen".to_owned());
        expected.metrics.listen = Some("127.0.0.1:9230".parse().unwrap());
        assert_eq!(load(&uncommented()), expected);
    }

    #[test]
    fn every_key_is_there_with_words() {
        let sample = sample();
        for key in keys() {
            assert!(sample.contains(&format!("\n#{} = ", key.name)), "{}", key.dotted());
            assert!(!key.words.is_empty(), "{} has no words", key.dotted());
            assert!(sample.contains(&key.variable()));
        }
    }
}
