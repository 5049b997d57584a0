//! Append: the next bytes of an upload, and what follows when they were the last ones.

use std::fmt::Display;

use catalog::offers;
use catalog::uploads::{self, Upload, UploadState as Stage};
use domain::UploadId;

use super::UploadState;
use super::receive::{Body, Broken, ChunkChecksum, Limits, receive, refuse_more};
use super::session::{SealedBytes, Session, Turn};
use crate::error::{Error, Result};
use crate::{Caller, Library};

impl Library {
    /// Takes bytes at `offset`. When it answers, everything before the new offset survives a power
    /// cut; when these were the last bytes, the file is stored.
    pub async fn append(
        &self,
        caller: &Caller,
        id: UploadId,
        offset: u64,
        checksum: Option<ChunkChecksum>,
        body: impl Body,
    ) -> Result<UploadState> {
        let (mut upload, mut turn) = match self.take_up(caller, id).await? {
            Opened::Done(done) => {
                expect_offset(done.offset, offset)?;
                refuse_more(done.length, body, self.settings.body_stall()).await?;
                return Ok(done);
            }
            Opened::Writable(upload, turn) => (*upload, turn),
        };
        let length = declared_length(&upload)?;
        expect_offset(turn.session.size_bytes(), offset)?;
        if matches!(&*turn.session, Session::Staged { staged, .. } if staged.size_bytes() < length) {
            if !self.take_bytes(&upload, &mut turn, checksum, body).await? {
                self.keep_waiting(&mut upload).await?;
            }
        } else {
            refuse_more(length, body, self.settings.body_stall()).await?;
        }
        self.advance(caller, &upload, turn).await
    }

    /// Takes a body's bytes. Says whether they were the last ones; if not, they are durable.
    async fn take_bytes(
        &self,
        upload: &Upload,
        turn: &mut Turn,
        checksum: Option<ChunkChecksum>,
        body: impl Body,
    ) -> Result<bool> {
        let (id, length) = (upload.declared.id, declared_length(upload)?);
        let Session::Staged { staged, head, unchecked } = &mut *turn.session else {
            return Err(Error::UploadGone);
        };
        let promise = self.promises.claim(id, length - staged.size_bytes()).await?;
        let limits = Limits {
            length,
            promise: &promise,
            stall: self.settings.body_stall(),
            yield_now: turn.yield_now.clone(),
            stopping: self.stopping.clone(),
        };
        let _arrival = self.arrivals.begin();
        let received = receive(staged, head, unchecked, body, checksum, &limits).await;
        if let Err(Broken::Spoiled(cause)) = received {
            return Err(self.end_spoiled(id, &mut turn.session, &cause).await);
        }
        let is_complete = received.is_ok() && staged.size_bytes() == length;
        if !is_complete {
            // Whatever is acknowledged from here on, by this reply or the next question, is durable.
            staged.sync().await?;
        }
        // Its place is kept while its sender comes back, but not against others when there is no room.
        if !matches!(received, Err(Broken::Refused(Error::StorageFull))) {
            promise.keep();
        }
        received?;
        Ok(is_complete)
    }

    /// Where an upload stands, durably.
    pub async fn upload_state(&self, caller: &Caller, id: UploadId) -> Result<UploadState> {
        let (upload, mut turn) = match self.take_up(caller, id).await? {
            Opened::Done(done) => return Ok(done),
            Opened::Writable(upload, turn) => (*upload, turn),
        };
        if let Session::Staged { staged, .. } = &mut *turn.session {
            staged.sync().await?;
        }
        // All bytes are there but the answer was lost or the catalog was away: finish now.
        self.advance(caller, &upload, turn).await
    }

    /// Throws an unfinished upload away. A finished one is only forgotten: its file stays.
    pub async fn terminate(&self, caller: &Caller, id: UploadId) -> Result<()> {
        let upload = self.own_upload(caller, id).await?;
        if finished_state(&upload)?.is_none() {
            let mut turn = self.sessions.take_turn(id).await?;
            let spoiled = match turn.session.settle().await {
                Ok(()) => matches!(*turn.session, Session::Spoiled).then(|| STILL_THERE.to_owned()),
                // If they could not be thrown away either, they would count once the session is cold.
                Err(cause) => Some(cause.to_string()),
            };
            if let Some(cause) = spoiled {
                return match self.end_spoiled(id, &mut turn.session, &cause).await {
                    Error::UploadGone => Ok(()),
                    error => Err(error),
                };
            }
            *turn.session = Session::Cold;
            self.end_upload(id, "terminated").await?;
            return Ok(());
        }
        self.catalog.write(move |tx| Box::pin(uploads::delete(tx, id))).await?;
        Ok(())
    }

    /// Finishes when all bytes are there; otherwise says how far it is.
    async fn advance(&self, caller: &Caller, upload: &Upload, mut turn: Turn) -> Result<UploadState> {
        let length = declared_length(upload)?;
        let complete = match &*turn.session {
            Session::Staged { staged, .. } => staged.size_bytes() == length,
            Session::Sealed { .. } => true,
            Session::Cold | Session::Spoiled => false,
        };
        let mut state = UploadState {
            id: upload.declared.id,
            offset: length,
            length,
            expires_at_ms: upload.declared.expires_at_ms,
            metadata: upload.declared.metadata.clone(),
            stored: None,
        };
        if complete {
            state.stored = Some(self.finish(caller, &upload.declared, &mut turn.session, true).await?);
            self.sessions.forget(upload.declared.id);
            self.promises.release(upload.declared.id);
        } else if let Session::Staged { staged, .. } = &*turn.session {
            state.offset = staged.size_bytes();
        }
        Ok(state)
    }

    /// The turn to write to an upload that is still open, with its bytes so far.
    async fn take_up(&self, caller: &Caller, id: UploadId) -> Result<Opened> {
        let mut upload = self.own_upload(caller, id).await?;
        if let Some(done) = self.finished(&upload).await? {
            return Ok(Opened::Done(done));
        }
        let mut turn = self.sessions.take_turn(id).await?;
        if matches!(*turn.session, Session::Staged { .. }) {
            if let Err(cause) = turn.session.settle().await {
                return Err(self.end_spoiled(id, &mut turn.session, &cause).await);
            }
        } else {
            // Whoever had the turn before may have finished or ended it while this call waited.
            upload = self.own_upload(caller, id).await?;
            if let Some(done) = self.finished(&upload).await? {
                self.sessions.forget(id);
                return Ok(Opened::Done(done));
            }
            if matches!(*turn.session, Session::Spoiled) {
                return Err(self.end_spoiled(id, &mut turn.session, &STILL_THERE).await);
            }
            self.warm_up(caller, &mut turn.session, &upload).await?;
        }
        Ok(Opened::Writable(Box::new(upload), turn))
    }

    /// The answer of a finished upload, as long as what it promised holds. Content that was deleted or
    /// found damaged since is not "stored" any more: its sender is to offer it again.
    async fn finished(&self, upload: &Upload) -> Result<Option<UploadState>> {
        let Some(done) = finished_state(upload)? else { return Ok(None) };
        let Some(sha256) = done.stored.as_ref().map(|stored| stored.sha256) else { return Ok(None) };
        let space_id = upload.declared.space_id;
        let rows = self
            .catalog
            .read(move |tx| Box::pin(async move { offers::answers(tx, space_id, &[], &[sha256]).await }))
            .await?;
        if rows.iter().any(|row| row.here && !row.damaged) { Ok(Some(done)) } else { Err(Error::UploadGone) }
    }

    /// An upload to which bytes still come does not expire, however slowly they do. Written down only
    /// when half of its time is over, because it costs a commit.
    async fn keep_waiting(&self, upload: &mut Upload) -> Result<()> {
        let (id, now_ms) = (upload.declared.id, self.now_ms());
        let lifetime_ms = self.settings.upload_expiry_ms();
        if upload.declared.expires_at_ms - now_ms > lifetime_ms / 2 {
            return Ok(());
        }
        let expires_at_ms = now_ms + lifetime_ms;
        if self.catalog.write(move |tx| Box::pin(uploads::touch(tx, id, now_ms, expires_at_ms))).await? {
            upload.declared.expires_at_ms = expires_at_ms;
        }
        Ok(())
    }

    async fn own_upload(&self, caller: &Caller, id: UploadId) -> Result<Upload> {
        let found = self.catalog.read(move |tx| Box::pin(uploads::get(tx, id))).await?;
        found.filter(|upload| upload.declared.user_id == caller.user_id).ok_or(Error::NotFound("upload"))
    }

    /// After a restart: takes up the staged bytes, or bytes that were sealed before the catalog heard.
    async fn warm_up(&self, caller: &Caller, session: &mut Session, upload: &Upload) -> Result<()> {
        let id = upload.declared.id;
        if !matches!(session, Session::Cold) {
            return Ok(());
        }
        if let Some(staged) = self.vault.reopen(id).await? {
            *session = Session::Staged { staged, head: Vec::new(), unchecked: None };
            return Ok(());
        }
        match self.sealed_before(caller, upload).await? {
            Some(hashes) => {
                *session = Session::Sealed { sealed: SealedBytes { hashes, fresh: true } };
                Ok(())
            }
            None => {
                self.end_upload(id, "staged bytes lost").await?;
                Err(Error::UploadGone)
            }
        }
    }

    /// Ends an upload in whose staged file bytes stand that were refused. Gives what its sender hears:
    /// "gone", so that it begins anew. When neither the row nor the file can be done away with, nothing
    /// counts until one of them can.
    async fn end_spoiled(&self, id: UploadId, session: &mut Session, cause: &(dyn Display + Sync)) -> Error {
        tracing::error!(%cause, upload = %id, "bytes that were refused could not be cut off");
        *session = Session::Spoiled;
        let (now_ms, expires_at_ms) = (self.now_ms(), self.now_ms() + self.settings.upload_expiry_ms());
        let why = "refused bytes could not be cut off";
        let ended = self
            .catalog
            .write(move |tx| Box::pin(uploads::set_ended(tx, id, why, now_ms, expires_at_ms)))
            .await;
        let discarded = self.vault.discard(id).await;
        match (ended, discarded) {
            (Ok(_), discarded) => {
                if let Err(error) = discarded {
                    tracing::warn!(%error, upload = %id, "staged bytes of an ended upload remain for the sweep");
                }
                self.sessions.forget(id);
                self.promises.release(id);
                Error::UploadGone
            }
            (Err(error), Ok(())) => {
                // Whoever asks next finds no bytes, and the upload is ended then.
                *session = Session::Cold;
                error.into()
            }
            (Err(error), Err(_)) => error.into(),
        }
    }

    /// Ends an upload without a result: its staged bytes go, and it answers "gone" from now on.
    pub(super) async fn end_upload(&self, id: UploadId, why: &'static str) -> Result<()> {
        self.vault.discard(id).await?;
        let (now_ms, expires_at_ms) = (self.now_ms(), self.now_ms() + self.settings.upload_expiry_ms());
        self.catalog
            .write(move |tx| Box::pin(uploads::set_ended(tx, id, why, now_ms, expires_at_ms)))
            .await?;
        self.sessions.forget(id);
        self.promises.release(id);
        Ok(())
    }
}

/// Why an upload is still spoiled.
const STILL_THERE: &str = "neither the catalog nor the disk has answered since";

/// What became of asking for the turn.
enum Opened {
    /// It is finished; this is its answer.
    Done(UploadState),
    /// It is open, and this call may write.
    Writable(Box<Upload>, Turn),
}

fn declared_length(upload: &Upload) -> Result<u64> {
    upload.declared.size_bytes.ok_or(Error::Conflict("the upload's length was never declared"))
}

/// The answer of an upload that has ended.
fn finished_state(upload: &Upload) -> Result<Option<UploadState>> {
    match &upload.state {
        Stage::Open => Ok(None),
        Stage::Ended { .. } => Err(Error::UploadGone),
        Stage::Finished(finished) => Ok(Some(UploadState {
            id: upload.declared.id,
            offset: finished.size_bytes,
            length: finished.size_bytes,
            expires_at_ms: upload.declared.expires_at_ms,
            metadata: upload.declared.metadata.clone(),
            stored: Some(finished.clone().into()),
        })),
    }
}

fn expect_offset(actual: u64, given: u64) -> Result<()> {
    if actual == given { Ok(()) } else { Err(Error::OffsetMismatch { actual, given }) }
}
