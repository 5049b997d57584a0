//! Shows how far a run is, on standard error: live lines for a person, plain lines for a log.

mod rate;
mod render;
mod tally;

use std::convert::Infallible;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use agent::{Event, Pause as _, Reports, SystemPause};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console;
use crate::words::{items, safe, size};
use tally::Tally;

/// How often a live display is drawn anew.
const LIVE_EVERY: Duration = Duration::from_millis(200);
/// How often a log gets a line.
const PLAIN_EVERY_MS: u64 = 15_000;

/// Takes the engine's events and shows them.
pub(crate) struct Progress {
    pause: SystemPause,
    tally: Mutex<Tally>,
    face: Face,
}

enum Face {
    /// Three lines that change in place.
    Live { lines: [ProgressBar; 3], screen: MultiProgress },
    /// One line now and then.
    Plain { last_line_ms: Mutex<u64> },
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

impl Progress {
    /// Live when a person watches and wants words, otherwise plain.
    pub(crate) fn new(json: bool) -> Self {
        let face = if console::is_watched() && !json {
            live_face()
        } else {
            Face::Plain { last_line_ms: Mutex::new(0) }
        };
        Self { pause: SystemPause::new(), tally: Mutex::default(), face }
    }

    /// Draws for ever: run it beside the work.
    pub(crate) async fn draw(&self) -> Infallible {
        loop {
            self.pause.pause(LIVE_EVERY).await;
            self.draw_once();
        }
    }

    /// Takes the live lines away, so that the result stands alone.
    pub(crate) fn clear(&self) {
        if let Face::Live { lines, screen } = &self.face {
            lines.iter().for_each(ProgressBar::finish_and_clear);
            // Only the look of the terminal is at stake.
            let _ = screen.clear();
        }
    }

    fn draw_once(&self) {
        let now_ms = self.pause.ticks_ms();
        let mut tally = self.tally();
        tally.tick(now_ms);
        match &self.face {
            Face::Live { lines, .. } => {
                for (line, text) in lines.iter().zip(render::live(&tally, now_ms)) {
                    line.set_message(text);
                }
            }
            Face::Plain { last_line_ms } => {
                if is_due(&mut last_line_ms.lock().unwrap_or_else(PoisonError::into_inner), now_ms) {
                    console::note(&render::plain(&tally, now_ms));
                }
            }
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reports for Progress {
    fn tell(&self, event: &Event) {
        let mut tally = self.tally();
        let line = turning_point(event, &tally);
        tally.apply(event, self.pause.ticks_ms());
        drop(tally);
        if let (Face::Plain { .. }, Some(line)) = (&self.face, line) {
            console::note(&line);
        }
    }
}

/// Whether a log should get a line by now.
fn is_due(last_line_ms: &mut u64, now_ms: u64) -> bool {
    let due = now_ms.saturating_sub(*last_line_ms) >= PLAIN_EVERY_MS;
    if due {
        *last_line_ms = now_ms;
    }
    due
}

/// The line that a log gets at once, for the few events that change what a run is about.
fn turning_point(event: &Event, before: &Tally) -> Option<String> {
    match event {
        Event::Surveyed { chosen, chosen_bytes, safe, .. } => Some(format!(
            "{} chosen ({}), {} known to be safe",
            items(*chosen),
            size(*chosen_bytes),
            items(*safe)
        )),
        Event::ComparingAll { reason } => {
            Some(format!("comparing everything with the hub: {}", safe(reason)))
        }
        Event::HubAway { reason, .. } if before.away.is_none() => {
            Some(format!("the hub is away ({}), trying again until it is back", render::cause(reason)))
        }
        Event::HubBack if before.away.is_some() => Some("the hub is back".to_owned()),
        _ => None,
    }
}

fn live_face() -> Face {
    let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
    // The template has no fields that could be missing; were it wrong, the lines would only look plain.
    let style =
        ProgressStyle::with_template("{wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    let line = || screen.add(ProgressBar::new_spinner().with_style(style.clone()));
    Face::Live { lines: [line(), line(), line()], screen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_every_quarter_minute() {
        let mut last_line_ms = 0;
        let lines = (0..=60).filter(|second| is_due(&mut last_line_ms, second * 1000)).count();
        assert_eq!(lines, 4);
    }

    #[test]
    fn turning_points_are_told_once() {
        let away = Event::HubAway { reason: "con\nnection refused".into(), retry_in_ms: 1000 };
        let mut tally = Tally::default();
        let line = turning_point(&away, &tally).unwrap();
        assert_eq!(line, "the hub is away (con\\nnection refused), trying again until it is back");
        assert_eq!(turning_point(&Event::HubBack, &tally), None);
        tally.apply(&away, 0);
        assert_eq!(turning_point(&away, &tally), None, "once is enough");
        assert_eq!(turning_point(&Event::HubBack, &tally).as_deref(), Some("the hub is back"));
        let surveyed =
            Event::Surveyed { chosen: 4812, chosen_bytes: 12_000_000, safe: 1, safe_bytes: 5, left_out: 0 };
        assert_eq!(
            turning_point(&surveyed, &tally).as_deref(),
            Some("4 812 items chosen (12 MB), 1 item known to be safe")
        );
    }
}
