//! Waiting for something to become true, with a watchdog.

use std::time::Duration;

/// What does not become true within this time never will.
const PATIENCE: Duration = Duration::from_mins(2);

/// The time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until something is true. Panics with `what` was waited for when it takes too long.
pub fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    until_some(what, || is_true().then_some(()));
}

/// Waits until there is something. Panics with `what` was waited for when it takes too long.
pub fn until_some<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let looks = PATIENCE.as_millis() / LOOK_EVERY.as_millis();
    for _ in 0..looks {
        if let Some(found) = look() {
            return found;
        }
        pause(LOOK_EVERY);
    }
    panic!("waited in vain for this: {what}");
}

/// Lets time pass, for a moment that must come at random. Nothing may depend on how long it really is.
pub fn pause(duration: Duration) {
    // Nobody holds this thread's handle, so nobody wakes it; an early return harms nobody.
    std::thread::park_timeout(duration);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_until_there_is_something() {
        let mut looks = 0;
        let found = until_some("the third look", || {
            looks += 1;
            (looks == 3).then_some("found")
        });
        assert_eq!((found, looks), ("found", 3));
    }
}
