//! Films that are none, and want ffmpeg to read what it must not.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use media::sandbox::{Tool, ToolError, ToolLimits};
use media::video::{VideoError, VideoTools};

use crate::studio::{Set, launcher, tools};

/// A film of somebody else's beside the one that was given, and lists that lead to it.
struct Trap {
    set: Set,
    secret: PathBuf,
    playlist: String,
    concat: String,
}

fn trap() -> Trap {
    let set = Set::new("trap");
    let secret = set.folder.path().join("secret.ts");
    crate::studio::ffmpeg("-f lavfi -i testsrc=s=64x48:r=10:d=1 -c:v mpeg2video", &secret);
    let playlist = format!(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nfile://{}\n#EXT-X-ENDLIST\n",
        secret.display()
    );
    let concat = format!("ffconcat version 1.0\nfile {}\n", secret.display());
    Trap { set, secret, playlist, concat }
}

#[expect(clippy::disallowed_methods, reason = "files of a test need not be durable")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_list_of_other_files_is_no_film_whatever_it_pretends_to_be() {
    let Some(tools) = tools().await else { return };
    let Trap { set, secret, playlist, concat } = trap();
    // The film that the lists lead to is a good one.
    tools.probe(&secret).await.unwrap();
    let mp4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    let transport = [&[0x47][..], &[0xff; 187]].concat().repeat(4);
    for list in [&playlist, &concat] {
        for start in [&b""[..], b"\n", mp4, &transport, b"RIFF\0\0\0\0AVI LIST", b"\x1aE\xdf\xa3"] {
            write(&set.film, &[start, list.as_bytes()].concat());
            let error = tools.probe(&set.film).await.unwrap_err();
            assert!(
                matches!(error, VideoError::UnknownKind(_) | VideoError::Broken(_) | VideoError::NoPicture),
                "{start:?}: {error:?}"
            );
            assert!(!error.may_retry());
        }
    }
}

/// ffprobe told to follow a list, as if our own precautions had failed, by all but the sandbox.
async fn follow(
    tools: &VideoTools,
    arguments: &str,
    set: &Set,
    files: Vec<PathBuf>,
) -> Result<Vec<u8>, ToolError> {
    let launcher = launcher();
    let mut arguments: Vec<OsString> = arguments.split_whitespace().map(OsString::from).collect();
    arguments.push(set.film.clone().into());
    let limits = ToolLimits { time: std::time::Duration::from_mins(5), ..ToolLimits::default() };
    let program = tools.ffprobe();
    Tool { launcher: &launcher, program, arguments, files, folder: None, limits }.output(1 << 20).await
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_list_that_is_followed_all_the_same_leads_nowhere() {
    let Some(tools) = tools().await else { return };
    let Trap { set, secret, playlist, concat } = trap();
    let readers = [
        (playlist, "-v error -show_streams -allowed_extensions ALL -f hls"),
        (concat, "-v error -show_streams -safe 0 -f concat"),
    ];
    for (list, arguments) in readers {
        write(&set.film, list.as_bytes());
        let free = follow(&tools, arguments, &set, vec![set.film.clone(), secret.clone()]).await;
        assert!(free.is_ok_and(|said| !said.is_empty()), "the trap of {arguments:?} does not work");
        let held = follow(&tools, arguments, &set, vec![set.film.clone()]).await;
        assert!(held.is_err(), "{arguments:?} read another file: {held:?}");
    }
}
