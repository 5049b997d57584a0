//! The same program on PostgreSQL.

use testkit::{FreshDatabase, samples, skip_or_fail};

use crate::bench::{Bench, PASSWORD, log_in, put, stderr, stdout};

#[tokio::test]
async fn the_catalog_on_a_server() {
    let Some(database) = FreshDatabase::make().await else {
        return skip_or_fail("no PostgreSQL: ALBUMEN_TEST_POSTGRES is not set");
    };
    let (bench, url) = (Bench::new(), database.url());
    let add = ["user", "add", "sam", "--role", "owner", "--password-stdin", "--catalog", &url];
    let made = bench.run_with_input(&add, PASSWORD);
    assert!(made.status.success(), "{}", stderr(&made));
    let mut hub = bench.launch().catalog(&url).start();
    let kept = put(&hub, &log_in(&hub), "beach.jpg", &samples::jpeg(1));
    assert!((200..300).contains(&kept.status), "{}", kept.text());
    hub.kill();
    hub.restart();
    let (report, code) = bench.json(&["doctor", "--json", "--listen", "127.0.0.1:0", "--catalog", &url]);
    assert!(report.to_string().contains("the catalog (PostgreSQL) answers"), "{report:#}");
    // The tests' server may be a quick one that survives no power cut; doctor says so, and nothing else.
    let off = switched_off(&url).await;
    assert_eq!(code, i32::from(!off.is_empty()), "{report:#}");
    let risks: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["level"] == "problem")
        .map(|finding| finding["words"].as_str().unwrap())
        .collect();
    assert_eq!(risks.len(), off.len(), "{risks:?}");
    for (risk, name) in risks.iter().zip(&off) {
        assert!(risk.starts_with(&format!("PostgreSQL runs with {name} = off: ")), "{risk}");
    }
    let verified = bench.run(&["verify", "--catalog", &url]);
    assert!(stdout(&verified).starts_with("1 file "), "{}", stdout(&verified));
    assert!(!bench.data().join("catalog.db").exists());
    assert!(hub.terminate().success());
    database.drop_now().await;
}

async fn switched_off(url: &str) -> Vec<&'static str> {
    let catalog = catalog::Catalog::open(url, std::sync::Arc::new(domain::SystemClock)).await.unwrap();
    let off = catalog.read(|tx| Box::pin(async move { catalog::durability::switched_off(tx).await })).await;
    catalog.close().await;
    off.unwrap()
}

#[test]
fn a_server_that_is_away_is_said_without_its_password() {
    let bench = Bench::new();
    let url = "postgres://nobody:secret@127.0.0.1:1/nothing";
    let refused =
        bench.run_with_input(&["user", "add", "sam", "--password-stdin", "--catalog", url], PASSWORD);
    assert_eq!(refused.status.code(), Some(1));
    let words = stderr(&refused);
    assert!(words.contains("the catalog does not open: "), "{words}");
    assert!(!words.contains("secret"), "{words}");
}
