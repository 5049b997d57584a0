//! What the benches print.

/// Prints lines; those with a goal are printed again together at the end.
#[derive(Debug, Default)]
pub(crate) struct Report {
    goals: Vec<String>,
}

impl Report {
    /// A new bench begins.
    pub(crate) fn heading(name: &str) {
        say(&format!("\n== {name}"));
    }

    /// A figure without a goal.
    pub(crate) fn figure(what: &str, value: &str) {
        say(&format!("{what:<64} {value}"));
    }

    /// A figure with a goal of the project: reached or not, never an assertion.
    pub(crate) fn goal(&mut self, what: &str, value: f64, unit: &str, goal: Goal) {
        let (reached, wanted) = match goal {
            Goal::AtLeast(limit) => (value >= limit, format!("at least {limit}")),
            Goal::AtMost(limit) => (value <= limit, format!("at most {limit}")),
        };
        let verdict = if reached { "reached" } else { "MISSED" };
        let line = format!("{what:<64} {value:.2}{unit} (goal: {wanted}{unit}, {verdict})");
        self.goals.push(line.clone());
        say(&line);
    }

    /// All goals once more.
    pub(crate) fn summary(&self) {
        say("\n== goals");
        self.goals.iter().for_each(|line| say(line));
    }
}

/// What the project wants of a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "printing is what a bench is for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Says what was wrong with the command line.
#[expect(clippy::print_stderr, reason = "a command-line program talks on standard error")]
pub(crate) fn complain(line: &str) {
    eprintln!("{line}");
}
