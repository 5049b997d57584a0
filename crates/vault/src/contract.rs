//! One suite that every vault passes. [`vault_contract`](crate::vault_contract) makes a test of each
//! function here, so that none can be forgotten for one of the vaults.
//!
//! Each function takes a vault with nothing in it and panics where the vault breaks the contract.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "tests, though callable from other crates"
)]

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use domain::hash::TwinHasher;
use domain::{ContentHash, Ids, OsRandom, SystemClock, UploadId};
use futures_util::TryStreamExt as _;
use futures_util::future::join_all;

use crate::{Error, PIECE_MAX_BYTES, Sealed, SealedBlob, Staged, Vault, read_known, verify_blob};

/// Runs the whole suite: one `#[tokio::test]` per rule. The argument is an expression that gives
/// something to keep alive during a test and a fresh, empty `Arc<dyn Vault>`.
#[macro_export]
macro_rules! vault_contract {
    ($fresh:expr) => { $crate::vault_contract! { $fresh =>
        bytes_come_back_whole
        nothing_is_a_blob_before_its_seal
        an_upload_begins_once
        reopening_restores_bytes_and_hashes
        a_roll_back_forgets_what_came_later
        a_foreign_checkpoint_is_refused
        discarded_bytes_are_gone
        the_same_content_again_is_told
        the_same_content_at_once_ends_with_one_blob
        a_blob_makes_way_when_that_is_asked_for
        making_way_at_once_ends_with_one_blob
        many_seals_at_once_all_hold
        no_bytes_are_a_blob_too
        ranges_are_exact
        what_is_not_there_is_not_found
        a_removed_blob_is_gone_and_may_come_again
        lists_are_followed_by_their_own_cursor
        staged_uploads_are_listed
        a_dropped_append_leaves_bytes_and_hashes_agreeing
        a_dropped_seal_leaves_a_blob_or_staged_bytes
        a_known_length_is_held_against_the_blob
        there_is_room_and_it_can_be_written_to
    }};
    ($fresh:expr => $($rule:ident)*) => {$(
        #[tokio::test]
        async fn $rule() {
            let (_kept, vault) = $fresh;
            let vault: std::sync::Arc<dyn $crate::Vault> = vault;
            $crate::contract::$rule(vault.as_ref()).await;
        }
    )*};
}

fn fresh_id() -> UploadId {
    Ids::new(Arc::new(SystemClock), Arc::new(OsRandom)).fresh()
}

/// Bytes without a pattern that a wrong offset could hide in; different for each seed.
fn sample(seed: u8, size_bytes: usize) -> Bytes {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ (u64::from(seed) << 32);
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(size_bytes).collect::<Vec<u8>>().into()
}

async fn staged_with(vault: &dyn Vault, bytes: &Bytes) -> Box<dyn Staged> {
    let mut staged = vault.stage(fresh_id()).await.unwrap();
    staged.append(vec![bytes.clone()]).await.unwrap();
    staged
}

async fn sealed_with(vault: &dyn Vault, bytes: &Bytes) -> Sealed {
    let staged = staged_with(vault, bytes).await;
    vault.seal(staged).await.unwrap()
}

async fn read_all(vault: &dyn Vault, hash: ContentHash, range: Range<u64>) -> Vec<u8> {
    let pieces: Vec<Bytes> = vault.read(hash, range).await.unwrap().try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| piece.len() <= PIECE_MAX_BYTES && !piece.is_empty()));
    pieces.concat()
}

/// What goes in comes out, under the hash of it, however it was cut.
pub async fn bytes_come_back_whole(vault: &dyn Vault) {
    let whole = sample(1, 700_001);
    let mut staged = vault.stage(fresh_id()).await.unwrap();
    for (from, middle, to) in [(0, 1, 4096), (4096, 4096, 300_000), (300_000, 600_000, 700_001)] {
        staged.append(vec![whole.slice(from..middle), whole.slice(middle..to)]).await.unwrap();
        assert_eq!(staged.size_bytes(), to as u64);
        assert_eq!(staged.hashes(), TwinHasher::of(&whole[..to]));
        staged.sync().await.unwrap();
    }
    let sealed = vault.seal(staged).await.unwrap();
    let hashes = TwinHasher::of(&whole);
    assert_eq!(sealed, Sealed { hashes, was_there: false, replaced: false });
    assert_eq!(vault.size_of(hashes.sha256).await.unwrap(), Some(700_001));
    assert!(vault.sync_name(hashes.sha256).await.unwrap());
    assert_eq!(read_all(vault, hashes.sha256, 0..700_001).await, whole);
    verify_blob(vault, hashes.sha256).await.unwrap();
    assert_eq!(vault.staged().await.unwrap(), vec![]);
}

/// Staged bytes, even synced, are not a blob.
pub async fn nothing_is_a_blob_before_its_seal(vault: &dyn Vault) {
    let mut staged = staged_with(vault, &sample(2, 1000)).await;
    staged.sync().await.unwrap();
    assert_eq!(vault.size_of(staged.hashes().sha256).await.unwrap(), None);
    assert_eq!(vault.list(None, 10).await.unwrap(), vec![]);
}

/// A second beginning is refused, also after a restart, and again possible after a discard.
pub async fn an_upload_begins_once(vault: &dyn Vault) {
    let id = fresh_id();
    drop(vault.stage(id).await.unwrap());
    let error = vault.stage(id).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyStaged { id: refused } if refused == id), "{error:?}");
    vault.discard(id).await.unwrap();
    assert_eq!(vault.stage(id).await.unwrap().size_bytes(), 0);
}

/// A dropped handle loses nothing.
pub async fn reopening_restores_bytes_and_hashes(vault: &dyn Vault) {
    let whole = sample(3, 600_000);
    let mut staged = staged_with(vault, &whole.slice(..400_000)).await;
    staged.sync().await.unwrap();
    let id = staged.id();
    drop(staged);
    assert!(vault.reopen(fresh_id()).await.unwrap().is_none());
    let mut staged = vault.reopen(id).await.unwrap().unwrap();
    assert_eq!((staged.id(), staged.size_bytes()), (id, 400_000));
    assert_eq!(staged.hashes(), TwinHasher::of(&whole[..400_000]));
    staged.append(vec![whole.slice(400_000..)]).await.unwrap();
    let sealed = vault.seal(staged).await.unwrap();
    assert_eq!(sealed.hashes, TwinHasher::of(&whole));
    verify_blob(vault, sealed.hashes.sha256).await.unwrap();
    assert!(vault.reopen(id).await.unwrap().is_none());
}

/// After a roll-back only the bytes before it count.
pub async fn a_roll_back_forgets_what_came_later(vault: &dyn Vault) {
    let (good, bad, other) = (sample(4, 5000), sample(5, 9000), sample(6, 10));
    let mut staged = staged_with(vault, &good).await;
    let checkpoint = staged.checkpoint();
    assert_eq!(checkpoint.size_bytes(), 5000);
    staged.append(vec![bad]).await.unwrap();
    staged.roll_back(checkpoint.clone()).await.unwrap();
    assert_eq!(staged.hashes(), TwinHasher::of(&good));
    staged.roll_back(checkpoint).await.unwrap();
    staged.append(vec![other.clone()]).await.unwrap();
    let sealed = vault.seal(staged).await.unwrap();
    assert_eq!(sealed.hashes, TwinHasher::of(&[good, other].concat()));
    verify_blob(vault, sealed.hashes.sha256).await.unwrap();
}

/// A checkpoint of another upload, or one behind the end, changes nothing.
pub async fn a_foreign_checkpoint_is_refused(vault: &dyn Vault) {
    let mut staged = staged_with(vault, &sample(7, 100)).await;
    let foreign = staged_with(vault, &sample(8, 50)).await.checkpoint();
    let start = vault.stage(fresh_id()).await.unwrap().checkpoint();
    let end = staged.checkpoint();
    for refused in [foreign, start] {
        let error = staged.roll_back(refused).await.unwrap_err();
        assert!(matches!(error, Error::LengthDiffers { .. }), "{error:?}");
    }
    assert_eq!(staged.hashes(), TwinHasher::of(&sample(7, 100)));
    let id = staged.id();
    drop(staged);
    vault.discard(id).await.unwrap();
    let mut anew = vault.stage(id).await.unwrap();
    let error = anew.roll_back(end).await.unwrap_err();
    assert!(matches!(error, Error::LengthDiffers { expected_bytes: 100, actual_bytes: 0, .. }), "{error:?}");
}

/// Discarding is for good, and doing it twice is fine.
pub async fn discarded_bytes_are_gone(vault: &dyn Vault) {
    let mut staged = staged_with(vault, &sample(9, 100)).await;
    vault.discard(staged.id()).await.unwrap();
    vault.discard(staged.id()).await.unwrap();
    assert!(vault.reopen(staged.id()).await.unwrap().is_none());
    for refused in [staged.append(vec![sample(9, 1)]).await, staged.sync().await] {
        assert!(matches!(refused, Err(Error::NotStaged { .. })), "{refused:?}");
    }
    let hash = staged.hashes().sha256;
    let refused = vault.seal(staged).await;
    assert!(matches!(refused, Err(Error::NotStaged { .. })), "{refused:?}");
    assert_eq!(vault.size_of(hash).await.unwrap(), None);
}

/// A second upload of what is kept says so and leaves nothing behind.
pub async fn the_same_content_again_is_told(vault: &dyn Vault) {
    let bytes = sample(10, 4321);
    let first = sealed_with(vault, &bytes).await;
    let second = sealed_with(vault, &bytes).await;
    assert_eq!((first.was_there, second.was_there), (false, true));
    assert_eq!(first.hashes, second.hashes);
    let kept = SealedBlob { hash: first.hashes.sha256, size_bytes: 4321 };
    assert_eq!(vault.list(None, 10).await.unwrap(), vec![kept]);
    assert_eq!(vault.staged().await.unwrap(), vec![]);
}

/// However many come at the same moment, one blob is kept and exactly one upload brought it.
pub async fn the_same_content_at_once_ends_with_one_blob(vault: &dyn Vault) {
    let bytes = sample(11, 50_000);
    let sealed = join_all((0..12).map(|_| sealed_with(vault, &bytes))).await;
    assert_eq!(sealed.iter().filter(|sealed| !sealed.was_there).count(), 1);
    assert_eq!(vault.list(None, 10).await.unwrap().len(), 1);
    assert_eq!(vault.staged().await.unwrap(), vec![]);
    verify_blob(vault, sealed[0].hashes.sha256).await.unwrap();
}

/// A blob that is to make way is replaced; a name that is free is simply taken.
pub async fn a_blob_makes_way_when_that_is_asked_for(vault: &dyn Vault) {
    let bytes = sample(22, 4321);
    let hashes = TwinHasher::of(&bytes);
    for (was_there, replaced) in [(false, false), (false, true), (false, true)] {
        let staged = staged_with(vault, &bytes).await;
        let sealed = vault.seal_over(staged).await.unwrap();
        assert_eq!(sealed, Sealed { hashes, was_there, replaced });
        verify_blob(vault, hashes.sha256).await.unwrap();
        assert_eq!(vault.staged().await.unwrap(), vec![]);
    }
    assert!(sealed_with(vault, &bytes).await.was_there);
    let staged = staged_with(vault, &bytes).await;
    vault.discard(staged.id()).await.unwrap();
    let refused = vault.seal_over(staged).await;
    assert!(matches!(refused, Err(Error::NotStaged { .. })), "{refused:?}");
    verify_blob(vault, hashes.sha256).await.unwrap();
}

/// Some replace while others only bring the same content: whoever is told that it is stored has it, and
/// whoever reads meanwhile reads whole bytes.
pub async fn making_way_at_once_ends_with_one_blob(vault: &dyn Vault) {
    let bytes = sample(23, 50_000);
    let hash = sealed_with(vault, &bytes).await.hashes.sha256;
    let replacing = join_all((0..6).map(async |_| {
        let staged = staged_with(vault, &bytes).await;
        vault.seal_over(staged).await.unwrap()
    }));
    let bringing = join_all((0..6).map(async |_| {
        let sealed = sealed_with(vault, &bytes).await;
        verify_blob(vault, hash).await.unwrap();
        sealed
    }));
    let (replaced, brought) = futures_util::join!(replacing, bringing);
    assert!(replaced.iter().all(|sealed| sealed.replaced && !sealed.was_there));
    assert!(brought.iter().all(|sealed| sealed.was_there && !sealed.replaced));
    assert_eq!(vault.list(None, 10).await.unwrap().len(), 1);
    assert_eq!(vault.staged().await.unwrap(), vec![]);
    verify_blob(vault, hash).await.unwrap();
}

/// Seals that share their work each end well.
pub async fn many_seals_at_once_all_hold(vault: &dyn Vault) {
    let all: Vec<_> = (0..40).map(|seed| sample(seed, 3000 + usize::from(seed))).collect();
    let sealed = join_all(all.iter().map(|bytes| sealed_with(vault, bytes))).await;
    for (bytes, sealed) in all.iter().zip(sealed) {
        assert_eq!(sealed.hashes, TwinHasher::of(bytes));
        assert!(!sealed.was_there);
        verify_blob(vault, sealed.hashes.sha256).await.unwrap();
    }
}

/// A file without bytes is a file.
pub async fn no_bytes_are_a_blob_too(vault: &dyn Vault) {
    let mut staged = vault.stage(fresh_id()).await.unwrap();
    staged.append(vec![]).await.unwrap();
    staged.append(vec![Bytes::new()]).await.unwrap();
    let sealed = vault.seal(staged).await.unwrap();
    assert_eq!(sealed.hashes, TwinHasher::of(b""));
    assert_eq!(vault.size_of(sealed.hashes.sha256).await.unwrap(), Some(0));
    assert_eq!(read_all(vault, sealed.hashes.sha256, 0..0).await, b"");
    verify_blob(vault, sealed.hashes.sha256).await.unwrap();
}

/// Ranges give exactly their bytes or say how long the blob is.
pub async fn ranges_are_exact(vault: &dyn Vault) {
    let piece = PIECE_MAX_BYTES;
    let whole = sample(12, 2 * piece + 100);
    let hash = sealed_with(vault, &whole).await.hashes.sha256;
    let end = whole.len();
    let inside =
        [0..1, 0..end, 1..piece, piece - 1..piece + 1, piece..2 * piece, end - 1..end, end..end, 7..7];
    for Range { start, end } in inside {
        let read = read_all(vault, hash, start as u64..end as u64).await;
        assert_eq!(read, whole[start..end], "{start}..{end}");
    }
    let size = end as u64;
    #[expect(clippy::reversed_empty_ranges, reason = "a range that no file has")]
    for outside in [0..size + 1, size..size + 1, size + 1..size + 2, 5..4, u64::MAX - 1..u64::MAX] {
        let Err(error) = vault.read(hash, outside.clone()).await else { panic!("{outside:?} was read") };
        assert!(matches!(error, Error::OutOfRange { size_bytes } if size_bytes == size), "{error:?}");
    }
}

/// Asking for what was never sealed is answered, not failed, where that is possible.
pub async fn what_is_not_there_is_not_found(vault: &dyn Vault) {
    let hash = TwinHasher::of(b"nobody has this").sha256;
    assert_eq!(vault.size_of(hash).await.unwrap(), None);
    assert!(!vault.remove(hash).await.unwrap());
    assert!(!vault.sync_name(hash).await.unwrap());
    let Err(error) = vault.read(hash, 0..0).await else { panic!("nothing was read") };
    assert!(matches!(error, Error::NotFound { hash: missing } if missing == hash), "{error:?}");
    let error = verify_blob(vault, hash).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

/// Removal takes one blob, once, and the same content may come back.
pub async fn a_removed_blob_is_gone_and_may_come_again(vault: &dyn Vault) {
    let (goes, stays) = (sample(13, 100), sample(14, 100));
    let hash = sealed_with(vault, &goes).await.hashes.sha256;
    let other = sealed_with(vault, &stays).await.hashes.sha256;
    assert!(vault.remove(hash).await.unwrap());
    assert!(!vault.remove(hash).await.unwrap());
    assert_eq!(vault.size_of(hash).await.unwrap(), None);
    verify_blob(vault, other).await.unwrap();
    assert!(!sealed_with(vault, &goes).await.was_there);
    verify_blob(vault, hash).await.unwrap();
}

/// Pages, each found with the last hash of the one before, make up the whole in order.
pub async fn lists_are_followed_by_their_own_cursor(vault: &dyn Vault) {
    let mut expected = BTreeSet::new();
    for seed in 0..23 {
        expected.insert(sealed_with(vault, &sample(seed, 10 + usize::from(seed))).await.hashes.sha256);
    }
    let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page = vault.list(after, 5).await.unwrap();
        pages += 1;
        after = page.last().map(|blob| blob.hash);
        found.extend(page.iter().map(|blob| blob.hash));
        for blob in &page {
            assert_eq!(vault.size_of(blob.hash).await.unwrap(), Some(blob.size_bytes));
        }
        if page.len() < 5 {
            break;
        }
    }
    assert_eq!(pages, 5);
    assert_eq!(found, expected.iter().copied().collect::<Vec<_>>());
    assert_eq!(vault.list(None, 0).await.unwrap(), vec![]);
    assert_eq!(vault.list(None, 23).await.unwrap().len(), 23);
    for first_byte in [0x00, 0x40, 0x80, 0xff] {
        let between = ContentHash::from_bytes([first_byte; 32]);
        let behind = expected.range(between..).count();
        assert_eq!(vault.list(Some(between), 100).await.unwrap().len(), behind);
    }
}

/// What is staged is listed with its length, also what a crash left behind.
pub async fn staged_uploads_are_listed(vault: &dyn Vault) {
    let mut expected = BTreeSet::new();
    for size_bytes in [0, 1, 70_000] {
        let staged = staged_with(vault, &sample(15, size_bytes)).await;
        expected.insert((staged.id(), size_bytes as u64));
    }
    sealed_with(vault, &sample(16, 5)).await;
    let listed = vault.staged().await.unwrap();
    assert!(listed.iter().all(|staged| staged.changed_at_ms > 1_760_000_000_000));
    assert_eq!(listed.iter().map(|staged| (staged.id, staged.size_bytes)).collect::<BTreeSet<_>>(), expected);
}

/// A client that hangs up in the middle of an append leaves an upload that can go on.
pub async fn a_dropped_append_leaves_bytes_and_hashes_agreeing(vault: &dyn Vault) {
    let (first, second) = (sample(17, 300_000), sample(18, 20));
    let mut staged = vault.stage(fresh_id()).await.unwrap();
    {
        let mut append = Box::pin(staged.append(vec![first.clone()]));
        let _ = futures_util::poll!(append.as_mut());
    }
    staged.settle().await;
    let settled = staged.size_bytes();
    assert!([0, first.len() as u64].contains(&settled), "{settled} bytes");
    staged.append(vec![second.clone()]).await.unwrap();
    assert_eq!(staged.size_bytes(), settled + second.len() as u64, "nothing comes in between");
    let expected = [second.to_vec(), [first, second].concat()].map(|bytes| TwinHasher::of(&bytes));
    assert!(expected.contains(&staged.hashes()));
    let sealed = vault.seal(staged).await.unwrap();
    verify_blob(vault, sealed.hashes.sha256).await.unwrap();
}

/// A client that hangs up while its upload is sealed leaves the blob or the staged bytes, whole.
pub async fn a_dropped_seal_leaves_a_blob_or_staged_bytes(vault: &dyn Vault) {
    let bytes = sample(19, 10_000);
    let staged = staged_with(vault, &bytes).await;
    let (id, hashes) = (staged.id(), staged.hashes());
    {
        let mut seal = Box::pin(vault.seal(staged));
        let _ = futures_util::poll!(seal.as_mut());
    }
    // What is sealed after it waits for what it left running.
    sealed_with(vault, &sample(20, 10)).await;
    match vault.size_of(hashes.sha256).await.unwrap() {
        Some(_) => assert!(vault.reopen(id).await.unwrap().is_none()),
        None => assert_eq!(vault.reopen(id).await.unwrap().unwrap().hashes(), hashes),
    }
}

/// A blob of another length than the catalog knows is not given out.
pub async fn a_known_length_is_held_against_the_blob(vault: &dyn Vault) {
    let hash = sealed_with(vault, &sample(21, 100)).await.hashes.sha256;
    let read = read_known(vault, hash, 100, 10..20).await.unwrap();
    assert_eq!(read.try_collect::<Vec<_>>().await.unwrap().concat(), sample(21, 100)[10..20]);
    for wrong in [99, 101] {
        let Err(error) = read_known(vault, hash, wrong, 10..20).await else { panic!("{wrong} was believed") };
        assert!(matches!(error, Error::Damaged { hash: damaged } if damaged == hash), "{error:?}");
    }
}

/// A vault that works says so, and its room is plausible.
pub async fn there_is_room_and_it_can_be_written_to(vault: &dyn Vault) {
    vault.check().await.unwrap();
    join_all((0..8).map(|_| vault.check())).await.into_iter().for_each(Result::unwrap);
    assert_eq!(vault.staged().await.unwrap(), vec![]);
    if let Some(room) = vault.room().await.unwrap() {
        assert!(room.free_bytes > 0 && room.free_bytes <= room.total_bytes);
    }
}

#[cfg(test)]
mod memory {
    use super::*;

    crate::vault_contract!(((), Arc::new(crate::MemoryVault::new(Arc::new(SystemClock)))));
}

#[cfg(test)]
mod limited_memory {
    use super::*;

    crate::vault_contract!({
        let vault = crate::MemoryVault::new(Arc::new(SystemClock));
        vault.set_total_bytes(Some(10_000_000));
        ((), Arc::new(vault))
    });
}

#[cfg(test)]
mod disk {
    use super::*;

    crate::vault_contract!({
        let folder = tempfile::tempdir().unwrap();
        let vault = crate::DiskVault::open(folder.path(), Arc::new(SystemClock)).unwrap();
        (folder, Arc::new(vault))
    });
}

#[cfg(test)]
mod disk_without_faults {
    use super::*;

    crate::vault_contract!({
        let folder = tempfile::tempdir().unwrap();
        let vault = crate::DiskVault::open(folder.path(), Arc::new(SystemClock)).unwrap();
        (folder, Arc::new(crate::FaultyVault::new(Arc::new(vault))))
    });
}

#[cfg(test)]
mod memory_without_faults {
    use super::*;

    crate::vault_contract!({
        let vault = crate::MemoryVault::new(Arc::new(SystemClock));
        ((), Arc::new(crate::FaultyVault::new(Arc::new(vault))))
    });
}
