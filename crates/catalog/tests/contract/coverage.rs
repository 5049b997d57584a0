//! No public function without a contract test.

/// Broke? Write a contract test that calls the function as `noun::function(tx, …)`, with `contract!`,
/// so that it runs on both engines.
#[test]
fn every_public_function_is_called_by_a_contract_test() {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut tests = String::new();
    for file in std::fs::read_dir(format!("{root}/tests/contract")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("common.rs") {
            tests.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let mut functions = 0;
    let mut missing = Vec::new();
    for file in std::fs::read_dir(format!("{root}/src")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let noun = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else { continue };
            let function = rest.split(['(', '<']).next().unwrap();
            functions += 1;
            let call = match (noun.as_str(), function) {
                ("lib", "open") => "Catalog::open(".to_owned(),
                ("lib", method) => format!(".{method}("),
                _ => format!("{noun}::{function}("),
            };
            if !tests.contains(&call) {
                missing.push(call);
            }
        }
    }
    assert!(functions > 90, "only {functions} functions found: is the scan wrong?");
    assert!(missing.is_empty(), "no contract test calls {missing:?}");
}
