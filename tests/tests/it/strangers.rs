//! Other people's tus clients, unchanged.

use std::collections::BTreeSet;
use std::path::Path;

use albumen_tests::{Hub, Tree, engines, node, noise_file, put_file, python, run, script};
use serde_json::Value;
use testkit::samples;

/// More than two chunks of either client.
const LARGE_BYTES: u64 = 3_500_000;

fn endpoint(hub: &Hub) -> String {
    format!("{}/tus", hub.url())
}

fn tus_js(hub: &Hub, scenario: &str, folder: &Path, names: &[&str]) -> Option<Value> {
    let mut command = node("tus-js-client.cjs")?;
    command.args([scenario, &endpoint(hub), hub.owner().token()]).arg(folder).args(names);
    Some(run(&mut command, "").expect_code(0).json())
}

fn tuspy(hub: &Hub, scenario: &str, file: &Path) -> Option<Value> {
    let mut command = python()?;
    command.arg(script("tuspy_upload.py")).args([scenario, &endpoint(hub), hub.owner().token()]).arg(file);
    Some(run(&mut command, "").expect_code(0).json())
}

/// What came in has the names and bytes of what was sent.
fn assert_arrived(hub: &Hub, folder: &Path, names: &[&str]) {
    let (sent, files) = (Tree::read(folder), hub.owner().files());
    assert_eq!(files.len(), names.len(), "{:?}", files.keys());
    for name in names {
        let file = &files[&format!("Uploads/{name}")];
        let kept = &sent.0[AsRef::<std::ffi::OsStr>::as_ref(name)];
        assert_eq!(hub.owner().hash(file.entry.id).sha256, kept.sha256, "{name}");
    }
    let contents: BTreeSet<_> =
        names.iter().map(|name| sent.0[AsRef::<std::ffi::OsStr>::as_ref(name)].sha256).collect();
    assert_eq!(hub.verify(), contents.len() as u64);
}

#[test]
fn tus_js_client_sends_many_files_at_once_in_chunks() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let folder = tempfile::tempdir().unwrap();
        let names = ["Grüße 🦊.jpg", "small.png", "empty.jpg", "a.mp4", "b.mp4", "c.mp4"];
        put_file(folder.path().join(names[0]), &samples::jpeg(1));
        put_file(folder.path().join(names[1]), &samples::png(2));
        put_file(folder.path().join(names[2]), b"");
        for (number, name) in names[3..].iter().enumerate() {
            noise_file(folder.path().join(name), number as u64, LARGE_BYTES);
        }
        let Some(sent) = tus_js(&hub, "whole", folder.path(), &names) else { return };
        assert_eq!(sent["uploads"].as_array().map(Vec::len), Some(names.len()), "{sent}");
        assert_arrived(&hub, folder.path(), &names);
        let file = &hub.owner().files()["Uploads/small.png"];
        assert_eq!(file.entry.modified_at_ms, Some(1_700_000_000_123), "its metadata was understood");
        assert_eq!(file.entry.content_type.as_deref(), Some("image/png"));
    }
}

#[test]
fn tus_js_client_goes_on_from_a_stored_address() {
    let hub = Hub::start(albumen_tests::Engine::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    noise_file(folder.path().join("film.mp4"), 5, LARGE_BYTES);
    let Some(sent) = tus_js(&hub, "resume", folder.path(), &["film.mp4"]) else { return };
    let at = |field: &str| sent[field].as_u64().unwrap_or_else(|| panic!("{field} of {sent}"));
    assert!(at("resumed_at") >= at("accepted") && at("accepted") > 0, "{sent}");
    assert_arrived(&hub, folder.path(), &["film.mp4"]);
}

#[test]
fn tuspy_sends_chunks_with_checksums_and_goes_on_from_a_stored_address() {
    for engine in engines() {
        let hub = Hub::start(engine);
        let folder = tempfile::tempdir().unwrap();
        let whole = noise_file(folder.path().join("whole.mp4"), 6, LARGE_BYTES);
        let Some(sent) = tuspy(&hub, "whole", &whole) else { return };
        assert_eq!(sent["offset"], LARGE_BYTES, "{sent}");
        let cut = noise_file(folder.path().join("cut.mp4"), 7, LARGE_BYTES);
        let Some(sent) = tuspy(&hub, "resume", &cut) else { return };
        assert_eq!((&sent["same_address"], &sent["resumed_at"]), (&true.into(), &1_400_000.into()), "{sent}");
        assert_eq!(sent["offset"], LARGE_BYTES, "{sent}");
        assert_arrived(&hub, folder.path(), &["whole.mp4", "cut.mp4"]);
    }
}
