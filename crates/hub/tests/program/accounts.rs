//! `user add`, `user list`, `user disable` and `user enable`, before a hub runs and beside one.

use crate::bench::{Bench, log_in, put, stderr, stdout};

#[test]
fn accounts_are_made_and_listed() {
    let bench = Bench::with_owner();
    let running = bench.start();
    let made =
        bench.run_with_input(&["user", "add", "zoë", "--role", "member", "--password-stdin"], "long enough");
    assert!(made.status.success(), "{}", stderr(&made));
    assert_eq!(stdout(&bench.run(&["user", "list"])), "owner     sam\nmember    zoë\n");
    let (users, code) = bench.json(&["user", "list", "--json"]);
    assert_eq!((code, users.as_array().unwrap().len()), (0, 2));
    assert_eq!((&users[1]["name"], &users[1]["role"]), (&"zoë".into(), &"member".into()));
    assert!(users[1]["created_at_ms"].as_i64().unwrap() > 0);
    log_in(&running);
    assert!(!running.said().contains("Set-up code"), "a hub with an owner prints none");
}

#[test]
fn refusals_are_words() {
    let bench = Bench::with_owner();
    let add = |name: &str, password: &str| {
        bench.run_with_input(&["user", "add", name, "--password-stdin"], password)
    };
    let taken = add("sam", "long enough");
    assert_eq!(taken.status.code(), Some(1));
    assert!(stderr(&taken).contains("\"sam\""), "{}", stderr(&taken));
    let short = add("tom", "short");
    assert_eq!(short.status.code(), Some(1));
    assert!(stderr(&short).contains("password"), "{}", stderr(&short));
    let boss = bench.run(&["user", "add", "tom", "--role", "boss"]);
    assert_eq!(boss.status.code(), Some(2));
    assert!(stderr(&boss).contains("owner, manager, member"), "{}", stderr(&boss));
    let nobody_to_ask = bench.run(&["user", "add", "tom"]);
    assert_eq!(nobody_to_ask.status.code(), Some(2));
    assert!(stderr(&nobody_to_ask).contains("--password-stdin"), "{}", stderr(&nobody_to_ask));
    assert_eq!(stdout(&bench.run(&["user", "list"])), "owner     sam\n");
}

#[test]
fn an_account_is_switched_off_and_on_beside_a_running_hub() {
    let bench = Bench::with_owner();
    let hub = bench.start();
    let token = log_in(&hub);
    let switch = |word: &str, name: &str| bench.run(&["user", word, name]);
    let last = switch("disable", "sam");
    assert_eq!(last.status.code(), Some(1));
    assert!(stderr(&last).contains("last owner"), "{}", stderr(&last));
    let add = ["user", "add", "otto", "--role", "owner", "--password-stdin"];
    assert!(bench.run_with_input(&add, "long enough").status.success());
    assert!(put(&hub, &token, "a.jpg", b"a").status < 300);

    let off = switch("disable", "sam");
    assert!(off.status.success() && stderr(&off).contains("switched off now"), "{}", stderr(&off));
    assert_eq!(put(&hub, &token, "b.jpg", b"b").status, 401, "at once, and no restart is needed");
    assert_eq!(stdout(&bench.run(&["user", "list"])), "owner     otto\nowner     sam  (switched off)\n");
    let (users, _) = bench.json(&["user", "list", "--json"]);
    assert!(users[1]["disabled_at_ms"].as_i64().unwrap() > 0);
    assert!(stderr(&switch("disable", "sam")).contains("off already"));

    let on = switch("enable", "sam");
    assert!(on.status.success() && stderr(&on).contains("on again"), "{}", stderr(&on));
    assert!(put(&hub, &token, "b.jpg", b"b").status < 300);
    assert!(stderr(&switch("enable", "sam")).contains("on already"));
    let nobody = switch("disable", "zoe");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stderr(&nobody).contains("no such account"), "{}", stderr(&nobody));
}

#[test]
fn a_mistyped_folder_is_no_empty_hub() {
    let bench = Bench::new();
    for words in [&["user", "list"][..], &["verify"]] {
        let refused = bench.run(words);
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains("there is no hub in "), "{}", stderr(&refused));
    }
    assert!(!bench.data().exists());
}
