//! Blobs that are damaged on the disk: found, replaced, and never without bytes while that happens.

use super::*;

#[tokio::test]
async fn a_damaged_blob_is_replaced_by_a_good_upload_and_that_is_reported() {
    let bench = Bench::new();
    let content = bytes("was damaged");
    let hash = bench.sealed(&content).await.hashes.sha256;
    for damaged_bytes in [0, 3, 5000] {
        bench.set_length(hash, damaged_bytes);
        let sealed = bench.sealed(&content).await;
        assert_eq!((sealed.was_there, sealed.replaced), (false, true));
        verify_blob(&bench.vault, hash).await.unwrap();
    }
    let sealed = bench.sealed(&content).await;
    assert_eq!((sealed.was_there, sealed.replaced), (true, false));
}

/// Whatever fails while a blob makes way, its name has bytes at every step; when they were good, it has
/// good ones.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "rot, made by hand")]
async fn a_name_that_had_bytes_has_bytes_at_every_step_of_a_replacement() {
    use Step::{CheckLength, MakeReadOnly, Rename, SyncFile, SyncFolder};
    let content = bytes("makes way");
    let (mut seen, mut kept_the_name) = (Vec::new(), 0);
    for was_rotten in [false, true] {
        for number in 0.. {
            let bench = Bench::new();
            let hash = bench.sealed(&content).await.hashes.sha256;
            let file = bench.file(hash);
            if was_rotten {
                make_writable(&file);
                fs::write(&file, bytes("made away")).unwrap();
            }
            let id = fresh_id();
            let mut staged = bench.vault.stage(id).await.unwrap();
            staged.append(vec![content.clone()]).await.unwrap();
            let (failed, mut count) = (Arc::new(Mutex::new(None)), 0);
            let tell = Arc::clone(&failed);
            bench.fail(move |step, _| {
                assert_eq!(fs::metadata(&file).unwrap().len(), 900, "{step:?}");
                count += 1;
                (count == number + 1).then(|| {
                    *tell.lock().unwrap() = Some(step);
                    rustix::io::Errno::IO.into()
                })
            });
            let answer = bench.vault.seal_over(staged).await;
            bench.heal();
            let Some(step) = *failed.lock().unwrap() else {
                assert!(answer.unwrap().replaced);
                verify_blob(&bench.vault, hash).await.unwrap();
                break;
            };
            answer.unwrap_err();
            let stands = verify_blob(&bench.vault, hash).await;
            let is_staged = bench.vault.reopen(id).await.unwrap().is_some();
            match step {
                Step::SyncFolder => {
                    stands.unwrap();
                    assert!(!is_staged, "the bytes are in one place");
                    kept_the_name += 1;
                }
                _ => {
                    assert_eq!(stands.is_err(), was_rotten, "{step:?}");
                    assert_eq!(is_staged, step != Step::SyncFile, "{step:?}");
                }
            }
            bench.vault.discard(id).await.unwrap();
            bench.vault.seal_over(bench.staged(&content).await).await.unwrap();
            verify_blob(&bench.vault, hash).await.unwrap();
            seen.push(step);
        }
    }
    let once = [CheckLength, MakeReadOnly, SyncFile, Rename, Rename, SyncFolder];
    assert_eq!(seen, [once, once].concat());
    assert_eq!(kept_the_name, 2);
}

/// The same for a blob of the wrong length, which every seal replaces.
#[tokio::test]
async fn a_cut_blob_is_not_cut_off_by_a_folder_that_refuses() {
    let bench = Bench::new();
    let content = bytes("was cut");
    let hash = bench.sealed(&content).await.hashes.sha256;
    bench.set_length(hash, 3);
    let staged = bench.staged(&content).await;
    bench.fail(|step, _| (step == Step::SyncFolder).then(|| rustix::io::Errno::IO.into()));
    bench.vault.seal(staged).await.unwrap_err();
    bench.heal();
    verify_blob(&bench.vault, hash).await.unwrap();
    assert!(bench.sealed(&content).await.was_there);
}

#[tokio::test]
async fn rot_is_found_by_reading_and_a_short_file_never_passes_for_a_whole_one() {
    let bench = Bench::new();
    let content = Bytes::from(vec![1; 700_000]);
    let hash = bench.sealed(&content).await.hashes.sha256;
    let mut stream = bench.vault.read(hash, 0..700_000).await.unwrap();
    stream.next().await.unwrap().unwrap();
    bench.set_length(hash, 400_000);
    let rest: Result<Vec<Bytes>> = stream.try_collect().await;
    assert!(matches!(rest, Err(Error::Damaged { hash: damaged }) if damaged == hash), "{rest:?}");
    bench.set_length(hash, 700_000);
    let error = verify_blob(&bench.vault, hash).await.unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "zeros in place of bytes: {error:?}");
}
