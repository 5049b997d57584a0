//! `user add` and `user list`, before a hub runs and beside one.

use crate::bench::{Bench, log_in, stderr, stdout};

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
fn a_mistyped_folder_is_no_empty_hub() {
    let bench = Bench::new();
    for words in [&["user", "list"][..], &["verify"]] {
        let refused = bench.run(words);
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains("there is no hub in "), "{}", stderr(&refused));
    }
    assert!(!bench.data().exists());
}
