//! Background work, enqueued in the transaction of the fact that caused it and given out by leases.

use domain::{JobId, TimestampMs};

use crate::error::{Error, Result};
use crate::row::Row;
use crate::sql::jobs as sql;
use crate::tx::{LIST_MAX, Tx, query};

/// A piece of work to do. It must be harmless to do it twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// A fresh id, used when the job is new.
    pub id: JobId,
    /// What to do, such as `describe`.
    pub kind: String,
    /// With what, as text that only the worker reads into.
    pub payload: String,
    /// At most one waiting job has this key.
    pub dedupe_key: Option<String>,
    /// Not before.
    pub run_at_ms: TimestampMs,
}

/// A job that a worker has leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The job's id.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// With what.
    pub payload: String,
    /// Which attempt this is; the first is 1.
    pub attempts: u32,
    /// Which asking this answers; see [`complete`].
    pub generation: i64,
    /// Until when nobody else gets it.
    pub leased_until_ms: TimestampMs,
}

/// How much work there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Could start now.
    pub ready: u64,
    /// Wait for their time.
    pub waiting: u64,
    /// Are being worked on.
    pub leased: u64,
}

/// How many jobs of a kind there are, whatever they wait for; counts no further than `most`.
pub async fn count_of(tx: &mut Tx, kind: &str, most: u32) -> Result<u64> {
    query(sql::COUNT_OF).bind(kind).bind(i64::from(most)).one(tx).await?.count("found")
}

/// Adds a job; `true` when it is new. When one with the same key waits, that one takes the payload
/// and the earlier time. When one with the same key is being worked on, it will run once more.
pub async fn enqueue(tx: &mut Tx, job: &NewJob) -> Result<bool> {
    let row = query(sql::ENQUEUE)
        .bind(job.id)
        .bind(job.kind.as_str())
        .bind(job.payload.as_str())
        .bind(job.dedupe_key.as_deref())
        .bind(job.run_at_ms)
        .one(tx)
        .await?;
    Ok(row.number("generation")? == 1)
}

/// The next job of one of these kinds (of any kind when empty), for this worker alone until
/// `until_ms`. `None` when nothing is ready.
pub async fn lease(
    tx: &mut Tx,
    kinds: &[&str],
    now_ms: TimestampMs,
    until_ms: TimestampMs,
) -> Result<Option<Job>> {
    let asked = if kinds.is_empty() {
        query(sql::LEASE).bind(now_ms).bind(until_ms)
    } else {
        query(sql::LEASE_OF).bind(now_ms).bind(until_ms).list(&kinds[..kinds.len().min(LIST_MAX)])
    };
    asked.optional(tx).await?.as_ref().map(job_of).transpose()
}

/// As [`lease`], but the job that was due last comes first: what has just arrived is not kept waiting
/// by a long backlog.
pub async fn lease_newest(
    tx: &mut Tx,
    kinds: &[&str],
    now_ms: TimestampMs,
    until_ms: TimestampMs,
) -> Result<Option<Job>> {
    let asked =
        query(sql::LEASE_NEWEST_OF).bind(now_ms).bind(until_ms).list(&kinds[..kinds.len().min(LIST_MAX)]);
    asked.optional(tx).await?.as_ref().map(job_of).transpose()
}

fn job_of(row: &Row) -> Result<Job> {
    Ok(Job {
        id: row.key("id")?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        attempts: u32::try_from(row.number("attempts")?)
            .map_err(|_| Error::Unreadable { column: "attempts" })?,
        generation: row.number("generation")?,
        leased_until_ms: row.number("leased_until_ms")?,
    })
}

/// The work is done. False when it was asked for again meanwhile: the job stays and is ready.
pub async fn complete(tx: &mut Tx, job: &Job) -> Result<bool> {
    let done =
        query(sql::COMPLETE).bind(job.id).bind(job.generation).bind(job.leased_until_ms).changed(tx).await?;
    if !done {
        query(sql::GIVE_BACK).bind(job.id).bind(job.leased_until_ms).run(tx).await?;
    }
    Ok(done)
}

/// The work did not succeed: again at `run_at_ms`. False when there is no such job or another
/// worker has it by now.
pub async fn retry_at(tx: &mut Tx, job: &Job, run_at_ms: TimestampMs, why: &str) -> Result<bool> {
    let why = why.replace('\0', "");
    query(sql::RETRY_AT).bind(job.id).bind(job.leased_until_ms).bind(run_at_ms).bind(why).changed(tx).await
}

/// Ends all leases of these kinds; says how many. For a process that knows that whoever had them is gone.
pub async fn give_back(tx: &mut Tx, kinds: &[&str]) -> Result<u64> {
    query(sql::GIVE_ALL_BACK).list(&kinds[..kinds.len().min(LIST_MAX)]).run(tx).await
}

/// How much work there is.
pub async fn counts(tx: &mut Tx, now_ms: TimestampMs) -> Result<JobCounts> {
    let row = query(sql::COUNTS).bind(now_ms).one(tx).await?;
    Ok(JobCounts { ready: row.count("ready")?, waiting: row.count("waiting")?, leased: row.count("leased")? })
}
