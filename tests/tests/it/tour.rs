//! What a person does on the first day, and again on the second.

use albumen_tests::{Account, Device, Hub, PASSWORD, Tree, engines, put_file};
use serde_json::{Value, json};
use testkit::{HubProcess, samples};

#[test]
fn from_the_printed_code_to_a_proven_restore() {
    for engine in engines() {
        let device = Device::new("laptop");
        let hub = Hub::start_and_claim(engine, |fresh| set_up(&device, fresh));
        device.connect(&hub.url(), "anna");
        let files = make_albums(&device);
        device.add_source(&device.pictures(), false);
        choose_albums(&device);

        let dry = device.run(["backup", "--dry-run", "--json"]).expect_code(0).json();
        assert_eq!((&dry["chosen"], hub.blob_count()), (&json!(6), 0), "a dry run sends nothing: {dry}");

        let first = device.backup().expect_safe();
        assert_eq!((first.number("seen"), first.number("stored"), first.number("already_held")), (6, 5, 1));
        assert_eq!(first.number("bytes_total"), files.sent_bytes + files.twin_bytes);
        assert_eq!(first.number("bytes_sent"), files.sent_bytes, "the picture that is there twice goes once");
        assert_eq!((hub.blob_count(), hub.verify(), hub.owner().asset_count()), (5, 5, 5));
        nothing_is_sent_again(&device);

        let status = device.status();
        assert_eq!((&status["counts"]["stored"], &status["last_run"]["all_safe"]), (&json!(6), &json!(true)));
        let restored = Tree::read(&device.restore());
        let mut chosen = Tree::read(&device.pictures());
        chosen.0.retain(|path, _| {
            let path = path.to_string_lossy();
            !["Screenshots", ".thumbnails"].iter().any(|left_out| path.starts_with(left_out))
                && !path.ends_with("notes.txt")
        });
        chosen.assert_same(&restored);
    }
}

/// Claims the hub with `albumen setup`; a wrong code does not.
fn set_up(device: &Device, fresh: &HubProcess) {
    let code = fresh.setup_code();
    let claim = |code: &str| {
        let words = ["setup", &fresh.url(), "--code", code, "--user", "anna", "--password-stdin"];
        device.run_with(&format!("{PASSWORD}\n"), words)
    };
    let _ = claim("WRONG-CODE").expect_code(1);
    let _ = claim(&code).expect_code(0);
    let _ = claim(&code).expect_code(1);
}

struct Made {
    sent_bytes: u64,
    twin_bytes: u64,
}

fn make_albums(device: &Device) -> Made {
    let pictures = device.pictures();
    let mut sent_bytes = 0;
    for number in 0..4u64 {
        let folder = if number < 2 { "Trips/Rome" } else { "Cats" };
        let bytes = samples::jpeg(number);
        sent_bytes += bytes.len() as u64;
        put_file(pictures.join(folder).join(format!("{number}.jpg")), &bytes);
    }
    let video = samples::mp4(9, 300_000);
    put_file(pictures.join("Cats/jump.mp4"), &video);
    let twin = samples::jpeg(0);
    put_file(pictures.join("Cats/also in Rome.jpg"), &twin);
    put_file(pictures.join("Screenshots/secret.png"), &samples::png(1));
    put_file(pictures.join("Cats/notes.txt"), b"not a picture");
    put_file(pictures.join(".thumbnails/0.jpg"), &samples::jpeg(77));
    Made { sent_bytes: sent_bytes + video.len() as u64, twin_bytes: twin.len() as u64 }
}

fn choose_albums(device: &Device) {
    let _ = device.run(["albums", "neutral", "Cats"]).expect_code(0);
    let _ = device.run(["albums", "include", "Cats"]).expect_code(0);
    let _ = device.run(["albums", "exclude", "Screenshots"]).expect_code(0);
    let _ = device.run(["albums", "exclude", "Screenshoots"]).expect_code(2);
    let albums = device.run(["albums", "--json"]).expect_code(0).json();
    let state = |name: &str| -> Option<Value> {
        let albums = albums.as_array().or_else(|| albums["albums"].as_array())?;
        albums.iter().find(|album| album["name"] == name).map(|album| album["state"].clone())
    };
    assert_eq!(state("Screenshots"), Some(json!("exclude")), "{albums}");
    assert_eq!((state("Cats"), state("Trips/Rome")), (Some(json!("include")), Some(json!("include"))));
}

fn nothing_is_sent_again(device: &Device) {
    let second = device.backup().expect_safe();
    assert_eq!((second.number("stored"), second.number("bytes_sent")), (0, 0), "{second:#?}");
    assert_eq!(second.number("already_held"), 6);
}

#[test]
fn wrong_usage_is_2_and_a_hub_that_is_not_there_is_1() {
    let device = Device::new("laptop");
    let _ = device.run(["backup"]).expect_code(2);
    let _ = device.run(["bakcup"]).expect_code(2);
    let nobody = format!("http://127.0.0.1:{}", testkit::free_port());
    let words = ["connect", &nobody, "--user", "anna", "--password-stdin"];
    let ran = device.run_with(&format!("{PASSWORD}\n"), words).expect_code(1);
    assert!(ran.err.contains("cannot be reached"), "{}", ran.err);
}

#[test]
fn accounts_of_the_command_line_can_sign_in() {
    let hub = Hub::start(albumen_tests::Engine::Sqlite);
    let bert = hub.make_account("bert");
    assert_eq!(bert.files().len(), 0);
    let listed = hub.run(&["user", "list", "--json"]).expect_code(0).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
    let again = Account::log_in(&hub.url(), "bert");
    assert_eq!(again.my_space().id, bert.my_space().id);
}
