//! `albumen backup`: brings everything chosen to the hub.

use std::sync::Arc;
use std::time::Duration;

use agent::attendant::status::Items;
use agent::attendant::wish::Wish;
use agent::attendant::{EngineLock, Holder, Round};
use agent::conditions::Probe;
use agent::ledger::{ItemKey, LedgerError};
use agent::planner::{Plan, PlanSummary, Work};
use agent::policy::Permit;
use agent::sources::Source;
use agent::uploader::hub_client::RemoteHub;
use agent::{Engine, Ledger, Outcome, Parts, RunOptions, Settings, SystemPause};
use domain::{OsRandom, SystemClock};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::arguments::BackupArguments;
use crate::console::{self, Mood, paint};
use crate::device::{self, Device, connected};
use crate::failure::{Failure, Verdict};
use crate::outcome;
use crate::progress::Progress;
use crate::stop;
use crate::words::{count, items, safe, size};

/// How much of a dry run is printed for a person; JSON has all of it.
const SHOWN_ITEMS: usize = 20;

pub(crate) async fn run(device: &Device, arguments: &BackupArguments) -> Result<Verdict, Failure> {
    let mut settings = device.settings()?;
    let connection = connected(&settings)?.clone();
    if settings.sources().is_empty() {
        return Err(Failure::usage("there is nothing to back up yet: albumen source add FOLDER"));
    }
    // Held until the end, and let go by the system if we are killed.
    let _lock = match EngineLock::take(&device.folder, Holder::Backup).map_err(LedgerError::from)? {
        Ok(lock) => Some(lock),
        Err(Holder::Run) if !arguments.dry_run => return ask_the_running_one(device, arguments),
        Err(_) => None,
    };
    // Who types this wants it now, also while the automatic backup is off.
    settings.preferences.automatic = true;
    let progress = Arc::new(Progress::new(arguments.json));
    let parts = Parts {
        sources: settings.open_sources(),
        // Only one backup runs at a time.
        ledger: Arc::new(Ledger::open(&device.folder)?),
        hub: Arc::new(RemoteHub::new(device.client(&connection)?)),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        pause: Arc::new(SystemPause::new()),
        reports: Arc::clone(&progress) as Arc<dyn agent::Reports>,
        settings: settings.clone(),
    };
    let ledger = parts.ledger.clone();
    let options = options(arguments);
    let sources = parts.sources.clone();
    let engine = Engine::new(parts);
    if arguments.dry_run {
        let plan = plan(&engine, options, &settings, &ledger, arguments.anyway).await;
        progress.clear();
        return dry_run(&plan?, &sources, arguments.json);
    }
    let probe = Probe::of_this_system();
    let judge = device::judge(probe.seen.clone());
    let round = Round {
        engine: &engine,
        ledger,
        options,
        settings: &settings,
        folder: None,
        judge: &judge,
        anyway: arguments.anyway,
    };
    match watch(round, probe, &progress).await? {
        Some(outcome) => {
            if let Err(error) = Items::of(&outcome).0.write(&device.folder) {
                tracing::warn!(%error, "the list of items cannot be written");
            }
            report(&outcome, &connection.url, arguments.json)
        }
        None => Ok(Verdict::StoppedAtOnce),
    }
}

fn options(arguments: &BackupArguments) -> RunOptions {
    let defaults = RunOptions::default();
    RunOptions {
        uploads: usize::from(arguments.parallel),
        verify: arguments.verify,
        patience: arguments.patience_seconds.map_or(defaults.patience, Duration::from_secs),
        ..defaults
    }
}

/// What a backup would do now, under what the settings say about this moment.
async fn plan(
    engine: &Engine,
    options: RunOptions,
    settings: &Settings,
    ledger: &Ledger,
    anyway: bool,
) -> Result<Plan, Failure> {
    let judge = device::judge(Probe::of_this_system().asked().await);
    let mut decision = judge.decide(&settings.preferences, ledger.metered_bytes(&judge.today())?);
    if anyway {
        decision.permit = Permit::default();
    }
    let pause = Arc::new(SystemPause::new());
    Ok(engine.plan(&options.under(&settings.preferences, &decision, &judge.now(), pause)).await?)
}

/// An engine looks after this device already: it is asked to begin now.
fn ask_the_running_one(device: &Device, arguments: &BackupArguments) -> Result<Verdict, Failure> {
    let wish = Wish { asked: true, anyway: arguments.anyway, verify: arguments.verify };
    wish.leave(&device.folder)
        .map_err(|error| Failure::words(format!("the running albumen cannot be asked: {error}")))?;
    Err(Failure::words(
        "albumen run looks after this device, and was asked to back up now. What is safe: albumen status",
    ))
}

/// Runs a round beside its display, what the system says, and Ctrl-C; `None` when it was left at once.
async fn watch(round: Round<'_>, probe: Probe, progress: &Progress) -> Result<Option<Outcome>, Failure> {
    let stop = CancellationToken::new();
    let Probe { mut seen, looking } = probe;
    let working = async {
        let asked = seen.wait_for(|seen| seen.asked).await.is_ok();
        tracing::debug!(asked, "the system was asked about network and power");
        round.run(&mut seen, &stop).await
    };
    let outcome = tokio::select! {
        // In this order: Ctrl-C is listened for before anything begins.
        biased;
        () = stop::listen(stop.clone()) => None,
        never = progress.draw() => match never {},
        outcome = Box::pin(working) => Some(outcome),
        // The probe never ends.
        () = looking => None,
    };
    progress.clear();
    Ok(outcome.transpose()?)
}

fn report(outcome: &Outcome, hub: &str, json: bool) -> Result<Verdict, Failure> {
    if json {
        console::say_json(outcome)?;
        if let Some(why) = outcome.why_not_safe() {
            console::note(&format!("not everything is safe: {}", safe(&why)));
        }
    } else {
        let mood = if outcome.all_safe() { Mood::Good } else { Mood::Bad };
        let lines = outcome::lines(outcome, hub);
        for (index, line) in lines.iter().enumerate() {
            console::say(&if index == 0 { paint(line, mood) } else { line.clone() });
        }
    }
    Ok(if outcome.all_safe() { Verdict::Done } else { Verdict::NotSafe })
}

/// A dry run as `--json` prints it.
#[derive(Debug, Serialize)]
struct DryRun {
    /// In numbers.
    #[serde(flatten)]
    summary: PlanSummary,
    /// What would be read, offered and, unless the hub has it, sent.
    offer: Vec<Planned>,
    /// What would only be compared with the hub.
    compare: Vec<Planned>,
    /// What nothing would be done with.
    refused: Vec<Refusal>,
}

#[derive(Debug, Serialize)]
struct Planned {
    item: String,
    album: Arc<str>,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct Refusal {
    item: String,
    reason: Arc<str>,
    failed: bool,
}

fn dry_run(plan: &Plan, sources: &[Arc<dyn Source>], json: bool) -> Result<Verdict, Failure> {
    let described = |key: &ItemKey| {
        agent::sources::find(sources, key.source)
            .map_or_else(|| key.local.to_string(), |source| source.describe(&key.local))
    };
    let planned = |work: &Work| Planned {
        item: described(&work.key),
        album: plan.albums.get(work.album).map(|album| Arc::clone(&album.name)).unwrap_or_default(),
        bytes: work.facts.size_bytes,
    };
    let dry_run = DryRun {
        summary: plan.summary(),
        offer: plan.hash.iter().chain(&plan.offer).map(planned).collect(),
        compare: plan.compare.iter().map(planned).collect(),
        refused: plan
            .refused
            .iter()
            .map(|refused| Refusal {
                item: described(&refused.key),
                reason: refused.verdict.words(),
                failed: refused.verdict.is_failure(),
            })
            .collect(),
    };
    if json {
        console::say_json(&dry_run)?;
    } else {
        for line in dry_run_lines(&dry_run) {
            console::say(&line);
        }
    }
    Ok(Verdict::Done)
}

fn dry_run_lines(dry_run: &DryRun) -> Vec<String> {
    let summary = &dry_run.summary;
    let mut lines = vec![format!(
        "{} chosen ({}), {} known to be safe.",
        items(summary.chosen),
        size(summary.chosen_bytes),
        items(summary.safe)
    )];
    if summary.to_offer > 0 {
        lines.push(format!(
            "{} would be offered to the hub, at most {} would be sent:",
            items(summary.to_offer),
            size(summary.to_offer_bytes)
        ));
        lines.extend(
            dry_run.offer.iter().take(SHOWN_ITEMS).map(|planned| format!("  {}", safe(&planned.item))),
        );
        if let Some(more) = summary.to_offer.checked_sub(SHOWN_ITEMS as u64).filter(|&more| more > 0) {
            lines.push(format!("  and {} more (--json lists all)", count(more)));
        }
    }
    if summary.to_compare > 0 {
        lines.push(format!("{} would be compared with the hub.", items(summary.to_compare)));
    }
    let refused = dry_run.refused.iter().map(|refusal| (refusal.item.as_str(), &*refusal.reason));
    lines.extend(outcome::reasons("left as they are", refused));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(item: &str) -> Planned {
        Planned { item: item.to_owned(), album: "Trips".into(), bytes: 500 }
    }

    fn example(offered: u64) -> DryRun {
        DryRun {
            summary: PlanSummary {
                chosen: offered + 3,
                chosen_bytes: 1500,
                safe: 2,
                to_offer: offered,
                to_offer_bytes: 500 * offered,
                ..PlanSummary::default()
            },
            offer: (0..offered).map(|number| planned(&format!("/p/\u{1b}{number}.jpg"))).collect(),
            compare: vec![],
            refused: vec![Refusal { item: "/p/x.jpg".into(), reason: "a link".into(), failed: false }],
        }
    }

    #[test]
    fn a_dry_run_says_what_would_be_done() {
        assert_eq!(
            dry_run_lines(&example(1)),
            [
                "4 items chosen (1.5 kB), 2 items known to be safe.",
                "1 item would be offered to the hub, at most 500 bytes would be sent:",
                "  /p/\\u{1b}0.jpg",
                "1 item left as they are:",
                "  /p/x.jpg: a link",
            ]
        );
    }

    #[test]
    fn a_long_dry_run_is_cut_for_people_only() {
        let lines = dry_run_lines(&example(1030));
        assert!(lines.contains(&"  and 1 010 more (--json lists all)".to_owned()), "{lines:?}");
        let json = serde_json::to_value(example(1030)).unwrap();
        assert_eq!(json["offer"].as_array().unwrap().len(), 1030);
        assert_eq!((&json["to_offer"], &json["refused"][0]["reason"]), (&1030.into(), &"a link".into()));
    }
}
