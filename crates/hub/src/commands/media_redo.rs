//! `albumen-hub media redo`

use std::process::ExitCode;

use library::describe::{Again, DESCRIBED_BY};
use serde_json::json;

use super::open_existing;
use super::output::{count, print, print_json};
use crate::HubError;
use crate::config::Loaded;

/// What the flags choose.
pub(super) fn which(failed: bool, all: bool, content_type: Option<String>) -> Again {
    match content_type {
        Some(content_type) => Again::Type(content_type),
        None if failed => Again::Failed,
        None if all => Again::All,
        None => Again::OlderThan(DESCRIBED_BY),
    }
}

pub(super) async fn run(loaded: &Loaded, which: Again, json: bool) -> Result<ExitCode, HubError> {
    let parts = open_existing(&loaded.config).await?;
    let asked = async {
        let redone = parts.library.describe_again(which).await?;
        Ok::<_, library::Error>((redone, parts.library.description_totals().await?))
    };
    let asked = asked.await;
    parts.catalog.close().await;
    let (redone, totals) = asked?;
    if json {
        print_json(&json!({
            "asked": redone.assets,
            "assets": totals.assets,
            "described": totals.described,
            "failed": totals.failed,
        }))?;
    } else {
        print(&words(redone.assets, totals.assets))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(asked: u64, assets: u64) -> String {
    match asked {
        0 => format!(
            "Nothing to do: none of {} is of that kind.\n",
            count(assets, "picture or video", "pictures and videos")
        ),
        _ => format!(
            "{} will be looked into again, the newest first. A running hub begins within a minute.\n\
             \"albumen-hub media status\" tells how far it is.\n",
            count(asked, "picture or video", "pictures and videos")
        ),
    }
}
