//! Settings: shown, changed, refused in words, kept.

use serde_json::{Value, json};

use crate::Device;
use crate::connecting::connected;

fn value(device: &Device, key: &str) -> Value {
    let ran = device.run(["settings", "show", key, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.json()[0]["value"].clone()
}

#[test]
fn settings_are_kept_and_put_back() {
    let device = Device::new();
    assert_eq!(value(&device, "networks"), "unmetered");
    let ran = device.run(["settings", "set", "networks", "any"]);
    assert_eq!((ran.code, ran.out.lines().next()), (0, Some("networks is any now; it was unmetered.")));
    assert_eq!(value(&device, "networks"), "any");
    let ran = device.run(["settings", "set", "hours", "22:00", "-", "6:00"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(value(&device, "hours"), "22:00-06:00", "several words are one value");
    let all = device.run(["settings", "show"]).out;
    assert!(all.contains("networks             any  (default: unmetered)"), "{all}");
    for key in ["networks", "hours"] {
        assert_eq!(device.run(["settings", "unset", key]).code, 0);
    }
    let all = device.run(["settings", "show"]).out;
    assert!(!all.contains("default:"), "{all}");
}

#[test]
fn what_is_wrong_is_refused_and_changes_nothing() {
    let device = Device::new();
    for (words, said) in [
        (vec!["set", "netwroks", "any"], "there is no setting \"netwroks\": did you mean networks?"),
        (vec!["set", "zzz", "any"], "albumen settings show lists them"),
        (vec!["show", "hour"], "did you mean hours?"),
        (vec!["set", "networks", "wifi"], "networks cannot be that: write one of: unmetered, any"),
        (vec!["set", "speed-limit", "1 kB/s"], "the least is 50 kB/s"),
        (vec!["set", "leave-out", "a[b"], "the pattern"),
    ] {
        let ran = device.run(["settings"].into_iter().chain(words.iter().copied()));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{words:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{words:?}: {}", ran.err);
    }
    assert!(!device.home().join("settings.json").exists());
}

#[test]
fn a_change_says_what_it_does_to_what_is_here_and_a_dry_run_changes_nothing() {
    let (device, hub) = connected(vec![]);
    let pictures = device.pictures("Pictures");
    std::fs::File::create(pictures.join("film.mp4")).unwrap();
    assert_eq!(device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]).code, 0);
    let words = ["settings", "set", "kinds", "photos"];
    let ran = device.run(words.into_iter().chain(["--dry-run", "--json"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let change = ran.json();
    assert_eq!((&change["changed"], &change["value"]), (&json!(false), &json!("photos")));
    assert_eq!(
        change["effect"]["left_out"],
        json!([{"reason": "videos are left out (setting kinds)", "before": 0, "after": 1}])
    );
    assert_eq!(value(&device, "kinds"), "all");

    let ran = device.run(words);
    assert_eq!(
        ran.out,
        "kinds is photos now; it was all.\n  1 item is left out: videos are left out (setting kinds)\n"
    );
    let plan = device.run(["backup", "--dry-run", "--json"]).json();
    assert_eq!((&plan["to_offer"], &plan["skipped"]), (&json!(1), &json!(1)), "{plan}");
    assert_eq!(device.run(words).out, "kinds is photos already.\n");

    let ran = device.run(["settings", "set", "wait-after-capture", "1", "day"]);
    let said = "  1 item waits: waiting a while: it was changed a moment ago";
    assert!(ran.out.contains(said), "{}", ran.out);
    assert_eq!(hub.requests().len(), 2, "only those of connecting");
}

#[test]
fn a_backup_keeps_to_the_hours_unless_it_is_to_go_anyway() {
    let (device, hub) = connected(vec![]);
    let pictures = device.pictures("Pictures");
    device.run(["source".as_ref(), "add".as_ref(), pictures.as_os_str()]);
    // One minute that is half a day away: never now, whenever this test runs.
    let now = jiff::Timestamp::from_second(seconds_now()).unwrap().to_zoned(jiff::tz::TimeZone::system());
    let far = (i32::from(now.hour()) * 60 + i32::from(now.minute()) + 720) % 1440;
    let hours = format!("{:02}:{:02}-{:02}:{:02}", far / 60, far % 60, (far + 1) % 1440 / 60, (far + 1) % 60);
    assert_eq!(device.run(["settings", "set", "hours", &hours]).code, 0);
    let ran = device.run(["backup"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.starts_with("Not now; 0 of 1 item is safe."), "{}", ran.out);
    assert!(ran.out.contains("a.jpg: waiting for the hours that you chose"), "{}", ran.out);
    assert_eq!(hub.requests().len(), 2, "nobody was asked");
    let ran = device.run(["backup", "--anyway", "--patience-seconds", "0"]);
    assert!(ran.out.contains("is away"), "it tried: {}", ran.out);
}

fn seconds_now() -> i64 {
    use domain::Clock as _;
    domain::SystemClock.now_ms() / 1000
}
