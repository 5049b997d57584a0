//! How far looking into pictures and videos is.

use library::describe::Progress;

pub(crate) const fn status(progress: Progress) -> wire::MediaStatus {
    wire::MediaStatus {
        assets: progress.totals.assets,
        described: progress.totals.described,
        failed: progress.totals.failed,
        waiting: progress.waiting,
        waiting_is_at_least: progress.is_at_least,
        seconds_left: progress.seconds_left,
    }
}
