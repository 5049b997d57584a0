//! What the program says about its settings, and to whom it listens.

use std::process::Command;

use crate::bench::{Bench, PROGRAM, run_to_end, stderr, stdout};
use crate::raw::get;

#[test]
fn the_first_line_tells_the_port_that_zero_became() {
    let hub = Bench::new();
    let running = hub.start();
    assert_ne!(running.address().port(), 0);
    assert_eq!(get(running.address(), "/healthz").text(), "alive\n");
    assert!(running.setup_code().len() >= 12);
}

#[test]
fn serve_is_what_happens_without_a_command() {
    let bench = Bench::with_owner();
    let taken = bench.start();
    let mut command = Command::new(PROGRAM);
    command.arg("--data").arg(bench.data()).args(["--listen", &taken.address().to_string()]);
    let refused = run_to_end(command, "");
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("another hub"), "{}", stderr(&refused));
}

#[test]
fn a_second_hub_on_the_folder_is_refused_in_words() {
    let bench = Bench::new();
    let first = bench.start();
    let refused = run_to_end(bench.launch().command(), "");
    assert_eq!(refused.status.code(), Some(1));
    let words = stderr(&refused);
    assert!(words.contains(&format!("another hub (process {})", first.process_id())), "{words}");
    assert!(words.contains("--data"), "{words}");
    assert_eq!(stdout(&refused), "");
    assert_eq!(get(first.address(), "/healthz").status, 200);
}

#[test]
fn a_taken_port_is_said() {
    let (bench, other) = (Bench::new(), Bench::new());
    let running = other.start();
    let refused = run_to_end(bench.launch().listen(running.address()).command(), "");
    assert_eq!(refused.status.code(), Some(1));
    let expected = format!("cannot listen on {}", running.address());
    assert!(stderr(&refused).contains(&expected), "{}", stderr(&refused));
}

#[test]
fn an_unknown_key_ends_the_start_and_names_the_nearest() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.data()).unwrap();
    let file = bench.data().join("albumen.toml");
    std::io::Write::write_all(&mut std::fs::File::create(&file).unwrap(), b"[listen]\nadress = \"x\"\n")
        .unwrap();
    let refused = bench.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        stderr(&refused).trim_end(),
        format!(
            "albumen-hub: {}: there is no setting \"listen.adress\"; did you mean \"listen.address\"?",
            file.display()
        )
    );
}

#[test]
fn the_sample_and_the_openapi_document_need_no_hub() {
    let bench = Bench::new();
    let sample = bench.run(&["config", "sample"]);
    assert_eq!(stdout(&sample), hub::config::sample());
    let document: serde_json::Value = serde_json::from_slice(&bench.run(&["openapi"]).stdout).unwrap();
    assert!(document["paths"].as_object().unwrap().contains_key("/api/v1/login"));
    assert!(!bench.data().exists(), "looking makes nothing");
}
