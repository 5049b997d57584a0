//! A disk that is full, or refuses, while bytes arrive.

use super::*;

#[tokio::test]
async fn a_full_disk_leaves_an_honest_length_and_the_upload_goes_on_later() {
    let bench = Bench::new();
    let content = bytes("does not fit");
    let mut staged = bench.staged(&content.slice(..500)).await;
    bench.fail(|step, _| (step == Step::Write).then(|| rustix::io::Errno::NOSPC.into()));
    for _ in 0..2 {
        let error = staged.append(vec![content.slice(500..600), content.slice(600..)]).await.unwrap_err();
        assert!(matches!(error, Error::Full { needed_bytes: 700, .. }), "{error:?}");
        assert_eq!(staged.hashes(), TwinHasher::of(&content[..500]));
        let path = bench.vault.shared.layout.staged(staged.id());
        assert_eq!(fs::metadata(path).unwrap().len(), 500, "what fitted was cut off again");
    }
    bench.heal();
    staged.append(vec![content.slice(500..)]).await.unwrap();
    let sealed = bench.vault.seal(staged).await.unwrap();
    assert_eq!(sealed.hashes, TwinHasher::of(&content));
    verify_blob(&bench.vault, sealed.hashes.sha256).await.unwrap();
}

#[tokio::test]
async fn a_torn_end_is_cut_off_by_the_next_append_and_never_sealed() {
    let bench = Bench::new();
    for seal_at_once in [true, false] {
        let mut staged = bench.staged(&bytes("good")).await;
        bench.fail(|step, _| {
            matches!(step, Step::Write | Step::CutBack).then(|| rustix::io::Errno::IO.into())
        });
        staged.append(vec![bytes("a long bad end")]).await.unwrap_err();
        bench.heal();
        if seal_at_once {
            let error = bench.vault.seal(staged).await.unwrap_err();
            assert!(matches!(error, Error::LengthDiffers { expected_bytes: 400, .. }), "{error:?}");
            assert_eq!(bench.vault.list(None, 9).await.unwrap(), vec![]);
        } else {
            staged.append(vec![bytes("!")]).await.unwrap();
            let sealed = bench.vault.seal(staged).await.unwrap();
            assert_eq!(sealed.hashes, TwinHasher::of(&[bytes("good"), bytes("!")].concat()));
            verify_blob(&bench.vault, sealed.hashes.sha256).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_failed_sync_throws_the_bytes_away() {
    for failing in [Step::SyncFile, Step::SyncFolder] {
        let bench = Bench::new();
        let mut staged = bench.staged(&bytes("not durable")).await;
        bench.fail(move |step, _| (step == failing).then(|| rustix::io::Errno::IO.into()));
        assert!(matches!(staged.sync().await, Err(Error::Io { .. })));
        bench.heal();
        let later = [staged.sync().await, staged.append(vec![bytes("more")]).await];
        assert!(later.iter().all(|later| matches!(later, Err(Error::NotStaged { .. }))), "{later:?}");
        assert!(bench.vault.reopen(staged.id()).await.unwrap().is_none());
    }
}
