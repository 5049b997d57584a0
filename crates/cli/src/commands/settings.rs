//! `albumen settings`: when, over which network, and what is backed up.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent::conditions::Probe;
use agent::ledger::LedgerError;
use agent::planner::{Plan, Verdict as ItemVerdict};
use agent::preferences::Key;
use agent::uploader::hub_client::RemoteHub;
use agent::{Engine, Ledger, Parts, Preferences, RunOptions, Settings, SystemPause};
use domain::{OsRandom, SystemClock};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::arguments::{ChangeArguments, SettingsCommand};
use crate::console;
use crate::device::{self, Device};
use crate::failure::{Failure, Verdict};
use crate::suggest;
use crate::words::{items, safe};

/// One setting as `--json` prints it.
#[derive(Debug, Serialize)]
struct Shown {
    key: &'static str,
    value: String,
    default: String,
    about: &'static str,
    values: &'static str,
}

/// A change as `--json` prints it.
#[derive(Debug, Serialize)]
struct Change {
    key: &'static str,
    before: String,
    value: String,
    /// `false` for a dry run, and when nothing changed.
    changed: bool,
    /// What it does to the items of this device; absent when that cannot be told.
    effect: Option<Effect>,
    /// Why it cannot be told.
    unknown: Option<String>,
}

/// What waits and what is left out, by reason, before and after.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Effect {
    /// Items that wait.
    waiting: Vec<Moved>,
    /// Items that are left out.
    left_out: Vec<Moved>,
}

/// Items with one reason.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Moved {
    reason: Arc<str>,
    before: u64,
    after: u64,
}

/// How many items have which reason.
type Tally = BTreeMap<Arc<str>, u64>;

pub(crate) async fn run(device: &Device, command: SettingsCommand) -> Result<Verdict, Failure> {
    match command {
        SettingsCommand::Show { key, json } => show(device, key.as_deref(), json)?,
        SettingsCommand::Set { key, value, how } => {
            let (key, value) = (find(&key)?, value.join(" "));
            change(device, key, how, |of, now| key.set(of, &value, now)).await?;
        }
        SettingsCommand::Unset { key, how } => {
            let key = find(&key)?;
            change(device, key, how, |of, now| key.unset(of, now)).await?;
        }
    }
    Ok(Verdict::Done)
}

fn find(name: &str) -> Result<Key, Failure> {
    Key::named(&name.to_lowercase()).ok_or_else(|| {
        let meant = suggest::nearest(name, Key::ALL.iter().map(|key| key.name()));
        let hint = match meant {
            Some(meant) => format!("did you mean {meant}?"),
            None => "albumen settings show lists them".to_owned(),
        };
        Failure::usage(format!("there is no setting \"{}\": {hint}", safe(name)))
    })
}

fn show(device: &Device, key: Option<&str>, json: bool) -> Result<(), Failure> {
    let keys = match key {
        Some(name) => vec![find(name)?],
        None => Key::ALL.to_vec(),
    };
    let preferences = device.settings()?.preferences;
    let shown: Vec<Shown> = keys.into_iter().map(|key| shown(key, &preferences)).collect();
    if json {
        return console::say_json(&shown);
    }
    for line in lines(&shown) {
        console::say(&line);
    }
    Ok(())
}

fn shown(key: Key, preferences: &Preferences) -> Shown {
    let zone = TimeZone::system();
    Shown {
        key: key.name(),
        value: key.show(preferences, &zone),
        default: key.show(&Preferences::default(), &zone),
        about: key.about(),
        values: key.values(),
    }
}

fn lines(all: &[Shown]) -> Vec<String> {
    let mut lines = Vec::new();
    for shown in all {
        let default = if shown.value == shown.default {
            String::new()
        } else {
            format!("  (default: {})", shown.default)
        };
        lines.push(format!("{:20} {}{default}", shown.key, safe(&shown.value)));
        lines.push(format!("{:20}   {}", "", shown.about));
    }
    lines
}

async fn change(
    device: &Device,
    key: Key,
    how: ChangeArguments,
    make: impl Fn(&mut Preferences, &Zoned) -> Result<(), String>,
) -> Result<(), Failure> {
    let mut settings = device.settings()?;
    let before = settings.preferences.clone();
    make(&mut settings.preferences, &device::now())
        .map_err(|words| Failure::usage(format!("{} cannot be that: {words}", key.name())))?;
    let zone = TimeZone::system();
    let is_new = settings.preferences != before;
    if is_new && !how.dry_run {
        device.save(&settings)?;
    }
    let (effect, unknown) = match effect(device, &settings, &before).await {
        Ok(effect) => (Some(effect), None),
        Err(why) => (None, Some(why)),
    };
    let change = Change {
        key: key.name(),
        before: key.show(&before, &zone),
        value: key.show(&settings.preferences, &zone),
        changed: is_new && !how.dry_run,
        effect,
        unknown,
    };
    if how.json {
        return console::say_json(&change);
    }
    for line in change_lines(&change, how.dry_run) {
        console::say(&line);
    }
    Ok(())
}

fn change_lines(change: &Change, dry_run: bool) -> Vec<String> {
    let (key, before, value) = (change.key, safe(&change.before), safe(&change.value));
    let mut lines = vec![match (before == value, dry_run) {
        (true, _) => format!("{key} is {value} already."),
        (false, true) => format!("{key} would be {value} instead of {before}."),
        (false, false) => format!("{key} is {value} now; it was {before}."),
    }];
    if let Some(effect) = &change.effect {
        let moved = |kind: &'static str, list: &[Moved]| -> Vec<String> {
            list.iter().map(|moved| moved_line(kind, moved)).collect()
        };
        lines.extend(moved("wait", &effect.waiting));
        lines.extend(moved("are left out", &effect.left_out));
        if lines.len() == 1 && before != value {
            lines.push("Nothing else changes for what is here now.".to_owned());
        }
    }
    lines.extend(change.unknown.as_ref().map(|why| format!("What that does to your items: {}", safe(why))));
    lines
}

fn moved_line(kind: &str, moved: &Moved) -> String {
    let verb = match (kind, moved.after) {
        ("wait", 1) => "waits",
        ("are left out", 1) => "is left out",
        (kind, _) => kind,
    };
    let before = if moved.before == 0 { String::new() } else { format!(" (before: {})", moved.before) };
    format!("  {} {verb}{before}: {}", items(moved.after), safe(&moved.reason))
}

/// What the change does to the items that are here, as far as this device knows.
async fn effect(device: &Device, settings: &Settings, before: &Preferences) -> Result<Effect, String> {
    let connection = settings.connection.clone().filter(|_| !settings.sources().is_empty());
    let Some(connection) = connection else {
        return Err("nothing yet, as nothing is backed up yet".to_owned());
    };
    let ledger = match Ledger::open(&device.folder) {
        Ok(ledger) => Arc::new(ledger),
        Err(LedgerError::Busy) => return Err("a backup that is running takes the change at once".to_owned()),
        Err(error) => return Err(error.to_string()),
    };
    let hub = device.client(&connection).map_err(|error| error.to_string())?;
    let parts = Parts {
        sources: settings.open_sources(),
        ledger,
        hub: Arc::new(RemoteHub::new(hub)),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        pause: Arc::new(SystemPause::new()),
        reports: Arc::new(agent::report::Unwatched),
        settings: settings.clone(),
    };
    let judge = device::judge(Probe::of_this_system().asked().await);
    let engine = Engine::new(parts);
    let mut tallies = Vec::new();
    for preferences in [before, &settings.preferences] {
        let (now, decision) = (judge.now(), judge.decide(preferences, 0));
        let options = RunOptions::default().under(preferences, &decision, &now, Arc::new(SystemPause::new()));
        let plan = engine.plan(&options).await.map_err(|error| error.to_string())?;
        tallies.push(tally(&plan));
    }
    let [(waiting, left_out), (waiting_now, left_out_now)] =
        <[_; 2]>::try_from(tallies).map_err(|_| String::new())?;
    Ok(Effect { waiting: moved(&waiting, &waiting_now), left_out: moved(&left_out, &left_out_now) })
}

/// What waits and what is left out because of settings.
fn tally(plan: &Plan) -> (Tally, Tally) {
    let (mut waiting, mut left_out) = (Tally::new(), Tally::new());
    for refused in &plan.refused {
        let list = match refused.verdict {
            ItemVerdict::Waiting(_) => &mut waiting,
            ItemVerdict::Unwanted(_) => &mut left_out,
            _ => continue,
        };
        *list.entry(refused.verdict.words()).or_default() += 1;
    }
    (waiting, left_out)
}

fn moved(before: &Tally, after: &Tally) -> Vec<Moved> {
    let mut reasons: Vec<&Arc<str>> = before.keys().chain(after.keys()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let count = |tally: &Tally, reason| tally.get(reason).copied().unwrap_or_default();
    let all = reasons.into_iter().map(|reason| Moved {
        before: count(before, reason),
        after: count(after, reason),
        reason: reason.clone(),
    });
    all.filter(|moved| moved.before != moved.after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: &str, value: &str, effect: Option<Effect>) -> Change {
        Change {
            key: "networks",
            before: before.into(),
            value: value.into(),
            changed: before != value,
            effect,
            unknown: None,
        }
    }

    #[test]
    fn a_change_says_what_it_does() {
        let waiting = vec![
            Moved { reason: "waiting for Wi-Fi".into(), before: 0, after: 312 },
            Moved { reason: "waiting for the charger".into(), before: 3, after: 1 },
        ];
        let left_out = vec![Moved { reason: "it is older".into(), before: 0, after: 1 }];
        let effect = Effect { waiting, left_out };
        assert_eq!(
            change_lines(&change("any", "unmetered", Some(effect)), false),
            [
                "networks is unmetered now; it was any.",
                "  312 items wait: waiting for Wi-Fi",
                "  1 item waits (before: 3): waiting for the charger",
                "  1 item is left out: it is older",
            ]
        );
        let nothing = change_lines(&change("any", "unmetered", Some(Effect::default())), true);
        assert_eq!(
            nothing,
            ["networks would be unmetered instead of any.", "Nothing else changes for what is here now."]
        );
        assert_eq!(
            change_lines(&change("any", "any", Some(Effect::default())), false),
            ["networks is any already."]
        );
    }

    #[test]
    fn only_what_moves_is_told() {
        let tally =
            |pairs: &[(&str, u64)]| pairs.iter().map(|(reason, count)| ((*reason).into(), *count)).collect();
        let moves = moved(&tally(&[("a", 1), ("b", 2)]), &tally(&[("b", 2), ("c", 3)]));
        let told: Vec<_> = moves.iter().map(|moved| (&*moved.reason, moved.before, moved.after)).collect();
        assert_eq!(told, [("a", 1, 0), ("c", 0, 3)]);
    }
}
