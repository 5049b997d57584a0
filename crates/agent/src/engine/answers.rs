//! What follows from what came back.

use std::collections::HashMap;
use std::time::Duration;

use domain::ContentHash;
use wire::{BATCH_MAX, ChangePage, FilingOutcome, OfferAnswer};

use super::EngineError;
use super::run::{Done, Gate, Job, Run, Then, Ticket};
use crate::ledger::State;
use crate::planner::Verdict;
use crate::report::{Ending, Event};
use crate::sources::{HashFailure, Hashed, LocalId, Source};
use crate::uploader::HubError;
use crate::uploader::lanes::SHARED_BYTES;
use crate::uploader::retry::{self, TRIES_MAX};
use crate::uploader::transfer::{Arrived, SendFailure, Unsent};

/// How often a changing item is taken again.
const RETAKES_MAX: u32 = 3;
/// How long it may settle before that.
const SETTLE: Duration = Duration::from_secs(1);
const KEEPS_CHANGING: &str = "it keeps changing while it is read";

const FOLDER_AWAY: &str =
    "its folder is not reachable, empty or on another disk; is the disk still attached?";

/// What a hub says that came back as another one.
pub(super) const ANOTHER_HUB: &str =
    "another hub, or this one restored from an older copy, answers at this address; start the backup again";

impl Run<'_> {
    /// Takes what came back. An error ends the run: the device cannot remember.
    pub(super) fn take(&mut self, ticket: Ticket, done: Done) -> Result<(), EngineError> {
        let jobs = self.going.remove(&ticket).unwrap_or_default();
        match done {
            Done::Hashed(result) => {
                self.hashing -= 1;
                let result = result?;
                jobs.into_iter().next().into_iter().for_each(|job| self.take_hashed(job, &result));
            }
            Done::Offered(result) => self.take_offered(jobs, result),
            Done::Filed(result) => self.take_filed(jobs, result),
            Done::Sent(result) => {
                if let Some(job) = jobs.into_iter().next() {
                    self.take_sent(job, result)?;
                }
            }
            Done::Rested(then) => {
                for job in jobs {
                    match then {
                        Then::Hash => self.to_hash.push_front(job),
                        Then::Send => self.wait_for_a_slot(job),
                    }
                }
            }
            Done::Missed(result) => {
                let was_deleted = result?;
                for job in jobs {
                    self.settle_missed(&job, was_deleted);
                }
            }
            Done::Probed(result) => self.take_probed(result),
            Done::Committed(result) => {
                self.busy.committing = false;
                result?;
            }
        }
        Ok(())
    }

    fn take_hashed(&mut self, mut job: Job, result: &Result<Hashed, HashFailure>) {
        if job.excluded {
            return self.take_hashed_excluded(job, result);
        }
        match result {
            Ok(hashed) => {
                (job.work.facts, job.work.hashes) = (hashed.facts, Some(hashed.hashes));
                let item = self.label(&job.work.key);
                self.tell(&Event::Hashed { item, bytes: hashed.hashes.size_bytes });
                match job.work.touched.take() {
                    Some(known) if known.hashes == job.work.hashes => self.take_untouched(job, &known.state),
                    _ => self.offer_next(job),
                }
            }
            Err(HashFailure::Vanished) => self.look_for_others(job),
            Err(HashFailure::Changed) => self.take_again(job),
            Err(failure @ HashFailure::Unreadable(_)) => self.fail(&job, &failure.to_string(), false),
        }
    }

    fn offer_next(&mut self, job: Job) {
        self.write(&job, State::Hashed);
        self.to_offer.push_back(job);
    }

    /// An item was touched and has the same bytes as before: what was known of it holds, and nothing is
    /// asked or sent for it that would not be for any other.
    fn take_untouched(&mut self, mut job: Job, known: &State) {
        match known {
            State::Stored { .. } if !self.compares_all => {
                self.write(&job, known.clone());
                self.settle_known(&job);
            }
            State::DeletedEarlier if !self.compares_all => self.settle_deleted(&job),
            State::Stored { .. } | State::Uploading(_) => {
                job.work.was_stored = matches!(known, State::Stored { .. });
                if let State::Uploading(upload) = known {
                    job.work.upload = Some(*upload);
                }
                self.write(&job, known.clone());
                self.to_offer.push_back(job);
            }
            _ => self.offer_next(job),
        }
    }

    /// Nothing is offered before every excluded item is through here. What cannot be read, or went away
    /// before it was, holds back everything that may be the same: a picture that was just moved from an
    /// excluded album into another one, or whose disk went, is still one that its owner keeps back. Its
    /// last known hashes would not tell more: only what changed since it had them is read here. One that
    /// really is gone is not met by the next run, and holds back nothing any more.
    fn take_hashed_excluded(&mut self, mut job: Job, result: &Result<Hashed, HashFailure>) {
        match result {
            Ok(hashed) => {
                self.excluded_contents.insert(hashed.hashes.sha256, job.work.album);
                (job.work.facts, job.work.hashes) = (hashed.facts, Some(hashed.hashes));
                self.write(&job, State::Hashed);
            }
            Err(HashFailure::Changed) if job.retakes < RETAKES_MAX => {
                job.retakes += 1;
                return self.rest(job, SETTLE, Then::Hash);
            }
            Err(HashFailure::Changed | HashFailure::Vanished | HashFailure::Unreadable(_)) => {
                self.excluded_sizes.insert(job.work.facts.size_bytes, job.work.album);
            }
        }
        self.excluded_left -= 1;
    }

    /// An item that changed is hashed again once it had time to settle.
    fn take_again(&mut self, mut job: Job) {
        job.retakes += 1;
        if job.retakes > RETAKES_MAX {
            self.fail(&job, KEEPS_CHANGING, false);
            return;
        }
        (job.work.hashes, job.work.upload, job.work.was_stored) = (None, None, false);
        self.rest(job, SETTLE, Then::Hash);
    }

    fn take_offered(&mut self, jobs: Vec<Job>, result: Result<HashMap<ContentHash, OfferAnswer>, HubError>) {
        self.busy.offering = false;
        let answers = match result {
            Ok(answers) => answers,
            Err(error) => return self.take_refused_call(jobs, error, Queue::Offer),
        };
        self.calls_failed = 0;
        let count = |wanted| answers.values().filter(|&&answer| answer == wanted).count() as u64;
        let deleted_earlier = count(OfferAnswer::DeletedEarlier);
        self.tell(&Event::Offered {
            held: count(OfferAnswer::Held),
            send: count(OfferAnswer::Send),
            deleted_earlier,
        });
        for mut job in jobs {
            let Some(content) = job.content() else { continue };
            match answers.get(&content) {
                Some(OfferAnswer::Held) if job.work.was_stored => self.settle_held(&job, None),
                Some(OfferAnswer::Held) => self.to_file.push_back(job),
                Some(OfferAnswer::DeletedEarlier) => self.settle_deleted(&job),
                Some(OfferAnswer::Send) => {
                    job.work.was_stored = false;
                    // Also what was safe before, and is no more.
                    if let Some(verdict) = self.options.rules.judge(&job.work.key.local, &job.work.facts) {
                        self.settle_judged(&job, &verdict);
                        continue;
                    }
                    if job.work.upload.is_none() {
                        self.write(&job, State::Offered);
                    }
                    match self.twins.get_mut(&content) {
                        Some(twins) => twins.push(job),
                        None => {
                            self.twins.insert(content, Vec::new());
                            self.wait_for_a_slot(job);
                        }
                    }
                }
                None => self.leave(&job, "the hub did not answer about it"),
            }
        }
    }

    fn take_filed(&mut self, jobs: Vec<Job>, result: Result<Vec<FilingOutcome>, HubError>) {
        self.busy.filing = false;
        let outcomes = match result {
            Ok(outcomes) if outcomes.len() == jobs.len() => outcomes,
            Ok(_) => {
                let words = "the hub answered about other items than it was asked about";
                return self.take_refused_call(jobs, HubError::Refused(words.into()), Queue::File);
            }
            Err(error) => return self.take_refused_call(jobs, error, Queue::File),
        };
        self.calls_failed = 0;
        self.filing_batch = (2 * self.filing_batch).min(BATCH_MAX);
        for (mut job, outcome) in jobs.into_iter().zip(outcomes) {
            match outcome {
                FilingOutcome::Stored(stored) => self.settle_held(&job, Some(&stored)),
                FilingOutcome::DeletedEarlier => self.settle_deleted(&job),
                FilingOutcome::NotHeld { refused: Some(why) } => self.leave(&job, &why),
                FilingOutcome::NotHeld { refused: None } => {
                    job.tries += 1;
                    if job.tries > TRIES_MAX {
                        self.leave(&job, "the hub says that it has it, and then that it has not");
                    } else {
                        self.to_offer.push_back(job);
                    }
                }
            }
        }
    }

    /// A call about many items failed.
    ///
    /// When the hub refuses a filing because of one of many items, half as many are asked about in the
    /// next call, down to each alone, and twice as many again after each call that went well. So one bad
    /// item costs some thirty calls more, and a run in which all are bad about one call for each: never
    /// more than a few per item, however many there are.
    fn take_refused_call(&mut self, jobs: Vec<Job>, error: HubError, queue: Queue) {
        match error {
            HubError::Revoked => self.give_back(jobs, queue, Some((Ending::Revoked, error.to_string()))),
            HubError::WrongAddress(_) => {
                self.give_back(jobs, queue, Some((Ending::HubAway, error.to_string())));
            }
            HubError::Refused(_) if queue == Queue::File && jobs.len() > 1 => {
                self.filing_batch = jobs.len() / 2;
                self.give_back(jobs, queue, None);
            }
            error if error.is_retryable() => {
                self.calls_failed += 1;
                let ending = (self.calls_failed > TRIES_MAX).then(|| (Ending::HubAway, error.to_string()));
                self.give_back(jobs, queue, ending);
                self.close_gate(&error);
            }
            error => jobs.iter().for_each(|job| self.leave(job, &error.to_string())),
        }
    }

    fn give_back(&mut self, jobs: Vec<Job>, queue: Queue, ending: Option<(Ending, String)>) {
        let queue = match queue {
            Queue::Offer => &mut self.to_offer,
            Queue::File => &mut self.to_file,
        };
        jobs.into_iter().rev().for_each(|job| queue.push_front(job));
        if let Some((ending, reason)) = ending {
            self.end(ending, &reason);
        }
    }

    fn take_sent(&mut self, job: Job, result: Result<Arrived, Box<Unsent>>) -> Result<(), EngineError> {
        self.lanes.ended(job.work.facts.size_bytes);
        match result {
            Ok(arrived) => self.take_arrived(job, &arrived),
            Err(unsent) => self.take_unsent(job, *unsent)?,
        }
        Ok(())
    }

    fn take_arrived(&mut self, job: Job, arrived: &Arrived) {
        let twins = job.content().and_then(|content| self.twins.remove(&content)).unwrap_or_default();
        self.to_file.extend(twins);
        if arrived.changed_since {
            self.take_again(job);
        } else {
            self.settle_stored(&job, &arrived.stored);
        }
    }

    fn take_unsent(&mut self, mut job: Job, unsent: Unsent) -> Result<(), EngineError> {
        job.work.upload = unsent.upload;
        job.tried = true;
        if unsent.progressed {
            job.tries = 0;
        }
        match unsent.failure {
            SendFailure::Ledger(error) => return Err(error.into()),
            SendFailure::Stopped => self.wait_for_a_slot(job),
            SendFailure::Hub(error) if error.is_retryable() => self.try_again(job, &error),
            SendFailure::Hub(HubError::Revoked) => {
                self.end(Ending::Revoked, &HubError::Revoked.to_string());
                self.wait_for_a_slot(job);
            }
            SendFailure::Hub(HubError::WrongAddress(reason)) => {
                self.end(Ending::HubAway, &reason);
                self.wait_for_a_slot(job);
            }
            SendFailure::Hub(HubError::StorageFull) => {
                let size_bytes = job.work.facts.size_bytes;
                if size_bytes <= SHARED_BYTES {
                    self.hub_full = true;
                } else {
                    let least = self.no_room_from.map_or(size_bytes, |bytes| bytes.min(size_bytes));
                    self.no_room_from = Some(least);
                }
                self.leave_without_room(&job);
            }
            failure => {
                self.release_twins(&job);
                match failure {
                    SendFailure::Vanished => self.look_for_others(job),
                    SendFailure::Changed | SendFailure::Hub(HubError::Mismatch) => self.take_again(job),
                    SendFailure::Hub(HubError::DeletedEarlier) => self.settle_deleted(&job),
                    SendFailure::Hub(error) => self.fail(&job, &error.to_string(), true),
                    other => self.fail(&job, &other.to_string(), false),
                }
            }
        }
        Ok(())
    }

    fn try_again(&mut self, mut job: Job, error: &HubError) {
        job.tries += 1;
        if job.tries > TRIES_MAX {
            self.release_twins(&job);
            self.leave(&job, &error.to_string());
            return;
        }
        if matches!(error, HubError::Away { .. }) {
            self.wait_for_a_slot(job);
            self.close_gate(error);
            return;
        }
        let waits = retry::wait(job.tries, error.retry_after(), self.engine.parts.random.as_ref());
        let in_ms = retry::ms(waits);
        let item = self.label(&job.work.key);
        self.tell(&Event::Retrying { item, in_ms, reason: error.to_string() });
        self.rest(job, waits, Then::Send);
    }

    /// Nothing more is asked of the hub until it answers again.
    fn close_gate(&mut self, error: &HubError) {
        if matches!(self.gate, Gate::Open) {
            self.gate = Gate::Closed { since_ms: self.engine.parts.pause.ticks_ms(), tries: 0 };
            self.wait_for_the_hub(error);
        }
    }

    fn take_probed(&mut self, result: Result<ChangePage, HubError>) {
        match result {
            Ok(page) if self.memory.as_ref().is_some_and(|memory| memory.is_of(&page)) => {
                self.gate = Gate::Open;
                self.tell(&Event::HubBack);
            }
            Ok(_) => self.end(Ending::HubAway, ANOTHER_HUB),
            Err(HubError::Revoked) => self.end(Ending::Revoked, &HubError::Revoked.to_string()),
            Err(error) => self.wait_for_the_hub(&error),
        }
    }

    fn wait_for_the_hub(&mut self, error: &HubError) {
        let Gate::Closed { since_ms, tries } = self.gate else { return };
        let away_ms = self.engine.parts.pause.ticks_ms().saturating_sub(since_ms);
        if u128::from(away_ms) >= self.options.patience.as_millis() {
            self.end(Ending::HubAway, &error.to_string());
            return;
        }
        self.gate = Gate::Closed { since_ms, tries: tries + 1 };
        let waits = retry::wait(tries + 1, error.retry_after(), self.engine.parts.random.as_ref());
        let retry_in_ms = retry::ms(waits);
        self.tell(&Event::HubAway { reason: error.to_string(), retry_in_ms });
        self.probe_after(waits);
    }

    /// Others with the same bytes no longer wait for this one: the hub is asked about them.
    pub(super) fn release_twins(&mut self, job: &Job) {
        let twins = job.content().and_then(|content| self.twins.remove(&content)).unwrap_or_default();
        self.to_offer.extend(twins);
    }

    fn wait_for_a_slot(&mut self, job: Job) {
        self.lanes.push(job.work.facts.size_bytes, job.work.facts.modified_at_ns, job);
    }

    /// An item is not where it was. Was it deleted, or did its disk go? Others in its folder tell.
    fn look_for_others(&mut self, job: Job) {
        let Some(source) = self.source_of(&job) else { return };
        let folder = job.work.key.local.folder();
        let device = job.work.facts.file.map(|file| file.device);
        self.start(vec![job], async move {
            let looking =
                tokio::task::spawn_blocking(move || is_still_there(source.as_ref(), &folder, device));
            Done::Missed(looking.await)
        });
    }

    /// What went with its disk was not deleted: it is not safe, and what is known of it stays known.
    /// The last item of a folder fails, too, this once: nothing tells it apart.
    fn settle_missed(&mut self, job: &Job, was_deleted: bool) {
        if was_deleted {
            self.forget(job);
            self.settle_skipped(job, &Verdict::Vanished);
        } else {
            self.leave(job, FOLDER_AWAY);
        }
    }
}

/// Whether a folder that an item is gone from is there with its others, on the file system that the item
/// was on. Files alone prove nothing: where a disk was attached, some may lie below it.
fn is_still_there(source: &dyn Source, folder: &LocalId, device: Option<u64>) -> bool {
    source.holds_files(folder)
        && source.nearest(folder).is_ok_and(|(near, there)| near == *folder && there == device)
}

/// Where the items of a failed call go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Queue {
    Offer,
    File,
}
