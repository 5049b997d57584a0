//! `albumen-hub doctor`: says what is in force, what is wrong, and what to do about it. It changes
//! nothing but the catalog's layout, which opening the catalog brings up to date.

mod content;
mod disk;
mod finding;
mod machine;
mod media;

use std::process::ExitCode;
use std::sync::Arc;

use domain::{Clock, SystemClock};
use serde_json::{Value, json};

use super::FAILED;
use super::output::{print, print_json};
use crate::HubError;
use crate::config::{Catalog, Config, ConfigError, Key, Loaded, keys};
use crate::data_dir::DataDir;
pub use finding::{Finding, Level};

pub(super) async fn run(loaded: Result<Loaded, ConfigError>, as_json: bool) -> Result<ExitCode, HubError> {
    let (settings, findings) = match &loaded {
        Ok(loaded) => (settings(loaded), examine(loaded, Arc::new(SystemClock)).await),
        Err(error) => {
            let mend = "correct it; `albumen-hub config sample` shows every setting";
            (Vec::new(), vec![Finding::problem("settings", error, mend)])
        }
    };
    let well = findings.iter().all(|finding| finding.level != Level::Problem);
    if as_json {
        print_json(&to_json(&settings, &findings, well))?;
    } else {
        print(&words(&settings, &findings, well))?;
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Everything that can be looked at.
async fn examine(loaded: &Loaded, clock: Arc<dyn Clock>) -> Vec<Finding> {
    let config = &loaded.config;
    let mut findings = stray_variables(loaded);
    findings.extend(disk::examine(config));
    findings.extend(machine::examine(config, &*clock).await);
    findings.extend(media::examine().await);
    // Without a hub in the folder there is nothing more to look at, and nothing may be made.
    if let Ok(data) = DataDir::existing(&config.data.dir) {
        findings.extend(content::examine(config, &data, clock).await);
    }
    findings
}

fn stray_variables(loaded: &Loaded) -> Vec<Finding> {
    let note = |name: &String| {
        let words = format!("the environment variable {name} sets nothing here");
        Finding::note("settings", words, "unset it if it was meant for the hub")
    };
    loaded.stray_variables.iter().map(note).collect()
}

/// One setting in force.
struct Setting {
    key: String,
    value: Value,
    origin: String,
}

fn settings(loaded: &Loaded) -> Vec<Setting> {
    let one = |key: &'static Key| Setting {
        key: key.dotted(),
        value: shown(&loaded.config, key),
        origin: loaded.origin(key).to_string(),
    };
    keys().map(one).collect()
}

/// A value for people to see: never a password.
fn shown(config: &Config, key: &Key) -> Value {
    match config.show(key) {
        None => Value::Null,
        Some(toml::Value::Integer(number)) => json!(number),
        Some(toml::Value::String(text)) if key.dotted() == "catalog.url" => json!(Catalog::shown_url(&text)),
        Some(toml::Value::String(text)) => json!(text),
        Some(other) => json!(other.to_string()),
    }
}

fn to_json(settings: &[Setting], findings: &[Finding], well: bool) -> Value {
    let settings: serde_json::Map<String, Value> = settings
        .iter()
        .map(|setting| (setting.key.clone(), json!({ "value": setting.value, "origin": setting.origin })))
        .collect();
    let findings: Vec<Value> = findings.iter().map(Finding::to_json).collect();
    json!({ "version": env!("CARGO_PKG_VERSION"), "well": well, "settings": settings, "findings": findings })
}

fn words(settings: &[Setting], findings: &[Finding], well: bool) -> String {
    let mut lines = vec![format!("albumen-hub {}", env!("CARGO_PKG_VERSION")), String::new()];
    for Setting { key, value, origin } in settings {
        let value = if value.is_null() { "off".to_owned() } else { value.to_string() };
        lines.push(format!("  {key:28} {value:36} {origin}"));
    }
    lines.push(String::new());
    lines.extend(findings.iter().map(Finding::in_words));
    lines.push(String::new());
    lines.push(if well { "All is well." } else { "Something needs you: see the lines with !!" }.to_owned());
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Flag, Given};

    #[test]
    fn settings_are_shown_with_their_origin_and_without_passwords() {
        let dir = tempfile::tempdir().unwrap();
        let url = Flag { name: "--catalog", key: "catalog.url", value: "postgres://sam:secret@db/x".into() };
        let given = Given { data_dir: Some(dir.path().to_owned()), flags: vec![url], ..Given::default() };
        let settings = settings(&Loaded::load(&given).unwrap());
        let text = words(&settings, &[], true);
        assert!(text.contains("catalog.url") && text.contains("postgres://sam:…@db/x"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        let url = settings.iter().find(|setting| setting.key == "catalog.url").unwrap();
        assert_eq!(url.origin, "--catalog");
        assert!(text.ends_with("All is well.\n"), "{text}");
    }
}
