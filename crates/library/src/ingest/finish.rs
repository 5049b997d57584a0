//! Finish: check, seal, commit, in this order (ADR 0003).

use std::ops::Range;

use bytes::Bytes;
use catalog::uploads::{self, Upload};
use catalog::{blobs, offers};
use domain::{ContentHash, Hashes, Sha1Hash};
use futures_util::StreamExt as _;
use vault::Staged;

use super::Stored;
use super::record::Arrival;
use super::session::{HEAD_BYTES, SealedBytes, Session};
use super::standing::{Mending, REREAD_WAIT};
use crate::error::{Error, Result};
use crate::reread::reread;
use crate::spaces::readable;
use crate::{Caller, Library};

impl Library {
    /// Makes a complete upload stored. When the catalog is away after the seal, the session
    /// remembers that, and the next call goes on from there.
    ///
    /// `written_down`: the upload has a row that must end up finished; otherwise this call writes
    /// it, so that asking again is answered the same.
    pub(super) async fn finish(
        &self,
        caller: &Caller,
        declared: &uploads::NewUpload,
        session: &mut Session,
        written_down: bool,
    ) -> Result<Stored> {
        let mut head = Vec::new();
        // Reading long films again takes its time; nobody is kept from removing anything meanwhile.
        let arrived = match &*session {
            Session::Staged { staged, .. } => Some(staged.hashes()),
            _ => None,
        };
        let mending = match arrived {
            // Who sends a file in one request would have to send it all again.
            Some(hashes) if compare(declared, hashes).is_ok() => {
                self.doubts.settle(hashes, written_down.then_some(REREAD_WAIT)).await?
            }
            _ => None,
        };
        // From here to the commit no sweep may take bytes that turn out to be there already.
        let _no_removal = self.removal.read().await;
        let sealed = match std::mem::replace(session, Session::Cold) {
            Session::Sealed { sealed } => {
                self.still_there(declared, sealed.hashes, written_down).await?;
                sealed
            }
            Session::Staged { staged, head: seen, .. } => {
                head = seen;
                self.seal(declared, staged, mending.as_ref(), written_down).await?
            }
            Session::Cold | Session::Spoiled => return Err(Error::UploadGone),
        };
        *session = Session::Sealed { sealed };
        let hashes = sealed.hashes;
        if head.is_empty() && hashes.size_bytes > 0 {
            head = self.read_head(hashes).await?;
        }
        let arrival = Arrival::new(self, caller, declared, sealed, &head, written_down);
        let stored = self.catalog.write(move |tx| Box::pin(async move { arrival.record(tx).await })).await;
        match &stored {
            Err(Error::DeletedEarlier) if written_down => {
                self.end_upload(declared.id, "deleted-earlier").await?;
            }
            Err(Error::UploadGone) if written_down => {
                self.end_upload(declared.id, "kept bytes damaged").await?;
            }
            Ok(stored) if stored.asset_id.is_some() => self.describing.news.notify_one(),
            _ => {}
        }
        stored
    }

    async fn seal(
        &self,
        declared: &uploads::NewUpload,
        staged: Box<dyn Staged>,
        mending: Option<&Mending>,
        written_down: bool,
    ) -> Result<SealedBytes> {
        if let Err(error) = compare(declared, staged.hashes()) {
            drop(staged);
            if written_down {
                self.end_upload(declared.id, "hash-mismatch").await?;
            } else {
                self.vault.discard(declared.id).await?;
            }
            return Err(error);
        }
        let sealed = match mending {
            Some(mending) => {
                let sealed = self.vault.seal_over(staged).await?;
                mending.took_its_place();
                sealed
            }
            None => self.vault.seal(staged).await?,
        };
        Ok(SealedBytes { hashes: sealed.hashes, fresh: !sealed.was_there })
    }

    /// Bytes that were sealed in an earlier call may have been swept since, when the catalog was away
    /// for longer than the grace period.
    async fn still_there(
        &self,
        declared: &uploads::NewUpload,
        hashes: Hashes,
        written_down: bool,
    ) -> Result<()> {
        if self.vault.size_of(hashes.sha256).await? == Some(hashes.size_bytes) {
            return Ok(());
        }
        if written_down {
            self.end_upload(declared.id, "sealed bytes lost").await?;
        }
        Err(Error::UploadGone)
    }

    async fn read_head(&self, hashes: Hashes) -> Result<Vec<u8>> {
        let range: Range<u64> = 0..hashes.size_bytes.min(HEAD_BYTES as u64);
        let mut stream = self.vault.read(hashes.sha256, range).await?;
        let mut head = Vec::new();
        while let Some(piece) = stream.next().await {
            let piece: Bytes = piece?;
            head.extend_from_slice(&piece);
        }
        Ok(head)
    }

    /// The hashes of an upload that has no staged file any more because it was sealed just before a
    /// crash, found by its declared SHA-256. Only content that nobody has filed, or that the caller
    /// may read anyway: a declared hash alone must not open somebody else's picture.
    pub(super) async fn sealed_before(&self, caller: &Caller, upload: &Upload) -> Result<Option<Hashes>> {
        let (Some(sha256), Some(length)) = (upload.declared.sha256, upload.declared.size_bytes) else {
            return Ok(None);
        };
        if self.vault.size_of(sha256).await? != Some(length) {
            return Ok(None);
        }
        let user_id = caller.user_id;
        let may_adopt = self
            .catalog
            .read(move |tx| {
                Box::pin(async move {
                    if blobs::get(tx, sha256).await?.is_none() {
                        return Ok(true);
                    }
                    let spaces = readable(tx, user_id).await?;
                    let Some(&first) = spaces.first() else { return Ok(false) };
                    let rows = offers::answers(tx, first, &spaces, &[sha256]).await?;
                    Ok::<_, Error>(rows.iter().any(|row| row.here || row.elsewhere.is_some()))
                })
            })
            .await?;
        if !may_adopt {
            return Ok(None);
        }
        // Whoever sealed it may not have come as far as making its name durable.
        if !self.vault.sync_name(sha256).await? {
            return Ok(None);
        }
        let read = reread(&*self.vault, sha256, length, |_| ()).await?;
        Ok(Some(read.hashes).filter(|hashes| hashes.sha256 == sha256))
    }
}

/// Refuses bytes that are not what was declared, with what was expected and what came.
fn compare(declared: &uploads::NewUpload, actual: Hashes) -> Result<()> {
    if let Some(expected) = declared.size_bytes
        && expected != actual.size_bytes
    {
        return Err(Error::LengthMismatch { expected, actual: actual.size_bytes });
    }
    let sha256 = |expected: ContentHash| mismatch("SHA-256", expected, actual.sha256);
    let sha1 = |expected: Sha1Hash| mismatch("SHA-1", expected, actual.sha1);
    declared.sha256.map_or(Ok(()), sha256)?;
    declared.sha1.map_or(Ok(()), sha1)
}

fn mismatch<T: PartialEq + ToString>(algorithm: &'static str, expected: T, actual: T) -> Result<()> {
    if expected == actual {
        return Ok(());
    }
    Err(Error::HashMismatch { algorithm, expected: expected.to_string(), actual: actual.to_string() })
}
